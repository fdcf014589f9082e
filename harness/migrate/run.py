"""All changes, one after the other: each sees what those before it made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from harness.migrate import macro, monitor, one_touch, queues, replaced, zones
from harness.migrate.apply import Rewritten, rewrite
from harness.migrate.model import Edit, Left, Rewrite, Subject
from harness.migrate.modules_conf import change_for
from harness.migrate.rest import beyond, left_over
from harness.model import Place

__all__ = ["CHANGES", "Migration", "migrate"]

CHANGES: tuple[Rewrite, ...] = (
    *replaced.CHANGES,
    monitor.CHANGE,
    zones.CHANGE,
    one_touch.CHANGE,
    macro.CHANGE,
    queues.ARGUMENTS,
    queues.MONITOR_TYPE,
)
"""What is changed, in this order; modules.conf comes after them, as it loads what they rely on."""

Reread = Callable[[Mapping[str, str]], Subject]
"""Reads a configuration in which some files have other texts."""


@dataclass(frozen=True, slots=True)
class Migration:
    """What becomes of a configuration: files that change, and what is left to people, by file and line before."""

    changed: Mapping[str, Rewritten] = field(default_factory=dict)
    left: tuple[Left, ...] = ()

    @property
    def lines(self) -> int:
        """How many lines change."""
        return sum(len(rewritten.lines) for rewritten in self.changed.values())


def migrate(subject: Subject, reread: Reread) -> Migration:
    """Run all changes on a configuration."""
    work = _Work(subject, reread)
    needs: frozenset[str] = frozenset()
    for change in CHANGES:
        needs |= work.run(change)
    work.run(change_for(needs))
    rest = work.traced(left_over(work.subject))
    return Migration(work.changed(), tuple(sorted({*work.left, *beyond(rest, work.left)})))


class _Work:
    """A configuration while it changes. Lines are traced back to those of the beginning."""

    def __init__(self, subject: Subject, reread: Reread) -> None:
        self._before, self._reread = subject, reread
        self._origins: dict[str, list[int]] = {}
        self._reasons: dict[tuple[str, int], dict[str, None]] = {}
        self.subject = subject
        self.left: list[Left] = []

    def run(self, change: Rewrite) -> frozenset[str]:
        """Make one change; returns the modules that it needs."""
        found = tuple(dict.fromkeys(change.find(self.subject)))
        rewritten, refused = rewrite(self.subject.files, (one for one in found if isinstance(one, Edit)))
        self.left += self.traced((*(one for one in found if isinstance(one, Left)), *map(_not_made, refused)))
        for file, new in rewritten.items():
            self._trace(file, new)
        if rewritten:
            texts = {**self.subject.files, **{file: new.text for file, new in rewritten.items()}}
            self.subject = self._reread(
                {file: text for file, text in texts.items() if text != self._before.files[file]}
            )
        return change.needs if rewritten else frozenset()

    def traced(self, left: Iterable[Left]) -> tuple[Left, ...]:
        """Findings with the lines that they had at the beginning."""
        return tuple(replace(one, place=self._origin(one.place)) for one in left)

    def changed(self) -> dict[str, Rewritten]:
        """Files that are another by now, each with its first text."""
        found: dict[str, Rewritten] = {}
        for file in sorted(self._origins):
            before = tuple(self._before.files[file].split("\n"))
            by_origin: dict[int, list[str]] = {}
            for origin, line in zip(self._origins[file], self.subject.files[file].split("\n"), strict=True):
                by_origin.setdefault(origin, []).append(line)
            lines = {
                number: tuple(new) for number, new in by_origin.items() if tuple(new) != (before[number - 1],)
            }
            reasons = {number: tuple(self._reasons.get((file, number), ())) for number in lines}
            if lines:
                found[file] = Rewritten(before, lines, reasons)
        return found

    def _trace(self, file: str, new: Rewritten) -> None:
        before = self._origins.get(file) or list(range(1, len(new.before) + 1))
        after: list[int] = []
        for number, origin in enumerate(before, 1):
            after += [origin] * len(new.lines.get(number, ("",)))
            for reason in new.reasons.get(number, ()):
                self._reasons.setdefault((file, origin), {})[reason] = None
        self._origins[file] = after

    def _origin(self, place: Place) -> Place:
        origins = self._origins.get(place.file, ())
        return Place(place.file, origins[place.line - 1]) if 0 < place.line <= len(origins) else place


def _not_made(edit: Edit) -> Left:
    return Left(edit.place, f"Two changes meet in one line; not made: {edit.why}", "Make it by hand.")
