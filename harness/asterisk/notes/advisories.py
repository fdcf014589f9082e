"""Security advisories: what a packager's log says is fixed, and what an advisory is about. Pure.

Sources: Debian's changelogs of 16.28 and 22.10, the titles of the advisories in the logs of 22.0 to 22.10, and OSV
(osv.dev) for the numbers of one fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.asterisk.versions import Version, parse_version

__all__ = [
    "ALIASES",
    "NUMBERED_SINCE",
    "SCRIPTS",
    "SUBJECTS",
    "LogEntry",
    "ids_in",
    "read_changelog",
    "subjects_of",
]

NUMBERED_SINCE = "18.18 and 20.3 (May 2023)"
"""The first releases whose change logs name advisories by their numbers."""

ID = re.compile(r"CVE-\d{4}-\d{4,7}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|AST-\d{4}-\d{3}")
"""The number of an advisory."""

ALIASES: Mapping[str, str] = {
    "GHSA-98rc-4j27-74hh": "CVE-2023-37457",
    "GHSA-hxj9-xwr8-w8pq": "CVE-2023-49786",
}
"""Two numbers of one fault, of those that Debian fixed in 16.28."""

_PJSIP, _OOH323 = ("file", "pjsip.conf"), ("module", "chan_ooh323")
SUBJECTS: Mapping[str, tuple[str, str]] = {
    "PJSIP": _PJSIP,
    "pjproject": _PJSIP,
    "SIP request": _PJSIP,
    "NOTIFY": _PJSIP,
    "T.140": _PJSIP,
    "RTP": _PJSIP,
    "DTLS": _PJSIP,
    "ARI": ("file", "ari.conf"),
    "AMI": ("file", "manager.conf"),
    "manager.conf": ("file", "manager.conf"),
    "HTTP": ("file", "http.conf"),
    "H.323": _OOH323,
    "Q.931": _OOH323,
    "Codec2": ("module", "codec_codec2"),
    "Phone Provisioning": ("module", "res_phoneprov"),
    "XMPP": ("module", "res_xmpp"),
    "LDAP": ("module", "res_config_ldap"),
}
"""Words of advisories → what they are about, where no module is named."""

SCRIPTS = ("safe_asterisk", "ast_coredumper", "ast_loggrabber", "ast_logescalator")
"""Programs beside Asterisk, whoever uses which module."""

_ENTRY = re.compile(r"^asterisk \((?:\d+:)?(?P<version>[^)]+)\) ")
_MOST = 200_000
"""Lines of a log that are read."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One version of a package, as it is `written` (`16.28.0~dfsg-0+deb11u4`); each point of its log in a line."""

    written: str
    version: Version
    points: tuple[str, ...]


def read_changelog(text: str) -> tuple[LogEntry, ...]:
    """The entries of a Debian changelog, the newest first. Lines that are none of it are passed over."""
    entries: list[LogEntry] = []
    points: list[str] = []
    head: tuple[str, Version] | None = None
    for line in text.split("\n", _MOST)[:_MOST]:
        if found := _ENTRY.match(line):
            entries += _entry(head, points)
            version = parse_version(found["version"])
            head, points = (found["version"], version) if version else None, []
        elif line.startswith(" -- "):
            entries += _entry(head, points)
            head, points = None, []
        elif line.lstrip().startswith(("* ", "- ", "+ ")):
            points.append(line.strip().lstrip("*-+ "))
        elif line.startswith("   ") and points:
            points[-1] += f" {line.strip()}"
    return (*entries, *_entry(head, points))


def _entry(head: tuple[str, Version] | None, points: list[str]) -> Iterator[LogEntry]:
    if head is not None:
        yield LogEntry(*head, tuple(points))


def ids_in(text: str) -> tuple[str, ...]:
    """Numbers of advisories in a text, each once."""
    return tuple(dict.fromkeys(ID.findall(text)))


def subjects_of(text: str) -> tuple[tuple[str, str], ...]:
    """What an advisory is about by its words, where it names no module."""
    found = (topic for word, topic in SUBJECTS.items() if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text))
    return tuple(dict.fromkeys(found))
