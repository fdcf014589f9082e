"""The script that collects a backup on production, with the options that a person chose written into it."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["collect_script"]

_RECORDINGS, _LIMIT = "recordings=yes\n", "limit_mb=0\n"


def collect_script(*, recordings: bool = True, limit_mb: int = 0) -> str:
    """The text of `collect.sh`. `limit_mb` is what the archive may have, in megabytes, 0 for no limit."""
    text = files("harness.site.making.backup").joinpath("collect.sh").read_text(encoding="utf-8")
    chosen = text if recordings else text.replace(_RECORDINGS, "recordings=no\n", 1)
    return chosen.replace(_LIMIT, f"limit_mb={limit_mb}\n", 1)
