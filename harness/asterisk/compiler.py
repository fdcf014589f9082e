"""What a C compiler says of a source that it refuses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["compile_errors"]

_ERROR = re.compile(
    r"^(?P<file>[^\s:][^:\n]*):(?P<line>\d+):(?:\d+:)? (?:fatal )?error: (?P<text>.+)$", re.MULTILINE
)


def compile_errors(printed: str) -> Iterator[tuple[str, int, str]]:
    """File, line and words of each error that gcc or clang prints, in its order."""
    for found in _ERROR.finditer(printed.replace("\r", "")):
        yield found["file"], int(found["line"]), found["text"].strip()
