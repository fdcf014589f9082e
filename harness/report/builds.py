"""What becomes of a build's choices as text and JSON. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from harness.asterisk.conf.model import Problem
from harness.asterisk.menuselect.members import STORAGES, category_of
from harness.facts.package import PackageFacts
from harness.judge.builds.choices import Choice, Fate
from harness.model import Place
from harness.report.terminal import Line
from harness.report.text import clean, listed, wrap

__all__ = ["BuildChoices", "build_json", "build_lines"]

_APART = (Fate.GONE_ON, Fate.TURNED_ON, Fate.OTHERWISE, Fate.MISSING, Fate.NEEDS, Fate.DEFAULT, Fate.DEVIATION)
"""Told one by one; of the others the names are enough."""
_QUIET = frozenset({Fate.KEPT_ON, Fate.KEPT_OFF})
_MOST = 12


@dataclass(frozen=True, slots=True)
class BuildChoices:
    """All choices, of which file they are, between which releases. `site`: whether a site's uses were looked for.

    `unread` are files of the site that may use more, and are not read here.
    """

    file: str
    old: PackageFacts
    candidate: PackageFacts
    choices: tuple[Choice, ...]
    problems: tuple[Problem, ...] = ()
    site: bool = False
    unread: tuple[str, ...] = ()

    def of(self, fate: Fate) -> tuple[Choice, ...]:
        """Those of one fate."""
        return tuple(choice for choice in self.choices if choice.fate is fate)

    @property
    def title(self) -> str:
        """What was compared, in a line."""
        return f"{self.file} of {_side(self.old)}, for {_side(self.candidate)}"


def build_json(build: BuildChoices) -> str:
    """All choices with their fate, and the counts."""
    value = {
        "file": build.file,
        "old": {"version": build.old.version, "release": build.old.spec},
        "candidate": {"version": build.candidate.version, "release": build.candidate.spec},
        "counts": {fate.value: len(build.of(fate)) for fate in Fate},
        "choices": [asdict(choice) for choice in build.choices],
        "problems": [f"{problem.place}: {problem.text}" for problem in build.problems],
    }
    return json.dumps(value, indent=1) + "\n"


def _by_text(problems: Iterable[Problem]) -> dict[str, list[Place]]:
    """Where each problem is: a file of Windows has the same one in every line."""
    found: dict[str, list[Place]] = {}
    for problem in problems:
        found.setdefault(problem.text, []).append(problem.place)
    return found


def build_lines(build: BuildChoices, *, every: bool = False) -> Iterator[Line]:
    """Counts first, then each fate: what is gone, turned on or otherwise one by one, of the rest the names."""
    yield from (Line(text, "title") for text in wrap(clean(build.title)))
    yield Line("")
    for text, places in _by_text(build.problems).items():
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        yield from (Line(line, "warn") for line in wrap(clean(f"{places[0]}{more}: {text}"), hang=2))
    for name in build.unread:
        yield Line(f"{clean(name)} is not read here: what it uses is not known", "warn")
    for fate in Fate:
        if choices := build.of(fate):
            yield Line(f"{len(choices):>5}  {fate.value}")
    for fate in Fate:
        choices = build.of(fate)
        if choices and (every or fate not in _QUIET):
            yield from (Line(""), Line(f"{fate.value.capitalize()} ({len(choices)})", "title"))
            yield from _told(build, fate, choices, every)


def _told(build: BuildChoices, fate: Fate, choices: Sequence[Choice], every: bool) -> Iterator[Line]:
    if fate not in _APART:
        names = [clean(choice.name) for choice in choices]
        yield from map(Line, wrap(listed(names, most=len(names) if every else _MOST), indent="  "))
        return
    for choice in choices:
        words = [word for word in (clean(choice.why), _use(build, choice)) if word]
        head = f"{clean(choice.name)} ({clean(choice.category)})"
        yield from map(Line, wrap(f"{head}: {'; '.join(words)}" if words else head, indent="  ", hang=4))
        if choice.advice:
            yield from map(Line, wrap(clean(choice.advice), indent="    ", hang=4))


def _use(build: BuildChoices, choice: Choice) -> str:
    is_module = category_of(choice.name) or choice.name in STORAGES
    if not build.site or not is_module:
        return ""
    places = listed((clean(str(place)) for place in choice.places), most=3)
    return f"the site uses it ({places})" if places else "nothing of the site's files uses it"


def _side(facts: PackageFacts) -> str:
    return f"{facts.version} ({facts.spec})" if facts.version else facts.spec
