"""What a migration is made of: texts go in, edits with reasons and findings come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from harness.asterisk.conf import Conf, Config
from harness.model import Place

__all__ = ["Change", "Edit", "Found", "Left", "Subject", "Witness", "combined"]


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the columns `start` to `end` (from 0, half open) of a line (from 1) with `new`.

    `new` may have ends of lines (`\\n`); they become those of the file. `why` is one line for people.
    """

    file: str
    line: int
    start: int
    end: int
    new: str
    why: str


@dataclass(frozen=True, slots=True, order=True)
class Left:
    """Something that the candidate needs and that is not changed: where, what and why not, and what to do."""

    file: str
    line: int
    what: str
    advice: str = ""

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.file, self.line)


@dataclass(frozen=True, slots=True)
class Found:
    """What one change has to say. `needs` are modules that the edits rely on (`app_stack`)."""

    edits: tuple[Edit, ...] = ()
    left: tuple[Left, ...] = ()
    needs: frozenset[str] = frozenset()


def combined(found: Iterable[Found]) -> Found:
    """All of them as one; what two changes say alike counts once."""
    parts = tuple(found)
    return Found(
        tuple(dict.fromkeys(edit for part in parts for edit in part.edits)),
        tuple(dict.fromkeys(left for part in parts for left in part.left)),
        frozenset[str]().union(*(part.needs for part in parts)),
    )


@dataclass(frozen=True, slots=True)
class Witness:
    """Files before, and what the change makes of those that it changes. A test runs it."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    left: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One mechanical change. `find` is pure."""

    id: str
    find: Callable[[Subject], Found]
    witness: Witness
