"""Whether expectations hold on an instance: asks before and after the steps, and gives late things their time."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import DeadlineExceeded, ExpectationFailed
from harness.model import Observation
from harness.scenario.conditions import Condition
from harness.scenario.evidence import Ask, Evidence
from harness.scenario.expect import Expectation

if TYPE_CHECKING:
    from harness.scenario.asterisk import Asterisk

__all__ = ["hold"]

# Records, messages and recordings are written by threads of their own after the call.
_PATIENCE = 2.0
_ASK_AGAIN = 0.25


@dataclass(frozen=True, slots=True)
class _Before:
    mailboxes: Mapping[str, int]
    files: Mapping[str, int]


@asynccontextmanager
async def hold(expectations: Sequence[Expectation], asterisk: Asterisk, *, file: str = "") -> AsyncIterator[None]:
    """The steps are played in the block; then everything is to hold.

    Raises ExpectationFailed with all that does not, each with what was wanted and what was got.
    """
    ask = Ask.all_of(expectation.ask for expectation in expectations)
    before = _Before(
        {name: await asterisk.mailbox(name) for name in ask.mailboxes},
        await asterisk.files() if ask.files else {},
    )
    yield
    if not expectations:
        return
    failures = await _settled(expectations, asterisk, ask, before)
    if failures:
        raise ExpectationFailed(
            "; ".join(
                f"wanted {wanted.words}, got {got} ({file}:{wanted.line})" for wanted, got in failures.items()
            )
        )


async def _settled(
    expectations: Sequence[Expectation], asterisk: Asterisk, ask: Ask, before: _Before
) -> Mapping[Expectation, str]:
    """What does not hold, after what may still come has had its time."""
    ends = time.monotonic() + min(_PATIENCE, asterisk.deadline)
    while True:
        evidence = await _gather(asterisk, ask, before)
        found = {expectation: expectation.failure(evidence) for expectation in expectations}
        failures = {expectation: got for expectation, got in found.items() if got}
        left = ends - time.monotonic()
        if left <= 0 or not any(expectation.late for expectation in failures):
            return failures
        asked = any(expectation.ask != Ask() for expectation in failures)
        await _more(asterisk, evidence, within=min(left, _ASK_AGAIN) if asked else left)


async def _more(asterisk: Asterisk, evidence: Evidence, *, within: float) -> None:
    """Wait until something more is seen of the scenario, or it is time to ask again."""
    last = max((seen.at for seen in evidence.observations), default=-1.0)

    def accepts(seen: Observation) -> bool:
        return seen.at > last

    try:
        await asterisk.meet(Condition(f"more than {last:.6f}", b"", accepts), within)
    except DeadlineExceeded:
        return


async def _gather(asterisk: Asterisk, ask: Ask, before: _Before) -> Evidence:
    if ask.log:
        await asterisk.log_lines()
    return Evidence(
        observations=asterisk.observations,
        astdb={key: await asterisk.astdb_get(key) for key in ask.astdb},
        mailboxes={name: await asterisk.mailbox(name) - before.mailboxes[name] for name in ask.mailboxes},
        files=_written(await asterisk.files(), before.files) if ask.files else {},
    )


def _written(now: Mapping[str, int], before: Mapping[str, int]) -> Mapping[str, int]:
    return {path: size for path, size in now.items() if before.get(path) != size}
