"""Whether every way through a macro ends as it would under Gosub: where it goes, and what it runs off to."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from itertools import pairwise

from harness.asterisk.dialplan.arguments import sure_split
from harness.asterisk.dialplan.show import matches
from harness.migrate.dialplan import Context, DialplanStep, StepInvocation, invocations_of
from harness.migrate.macro.finding import Problem
from harness.site.making.extensions import number_for

__all__ = ["flow_problems", "goes_to", "last_steps", "open_targets", "reader_of_arguments"]

_ENDS = frozenset({"hangup", "goto", "return", "macroexit", "busy", "congestion"})
"""Applications after which no step of the same extension follows."""

_GOTO = frozenset({"goto", "gotoif", "gotoiftime"})
_ARGUMENT = re.compile(r"\$\{ARG\d")
_PREFIX = re.compile(r"[\w-]+")
_LETTERS = re.compile(r"[XZNxzn]")  # they stand for digits in a pattern
_CALLED = ("macro-", "sub-", "sub_")


def reader_of_arguments(contexts: Mapping[str, Context]) -> str:
    """The first context that reads arguments, of those that are no macros; empty without one.

    An extension that returns is a subroutine, and has arguments of its own.
    """
    others = (context for context in contexts.values() if not context.name.startswith(_CALLED))
    return next((context.name for context in others if any(map(_reads_another_s, context.blocks.values()))), "")


def _reads_another_s(steps: tuple[DialplanStep, ...]) -> bool:
    reads = any(_ARGUMENT.search(step.text) for step in steps)
    return reads and not any(call.key == "return" for step in steps for call in invocations_of(step))


def flow_problems(context: Context, contexts: Container[str], *, reader: str) -> Iterator[Problem]:
    """Where a way through the context may end otherwise. `reader` is that of `reader_of_arguments`."""
    blocks = context.blocks
    if "h" in blocks:
        yield blocks["h"][0].place, "its extension h, which something goes to"
    for name, steps in blocks.items():
        if steps[0].number != 1:
            yield steps[0].place, f"extension {name} does not begin with priority 1"
        for before, after in pairwise(steps):
            if not 0 < before.number < after.number:
                yield after.place, f"priorities of {name} are in another order"
        yield from _runs_off(context, name, steps)
    for call in context.invocations():
        for target in _targets(call) if call.key in _GOTO else ():
            if problem := _goes(target, call.step, context, contexts, reader):
                yield call.step.place, problem


def last_steps(steps: tuple[DialplanStep, ...]) -> Iterator[DialplanStep]:
    """Steps of an extension after which a macro ends by itself: nothing has the next priority."""
    for step, number in zip(steps, (*(after.number for after in steps[1:]), 0), strict=True):
        last = next(invocations_of(step), None)
        if number != step.number + 1 and (last is None or last.key not in _ENDS):
            yield step


def goes_to(step: DialplanStep, extension: str) -> bool:
    """Whether a step goes to an extension by its name."""
    targets = [target or "" for call in invocations_of(step) if call.key in _GOTO for target in _targets(call)]
    return any([part.strip() for part in target.split(",")][-2:-1] == [extension] for target in targets)


def _runs_off(context: Context, name: str, steps: tuple[DialplanStep, ...]) -> Iterator[Problem]:
    """Where no next step follows, Asterisk looks for the next priority in other patterns that match."""
    ends = list(last_steps(steps))
    for pattern, others in context.blocks.items() if ends else ():
        if not pattern.startswith("_") or pattern == name:
            continue
        number = number_for(name)
        if matches(pattern, number) or matches(pattern, number.replace("-", "")):  # dashes are passed over
            numbers = {step.number for step in others}
            for step in ends:
                if step.number + 1 in numbers:
                    yield step.place, f"after the last step of {name} it goes on in {pattern}"


def _targets(call: StepInvocation) -> Iterator[str | None]:
    """Where a Goto, GotoIf or GotoIfTime may go; None for what is not understood."""
    branches = () if call.inner is None else (call.inner,) if call.key == "goto" else call.branches(sure=True)
    if not branches:
        yield None
    yield from (branch.text for branch in branches if call.key == "goto" or branch.text.strip())


def _parts(target: str | None) -> list[str]:
    """Context, extension and priority of a target, as far as they are written; none where that is not sure."""
    return [part.text.strip() for part in sure_split(target, ",") or ()] if target else []


def _goes(target: str | None, step: DialplanStep, context: Context, contexts: Container[str], reader: str) -> str:
    """Why a target is not sure, empty when it is."""
    parts = _parts(target)
    if not parts or len(parts) > 3:
        return "where it goes is not understood"
    if len(parts) == 3 and parts[0] != context.name:
        return _goes_out(parts[0], contexts, reader)
    return _within(parts[-2:], step, context)


def _within(parts: list[str], step: DialplanStep, context: Context) -> str:
    extension, priority = (parts[0], parts[1]) if len(parts) == 2 else (step.extension, parts[0])
    if "${" in extension:
        return _somewhere(extension, priority, context)
    patterns = (steps for name, steps in context.blocks.items() if matches(name, extension))
    block = context.blocks.get(extension) or next(patterns, None)
    if block is None:
        return f"it goes to {extension}, which is not there: a macro ends then, a Gosub does not"
    if priority == "1" or any(priority in (other.label, other.priority) for other in block):
        return ""
    return f"it goes to priority {priority} of {extension}, which is not written there"


def _somewhere(extension: str, priority: str, context: Context) -> str:
    """`s-${DIALSTATUS}` is sure where `_s-.` takes all that have none of their own, or where that is added."""
    prefix = extension.partition("${")[0]
    if priority == "1" and (_is_taken(prefix, context) or _PREFIX.fullmatch(prefix)):
        return ""
    return f"it goes to {extension}, and no pattern takes what is not there: a macro ends then, a Gosub does not"


def _is_taken(prefix: str, context: Context) -> bool:
    patterns = (name for name in context.blocks if re.fullmatch(r"_.+[.!]", name))
    return bool(prefix) and any(prefix.startswith(name[1:-1]) for name in patterns)


def open_targets(context: Context) -> Iterator[str]:
    """Patterns of what a Goto may name and the context does not have, each once: a macro ends there."""
    prefixes: dict[str, None] = {}
    for call in context.invocations():
        for target in _targets(call) if call.key in _GOTO else ():
            extension = "".join(_parts(target)[-2:-1])
            if "${" in extension:
                prefixes[extension.partition("${")[0]] = None
    for prefix in prefixes:
        if _PREFIX.fullmatch(prefix) and not _is_taken(prefix, context):
            plain = _LETTERS.sub(r"[\g<0>]", prefix)
            yield f"_{plain}."


def _goes_out(name: str, contexts: Container[str], reader: str) -> str:
    """Out of the macro for good: a Gosub keeps its arguments then."""
    if "${" in name or name not in contexts or name.startswith(_CALLED):
        return f"it goes to another context, {name}"
    return f"it goes to another context, and [{reader}] reads arguments of macros" if reader else ""
