"""What becomes of a build's choices, as changes that preflight tells. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.asterisk.conf.model import Problem
from harness.facts.site_changes import SiteChange, SiteChangeKind
from harness.judge.builds.choices import Choice, Fate

__all__ = ["build_news"]

_TOGETHER: tuple[tuple[SiteChangeKind, Fate], ...] = (
    ("build-turned-on", Fate.TURNED_ON),
    ("build-otherwise", Fate.OTHERWISE),
    ("build-default-changed", Fate.DEFAULT),
)
_NEEDS = (Fate.MISSING, Fate.NEEDS)


def build_news(choices: Sequence[Choice], problems: Sequence[Problem] = ()) -> Iterator[SiteChange]:
    """Each module that is gone and that the site uses, the others together; what is otherwise, what needs more.

    `problems` are those of reading the old build's file, whose places are the site's.
    """
    for problem in problems:
        yield SiteChange("build-unread", problem.text, (problem.place,))
    gone = [choice for choice in choices if choice.fate is Fate.GONE_ON]
    for choice in gone:
        if choice.places:
            yield SiteChange("build-gone", choice.name, choice.places, "on", _words(choice))
    if unused := [choice.name for choice in gone if not choice.places]:
        yield SiteChange("build-gone-unused", _counted(unused), old=", ".join(unused))
    for kind, fate in _TOGETHER:
        found = [choice for choice in choices if choice.fate is fate]
        if found:
            places = tuple(dict.fromkeys(place for choice in found for place in choice.places))
            yield SiteChange(kind, ", ".join(map(_state, found)), places, "", _and_why(found))
    for choice in choices:
        if choice.fate in _NEEDS:
            yield SiteChange("build-needs", choice.name, choice.places, "on", choice.why or choice.fate.value)


def _state(choice: Choice) -> str:
    return (
        choice.name
        if choice.fate is not Fate.OTHERWISE
        else f"{choice.name} ({'on' if choice.on else 'off'} before)"
    )


def _and_why(choices: Sequence[Choice]) -> str:
    return "; ".join(dict.fromkeys(choice.why for choice in choices if choice.why))


def _words(choice: Choice) -> str:
    return ". ".join(filter(None, (choice.why, choice.advice)))


def _counted(names: Sequence[str]) -> str:
    return "1 choice" if len(names) == 1 else f"{len(names)} choices"
