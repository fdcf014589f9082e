"""What DOCKER_HOST says of where the engine is: whether that can be an address at all."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = ["wrong_address"]

_WITHOUT_SCHEME = re.compile(r"[\w.-]+:\d{1,5}")
_WRITE = "Write unix:///run/docker.sock, tcp://HOST:2376 or ssh://USER@HOST (docs/engines.md)."


def wrong_address(host: str) -> str:
    """What is wrong with an engine's address and what to write instead; empty where an engine may be there."""
    wrong = _wrong(host)
    return f"DOCKER_HOST is {host!r}, where no engine can be: {wrong}.\n  {_WRITE}" if wrong else ""


def _wrong(host: str) -> str:
    scheme, there, rest = host.partition("://")
    if not there:
        return "" if not host or _WITHOUT_SCHEME.fullmatch(host) else "it has no kind (unix://, tcp://, ssh://)"
    if scheme == "unix":
        return "" if not rest or rest.startswith("/") else "a socket has a whole path, after three slashes"
    if scheme not in ("tcp", "http", "https", "ssh"):
        return f"{scheme}:// is no kind that is known here"
    try:
        parts = urlsplit(host)
        port = parts.port
    except ValueError as problem:
        return f"it cannot be read ({problem})"
    if not parts.hostname:
        return "it names no host"
    return "" if port or scheme == "ssh" else "it has no port (2376 with TLS, 2375 without, as a rule)"
