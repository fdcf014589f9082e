"""A module of the site's own that could not be built for a release, as a value."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CompileError", "FailedBuild"]


@dataclass(frozen=True, slots=True)
class CompileError:
    """What the compiler refuses, at a file of the site (by its path there) and a line."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class FailedBuild:
    """`source` is the folder as site.toml names it, `line` where; `why` is one line, `printed` its end.

    `modules` are the names (without `.so`) that the same source gives for the other release.
    """

    source: str
    line: int
    why: str
    errors: tuple[CompileError, ...] = ()
    printed: str = ""
    modules: tuple[str, ...] = ()
