"""Builds a source in a container without a network, and keeps what came of it as an image."""

from __future__ import annotations

import json
import re
import secrets
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from docker.errors import APIError
from docker.types import Mount
from requests.exceptions import RequestException
from testcontainers.core.docker_client import DockerClient

from harness.errors import ImageError
from harness.lab.housekeeping.cache import cache_folder
from harness.lab.housekeeping.owner import LABEL, REPOSITORY, this_process
from harness.lab.housekeeping.progress import Progress
from harness.lab.images.counted import apart, counted
from harness.lab.images.source import check_source
from harness.lab.images.source_recipe import USER, SourceBuild, write_context
from harness.lab.images.watch import Watch
from harness.lab.instance.health import out_of_memory
from harness.lab.instance.launch import ContainerLimits, empty_volume

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["CCACHE", "build_source", "reason_in"]

CCACHE = f"{REPOSITORY}-ccache"
"""The volume in which ccache keeps what it has compiled, for all builds."""
_FOLDER = "/src"
_COMMAND = ("sh", "-c", counted(f"sh {_FOLDER}/in/build.sh"))
_MB_A_CORE, _MB_MORE = 1024, 2048
_PIDS = 4096
_LESS = 256
"""A quarter of what others get of a busy processor: a build has time."""
_KEPT_LINES = 25
_KILLED = 137
_EVERY = 250
_STEP, _OURS = "== ", "harness: "
_COMPILES = re.compile(r"\s*\[(?:CC|LD|CXX)\]|.*\bgcc\b")
# What says why, the most telling first.
_REASONS = (
    re.compile(rf"{_OURS}(.*)"),
    re.compile(r"configure: error: (.*)"),
    re.compile(r".*?([^\s:]+:\d+(?::\d+)?: (?:fatal )?error: .*)"),
    re.compile(r"(.* FAILED .*)"),
    re.compile(r"make(?:\[\d+\])?: \*\*\* (.*)"),
)


def build_source(client: DockerClient, spec: str, build: SourceBuild, progress: Progress) -> None:
    """Build and tag an image of a source, its toolchain being there. ImageError, with the last lines, else."""
    check_source(build.source)
    log = cache_folder() / "builds" / f"{build.tag.rpartition(':')[2]}.log"
    log.parent.mkdir(exist_ok=True)
    try:
        container = _created(client, build)
    except APIError as problem:
        raise ImageError(f"{spec}: the engine makes no container to build in: {problem.explanation}") from problem
    try:
        seconds, disk_mb = build.options.seconds, build.options.disk_mb
        watch = Watch(client, container, seconds=seconds, disk_mb=disk_mb, folder=_FOLDER)
        with log.open("w", encoding="utf-8") as file, watch:
            last = _follow(container, spec, file, progress)
            code = container.wait()["StatusCode"]
        if code:
            container.reload()
            state, (own, counters) = container.attrs["State"], apart("\n".join(last))
            memory_mb = _limits(client).memory_mb
            is_starved = state.get("OOMKilled") or out_of_memory(counters, memory_mb=memory_mb) > 0
            raise _failure(spec, tuple(own.splitlines()), code, str(log), watch.why, is_starved=is_starved)
        _keep(container, spec, build.tag)
    except (APIError, RequestException) as problem:
        raise ImageError(f"{spec}: the engine breaks off while it is built: {problem}") from problem
    finally:
        container.remove(force=True, v=True)


def _created(client: DockerClient, build: SourceBuild) -> Container:
    """Started, with all that is given to it; it has no network."""
    container = client.client.containers.create(
        build.toolchain.tag,
        name=f"asterisk-upgrade-{secrets.token_hex(4)}-build",
        entrypoint=list(_COMMAND),
        user="0",
        network_mode="none",
        mounts=[empty_volume(_FOLDER), Mount("/ccache", CCACHE, type="volume", labels={LABEL: "cache"})],
        labels=this_process().labels(),
        cpu_shares=_LESS,
        cap_add=["CHOWN"],
        **_limits(client).options(),
    )
    try:
        with tempfile.TemporaryFile() as file:
            write_context(build, file)
            file.seek(0)
            container.put_archive("/", file)
        container.start()
    except BaseException:
        container.remove(force=True, v=True)
        raise
    return container


def _limits(client: DockerClient) -> ContainerLimits:
    """By the cores of the engine's machine, as so many compilers run at once."""
    cores = int(client.client.info().get("NCPU") or 1)
    return ContainerLimits(memory_mb=_MB_A_CORE * cores + _MB_MORE, pids=_PIDS)


def _follow(container: Container, spec: str, log: TextIO, progress: Progress) -> deque[str]:
    """The last lines of the build. All go into the log; steps, and how far it is, are told."""
    last: deque[str] = deque(maxlen=_KEPT_LINES * 8)
    compiled = 0
    for line in _lines(container.logs(stream=True, follow=True)):
        log.write(f"{line}\n")
        last.append(line)
        if line.startswith(_STEP):
            progress(f"{spec}: {line.removeprefix(_STEP)}")
        elif _COMPILES.match(line):
            compiled += 1
            if compiled % _EVERY == 0:
                progress(f"{spec}: {compiled} compiled and linked")
    return last


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line.decode(errors="replace").rstrip("\r") for line in whole)
    if rest:
        yield rest.decode(errors="replace")


def _failure(
    spec: str, lines: tuple[str, ...], code: int, log: str, ended: str, *, is_starved: bool
) -> ImageError:
    """`code` is the container's exit code; `ended` says why its watch ended it."""
    if ended:
        reason = f"it {ended}; where it needs more, say so in [candidate.build] or [old.build] of site.toml"
    elif is_starved:
        reason = "it reached its limit of memory"
    elif code == _KILLED:
        reason = "it was killed from outside"
    else:
        reason = reason_in(lines)
    error = ImageError(f"{spec} cannot be built: {reason}")
    shown = (f"  {line}" for line in lines[-_KEPT_LINES:])
    error.add_note("\n".join(("The last lines of the build:", *shown, f"All of it: {log}")))
    return error


def reason_in(lines: Iterable[str]) -> str:
    """The line of a build that says best why it failed."""
    lines = tuple(lines)
    for pattern in _REASONS:
        if found := next((match for line in lines if (match := pattern.match(line))), None):
            return found[1].strip()
    return lines[-1].strip() if lines else "it says nothing"


def _keep(container: Container, spec: str, name: str) -> None:
    """The container as an image. What it was labelled as while it built is not true of that any more."""
    labels = {LABEL: "image", f"{LABEL}.spec": spec}
    changes: Any = [
        f"USER {USER}",
        "ENTRYPOINT []",
        'CMD ["asterisk", "-f"]',
        *(f"LABEL {name}={json.dumps(value)}" for name, value in labels.items()),
    ]
    repository, _, tag = name.rpartition(":")
    container.commit(repository, tag, changes=changes)
