"""What a program beside an instance complains of, and its life as a trace: ready, complaints, how it ended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from harness.lab import Program
from harness.model import AppLife, Ending, Headers, InstanceName, Seen, Trace
from harness.record.session import Session

__all__ = ["file_complaints", "life_of"]

_BEGINS = re.compile(r"(.*?)Traceback \(most recent call last\):")
_FRAME = re.compile(r'\s+File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<function>\S+)')
_SEVERAL = re.compile(r"\s*[|+]")  # of an exception group
_LONGEST = 500
_LIBRARIES = ("/usr/", "<frozen ")


def file_complaints(program: Program, session: Session) -> None:
    """A program's tracebacks since a scenario began that holds it are the scenario's, and no part of its life.

    So they are judged with the scenario, which is played again before they are believed.
    """
    for line, headers in _tracebacks(program.lines):
        if line[0] >= session.started and line not in program.filed:
            program.filed.add(line)
            session.feed(AppLife(line[0], program.app.name, "traceback", headers))


def life_of(program: Program, instance: InstanceName) -> Trace:
    """What became of a program, from its start until it was stopped, without what scenarios have taken."""
    app = program.app.name
    seen: list[Seen] = [
        AppLife(round(max(at - program.begun, 0.0), 6), app, kind, headers)
        for at, kind, headers in sorted(_events(program), key=lambda event: event[0])
    ]
    if program.greeting is not None:  # what a program decides by comes before what becomes of it
        seen.insert(0, replace(program.greeting, at=0.0))
    # Beside the old release a program has to be well: otherwise nothing can be said about the candidate.
    is_unwell = instance != "candidate" and program.trouble
    ending, problem = (Ending.UNMET, f"the program {program.trouble}") if is_unwell else (Ending.PLAYED, "")
    return Trace(f"apps/{app}", instance, tuple(seen), ending=ending, problem=problem)


_Event = tuple[float, str, Headers]


def _events(program: Program) -> Iterator[_Event]:
    begun = program.begun
    if program.ready_after is None:
        yield begun, "ready", (("Result", program.trouble),)
    else:
        yield begun + program.ready_after, "ready", (("Result", "yes"),)
    for line, headers in _tracebacks(program.lines):
        if line not in program.filed:
            yield line[0], "traceback", headers
    if program.stop_words:
        yield program.ended_at, "stopped", (("Result", program.stop_words),)
    elif program.ready_after is not None:
        yield program.ended_at, "exited", (("Result", program.trouble),)


def _tracebacks(lines: Sequence[tuple[float, str]]) -> Iterator[tuple[tuple[float, str], Headers]]:
    """Each of Python's tracebacks: its last line, which says what it is, and where the program itself was last."""
    place, inside = "", False
    for at, text in list(lines):
        if _BEGINS.match(text):
            place, inside = "", True
        elif inside and (frame := _FRAME.match(text)):
            if not (place and frame["file"].startswith(_LIBRARIES)):
                place = f"{frame['file']} in {frame['function']}"
        elif inside and text.strip() and not text.startswith(" ") and not _SEVERAL.match(text):
            inside = False
            yield (at, text), (("Exception", text[:_LONGEST]), ("Where", place))
