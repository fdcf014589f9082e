"""Whether expectations hold on an instance: asks before and after the steps, and gives late things their time."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from harness.errors import DeadlineExceeded, ExpectationFailed
from harness.model import AmiPacket, Seen
from harness.play.conditions import Condition, on_event
from harness.play.expectations.evidence import Evidence
from harness.play.expectations.reading import Expectation

if TYPE_CHECKING:
    from harness.play.asterisk import Asterisk

__all__ = ["hold"]

_HANGUPS = 1.0
_ASK_AGAIN = 0.25
_IN_THE_LOG = frozenset({"played", "not_played", "log", "no_log"})
_ASKED_FOR = frozenset({"astdb", "mailbox", "file", "unreachable", *_IN_THE_LOG})


@asynccontextmanager
async def hold(expectations: Sequence[Expectation], asterisk: Asterisk, *, file: str = "") -> AsyncIterator[None]:
    """The steps are played in the block; then everything is to hold.

    Raises ExpectationFailed with all that does not, each with what was wanted and what was got.
    """
    before = Evidence(
        mailboxes={name: await asterisk.mailbox(name) for name in _keys(expectations, "mailbox")},
        files=await _files(expectations, asterisk),
    )
    yield
    if not expectations:
        return
    failures = await _failures(expectations, asterisk, before)
    if failures:
        raise ExpectationFailed(
            "; ".join(f"wanted {wanted.words}, got {got} ({file}:{wanted.entry.line})" for wanted, got in failures)
        )


def _keys(expectations: Sequence[Expectation], kind: str) -> Iterable[str]:
    return dict.fromkeys(key for wanted in expectations if wanted.kind == kind for key in wanted.keys)


async def _files(expectations: Sequence[Expectation], asterisk: Asterisk) -> Mapping[str, int]:
    return await asterisk.files() if any(wanted.kind == "file" for wanted in expectations) else {}


async def _failures(
    expectations: Sequence[Expectation], asterisk: Asterisk, before: Evidence
) -> Sequence[tuple[Expectation, str]]:
    """What does not hold and what was got instead, after what may still come has had its time."""
    await _calls_are_over(asterisk)
    began = time.monotonic()
    while True:
        evidence = await _gather(expectations, asterisk, before)
        failures = [(wanted, got) for wanted in expectations if (got := wanted.failure(evidence))]
        patience = max((wanted.patience for wanted, _ in failures), default=0.0)
        left = min(began + patience - time.monotonic(), asterisk.deadline)
        if left <= 0:
            return failures
        asked = any(wanted.kind in _ASKED_FOR for wanted, _ in failures)
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


async def _gather(expectations: Sequence[Expectation], asterisk: Asterisk, before: Evidence) -> Evidence:
    """What is there now; of mailboxes and files, what has come since before."""
    if any(wanted.kind in _IN_THE_LOG for wanted in expectations):
        await asterisk.log_lines()
    files = await _files(expectations, asterisk)
    return Evidence(
        observations=asterisk.observations,
        astdb={key: await asterisk.astdb_get(key) for key in _keys(expectations, "astdb")},
        mailboxes={name: await asterisk.mailbox(name) - count for name, count in before.mailboxes.items()},
        in_vain=asterisk.attempts.kinds,
        files={path: size for path, size in files.items() if before.files.get(path) != size},
    )
