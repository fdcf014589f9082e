"""What a dialplan passes to applications and functions that a new release does not take any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from harness.asterisk.dialplan.arguments import Span, read_options, split
from harness.asterisk.dialplan.invocations import Invocation, application_invocations, function_invocations
from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.modules import BRINGS_OPTIONS
from harness.facts.release import ReleaseFacts
from harness.facts.site_changes import SiteChange, SiteChangeKind, placed
from harness.model import Attributes, Place

__all__ = ["call_changes"]

_Thing = Literal["application", "function"]
_Parts = Mapping[str, Attributes]
_KINDS: tuple[tuple[_Thing, str, Callable[[Dialplan], Iterable[Invocation]]], ...] = (
    ("application", "option", application_invocations),
    ("function", "value", function_invocations),
)
_MOVED_OR_GONE: Mapping[_Thing, tuple[SiteChangeKind, SiteChangeKind]] = {
    "application": ("application-argument-moved", "application-argument-gone"),
    "function": ("function-argument-moved", "function-argument-gone"),
}


def call_changes(
    old: ReleaseFacts, new: ReleaseFacts, dialplan: Dialplan, *, before: Dialplan | None = None
) -> tuple[SiteChange, ...]:
    """Options, arguments and words that the dialplan passes and the new release does not take any more.

    By what both releases document. Applications and functions that are gone as a whole are left to other checks.
    `before` is the dialplan of the old release where `dialplan` has been migrated: an argument whose place means
    another thing now is a change only where the call is still written as it was.
    """
    return placed(_changes(old, new, dialplan, before))


def _changes(
    old: ReleaseFacts, new: ReleaseFacts, dialplan: Dialplan, before: Dialplan | None
) -> Iterator[tuple[SiteChange, tuple[Place, ...]]]:
    for thing, word, calls_in in _KINDS:
        documented = _Documented(old, new, thing, word)
        unchanged = {(call.name, call.arguments) for call in calls_in(before)} if before else None
        for call in calls_in(dialplan):
            as_it_was = unchanged is None or (call.name, call.arguments) in unchanged
            places = (call.place,) if call.place else ()
            yield from ((change, places) for change in documented.changes(call, as_it_was=as_it_was))


class _Documented:
    """What both releases document of applications, or of functions."""

    def __init__(self, old: ReleaseFacts, new: ReleaseFacts, thing: _Thing, word: str) -> None:
        self._thing: _Thing = thing
        self._names = {name.lower(): name for name in old.section(thing).items}
        self._arguments = [side.parts(f"{thing} argument") for side in (old, new)]
        self._words = [side.parts(f"{thing} {word}") for side in (old, new)]
        lost = {*old.names("module")} - {*new.names("module")}
        self._lost = {option for module in lost for option in BRINGS_OPTIONS.get(module, ())}

    def changes(self, call: Invocation, *, as_it_was: bool) -> Iterator[SiteChange]:
        """What one call passes in vain; in a call `as_it_was`, also what is taken for something else."""
        before, now = (side.get(call.name.lower(), {}) for side in self._arguments)
        if not before or not now:
            return
        separator = next(iter(before.values())).get("separator", ",")
        values = split(call.arguments, separator)
        name = self._names.get(call.name.lower(), call.name)
        yield from self._displaced(name, values, before, now) if as_it_was else ()
        yield from self._missing_words(name, values)

    def _displaced(self, name: str, values: Sequence[Span], before: _Parts, now: _Parts) -> Iterator[SiteChange]:
        is_moved, is_gone = _MOVED_OR_GONE[self._thing]
        old_at, new_at = _by_position(before), _by_position(now)
        new_positions = {part.lower(): position for position, part in new_at.items()}
        for position, value in enumerate(values, 1):
            part = old_at.get(position)
            if part is None or _is_many(before, part) or _is_many(now, new_at.get(position, "")):
                return  # from here on positions say nothing
            there = new_at.get(position, "")
            if not value.text.strip() or there.lower() == part.lower():
                continue
            if moved := new_positions.get(part.lower()):
                yield SiteChange(is_moved, f"{name}: {part}", old=str(position), new=str(moved))
            elif not there or there.lower() in {each.lower() for each in before}:
                yield SiteChange(is_gone, f"{name}: {part}", old=str(position))

    def _missing_words(self, name: str, values: Sequence[Span]) -> Iterator[SiteChange]:
        before, now = (side.get(name.lower(), {}) for side in self._words)
        if self._thing == "application":
            for option, about in before.items():
                item = f"{name}: {option}"  # documented still, it does nothing without its module
                is_gone = option not in now or item in self._lost
                if is_gone and option in read_options(_at(values, about)).words:
                    yield SiteChange("application-option-gone", item, old=about.get("takes", ""))
            return
        still = {word.lower() for word in now}
        for word, about in before.items() if now else ():
            part = _at(values, about)
            passed = part.text.strip() if part else ""
            if word.lower() not in still and passed.lower() == word.lower():
                yield SiteChange("function-value-gone", f"{name}: {word}")


def _by_position(parts: _Parts) -> Mapping[int, str]:
    return {int(about["position"]): part for part, about in parts.items() if about.get("position", "").isdigit()}


def _is_many(parts: _Parts, part: str) -> bool:
    return parts.get(part, {}).get("many") == "yes"


def _at(values: Sequence[Span], about: Attributes) -> Span | None:
    position = about.get("position", "")
    number = int(position) if position.isdigit() else 0
    return values[number - 1] if 0 < number <= len(values) else None
