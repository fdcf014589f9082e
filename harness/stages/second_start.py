"""A second start of the candidate, by which what one start says is told from chance."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from harness.ask.inventory import take_inventory
from harness.ask.over_ami import AmiAsk
from harness.errors import LabError
from harness.facts.inventory import Inventory, Listing
from harness.judge.checks.modules import load_failures
from harness.lab import Trio
from harness.model import Outcome, ScenarioResult

__all__ = ["answering", "may_be_chance", "restarted"]

_OF_MODULES = frozenset({"preflight/modules", "preflight/applications"})
_BROUGHT = ("module", "application", "function", "technology")
"""What modules bring, which a module that lost a race at one start brings at the next."""


def may_be_chance(found: Iterable[ScenarioResult], candidate: Inventory) -> bool:
    """Whether something holds that one start said, or that a module left that did not load at that start."""
    checks = {result.id for result in found if result.outcome is Outcome.DIFFERS}
    return "preflight/log" in checks or bool(checks & _OF_MODULES and load_failures(candidate.log))


async def restarted(trio: Trio, candidate: Inventory) -> Inventory:
    """With what a second start says, and what is there at either; as it is where there was none."""
    instance = await trio.restart() if trio.restart else None
    if instance is None:
        return candidate
    with answering():
        second = await take_inventory(AmiAsk(instance))
    await asyncio.to_thread(instance.kill)
    either = {name: _either(candidate.section(name), second.section(name)) for name in _BROUGHT}
    said = frozenset(line.normal for line in second.log)
    return replace(candidate, sections={**candidate.sections, **either}, restarted=said)


def _either(one: Listing, other: Listing) -> Listing:
    return replace(one, items={**other.items, **one.items})


@contextmanager
def answering() -> Iterator[None]:
    """Raises LabError where an instance does not answer."""
    try:
        yield
    except (OSError, TimeoutError) as problem:
        raise LabError(f"an instance does not answer what it has loaded: {problem}") from problem
