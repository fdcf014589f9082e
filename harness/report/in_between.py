"""What the versions between two releases mean for a site, and the reasons to move: text, Markdown, JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from harness.asterisk.notes import Note, shown_version
from harness.asterisk.notes.advisories import NUMBERED_SINCE
from harness.asterisk.notes.series_changes import SeriesChange
from harness.judge.research.in_between import Advisory, InBetween, Told, Use
from harness.model import Json
from harness.report.terminal import Line
from harness.report.text import clean, count, in_markdown, listed, wrap

__all__ = ["SiteResearch", "site_json", "site_lines", "site_markdown"]

_PLACES, _FEW, _LONGEST, _WHOLE = 3, 12, 160, 4_000
_HOW = {"removed": "removed", "renamed": "renamed", "default": "changed by default"}


@dataclass(frozen=True, slots=True)
class SiteResearch:
    """What concerns one site. `support` says how long both releases are supported.

    `missing` names the versions without notes, empty where there are all; `unread` are files that may use more.
    """

    name: str
    found: InBetween
    support: tuple[str, ...] = ()
    missing: str = ""
    unread: tuple[str, ...] = ()


def site_lines(research: SiteResearch, *, every: bool = False) -> Iterator[Line]:
    """What changed in between with the places of the site, then the reasons to move, then what is not known."""
    for title, texts in _chapters(research, every):
        yield from (Line(""), *(Line(text, "title") for text in wrap(clean(title))))
        for text in texts:
            yield from map(Line, wrap(clean(text, longest=_WHOLE), indent="  ", hang=4))


def site_markdown(research: SiteResearch, *, every: bool = False) -> str:
    """The same for a merge request or a wiki."""
    return "".join(
        f"\n#### {in_markdown(title)}\n\n" + "".join(f"- {in_markdown(text)}\n" for text in texts)
        for title, texts in _chapters(research, every)
    )


def site_json(research: SiteResearch) -> Json:
    """All of it, each thing with the places that use it; `use` is null where that cannot be told."""
    found = research.found
    return {
        "name": research.name,
        "changes": [_entry(change, use) for change, use in found.changes],
        "notes": [_noted(each) for each in found.notes],
        "advisories": [_entry(each, each.use) for each in found.advisories],
        "fixes": [_noted(each) for each in found.fixes],
        "backported": {package: list(ids) for package, ids in found.backported.items()},
        "support": list(research.support),
        "no_notes_of": research.missing,
        "not_read": list(research.unread),
    }


def _entry(value: SeriesChange | Advisory, use: Use) -> Json:
    return {**asdict(value), "version": shown_version(value.version), "use": _plain(use)}


def _noted(told: Told) -> Json:
    note = told.note
    where = str(note.place)
    return {"version": shown_version(note.version), "text": note.text, "where": where, "use": _plain(told.use)}


def _plain(use: Use) -> Json:
    return None if use is None else [str(place) for place in use]


def _chapters(research: SiteResearch, every: bool) -> Iterator[tuple[str, list[str]]]:
    found, name = research.found, research.name
    yield f"What the versions in between removed, renamed and changed by default, for {name}", [*_changes(found)]
    yield f"Upgrade notes of the versions in between, for {name}", [*_notes(found.notes)]
    yield "Reasons to move", [*research.support, *_advisories(found.advisories), *_fixes(found.fixes, every)]
    yield "What is not known", [*_unknown(research)]


def _changes(found: InBetween) -> Iterator[str]:
    for change, use in found.changes:
        if use:
            now = f", now {change.now}" if change.now else ""
            words = (
                "leaves it to its default"
                if (change.kind, change.how) == ("option", "default")
                else "uses it here"
            )
            yield f"{_head(change)} {change.name}{now}: the site {words} ({_listed(use)}; {change.source})"
    unused = [change for change, use in found.changes if not use]
    if not found.changes:
        yield "Nothing is in the table between these versions."
    elif unused:
        yield f"Nothing of the site's files uses the others ({len(unused)}):"
    for head, group in groupby(unused, _head):
        yield f"{head} {', '.join(change.name for change in group)}"


def _head(change: SeriesChange) -> str:
    return f"{shown_version(change.version)} {_HOW[change.how]}: {change.kind}"


def _notes(notes: Sequence[Told]) -> Iterator[str]:
    if not notes:
        yield "None is at hand."
    for each in notes:
        if each.use:
            yield f"{_title(each.note)}: the site uses it here ({_listed(each.use)}; {each.note.place})"
    for words, use in (
        ("Nothing of the site's files uses what they speak of", ()),
        ("Speak of nothing by name", None),
    ):
        if others := [_title(each.note) for each in notes if each.use == use]:
            yield f"{words} ({len(others)}): {'; '.join(others)}"


def _title(note: Note) -> str:
    return f"{shown_version(note.version)} {_start(note.text)}"


def _advisories(advisories: Sequence[Advisory]) -> Iterator[str]:
    open_ = [each for each in advisories if not each.fixed]
    concerned = [each for each in open_ if each.use]
    if not advisories:
        yield "No security advisory is named in what is at hand."
        return
    yield (
        f"{count(len(advisories), 'security advisory is', 'security advisories are')} fixed on the way; "
        f"{len(concerned)} concern what the site uses, and the old package's log does not name them:"
    )
    yield from (f"{text} ({_listed(each.use or ())}; {each.source})" for each, text in _together(concerned))
    for words, wanted in (("Concern what nothing of the site's files uses", ()), ("Cannot be told", None)):
        if others := [each for each in open_ if each.use == wanted]:
            yield f"{words} ({len(others)}): {'; '.join(text for _, text in _together(others))}"
    if fixed := [f"{each.id} ({each.fixed})" for each in advisories if each.fixed]:
        yield f"Fixed in the old package already, by its own log ({len(fixed)}): {', '.join(fixed)}"


def _together(advisories: Sequence[Advisory]) -> Iterator[tuple[Advisory, str]]:
    """Those that one point of a log names, as one text."""
    for _, group in groupby(advisories, lambda each: (each.source, each.text, each.use)):
        first, *others = group
        ids = ", ".join(each.id for each in (first, *others))
        yield first, f"{shown_version(first.version)} {ids}" + (f": {_start(first.text)}" if first.text else "")


def _fixes(fixes: Sequence[Told], every: bool) -> Iterator[str]:
    concerned = [each for each in fixes if each.use]
    if not fixes:
        return
    yield f"{count(len(fixes), 'fix', 'fixes')} at hand; {len(concerned)} concern what the site uses:"
    shown = concerned if every else concerned[:_FEW]
    yield from (f"{_title(each.note)} ({_listed(each.use or ())}; {each.note.place})" for each in shown)
    if len(shown) < len(concerned):
        yield f"and {len(concerned) - len(shown)} more (--all)"


def _unknown(research: SiteResearch) -> Iterator[str]:
    if research.missing:
        yield f"No release notes are at hand of: {research.missing}. Name them with --notes or in site.toml."
    yield (
        f"Change logs name advisories by number since {NUMBERED_SINCE}. What was fixed before is not in them; a "
        "packager's log names what that package has."
    )
    yield "A fault may have two numbers (GHSA, CVE), of which one log names the one and another the other."
    yield "The table has only what a source names; what differs between the releases themselves is told above."
    yield from (f"{name} is not read here: preflight asks Asterisk what it uses." for name in research.unread)


def _listed(places: Iterable[object]) -> str:
    return listed(map(str, places), most=_PLACES)


def _start(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
