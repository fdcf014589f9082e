"""Whether every way through a macro ends as it would under Gosub: where it goes, and what it runs off to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from harness.compare.dialplan import matches
from harness.migrate.dialplan import Call, Context, Step, calls_of
from harness.migrate.scan import split
from harness.model import Place
from harness.site.extensions import number_for

__all__ = ["ENDS", "flow_problems"]

ENDS = frozenset({"hangup", "goto", "return", "macroexit", "busy", "congestion"})
"""Applications after which no step of the same extension follows."""

_GOTO = frozenset({"goto", "gotoif", "gotoiftime"})
_ARGUMENT = re.compile(r"\$\{ARG\d")
_CALLED = ("macro-", "sub-", "sub_")

Problem = tuple[Place, str]


def flow_problems(context: Context, contexts: Mapping[str, Context]) -> Iterator[Problem]:
    """Where a way through the context may end otherwise."""
    blocks = context.blocks
    if "h" in blocks:
        yield blocks["h"][0].place, "its extension h, which never runs in a macro"
    for name, steps in blocks.items():
        if steps[0].number != 1:
            yield steps[0].place, f"extension {name} does not begin with priority 1"
        for before, after in pairwise(steps):
            if after.number != before.number + 1:
                yield after.place, f"priorities of {name} are missing before it"
        yield from _runs_off(context, name, steps)
    for step in context.steps:
        for call in calls_of(step):
            if call.key in _GOTO:
                for target in _targets(call):
                    if problem := _goes(target, step, context, contexts):
                        yield step.place, problem


def _runs_off(context: Context, name: str, steps: tuple[Step, ...]) -> Iterator[Problem]:
    """After its last step Asterisk looks for the next priority in other patterns that match."""
    last = next(calls_of(steps[-1]), None)
    if last and last.key in ENDS:
        return
    for pattern, others in context.blocks.items():
        if not pattern.startswith("_"):
            continue
        number = number_for(name)
        found = matches(pattern, number) or matches(
            pattern, number.replace("-", "")
        )  # Asterisk passes dashes over
        if pattern != name and others[-1].number > steps[-1].number and found:
            yield steps[-1].place, f"after the last step of {name} it goes on in {pattern}"


def _targets(call: Call) -> Iterator[str | None]:
    """Where a Goto, GotoIf or GotoIfTime may go; None for what is not understood."""
    if call.inner is None:
        yield None
    elif call.key == "goto":
        yield call.inner.text
    else:
        condition = split(call.inner.text, "?", most=2)
        branches = split(condition[1].text, ":", most=2) if condition and len(condition) == 2 else None
        if branches is None:
            yield None
        for branch in branches or ():
            if branch.text.strip():
                yield branch.text


def _goes(target: str | None, step: Step, context: Context, contexts: Mapping[str, Context]) -> str:
    """Why a target is not sure, empty when it is."""
    parts = [part.text.strip() for part in split(target, ",") or ()] if target else []
    if not parts or len(parts) > 3:
        return "where it goes is not understood"
    if len(parts) == 3:
        return (
            _goes_out(parts[0], context, contexts)
            if parts[0] != context.name
            else _within(parts[1:], step, context)
        )
    return _within(parts, step, context)


def _within(parts: list[str], step: Step, context: Context) -> str:
    extension, priority = (parts[0], parts[1]) if len(parts) == 2 else (step.extension, parts[0])
    if extension == "s" and step.extension != "s":
        return "it goes back to s, where it is another extension by then"
    if len(parts) == 2 and extension == "s":
        return "it goes to s, which is another extension by then"
    if "${" in extension:
        return _somewhere(extension, priority, context)
    block = context.blocks.get(extension)
    if block is None:
        covering = [
            steps for name, steps in context.blocks.items() if name.startswith("_") and matches(name, extension)
        ]
        if not covering:
            return f"it goes to {extension}, which is not there: a macro ends then, a Gosub does not"
        block = covering[0]
    if priority == "1" or any(priority == other.label for other in block):
        return ""
    return f"it goes to priority {priority} of {extension}, which is a number or not there"


def _somewhere(extension: str, priority: str, context: Context) -> str:
    """`s-${DIALSTATUS}` is sure where `_s-.` takes all that have none of their own."""
    prefix = extension.partition("${")[0]
    every = [
        name
        for name in context.blocks
        if re.fullmatch(r"_.+[.!]", name) and prefix and prefix.startswith(name[1:-1])
    ]
    if every and priority == "1":
        return ""
    return f"it goes to {extension}, and no pattern takes what is not there: a macro ends then, a Gosub does not"


def _goes_out(name: str, context: Context, contexts: Mapping[str, Context]) -> str:
    """Out of the macro for good: a Gosub keeps its arguments then."""
    if "${" in name or name not in contexts or name.startswith(_CALLED):
        return f"it goes to another context, {name}"
    for other in contexts.values():
        if not other.name.startswith(_CALLED) and any(_ARGUMENT.search(step.text) for step in other.steps):
            return f"it goes to another context, and [{other.name}] reads arguments of macros"
    return ""
