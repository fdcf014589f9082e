"""Whether expectations hold on an instance: asks before and after the steps, and gives late things their time."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import DeadlineExceeded, ExpectationFailed
from harness.model import AmiPacket, Seen
from harness.play.conditions import Condition, on_event
from harness.play.expectations.evidence import Ask, Evidence
from harness.play.expectations.reading import Expectation

if TYPE_CHECKING:
    from harness.play.asterisk import Asterisk

__all__ = ["hold"]

_HANGUPS = 1.0
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
            "; ".join(f"wanted {wanted.words}, got {got} ({file}:{wanted.entry.line})" for wanted, got in failures)
        )


async def _settled(
    expectations: Sequence[Expectation], asterisk: Asterisk, ask: Ask, before: _Before
) -> Sequence[tuple[Expectation, str]]:
    """What does not hold and what was got instead, after what may still come has had its time."""
    await _calls_are_over(asterisk)
    began = time.monotonic()
    while True:
        evidence = await _gather(asterisk, ask, before)
        failures = [(wanted, got) for wanted in expectations if (got := wanted.failure(evidence))]
        patience = max((wanted.patience for wanted, _ in failures), default=0.0)
        left = min(began + patience - time.monotonic(), asterisk.deadline)
        if left <= 0:
            return failures
        asked = any(wanted.ask != Ask() for wanted, _ in failures)
        await _more(asterisk, evidence, within=min(left, _ASK_AGAIN) if asked else left)


async def _calls_are_over(asterisk: Asterisk) -> None:
    """What is hanging up gets the time for it: the dialplan may have something to do after the call.

    Where nobody has hung up yet, the scenario means to look at calls that go on.
    """
    looked = Evidence(asterisk.observations)
    hangups = looked.packets("Hangup")
    channels = {seen.get("Uniqueid") for seen in looked.packets("Newchannel")}
    channels -= {seen.get("Uniqueid") for seen in hangups}
    if not hangups or not channels:
        return

    def accepts(seen: AmiPacket) -> bool:
        channels.discard(seen.get("Uniqueid"))
        return not channels

    with suppress(DeadlineExceeded):
        await asterisk.meet(on_event("the end of all calls", "Hangup", accepts), _HANGUPS)


async def _more(asterisk: Asterisk, evidence: Evidence, *, within: float) -> None:
    """Wait until something more is seen of the scenario, or it is time to ask again."""
    known = set(map(id, evidence.observations))

    def match(seen: Seen) -> Seen | None:
        return None if id(seen) in known else seen

    with suppress(DeadlineExceeded):
        await asterisk.meet(Condition(f"more than {len(known)}", match), within)


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
