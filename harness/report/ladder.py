"""Two traces side by side, channel by channel: the old release left, the candidate right. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from harness.judge.align import AlignedStep, Alignment, StepKind, step_changes
from harness.judge.normalise.facts import Fact
from harness.judge.words import held_words, start_of, thing_words
from harness.model import Change, Thing
from harness.report.terminal import Line, Style
from harness.report.text import clean, count

__all__ = ["side_by_side", "words_of"]

_MARKS: Mapping[StepKind, tuple[str, Style]] = {
    "same": (" ", ""),
    "changed": ("~", "warn"),
    "only old": ("<", "bad"),
    "only candidate": (">", "bad"),
}
_GAP = " | "
_NARROWEST = 12


def side_by_side(alignment: Alignment, *, width: int, every: bool = False) -> Iterator[Line]:
    """Lines of at most `width` columns (or what 12 for a side need).

    `~` marks what differs, `<` what only the old release has, `>` what only the candidate has. Steps that are the
    same are folded to their number unless `every` is asked for.
    """
    column = max((width - len(_GAP) - 2) // 2, _NARROWEST)
    yield Line(_row(" ", "old", "candidate", column), "title")
    for subject, steps in _by_subject(alignment):
        yield Line("")
        yield Line(start_of(clean(subject or "Asterisk"), width), "title")
        for same, group in groupby(steps, key=lambda step: step.kind == "same"):
            found = list(group)
            if same and not every:
                yield Line(f"  ... {count(len(found), 'step')} the same", "dim")
            else:
                for step in found:
                    yield from _lines(step, alignment.seconds, column)


def _by_subject(alignment: Alignment) -> Iterator[tuple[str, list[AlignedStep]]]:
    subjects: dict[str, list[AlignedStep]] = {}
    for (subject, _), steps in alignment.streams.items():
        subjects.setdefault(subject, []).extend(steps)
    for subject, found in sorted(subjects.items()):
        yield subject, list(_in_order(found))


def _in_order(steps: Iterable[AlignedStep]) -> Iterator[AlignedStep]:
    """As it happened on the old release; what only the candidate has follows what it followed there."""
    shared = sorted((step for step in steps if step.old), key=lambda step: _seen(step.old))
    new = sorted((step for step in steps if not step.old), key=lambda step: _seen(step.candidate))
    for step in shared:
        reached = _seen(step.candidate) if step.candidate else -1.0
        while new and _seen(new[0].candidate) < reached:
            yield new.pop(0)
        yield step
    yield from new


def _seen(fact: Fact | None) -> float:
    """When: what only the whole trace says comes last."""
    return fact.seen if fact and fact.seen >= 0 else float("inf")


def _lines(step: AlignedStep, seconds: float, column: int) -> Iterator[Line]:
    mark, style = _MARKS[step.kind]
    yield Line(_row(mark, words_of(step.old), words_of(step.candidate), column), style)
    for change in step_changes(step, seconds):
        yield Line(_row(" ", _field(change, 0), _field(change, 1), column), "warn")


def words_of(fact: Fact | None) -> str:
    """What happened, in a line; empty for nothing."""
    if fact is None:
        return ""
    said = thing_words(Thing((*fact.fields, *fact.durations)), fact.event)
    return f"{fact.event}: {said}" if said else fact.event


def _field(change: Change, side: int) -> str:
    return f"    {change.field}: {held_words(change.sides[side], change)}"


def _row(mark: str, old: str, candidate: str, column: int) -> str:
    return f"{mark} {_cell(old, column):<{column}}{_GAP}{_cell(candidate, column)}".rstrip()


def _cell(text: str, column: int) -> str:
    safe = clean(text, longest=2 * column)
    return safe if len(safe) <= column else f"{start_of(safe, column - 3)}..."
