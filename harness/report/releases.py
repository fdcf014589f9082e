"""The difference of two releases as text, Markdown and JSON. Pure: the same difference gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby

from harness.facts.release import KINDS, FactKind, ReleaseFacts, whole_of
from harness.judge.research.release_changes import How, ReleaseChange, ReleaseDifference
from harness.model import Json
from harness.report.terminal import Line
from harness.report.text import clean, in_markdown, wrap

__all__ = ["release_json", "release_lines", "release_markdown"]

_HOWS: tuple[How, ...] = ("gone", "changed", "new")
_MOST: Mapping[How, int] = {"gone": 40, "changed": 10, "new": 8}
"""How many changes of a kind are told, more or less, unless all are wanted."""
_LESS: Mapping[str, int] = {"sample option": 12, "left out": 0}
"""Kinds of which few that are gone are told: hardly anybody misses them."""
_FAMILY = 3
_COLUMN = 10
_LONGEST = 70


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """What is told of so many changes of one kind. `lines`: each text stands on a line of its own."""

    kind: FactKind
    number: int
    texts: tuple[str, ...]
    lines: bool


def release_markdown(difference: ReleaseDifference, *, every: bool = False) -> str:
    """The same for a merge request or a wiki."""
    return "".join(f"{line}\n" for line in _markdown(difference, every))


def release_json(difference: ReleaseDifference, *, site: Json = None) -> str:
    """All changes, each with kind, how, name, attribute, old and new; counts by kind; what was not compared.

    `site` is what concerns a site, as JSON has it.
    """
    counts = {kind.name: dict(zip(_HOWS, _counts(difference, kind), strict=True)) for kind in KINDS}
    value = {
        "old": _identity(difference.old),
        "candidate": _identity(difference.candidate),
        "counts": counts,
        "changes": [asdict(change) for change in difference.changes],
        "not_compared": [{"kind": kind, "reason": reason} for kind, reason in difference.problems],
        **({"site": site} if site is not None else {}),
    }
    return json.dumps(value, indent=1) + "\n"


def release_lines(difference: ReleaseDifference, *, every: bool = False) -> Iterator[Line]:
    """Counts first, then what is gone, changed and new; shortened unless `every` entry is wanted."""
    yield Line(_title(difference), "title")
    yield Line("")
    if not difference.changes:
        yield Line("No difference.")
    else:
        yield from map(Line, _table(difference))
    for kind, reason in difference.problems:
        yield from (Line(text, "warn") for text in wrap(clean(reason), label=f"Not compared: {_plural(kind)}: "))
    for title, paragraphs in _chapters(difference, every):
        yield from (Line(""), Line(title, "title"))
        for each in paragraphs:
            yield from map(Line, _paragraph_lines(each))


def _paragraph_lines(paragraph: _Paragraph) -> Iterator[str]:
    label = f"{paragraph.kind.plural} ({paragraph.number})"
    if not paragraph.lines:
        yield from wrap(_running_text(paragraph), indent="  ", label=f"{label}: ", hang=4)
        return
    yield f"  {label}"
    for entry in paragraph.texts:
        yield from wrap(entry, indent="    ", hang=6)


def _running_text(paragraph: _Paragraph) -> str:
    return ("; " if paragraph.kind.whole else ", ").join(paragraph.texts)


def _table(difference: ReleaseDifference) -> Iterator[str]:
    rows = [(kind, _counts(difference, kind)) for kind in KINDS]
    width = max(len(kind.plural) for kind in KINDS)
    yield " " * width + "".join(how.rjust(_COLUMN) for how in _HOWS)
    for kind, counts in rows:
        if any(counts):
            yield kind.plural.ljust(width) + "".join(f"{number or '-':>{_COLUMN}}" for number in counts)
    broken = {kind for kind, _ in difference.problems}
    same = [kind.plural for kind, counts in rows if not any(counts) and kind.name not in broken]
    if same:
        yield from wrap(", ".join(same), label="no difference: ")


def _markdown(difference: ReleaseDifference, every: bool) -> Iterator[str]:
    yield f"### {in_markdown(_title(difference))}"
    yield from ("", "| | gone | changed | new |", "|---|---:|---:|---:|")
    for kind in KINDS:
        if any(counts := _counts(difference, kind)):
            yield f"| {kind.plural} | {' | '.join(str(number or '') for number in counts)} |"
    for name, reason in difference.problems:
        yield from ("", f"**Not compared**: {_plural(name)}: {in_markdown(reason)}")
    for title, paragraphs in _chapters(difference, every):
        yield from ("", f"#### {title}", "")
        for each in paragraphs:
            head = f"- **{each.kind.plural}** ({each.number})"
            yield head if each.lines else f"{head}: {in_markdown(_running_text(each))}"
            yield from (f"  - {in_markdown(text)}" for text in each.texts if each.lines)


def _chapters(difference: ReleaseDifference, every: bool) -> Iterator[tuple[str, list[_Paragraph]]]:
    for how in _HOWS:
        if paragraphs := list(_paragraphs(difference, how, every)):
            yield how.capitalize(), paragraphs


def _paragraphs(difference: ReleaseDifference, how: How, every: bool) -> Iterator[_Paragraph]:
    for kind in KINDS:
        changes = difference.of(kind.name, how)
        usual = _LESS.get(kind.name, _MOST[how]) if how == "gone" else _MOST[how]
        most = len(changes) if every else usual
        texts: list[str] = []
        rest = len(changes)
        for text, number in _entries(difference, kind, how, changes, every):
            if len(changes) - rest >= most:
                texts.append(f"and {rest} more")
                break
            texts.append(clean(text))
            rest -= number
        if changes and most:
            lines = how == "changed" or (how == "gone" and kind.name == "module")
            yield _Paragraph(kind, len(changes), tuple(texts), lines)


def _entries(
    difference: ReleaseDifference, kind: FactKind, how: How, changes: tuple[ReleaseChange, ...], every: bool
) -> list[tuple[str, int]]:
    """What to say, and of how many changes each says it."""
    if how == "changed":
        return [(f"{each.name}: {each.attribute} {_value(each.old)} -> {_value(each.new)}", 1) for each in changes]
    # The nickname of an operation is for programs.
    names = [change.name.partition(" (")[0] if kind.name == "ARI operation" else change.name for change in changes]
    if kind.name == "module" and how == "gone":
        return [(_fate(difference, name), 1) for name in names]
    if kind.whole:
        groups = groupby(names, lambda name: whole_of(kind.name, name))
        members = [(whole, [name[len(whole) :].lstrip(":. ") for name in group]) for whole, group in groups]
        return [(f"{whole}: {', '.join(each)}", len(each)) for whole, each in members]
    if kind.name == "CLI command" and not every:
        return list(_families(names))
    return [(name, 1) for name in names]


def _families(names: list[str]) -> Iterator[tuple[str, int]]:
    """Commands that begin alike together: `sip ... (23)`."""
    for word, group in groupby(names, lambda name: name.partition(" ")[0]):
        members = list(group)
        if len(members) > _FAMILY:
            yield f"{word} ... ({len(members)})", len(members)
        else:
            yield from ((name, 1) for name in members)


def _fate(difference: ReleaseDifference, module: str) -> str:
    """A module that is gone, with what the old release itself says of its future."""
    about = difference.old.section("module").items.get(module, {})
    words = {"removed in": "announced to go in", "replaced by": "replaced by"}
    parts = [f"{word} {about[name]}" for name, word in words.items() if about.get(name)]
    if module in difference.candidate.section("left out").items:
        parts.append("the candidate was built without it")
    return f"{module}: {', '.join(parts)}" if parts else module


def _value(text: str) -> str:
    return clean(text, longest=_LONGEST) if text else "(nothing)"


def _counts(difference: ReleaseDifference, kind: FactKind) -> tuple[int, ...]:
    return tuple(len(difference.of(kind.name, how)) for how in _HOWS)


def _plural(name: str) -> str:
    return next(kind.plural for kind in KINDS if kind.name == name)


def _title(difference: ReleaseDifference) -> str:
    return f"Asterisk {_side(difference.old)} to {_side(difference.candidate)}"


def _side(facts: ReleaseFacts) -> str:
    return clean(f"{facts.version} ({facts.spec})" if facts.spec else facts.version)


def _identity(facts: ReleaseFacts) -> dict[str, str]:
    return {"version": facts.version, "release": facts.spec, "digest": facts.digest}
