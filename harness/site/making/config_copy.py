"""Copies an /etc/asterisk: its files as they are, nothing from outside of it, and no more than is sane."""

from __future__ import annotations

from pathlib import Path

from harness.errors import SiteError
from harness.site.making.files import Bounds, Copies, site_errors

__all__ = ["copy_config"]

_BOUNDS = Bounds(files=20_000, size=256 << 20)


def copy_config(source: Path, target: Path) -> tuple[str, ...]:
    """Copy a configuration folder; returns what was left out, a line each.

    Links inside the folder become what they lead to, links out of it and what is no file are left out.
    Raises SiteError when a file cannot be read, or when there is too much.
    """
    root = source.resolve()

    def follow(path: Path) -> Path | str:
        try:
            real = path.resolve()
        except (OSError, RuntimeError):
            return "a link in a circle"
        return real if real.is_relative_to(root) else f"a link that leads out, to {real}"

    copies = Copies(source, root, follow, _BOUNDS)
    with site_errors(source):
        copies.folder(root, target)
    if not copies.files:
        raise SiteError(f"{source}: there is no file in it; give the folder that is Asterisk's /etc/asterisk")
    return tuple(copies.left_out)
