"""What `harness init` says of the site that it made: one line a cause, and all of it on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import wrap

from harness.site.making.completeness import Missing
from harness.site.making.files import LeftOut
from harness.site.making.init import Made
from harness.site.making.survey import Survey, Unread
from harness.site.reading.problems import one_of, printable

__all__ = ["told"]

_WIDTH, _MOST_LINES, _MOST_NAMED = 120, 40, 4


def told(made: Made, target: Path) -> tuple[str, ...]:
    """Lines of at most 120 columns, at most 40 of them. What is worst comes last, where it is seen."""
    end = list(_end(made, target))
    before = [
        line for part in (_found(made.survey), _left_out(made.left_out), _missing(made.missing)) for line in part
    ]
    room = _MOST_LINES - len(end)
    if len(before) > room:
        before = [*before[: room - 1], f"... and {len(before) - room + 1} more lines"]
    return (*before, *end)


def _end(made: Made, target: Path) -> Iterator[str]:
    if not made.gaps:
        yield f"made {target}; play it with:"
        yield f"    harness run {target}"
        return
    by_advice: dict[str, list[str]] = {}
    for gap in made.gaps:
        by_advice.setdefault(gap.advice, []).append(f"{gap.place}: {gap.what}: {gap.lost}")
    for advice, gaps in by_advice.items():
        for line in gaps[:_MOST_NAMED]:
            yield from _lines(f"NOT THERE: {line}")
        more = f" ({len(gaps) - _MOST_NAMED} more as these)" if len(gaps) > _MOST_NAMED else ""
        yield from _lines(f"  to do: {advice}.{more}")
    yield from _lines(f"made {target}, but it is not what runs in production")


def _found(survey: Survey) -> Iterator[str]:
    yield from _lines(f"found: {_counted(survey.phones, 'phone')}; {_counted(survey.trunks, 'trunk')}")
    if survey.hosts:
        yield from _lines(f"    {_counted(survey.hosts, 'host')}, for which the lab stands in")
    contexts = f"{len(survey.contexts)} context{'' if len(survey.contexts) == 1 else 's'}"
    begin = one_of(survey.entries, most=_MOST_NAMED) or "none"
    yield from _lines(f"    {contexts} of the dialplan; those in which calls begin: {begin}")
    calls = ", ".join(f"{call.number}@{call.context}" for call in survey.calls)
    first = (
        f"first calls, in scenarios.yaml: {calls}"
        if calls
        else "no extension that can be called: write a scenario"
    )
    yield from _lines(f"    {first}")
    by_what: dict[str, list[Unread]] = {}
    for one in survey.unread:
        by_what.setdefault(one.what, []).append(one)
    for what, ones in by_what.items():
        places = one_of((f"old/{one.place}" for one in ones), most=_MOST_NAMED)
        yield from _lines(f"not read: {places}: {what}")


def _counted(names: Sequence[str], what: str) -> str:
    named = f" ({one_of(names, most=_MOST_NAMED)})" if names else ""
    return f"{len(names) or 'no'} {what}{'' if len(names) == 1 else 's'}{named}"


def _left_out(left_out: Sequence[LeftOut]) -> Iterator[str]:
    """Files by the reason for which they were left out; where a link leads is said of one alone."""
    by_kind: dict[str, list[LeftOut]] = {}
    for one in left_out:
        by_kind.setdefault(one.reason.partition(",")[0], []).append(one)
    for kind, ones in by_kind.items():
        reason = ones[0].reason if len(ones) == 1 else kind
        names = one_of((one.name for one in ones), most=_MOST_NAMED)
        yield from _lines(f"left out: {names}: {reason}")


def _missing(missing: Iterable[Missing]) -> Iterator[str]:
    """One line for all that is to be mended in one way."""
    by_advice: dict[tuple[bool, str], list[Missing]] = {}
    for one in missing:
        by_advice.setdefault((one.needed, one.advice), []).append(one)
    for (needed, advice), ones in by_advice.items():
        things = one_of(dict.fromkeys(one.what for one in ones), most=_MOST_NAMED)
        more = len(ones) - 1
        places = f"old/{ones[0].place}" + (f" and {more} more place{'' if more == 1 else 's'}" if more else "")
        yield from _lines(f"{'missing' if needed else 'perhaps missing'}: {places}: {things}. {advice}")


def _lines(text: str) -> list[str]:
    return wrap(printable(text), _WIDTH, subsequent_indent="    ", break_on_hyphens=False)
