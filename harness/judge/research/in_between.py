"""What the versions between two releases changed and mended, each with the places where a site uses it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.asterisk.dialplan.invocations import application_invocations
from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.notes import Note, Notes
from harness.asterisk.notes.advisories import ALIASES, ID, SCRIPTS, ids_in, read_changelog, subjects_of
from harness.asterisk.notes.series_changes import SeriesChange, changes_between
from harness.asterisk.versions import Version, parse_version
from harness.judge.research.note_concerns import SiteUses, between
from harness.judge.research.note_ties import Topic, Vocabulary, topics_of
from harness.model import Place

__all__ = ["Advisory", "InBetween", "SiteView", "Told", "Use", "in_between"]

Use = tuple[Place, ...] | None
"""Where the site uses what something is about; None where that cannot be told from its files."""

_BY_TEXT = frozenset({"AMI action", "AMI event", "AMI event header", "ARI model", "CLI command"})
"""Kinds of which only programs and scripts of the site speak."""
_CLOSES = re.compile(r"(?i)[\s;]*\bcloses: .*")


@dataclass(frozen=True, slots=True)
class SiteView:
    """What is looked at of a site: what it uses and where, its dialplan, and the texts of its programs by path."""

    uses: SiteUses = field(default_factory=dict)
    dialplan: Dialplan = field(default_factory=Dialplan)
    programs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """A note, and where the site uses what it speaks of."""

    note: Note
    use: Use


@dataclass(frozen=True, slots=True)
class Advisory:
    """A security advisory that is fixed on the way: in `version`, as `source` says.

    `fixed` is the old release's package that has the fix already; empty where nothing says so.
    """

    id: str
    text: str
    version: Version
    source: str
    use: Use
    fixed: str = ""


@dataclass(frozen=True, slots=True)
class InBetween:
    """Changes of the table, upgrade notes, advisories and fixes of the versions after old's up to the candidate's.

    `backported` are the numbers that the old package's own log says are fixed in it, by package version.
    """

    changes: tuple[tuple[SeriesChange, Use], ...] = ()
    notes: tuple[Told, ...] = ()
    advisories: tuple[Advisory, ...] = ()
    fixes: tuple[Told, ...] = ()
    backported: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def in_between(
    old: str,
    candidate: str,
    notes: Iterable[Notes],
    vocabulary: Vocabulary,
    site: SiteView,
    *,
    old_log: str = "",
    new_log: str = "",
) -> InBetween:
    """`old` and `candidate` are versions; the logs are those of their packages (changelog.Debian)."""
    files = tuple(notes)
    finder = _Finder(vocabulary, site)
    told = [note for note in between(files, old, candidate) if note.kind == "upgrade"]
    backported = _backported(old_log, old)
    security = [note for note in between(files, old, candidate) if note.kind == "security"]
    return InBetween(
        tuple((change, finder.use_of_change(change)) for change in changes_between(old, candidate)),
        tuple(Told(note, finder.use_of_note(note)) for note in _once(told)),
        tuple(_advisories((*security, *_packaged(new_log, old, candidate)), finder, backported)),
        tuple(Told(note, finder.use_of_note(note)) for note in _once(_fixes(files, old, candidate))),
        backported,
    )


class _Finder:
    """Where a site uses what is spoken of."""

    def __init__(self, vocabulary: Vocabulary, site: SiteView) -> None:
        self._vocabulary, self._site = vocabulary, site

    def use_of_change(self, change: SeriesChange) -> Use:
        if change.kind in _BY_TEXT:
            return self._named_in_programs(change.name)
        if change.kind == "application option":
            return self._passed(*change.name.split(": "))
        if change.kind == "channel variable":
            return (*self._read(change.name), *self._named_in_programs(change.name))
        if change.kind == "option" and change.how == "default":
            return self._left_to_default(change.name)
        if change.kind == "config object":
            return self._site.uses.get(("file", change.name.partition(" ")[0]), ())
        return self._site.uses.get((change.kind, change.name), ())

    def use_of_note(self, note: Note) -> Use:
        return self._places(topics_of(note, self._vocabulary))

    def use_of_advisory(self, note: Note) -> Use:
        if any(script in note.text for script in SCRIPTS):
            return None
        modules = tuple(topic for topic in topics_of(note, self._vocabulary) if topic[0] == "module")
        return self._places(modules or subjects_of(note.text) or topics_of(note, self._vocabulary))

    def _places(self, topics: tuple[Topic, ...]) -> Use:
        if not topics:
            return None
        return tuple(dict.fromkeys(place for topic in topics for place in self._site.uses.get(topic, ())))

    def _left_to_default(self, option: str) -> tuple[Place, ...]:
        """The file of an option that the site does not set: who sets it has no default."""
        uses = self._site.uses
        return () if ("option", option) in uses else uses.get(("file", option.partition(" ")[0]), ())

    def _passed(self, application: str, letter: str) -> tuple[Place, ...]:
        called = (one for one in application_invocations(self._site.dialplan) if one.key == application.lower())
        return tuple(one.place for one in called if one.place and letter in one.options().names)

    def _read(self, variable: str) -> tuple[Place, ...]:
        """Priorities that read a channel variable."""
        read = re.compile(rf"\$\{{{re.escape(variable)}[}}:]")
        steps = self._site.dialplan.priorities()
        return tuple(step.place for step in steps if step.place and read.search(step.application))

    def _named_in_programs(self, name: str) -> tuple[Place, ...]:
        """Every line that has the name, or all parts of `Event: Header` in one text the lines of the last."""
        parts = [re.compile(rf"(?<!\w){re.escape(part)}(?!\w)") for part in name.split(": ")]
        return tuple(
            Place(path, number)
            for path, text in self._site.programs.items()
            if all(part.search(text) for part in parts)
            for number, line in enumerate(text.split("\n"), 1)
            if parts[-1].search(line)
        )


def _advisories(
    notes: Iterable[Note], finder: _Finder, backported: Mapping[str, tuple[str, ...]]
) -> Iterator[Advisory]:
    """Each number once, as the first of the notes has it. A change log's line is about its first number alone."""
    fixed = {id_: package for package, ids in backported.items() for id_ in ids}
    seen: set[str] = set()
    for note in notes:
        numbers = ids_in(note.text)
        text = _CLOSES.sub("", " ".join(ID.sub("", note.text).replace(" ,", "").split())).strip(" :;,")
        for id_ in numbers[:1] if note.place.line else numbers:
            if id_ not in seen:
                seen.add(id_)
                by = fixed.get(id_) or fixed.get(ALIASES.get(id_, ""), "")
                yield Advisory(id_, text, note.version, str(note.place), finder.use_of_advisory(note), by)


