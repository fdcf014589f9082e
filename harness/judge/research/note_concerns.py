"""Which notes concern a site, by what it uses; and which releases have no notes at hand. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.dialplan.uses import uses_of as site_uses
from harness.asterisk.modules import BRINGS, brought_by, file_of
from harness.asterisk.notes import Note, Notes, shown_version
from harness.asterisk.versions import Version, parse_version, series_of
from harness.facts.site_changes import SiteChange
from harness.judge.research.note_ties import Topic, Vocabulary, topics_of
from harness.model import Place
from harness.site.reading.site_files import SiteFiles

__all__ = ["SiteUses", "between", "citations", "concerns", "missing_notes", "uses_of"]

SiteUses = Mapping[Topic, tuple[Place, ...]]
"""What a site uses, and where."""

_ORDER = {"upgrade": 0, "security": 1, "user": 2, "developer": 3}
_LONGEST = 300
_NAMED = 3
_CITED = 2
_GOES = re.compile(r"(?i)deprecat|remov|no longer|replace|obsolete|in favou?r of|instead of")


def uses_of(dialplan: Dialplan, files: SiteFiles, modules: Iterable[str]) -> SiteUses:
    """What the dialplan uses; files, the options set in them; modules that either needs."""
    used = site_uses(dialplan, files)
    found: dict[Topic, tuple[Place, ...]] = {}
    for kind, names in (
        ("application", used.applications),
        ("function", used.functions),
        ("technology", used.technologies),
    ):
        found |= {(kind, name): places for name, places in names.items()}
    for file in files.confs:
        found["file", file] = (files.place(Place(file, 0)),)
        for option in files.file(file).everywhere():
            name = ("option", f"{file} {option.name}")
            found[name] = (*found.get(name, ()), files.place(option.place))
    return {**found, **dict(_modules(found, modules))}


def _modules(used: SiteUses, modules: Iterable[str]) -> Iterator[tuple[Topic, tuple[Place, ...]]]:
    """A module is used when the dialplan uses what it brings, or the site has its file."""
    things = {name.lower(): places for (kind, name), places in used.items() if kind in ("application", "function")}
    for module in modules:
        places = [place for name in sorted(brought_by(module)) for place in things.get(name, ())]
        file = ("file", file_of(module))
        if places or file in used:
            yield ("module", module), tuple(places) or used[file]


def between(notes: Iterable[Notes], old: str, candidate: str) -> tuple[Note, ...]:
    """The notes of versions after old's up to the candidate's, each once, the most serious first."""
    first, last = parse_version(old), parse_version(candidate)
    if first is None or last is None:
        return ()
    found = {
        (note.version, note.kind, note.text): note
        for each in notes
        for note in each.notes
        if first < note.version <= last
    }
    return tuple(sorted(found.values(), key=lambda note: (_ORDER[note.kind], note.version, note.place.line)))


def concerns(notes: Iterable[Note], uses: SiteUses, vocabulary: Vocabulary) -> Iterator[SiteChange]:
    """Each note that speaks of something the site uses, with the places; all others in one, saying why."""
    apart: list[Note] = []
    nameless = 0
    for note in notes:
        topics = topics_of(note, vocabulary)
        hits = [topic for topic in topics if topic in uses]
        if not hits:
            apart.append(note)
            nameless += not topics
            continue
        places = tuple(dict.fromkeys(place for topic in hits for place in uses[topic]))
        about = ", ".join(name for _, name in hits[:_NAMED])
        yield SiteChange("note-concerns", f"{about}: {_start_of(note.text)}", places, new=note.reference)
    if apart:
        others = len(apart) - nameless
        why = f"{others} speak of what nothing of the site uses, {nameless} of nothing that can be named"
        listed = "; ".join(f"{note.heading or note.text[:60]} ({shown_version(note.version)})" for note in apart)
        yield SiteChange("note-apart", why, (), new=listed)


def citations(notes: Iterable[Notes], vocabulary: Vocabulary, *, old: str) -> dict[Topic, tuple[str, ...]]:
    """Notes of upgrades and security, shortened, by the thing that they speak of; the newest first.

    A note that `old` has already is cited only where it says that something will go.
    """
    found: dict[Topic, list[Note]] = {}
    known = parse_version(old)
    serious = (note for each in notes for note in each.notes if note.kind in ("upgrade", "security"))
    for note in serious:
        if known and note.version <= known and not _GOES.search(note.text):
            continue
        for topic in topics_of(note, vocabulary):
            found.setdefault(topic, []).append(note)
    for module, names in BRINGS.items():  # what is said of a module is said of what it brings
        for name in names:
            for kind in ("application", "function"):
                found.setdefault((kind, name), []).extend(found.get(("module", module), ()))
    return {topic: tuple(map(_citation, _newest(about))) for topic, about in found.items() if about}


def _newest(notes: list[Note]) -> list[Note]:
    return sorted(set(notes), key=lambda note: (note.version, -note.place.line), reverse=True)[:_CITED]


def _citation(note: Note) -> str:
    return f"{note.reference}: {_start_of(note.text)}"


def missing_notes(notes: Iterable[Notes], old: str, candidate: str) -> Iterator[SiteChange]:
    """The series in between that lack notes; between a release and itself there is none."""
    first, last = parse_version(old), parse_version(candidate)
    if old == candidate:
        return
    if first is None or last is None:
        yield SiteChange("note-missing", f"{old} or {candidate} is no version that can be looked up", ())
        return
    versions = {version for each in notes for version in each.releases if first < version <= last}
    whole = {series_of(version) for each in notes for version in each.whole}
    gaps = [
        gap
        for series in range(first[0], last[0] + 1)
        if (gap := _gap(series, first, last, versions)) and str(series) not in whole
    ]
    if gaps:
        yield SiteChange("note-missing", "; ".join(gaps), ())


def _gap(series: int, first: Version, last: Version, versions: set[Version]) -> str:
    """The releases of a series that lack notes: a change log has a heading for each release."""
    mine = sorted(version for version in versions if version[0] == series)
    start = first if first[0] == series else (series, 0, 0)
    if not mine:
        if first[0] == series and last[0] != series:
            return f"{series} after {shown_version(first)}"
        return str(series)
    if mine[0][:2] > (start[0], start[1] + (first[0] == series)):
        return f"{series} before {shown_version(mine[0])}"
    return ""


def _start_of(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
