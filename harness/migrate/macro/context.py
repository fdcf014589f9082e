"""The edits that make a macro's context a subroutine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.migrate.dialplan import DialplanStep, invocations_of
from harness.migrate.macro.finding import Macro
from harness.migrate.macro.flow import last_steps, open_targets
from harness.migrate.model import Edit, Subject

__all__ = ["ANY", "context_edits"]

ANY = "_[s0-9*#+]!"
"""What callers dial, and s; not h, i, t and their like."""

_RETURN = "a subroutine ends with Return, a macro by itself"
_ENTRY = "entered under the extension that was called, which Dial and Queue show"
_TRANSFER = "callers transfer in the context they came from, as in a macro"
_NOWHERE = "a macro ends where it goes to what is not there"
_HANGUP = "a hangup runs the caller's h, as in a macro"
_DEAD = "its own h never ran in a macro, and would run in a subroutine"
_READS = "where it was called from stands on the stack of Gosub"
_RESULT = "U() of Dial reads GOSUB_RESULT"
_READ = {
    name[0].lower(): re.compile(rf"\$\{{MACRO_{name}((?::-?\d+)*)\}}") for name in ("EXTEN", "CONTEXT", "PRIORITY")
}
_RESULT_SET = re.compile(r"(?<!\w)MACRO_RESULT\b")
_SET_CONTEXT = (
    'Set(LOCAL(TRANSFER_CONTEXT)=${IF($["${TRANSFER_CONTEXT}" = ""]?${STACK_PEEK(1,c)}:${TRANSFER_CONTEXT})})'
)
_HANGUP_LINES = """
exten => h,1,Set(CALLED_FROM=${STACK_PEEK(1,c)})
 same => n,StackPop()
 same => n,GotoIf(${DIALPLAN_EXISTS(${CALLED_FROM},h,1)}?${CALLED_FROM},h,1)"""


def context_edits(subject: Subject, macro: Macro, *, has_h: bool, value: str) -> Iterator[Edit]:
    """Everything that changes in the context.

    `has_h`: a hangup may run an extension h of a caller. `value` is what it returns, empty or `${GOSUB_RETVAL}`.
    """
    ending = f"Return({value})"
    for step in macro.context.steps:
        yield from _within(step, ending)
    for step in macro.dead:
        yield step.edit(0, 0, ";", _DEAD)
    if macro.dials:
        yield from _entry(macro)
    for name, steps in macro.context.blocks.items():
        for step in last_steps(steps):
            yield _append(subject, step, f"{_next(subject, step, name, macro)}{ending}", _RETURN)
    for pattern in open_targets(macro.context):
        yield _append(subject, macro.context.steps[-1], f"\nexten => {pattern},1,{ending}", _NOWHERE)
    if has_h:
        yield _append(subject, macro.context.steps[-1], _HANGUP_LINES, _HANGUP)


def _within(step: DialplanStep, ending: str) -> Iterator[Edit]:
    for call in invocations_of(step):
        if call.key == "macroexit":
            yield call.edit(call.start, call.end, ending, _RETURN)
    for letter, pattern in _READ.items():
        yield from step.edits(pattern, rf"${{STACK_PEEK(1,{letter})\1}}", _READS)
    yield from step.edits(_RESULT_SET, "GOSUB_RESULT", _RESULT)


def _entry(macro: Macro) -> Iterator[Edit]:
    """Its extension s becomes a pattern that takes the extension that was called."""
    first, *others = macro.context.blocks["s"]
    yield first.edit(first.start, first.start + 1, ANY, _ENTRY)
    for step in others:
        if step.keyword == "exten":
            yield step.edit(step.start, step.start + 1, ANY, _ENTRY)
    if macro.transfers:
        label = f"({first.label})" if first.label else ""
        yield first.edit(first.at, first.column, f"1,{_SET_CONTEXT}\n same => n{label},", _TRANSFER)


def _next(subject: Subject, step: DialplanStep, name: str, macro: Macro) -> str:
    """The line of a next priority, written as the step before it is, up to its application."""
    if step.keyword == "exten" and step.number == 1:
        return "\n same => n,"
    head = subject.line(step.place)[: step.at]
    if step.keyword == "exten" and macro.dials and name == "s":
        head = head[: step.start] + ANY + head[step.start + 1 :]
    return f"\n{head}n,"


def _append(subject: Subject, step: DialplanStep, text: str, why: str) -> Edit:
    """Lines after the line of a step."""
    end = len(subject.line(step.place))
    return step.edit(end, end, text, why)
