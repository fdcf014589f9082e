"""The language of scenario files: a YAML document → scenarios, or everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from harness.model import Ignore, Tolerances
from harness.play.expectations.hold import hold
from harness.play.expectations.reading import Expectation
from harness.play.scenario import Behaviour, Doing, Play, Scenario
from harness.play.sources.participants import Participants, participants_of
from harness.play.steps import ScenarioStep
from harness.site.model import Site
from harness.site.reading.document import DocumentError, Node, read_yaml
from harness.site.reading.problems import Problems, did_you_mean
from harness.site.reading.schema import check

if TYPE_CHECKING:
    from harness.play.asterisk import Asterisk

__all__ = ["read_entry", "read_scenarios"]

_UNSENDABLE = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_SHARED = ("app", "astdb", "conference", "mailbox", "parking", "phone", "queue")
"""Kinds of things by which the harness knows whose an event is."""
_SCHEMA = ("harness.play.sources", "scenarios.schema.json")


@dataclass(frozen=True, slots=True)
class _Played:
    """What a scenario does on an instance (steps, or a function written elsewhere), and what it expects then."""

    file: str
    steps: tuple[ScenarioStep, ...]
    expectations: tuple[Expectation, ...]
    function: Play | None = None

    async def play(self, asterisk: Asterisk) -> None:
        async with hold(self.expectations, asterisk, file=self.file):
            if self.function is not None:
                await self.function(asterisk)
                return
            for step in self.steps:
                await step.play(asterisk, self.file)


def read_scenarios(source: bytes, file: Path, site: Site, problems: Problems) -> tuple[Scenario, ...]:
    """The scenarios in a file's text. What is wrong goes to `problems`, and then none is returned."""
    try:
        document = read_yaml(source)
    except DocumentError as problem:
        problems.add(file.name, problem.line, str(problem))
        return ()
    if not document.fields:
        problems.add(
            file.name, document.line, "the file holds the key `scenarios:` with a list of scenarios below it"
        )
        return ()
    wrong = list(check(document, *_SCHEMA))
    problems.extend(file.name, (*wrong, *_repeated_names(document)))
    entries = _valid_entries(document, all_are=not wrong)
    scenarios = (_read_scenario(entry, file, site, problems) for entry in entries)
    return tuple(filter(None, scenarios))


def _valid_entries(document: Node, *, all_are: bool) -> Sequence[Node]:
    """The scenarios in which the schema has found nothing wrong: what they mean can be looked at."""
    entries = document.at(["scenarios"]).items
    return entries if all_are else [entry for entry in entries if not any(check(_document_of(entry), *_SCHEMA))]


def _document_of(entry: Node) -> Node:
    """A document that holds one scenario."""
    listed = Node(entry.line, [entry.plain], items=(entry,))
    return Node(entry.line, {"scenarios": [entry.plain]}, fields={"scenarios": listed})


def read_entry(entry: Node, file: Path, site: Site, problems: Problems, *, play: Play) -> Scenario | None:
    """A scenario whose steps are written elsewhere: its other keys are checked as those in YAML are."""
    wrong = list(check(_document_of(entry), *_SCHEMA))
    problems.extend(file.name, wrong)
    scenario = None if wrong else _read_scenario(entry, file, site, problems)
    played = _Played(file.name, (), _expectations(entry), play) if entry.get("expect") else None
    body = played.play if played else play
    return scenario and replace(scenario, play=body)


def _read_scenario(entry: Node, file: Path, site: Site, problems: Problems) -> Scenario | None:
    participants = participants_of(entry, site)
    wrong = [*participants.wrong, *_wrong_clock(entry), *_wrong_uses(entry, site), *_unsendable_texts(entry)]
    problems.extend(file.name, wrong)
    return None if wrong else _scenario(entry, participants, file, site)


def _repeated_names(document: Node) -> Iterator[tuple[int, str]]:
    first: dict[str, int] = {}
    for entry in document.at(["scenarios"]).items:
        node = entry.get("name")
        if node is None:
            continue
        if node.text in first:
            yield node.line, f'"{node.text}" is a name already, in line {first[node.text]}; rename one of them'
        first.setdefault(node.text, node.line)


