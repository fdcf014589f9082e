"""What a run needs, checked one by one, as values for whoever prints them. Changes nothing."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from testcontainers.core.docker_client import DockerClient, is_podman

from harness.errors import EngineError, HarnessError
from harness.lab.engine.client import connect, describe, engine_place, forbidden
from harness.lab.engine.install import may_install
from harness.lab.engine.mirror import find_mirror
from harness.lab.housekeeping.progress import silent
from harness.lab.images.build import is_there
from harness.lab.images.preparing import recipes

__all__ = ["DEFAULT_RELEASES", "Need", "examine"]

DEFAULT_RELEASES = ("debian:bullseye", "debian:sid")
_NEEDED_GB = 4
_GB = 1024**3
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
        podman = (_catatonit(),) if client and is_podman() else ()
        return (_python(), _engine(client, problem), *podman, _disk(client), _mirror(), _mmdebstrap(), *images)
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
    why = "; ".join(getattr(problem, "__notes__", ())) or str(problem).partition("\n")[0]
    found = f"none answers at {engine_place()}: {why}"
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


def _catatonit() -> Need:
    path = next((path for path in _CATATONIT if Path(path).exists()), "")
    advice = "Podman needs the package catatonit, on its machine, for the site's own programs."
    return Need("catatonit", bool(path), path or "not on this machine", advice, optional=True)


def _disk(client: DockerClient | None) -> Need:
    folder = str(client.client.info().get("DockerRootDir", "/")) if client else "/"
    place = folder if Path(folder).is_dir() else "/"
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
