"""Files of the machine that a dialplan and the configuration name: scripts, programs, prompts, music, keys.

Only what is written down is found: a name that is made up during a call (`${…}`) is passed over. What Asterisk
writes (recordings, records) is not meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from harness.asterisk.conf.model import is_true
from harness.asterisk.dialplan.invocations import (
    Invocation,
    application_invocations,
    function_invocations,
    key_invocations,
)
from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.dialplan.uses import Files
from harness.model import Place

__all__ = [
    "CERTIFICATES",
    "KINDS",
    "FileKind",
    "NamedFile",
    "files_of_dialplan",
    "files_of_invocations",
    "files_of_options",
]

FileKind = Literal["AGI script", "program", "key or certificate", "music", "prompt"]
KINDS: tuple[FileKind, ...] = ("AGI script", "program", "key or certificate", "music", "prompt")

CERTIFICATES: Mapping[str, tuple[str, ...]] = {
    "pjsip.conf": (
        "cert_file", "priv_key_file", "ca_list_file", "ca_list_path", "dtls_cert_file", "dtls_private_key",
        "dtls_ca_file", "dtls_ca_path",
    ),
    "sip.conf": ("tlscertfile", "tlsprivatekey", "tlscafile", "tlscadir", "dtlscertfile", "dtlsprivatekey"),
    "http.conf": ("tlscertfile", "tlsprivatekey"),
    "manager.conf": ("tlscertfile", "tlsprivatekey"),
    "stir_shaken.conf": ("private_key_file", "ca_file", "ca_path", "path"),
    "websocket_client.conf": ("cert_file", "priv_key_file", "ca_list_file", "ca_list_path"),
}  # fmt: skip
"""Options that name a key, a certificate, or a folder of some, by file."""
_IF_ENABLED = frozenset({"http.conf", "manager.conf", "sip.conf"})
"""Files whose certificates are read with `tlsenable` alone."""
_PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "voicemail.conf": ("externnotify", "externpass", "externpassnotify", "externpasscheck"),
    "minivm.conf": ("externnotify",),
    "musiconhold.conf": ("application",),
    "logger.conf": ("exec_after_rotate",),
    "alarmreceiver.conf": ("eventcmd",),
    "festival.conf": ("festivalcommand",),
}
"""Options that are a command: its program comes first. How mails are sent is the lab's own."""
_AGI = {"agi": 1, "eagi": 1, "deadagi": 1, "queue": 6}
_COMMANDS = {"system": 0, "trysystem": 0, "mixmonitor": 3, "shell": 0}
_PROMPTS = {"playback": 1, "background": 1, "controlplayback": 1, "read": 2}
"""Which argument it is, by application in lower case; 0 for all of them."""
_PROGRAM = re.compile(r"\s*\"?(/[^\s\"'|;&<>()$`\\^,]+)")


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as it is named: `name` is a path, or what Asterisk looks for in its folder of such files."""

    kind: FileKind
    name: str
    place: Place | None


def files_of_invocations(invocations: Iterable[Invocation]) -> Iterator[NamedFile]:
    """Those that applications, and the function SHELL, name."""
    for one in invocations:
        for named, kind, read in _READERS:
            if (position := named.get(one.key)) is not None:
                part = one.part(position)
                text = part.text if part else "" if position else one.arguments
                yield from (NamedFile(kind, name, one.place) for name in read(text))


def files_of_dialplan(dialplan: Dialplan, files: Files) -> Iterator[NamedFile]:
    """Those that the dialplan names, and the keys that callers press (features.conf)."""
    yield from files_of_invocations(application_invocations(dialplan))
    yield from files_of_invocations(function_invocations(dialplan))
    for option, _, one in key_invocations(files.file("features.conf")):
        place = files.place(option.place)
        yield from (replace(each, place=place) for each in files_of_invocations([one]))


def files_of_options(files: Files) -> Iterator[NamedFile]:
    """Those that options of configuration files name."""
    for file, names in CERTIFICATES.items():
        conf = files.file(file)
        used = file not in _IF_ENABLED or is_true(conf.get("general", "tlsenable"))
        for option in conf.everywhere(*names) if used else ():
            if option.value.startswith("/"):
                yield NamedFile("key or certificate", option.value, files.place(option.place))
    for file, names in _PROGRAMS.items():
        for option in files.file(file).everywhere(*names):
            for name in _program(option.value):
                yield NamedFile("program", name, files.place(option.place))
    for section in files.file("musiconhold.conf").usable:
        if (section.get("mode") or "").lower() in ("files", "mp3", "mp3nb", "quietmp3", "quietmp3nb"):
            yield from (
                NamedFile("music", option.value, files.place(option.place))
                for option in section.options
                if option.name.lower() == "directory" and option.value
            )


def _script(text: str) -> Iterator[str]:
    name = text.strip().strip('"').strip()
    if name and "$" not in name and "://" not in name and not name.startswith("agi:"):
        yield name


def _program(text: str) -> Iterator[str]:
    found = _PROGRAM.match(text)
    if found and not text[found.end() :].startswith("$"):
        yield found[1]


def _prompts(text: str) -> Iterator[str]:
    for name in text.split("&"):
        name = name.strip().strip('"').strip()
        if name.startswith("/") and "$" not in name:
            yield name


_READERS: tuple[tuple[Mapping[str, int], FileKind, Callable[[str], Iterator[str]]], ...] = (
    (_AGI, "AGI script", _script),
    (_COMMANDS, "program", _program),
    (_PROMPTS, "prompt", _prompts),
)
