"""What a run needs, checked one by one, as values for whoever prints them. Changes nothing."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from testcontainers.core.docker_client import DockerClient

from harness.errors import EngineError, HarnessError
from harness.lab.engine.client import connect, describe, engine_place, forbidden, is_podman
from harness.lab.engine.install import may_install
from harness.lab.engine.limits import limits_lacking
from harness.lab.engine.mirror import find_mirror
from harness.lab.housekeeping.progress import silent
from harness.lab.images.build import is_there
from harness.lab.images.preparing import recipes

__all__ = ["DEFAULT_RELEASES", "Need", "examine"]

DEFAULT_RELEASES = ("debian:bullseye", "debian:sid")
_NEEDED_GB = 4
_GB = 1024**3
_NO_LIMITS = (
    "It plays without them: `limits` of site.toml count for nothing. A rootless engine sets them where the machine"
    " has control groups of version 2 and hands them to your user (docs/engines.md)."
)
_CATATONIT = ("/usr/libexec/podman/catatonit", "/usr/bin/catatonit")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a run needs. `advice` says how to get it where it is not `ok`.

    What is `optional` helps, and a run does without.
    """

    name: str
    ok: bool
    found: str
    advice: str = ""
    optional: bool = False


def examine() -> tuple[Need, ...]:
    """All checks, in the order in which to put right what is missing. Raises nothing."""
    try:
        client, problem = connect(), None
    except EngineError as error:
        client, problem = None, error
    try:
        images = tuple(_images(client)) if client else ()
        more = tuple(_of_engine(client)) if client else ()
        return (_python(), _engine(client, problem), *more, _disk(client), _mirror(), _mmdebstrap(), *images)
    finally:
        if client:
            client.client.close()


def _python() -> Need:
    ok = sys.version_info >= (3, 11)
    return Need("python", ok, platform.python_version(), "Python 3.11 or newer is needed.")


def _engine(client: DockerClient | None, problem: EngineError | None) -> Need:
    if client:
        return Need("container engine", True, describe(client))
    if words := forbidden():
        found, _, advice = words.partition("\n")
        return Need("container engine", False, found, advice.strip())
    words, _, what_to_do = str(problem).partition("\n")
    notes = "; ".join(getattr(problem, "__notes__", ()))
    if not notes:  # it says itself what to do
        return Need("container engine", False, words, what_to_do.strip())
    found = f"none answers at {engine_place()}: {notes}"
    if os.environ.get("DOCKER_HOST"):
        advice = "DOCKER_HOST names it: mend that (docs/engines.md), or unset it to use an engine of this machine."
        return Need("container engine", False, found, advice)
    refused = may_install()
    advice = (
        f"{refused} Install Docker (https://docs.docker.com/engine/install/) and start it."
        if refused
        else "`harness setup` (or `make setup`) installs and starts Debian's docker.io."
    )
    return Need("container engine", False, found, advice)


def _of_engine(client: DockerClient) -> Iterable[Need]:
    """What an engine may lack that plays all the same."""
    free = limits_lacking(client)
    found = f"none of {' and '.join(free)}" if free else "of memory and processes"
    yield Need("limits", not free, found, _NO_LIMITS, optional=True)
    if is_podman(client) and _is_here(client):
        yield _catatonit()


def _is_here(client: DockerClient) -> bool:
    """Whether the engine is on this machine, by the machine's name and the engine's folder."""
    info = client.client.info()
    return info.get("Name") == platform.node() and Path(info.get("DockerRootDir", "")).is_dir()


def _catatonit() -> Need:
    path = next((path for path in _CATATONIT if Path(path).exists()), "")
    advice = "Podman needs the package catatonit for the site's own programs."
    return Need("catatonit", bool(path), path or "not on this machine", advice, optional=True)


def _disk(client: DockerClient | None) -> Need:
    if client and not _is_here(client):
        return Need("disk space", True, f"not this machine's: the engine's needs about {_NEEDED_GB} GB")
    place = client.client.info()["DockerRootDir"] if client else "/"
    free = shutil.disk_usage(place).free / _GB
    ok = free >= _NEEDED_GB
    advice = f"Two releases and their bases need about {_NEEDED_GB} GB; `docker system prune` frees some."
    return Need("disk space", ok, f"{free:.0f} GB free at {place}", advice)


def _mirror() -> Need:
    mirror = find_mirror()
    return Need("Debian mirror", True, f"{mirror.archive} ({mirror.source})")


def _mmdebstrap() -> Need:
    path = shutil.which("mmdebstrap")
    advice = "Only needed where the engine reaches no container registry: the package mmdebstrap."
    return Need("mmdebstrap", bool(path), path or "not installed", advice, optional=True)


def _images(client: DockerClient) -> Iterable[Need]:
    for spec in DEFAULT_RELEASES:
        try:
            (recipe,) = recipes(client, [spec], (), {}, find_mirror(), silent)
        except HarnessError as problem:
            yield Need(spec, False, "cannot be built", str(problem))
            continue
        ok = is_there(client, recipe.tag)
        advice = "The first run builds it (about a minute), or `harness setup` does."
        yield Need(spec, ok, recipe.tag if ok else "not built yet", advice, optional=True)