def _packaged(log: str, old: str, candidate: str) -> Iterator[Note]:
    """Points of a package's log that name advisories, of the versions in between, as notes without a line."""
    first, last = parse_version(old), parse_version(candidate)
    for entry in read_changelog(log):
        if first and last and first < entry.version <= last:
            for point in entry.points:
                if ids_in(point):
                    yield Note(
                        entry.version, "security", "", point, Place(f"changelog.Debian of {entry.written}", 0)
                    )


def _backported(log: str, old: str) -> dict[str, tuple[str, ...]]:
    """What packages of the old version's own number fixed beyond it, the newest first."""
    version = parse_version(old)
    found: dict[str, tuple[str, ...]] = {}
    for entry in read_changelog(log):
        ids = tuple(dict.fromkeys(id_ for point in entry.points for id_ in ids_in(point)))
        if version and ids and entry.version == version:
            found[entry.written] = ids
    return found


def _fixes(files: Iterable[Notes], old: str, candidate: str) -> Iterator[Note]:
    first, last = parse_version(old), parse_version(candidate)
    for each in files:
        yield from (note for note in each.fixes if first and last and first < note.version <= last)


def _once(notes: Iterable[Note]) -> Iterator[Note]:
    """Each text once, where it stands first: several series, and several files, tell the same."""
    first = {note.text: note for note in sorted(notes, key=_by_version, reverse=True)}
    yield from sorted(first.values(), key=_by_version)


def _by_version(note: Note) -> tuple[Version, str]:
    return note.version, note.text
