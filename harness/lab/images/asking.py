"""Starts the Asterisk of an image once, with nothing to do, and asks what it is and where it keeps its things."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from docker.errors import APIError
from testcontainers.core.docker_client import DockerClient

from harness.asterisk import cli_tables
from harness.asterisk.cli_tables import clean
from harness.errors import ImageError
from harness.lab.housekeeping.owner import this_process
from harness.lab.images.release import HOME
from harness.lab.instance.archive import Archive
from harness.lab.instance.launch import ContainerLimits, empty_volume, launch, with_printed
from harness.lab.waiting import wait_until

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["Answers", "Program", "ask_asterisk"]

_HERE = f"{HOME}/probe"
_SETTINGS = {
    "Configuration directory": "astetcdir",
    "Module directory": "astmoddir",
    "Spool directory": "astspooldir",
    "Log directory": "astlogdir",
    "VarLib directory": "astvarlibdir",
    "Data directory": "astdatadir",
    "IAX2 Keys directory": "astkeydir",
    "AGI Scripts directory": "astagidir",
    "Cache directory": "astcachedir",
}
"""`core show settings` → [directories]. Where its database and its socket are is asked in other ways."""
_SOCKET = re.compile(r"does (/\S*)/asterisk\.ctl exist")
_OWNED = re.compile(r"^(\d+) (\d+) (/.*)$", re.MULTILINE)
_LISTED = "harness: listed"
_LIST = (
    'for name in "$@"; do command -v "$name"; done; '
    "for path in /usr/lib*/faketime/libfaketimeMT.so.1 /usr/lib*/*/faketime/libfaketimeMT.so.1 "
    "/usr/local/lib*/faketime/libfaketimeMT.so.1 /usr/lib*/libfaketime.so.1; "
    f'do [ -e "$path" ] && echo "$path"; done; echo "{_LISTED}"'
)
_NOT_THERE = (126, 127)
_LAST = "AGI Scripts directory"
_SECONDS = 30.0
_TRIES = 5  # what a program prints that ends at once is lost now and then


@dataclass(frozen=True, slots=True)
class Program:
    """An Asterisk in an image: its path, whom it runs as, its configuration folder, and its own [directories]."""

    image: str
    binary: str
    user: tuple[int, int]
    etc: str
    directories: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answers:
    """What an Asterisk said: its version in its own words, and its directories; and paths of programs there.

    `owners` are user and group of the directories, as a program there sees them; of none where there is no `stat`.
    """

    banner: str
    directories: Mapping[str, str]
    programs: tuple[str, ...]
    owners: Mapping[str, tuple[int, int]]


def ask_asterisk(client: DockerClient, program: Program, names: Sequence[str]) -> Answers:
    """Ask it; `names` are programs to look for. ImageError, with what it printed, where it does not start."""
    with _started(client, program) as container:
        settings = _settings(container, program)
        directories = _directories(settings, program.directories, _socket_folder(container, program))
        programs, owners = _programs(container, names), _owners(container, directories)
        return Answers(settings.get("Version", ""), directories, programs, owners)


def _settings(container: Container, program: Program) -> Mapping[str, str]:
    """`core show settings`, when it is up."""
    found: dict[str, str] = {}

    def answers() -> bool:
        found.update(cli_tables.pairs(clean(_said(container, program, f"{program.etc}/asterisk.conf"))))
        if _LAST not in found:
            container.reload()
            if container.status != "running":
                raise _failure(container, "ends at once, with no module and no configuration but an empty one")
        return _LAST in found

    wait_until(answers, "answer", within=_SECONDS, error=lambda words: _failure(container, words))
    return found


def _socket_folder(container: Container, program: Program) -> str:
    """Where its socket is without a configuration: who asks there is told that nobody is. Empty if unknown."""
    for _ in range(_TRIES):
        if found := _SOCKET.search(_said(container, program, f"{_HERE}/none.conf")):
            return found[1]
    return ""


def _said(container: Container, program: Program, conf: str) -> str:
    return _run(container, program.binary, "-C", conf, "-rx", "core show settings")


def _directories(settings: Mapping[str, str], own: Mapping[str, str], socket: str) -> Mapping[str, str]:
    found = {name: settings[label] for label, name in _SETTINGS.items() if settings.get(label)}
    found["astkeydir"] = found["astkeydir"].removesuffix("/keys")
    found["astdbdir"] = own.get("astdbdir") or found["astvarlibdir"]
    if run := own.get("astrundir") or socket:
        found["astrundir"] = run
    return found


@contextmanager
def _started(client: DockerClient, program: Program) -> Iterator[Container]:
    """It runs where the image allows nothing: its database and its socket are in a folder of the harness's."""
    archive = Archive(*program.user)
    directories = {**program.directories, "astdbdir": _HERE, "astrundir": _HERE}
    lines = ["[directories]", *(f"{name} = {path}" for name, path in directories.items())]
    files = {"asterisk.conf": "\n".join(lines), "modules.conf": "[modules]\nautoload = no"}
    archive.files(program.etc, {name: text.encode() for name, text in files.items()})
    archive.folder(HOME)
    archive.folder(_HERE)
    container = launch(
        client,
        f"asterisk-upgrade-{secrets.token_hex(4)}-probe",
        program.image,
        archive=archive.data(),
        entrypoint=[program.binary, "-fn", "-C", f"{program.etc}/asterisk.conf"],
        user=":".join(map(str, program.user)),
        network_mode="none",
        mounts=[empty_volume(program.etc)],
        labels=this_process().labels(),
        environment={"ASTERISK_ALREADY_NONROOT": "1", "TERM": "dumb"},
        **ContainerLimits().options(),
    )
    try:
        yield container
    finally:
        container.remove(force=True, v=True)


def _programs(container: Container, names: Sequence[str]) -> tuple[str, ...]:
    """Paths of those programs that there are."""
    for _ in range(_TRIES):
        *found, last = ["", *_run(container, "sh", "-c", _LIST, "sh", *names).splitlines()]
        if last == _LISTED:
            return tuple(path for path in found if path.startswith("/"))
    return ()


def _owners(container: Container, directories: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    printed = _run(container, "stat", "-c", "%u %g %n", *directories.values())
    found = {path: (int(user), int(group)) for user, group, path in _OWNED.findall(printed)}
    return {name: found[path] for name, path in directories.items() if path in found}


def _run(container: Container, *argv: str) -> str:
    """What a program prints; nothing where there is none of that name."""
    try:
        answer = container.exec_run(list(argv))
    except APIError:
        return ""
    printed = cast("bytes", answer.output or b"")
    return "" if answer.exit_code in _NOT_THERE else printed.decode(errors="replace")


def _failure(container: Container, words: str) -> ImageError:
    return with_printed(ImageError(f"its Asterisk {words}"), container, "program")
