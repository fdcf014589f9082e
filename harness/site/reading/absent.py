"""Why a path is no site's folder, and what to give instead."""

from __future__ import annotations

from pathlib import Path

__all__ = ["absent"]

_FILE = "site.toml"
_ASTERISKS = ("asterisk.conf", "extensions.conf", "extensions.ael", "extensions.lua", "modules.conf", "pjsip.conf")


def absent(path: Path) -> str:
    """A sentence, empty where the folder holds a `site.toml`. Raises OSError where it cannot be looked into."""
    if path.is_file():
        folder = path.parent if path.name == _FILE else "SITE"
        return f"{path} is a file: give the site's folder, as in `--site {folder}`"
    if not path.is_dir():
        return f"{path}: there is no such folder; `harness init {path} --config /etc/asterisk` makes one"
    if (path / _FILE).exists():
        return ""
    if any((path / name).is_file() for name in _ASTERISKS):
        made = f"`harness init NEW --config {path}` makes a site folder NEW of it"
        return f"{path}: there is no {_FILE} in it: this is Asterisk's own configuration; {made}"
    return f"{path}: there is no {_FILE} in it; `harness init NEW --config /etc/asterisk` makes a site folder NEW"
