"""Debian's mirror: the one that this machine uses itself if it is Debian, else Debian's public name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Mirror", "find_mirror"]

_ONE_LINE = re.compile(r"deb\s+(?:\[[^]]*]\s+)?(?P<uri>https?://\S+)\s+(?P<suite>\S+)")


@dataclass(frozen=True, slots=True)
class Mirror:
    """Addresses of Debian's archive and of its security archive; `source` says where they were found."""

    archive: str = "http://deb.debian.org/debian"
    security: str = "http://deb.debian.org/debian-security"
    source: str = "Debian's public name"

    def of(self, archive: str) -> str:
        """Address of `debian` or `debian-security`."""
        return self.security if archive == "debian-security" else self.archive


def find_mirror(root: Path = Path("/")) -> Mirror:
    """The mirror of the machine's own apt configuration. Others' archives (a vendor's) are passed over."""
    default = Mirror()
    if "ID=debian" not in _text_of(root / "etc/os-release").split("\n"):
        return default
    addresses = [uri.rstrip("/") for uri in _addresses(root / "etc/apt")]
    archive = next((uri for uri in addresses if uri.endswith("/debian")), None)
    security = next((uri for uri in addresses if uri.endswith("/debian-security")), None)
    if archive is None:
        return default
    return Mirror(archive, security or default.security, "this machine's apt configuration")


def _addresses(apt: Path) -> Iterator[str]:
    for path in [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))]:
        if path.suffix == ".sources":
            yield from _of_stanzas(_text_of(path))
        elif path.suffix == ".list":
            yield from (
                found["uri"] for line in _text_of(path).split("\n") if (found := _ONE_LINE.match(line.strip()))
            )


def _of_stanzas(text: str) -> Iterator[str]:
    for stanza in re.split(r"\n\s*\n", text):
        fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", stanza, re.MULTILINE))
        if fields.get("Enabled", "yes").strip().lower() not in {"no", "false"}:
            yield from (uri for uri in fields.get("URIs", "").split() if uri.startswith(("http://", "https://")))


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