def _unsendable_texts(node: Node) -> Iterator[tuple[int, str]]:
    """Characters that would end a header of the manager interface, or cannot be sent at all.

    A schema's pattern does not see a line's end at the end of a text.
    """
    for key, below in node.fields.items():
        if key == "title":
            continue
        if _UNSENDABLE.search(key):
            yield node.lines[key], f"{key!r} holds a line's end or another character that cannot be sent"
        yield from _unsendable_texts(below)
    for item in node.items:
        yield from _unsendable_texts(item)
    if not node.fields and not node.items and _UNSENDABLE.search(node.text):
        yield node.line, f"{node.text[:60]!r} holds a line's end or another character that cannot be sent"


def _wrong_clock(entry: Node) -> Iterator[tuple[int, str]]:
    """A time that the calendar does not have: a schema's pattern lets it through."""
    clock = entry.get("clock")
    if clock is None:
        return
    try:
        datetime.fromisoformat(clock.text)
    except ValueError as problem:
        yield clock.line, f'"clock" is {clock.text!r}: {problem}'


def _wrong_uses(entry: Node, site: Site) -> Iterator[tuple[int, str]]:
    """A program that the site does not have, without which the scenario would be played, or a kind misspelt.

    Kinds that nothing here knows are the site's own: scenarios take turns by them.
    """
    apps = [app.name for app in site.apps]
    uses = entry.get("uses")
    for node in uses.items or (uses,) if uses else ():
        kind, _, name = node.text.partition("/")
        if kind == "app" and name not in apps:
            yield node.line, f'the site has no app "{name}"{did_you_mean(name, apps)}'
        elif kind not in _SHARED and "did you mean" in (hint := did_you_mean(kind, _SHARED)):
            yield node.line, f'"uses" knows no "{kind}"{hint}'


def _scenario(entry: Node, participants: Participants, file: Path, site: Site) -> Scenario:
    name = entry.string("name")
    expectations = _expectations(entry)
    body = _Played(file.name, tuple(participants.steps), expectations)
    phones = _phones(entry, participants)
    return Scenario(
        id=f"{file.stem}/{name}",
        title=" ".join(entry.string("title", name).split()),
        file=file,
        line=entry.line,
        play=body.play,
        deadline=entry.number("deadline", site.limits.deadline),
        uses=frozenset(
            (
                *entry.strings("uses"),
                *participants.uses,
                *(use for e in expectations for use in e.uses),
                *_shared_phones(phones, site),
            )
        ),
        exclusive=(entry.get("exclusive") or Node(0, False)).plain is True,
        clock=entry.string("clock"),
        phones=phones,
        stasis=entry.strings("stasis"),
        tolerances=_tolerances_of(entry.get("compare")),
        tags=entry.strings("tags"),
        expects=frozenset(wanted.kind for wanted in expectations),
    )


def _expectations(entry: Node) -> tuple[Expectation, ...]:
    return tuple(map(Expectation, entry.entries("expect")))


def _phones(entry: Node, participants: Participants) -> Mapping[str, Behaviour]:
    """The phones that take part; those that only steps name ring and wait for what the steps say."""
    named = entry.get("phones")
    phones = {name: _behaviour(node) for name, node in (named.fields if named else {}).items()}
    return phones | {name: Behaviour("ring") for name in participants.phones if name not in phones}


def _behaviour(node: Node) -> Behaviour:
    if not node.fields:
        return Behaviour(cast(Doing, node.text))
    ((kind, after),) = node.fields.items()
    return Behaviour(cast(Doing, kind), float(after.text))


def _shared_phones(phones: Mapping[str, Behaviour], site: Site) -> Iterator[str]:
    """Phones take turns by themselves. Whom a trunk reaches answers for one scenario at a time."""
    known = {phone.name for phone in site.phones}
    for name in phones:
        yield f"phone/{name}"
        if name not in known:
            yield "trunk"


def _tolerances_of(node: Node | None) -> Tolerances:
    if node is None:
        return Tolerances()
    ignored = node.get("ignore")
    ignore = tuple(Ignore(**entry.texts()) for entry in (ignored.items if ignored else ()))
    return Tolerances(node.number("seconds", 1.0), ignore)
