"""waivers.yaml: findings that a person has accepted, each with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from harness.model import Place, Waiver
from harness.site.reading.document import DocumentError, Node, read_yaml
from harness.site.reading.problems import Problems
from harness.site.reading.schema import check

__all__ = ["load_waivers"]

_SUCCESSORS = (
    'is matched no more; write what the difference itself is: "event:", "field:" and "subject:" of what was'
    ' played, "about:" of what a release has otherwise, as report.json names them'
)


def load_waivers(path: Path, *, shown: Path, problems: Problems) -> tuple[Waiver, ...]:
    """The waivers of a site, none when there is no file. What is wrong goes to `problems`."""
    if not path.exists():
        return ()
    try:
        document = read_yaml(path.read_bytes())
    except (DocumentError, OSError) as problem:
        problems.add(shown, getattr(problem, "line", 0), str(problem))
        return ()
    wrong = list(_titles(document)) or [
        *check(document, "harness.site.reading", "waivers.schema.json"),
        *_wrong_dates(document),
    ]
    problems.extend(shown, wrong)
    return () if wrong else tuple(_waiver(entry, path.name) for entry in _entries(document))


def _entries(document: Node) -> Sequence[Node]:
    """The list, which may stand alone or below the key `waivers`."""
    below = document.get("waivers")
    return below.items if below is not None else document.items


def _waiver(entry: Node, file: str) -> Waiver:
    return Waiver(source=Place(file, entry.line), **entry.texts())


def _titles(document: Node) -> Iterator[tuple[int, str]]:
    """What older versions matched: sentences, which change with every better word."""
    for entry in _entries(document):
        if "title" in entry.fields:
            yield entry.lines["title"], f'"title" ({entry.string("title")!r}) {_SUCCESSORS}'


def _wrong_dates(document: Node) -> Iterator[tuple[int, str]]:
    """Days that the calendar does not have: a schema's pattern lets them through."""
    for entry in _entries(document):
        until = entry.string("until")
        if not until:
            continue
        try:
            date.fromisoformat(until)
        except ValueError:
            yield entry.fields["until"].line, f'"until" is {until!r}; wanted: a day as 2026-12-31'
