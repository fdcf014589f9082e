"""What a migration is made of: texts go in, edits with reasons and findings come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from harness.asterisk.conf import Conf, Config
from harness.model import Place

__all__ = ["BeforeAfter", "Edit", "Left", "Rewrite", "Subject"]


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A configuration: the texts of its files by path, their lines, and what they say.

    Bytes that are no UTF-8 stand in the texts as lone surrogates, so that every byte survives.
    """

    files: Mapping[str, str] = field(repr=False)
    lines: Mapping[str, tuple[str, ...]] = field(repr=False)
    config: Config = field(repr=False)

    def conf(self, name: str) -> Conf:
        """A file with what it includes, empty where there is none."""
        return self.config.file(name)

    def line(self, place: Place) -> str:
        """A line as it stands in its file, without its end; empty where there is none."""
        lines = self.lines.get(place.file, ())
        return lines[place.line - 1] if 0 < place.line <= len(lines) else ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the columns `start` to `end` (from 0, half open) of a line (from 1) with `new`.

    `new` may have ends of lines (`\\n`); they become those of the file. `why` is one line for people.
    """

    place: Place
    start: int
    end: int
    new: str
    why: str


@dataclass(frozen=True, slots=True, order=True)
class Left:
    """Something that the candidate needs and that is not changed: where, what and why not, and what to do."""

    place: Place
    what: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Files before, and what the change makes of those that it changes. A test runs it."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    left: int = 0


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One mechanical change. `find` is pure; what it finds twice (in a line that sections inherit) counts once.

    `needs` are modules that its edits rely on (`app_stack`).
    """

    id: str
    find: Callable[[Subject], Iterable[Edit | Left]]
    witness: BeforeAfter
    needs: frozenset[str] = frozenset()
