"""Lines of two logs: which say the same, and what is worth telling where they do not.

Notices are read for one reason: what was one on the old release may be a warning on the candidate. Alone they are
nothing. A text that comes again and again is one text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.asterisk.log_text import MILD, likeness, plain_text, weight
from harness.judge.normalise.facts import DEPRECATED, Fact
from harness.judge.rules.log import explains
from harness.model import Change, Held, Thing

__all__ = ["LOG", "log_changes", "log_pairs"]

LOG = "log"
"""The stream, and the surface, of lines of the log."""

_Pair = tuple[Fact | None, Fact | None]
_Both = tuple[Fact, Fact]
_Text = tuple[bool, str]
_LEVEL, _WORDING = "log level", "log wording"
_MOST_COMPARED = 10_000


def log_pairs(old: Sequence[Fact], new: Sequence[Fact]) -> Iterator[_Pair]:
    """Each text once, beside the same text or a new wording of it; notices only beside something louder."""
    mine, theirs = _by_text(old), _by_text(new)
    for text in sorted(mine.keys() & theirs.keys()):
        if not (_is_mild(mine[text]) and _is_mild(theirs[text])):
            yield mine[text], theirs[text]
    gone, come = _loud(mine, theirs), _loud(theirs, mine)
    reworded = tuple(_reworded(gone, come))
    yield from reworded
    yield from ((fact, None) for fact in gone if all(fact is not one for one, _ in reworded))
    yield from ((None, fact) for fact in come if all(fact is not other for _, other in reworded))


def log_changes(old: Fact, new: Fact) -> Iterator[Change]:
    """What a pair amounts to: another level, other words, or nothing."""
    if _text(old) != _text(new):
        yield _changed(_WORDING, old, new)
    elif _level(old) != _level(new):
        yield _changed(_LEVEL, old, new)


def _by_text(facts: Sequence[Fact]) -> dict[_Text, Fact]:
    """Of lines with one text the loudest, and of these the first."""
    found: dict[_Text, Fact] = {}
    for fact in facts:
        known = found.setdefault(_text(fact), fact)
        if weight(_level(fact)) > weight(_level(known)):
            found[_text(fact)] = fact
    return found


def _loud(mine: Mapping[_Text, Fact], theirs: Mapping[_Text, Fact]) -> list[Fact]:
    return [fact for text, fact in mine.items() if text not in theirs and not _is_mild(fact)]


def _reworded(gone: Sequence[Fact], come: Sequence[Fact]) -> Iterator[_Both]:
    """Lines of one level that speak of one thing, the most alike first."""
    if len(gone) * len(come) > _MOST_COMPARED:
        return
    scores = [
        (-alike, sorted((_message(one), _message(other))), one, other)
        for one in filter(_may_be_reworded, gone)
        for other in filter(_may_be_reworded, come)
        if one.event == other.event and (alike := likeness(_message(one), _message(other)))
    ]
    used: set[int] = set()
    for *_, one, other in sorted(scores, key=lambda score: score[:2]):
        if used.isdisjoint((id(one), id(other))):
            used |= {id(one), id(other)}
            yield one, other


def _may_be_reworded(fact: Fact) -> bool:
    """What explains itself is no new wording; that something is deprecated is said once in a life."""
    return fact.event != DEPRECATED and not explains(_message(fact))


def _changed(event: str, old: Fact, new: Fact) -> Change:
    sides: tuple[Held, Held] = (Thing((*old.fields, *old.durations)), Thing((*new.fields, *new.durations)))
    return Change(
        LOG, "effect", "changed", "", event, old=sides[0], candidate=sides[1],
        seen=(old.seen, new.seen), spots=(old.spot, new.spot), runner=old.runner,
    )  # fmt: skip


def _text(fact: Fact) -> _Text:
    return fact.event == DEPRECATED, plain_text(_message(fact))


def _message(fact: Fact) -> str:
    return next((value for name, value in fact.fields if name == "Message" and isinstance(value, str)), "")


def _level(fact: Fact) -> str:
    return fact.event.rpartition(" ")[2]


def _is_mild(fact: Fact) -> bool:
    return _level(fact) == MILD
