"""Ending the calls of a scenario that does not come to an end by itself.

What makes thousands of events a second is heard late, so Asterisk is asked what there is, not the events. Who runs
in a circle after the hang-up (an extension `h`, or a pattern that catches it) goes on whoever hangs up: there the
priority is taken out of the dialplan, and all of the dialplan is read again when the call is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from harness.asterisk.dialplan.show import parse_dialplan
from harness.errors import HarnessError
from harness.model import AmiPacket
from harness.play.live_instance import LiveInstance
from harness.record.session import Session

__all__ = ["cut_off"]

_ROUNDS = 5
_SOON = 0.3


async def cut_off(live: LiveInstance, session: Session) -> None:
    """End all calls of the session. Where that is not possible, nothing more can be played on the instance."""
    for end in (_hang_up, _take_out):
        for _ in range(_ROUNDS):
            # Who is kept busy by several circles answers late: the next round asks again.
            with suppress(HarnessError):
                if not (calls := await _calls(live, session)):
                    return
                await asyncio.gather(*(end(live, call) for call in calls))
            await asyncio.sleep(_SOON)
    if not live.broken:
        live.broken = f"{live.name}: a call of {session.scenario} goes in a circle and cannot be hung up"


async def _calls(live: LiveInstance, session: Session) -> Sequence[AmiPacket]:
    """The channels of the session that are there now, each with where in the dialplan it is."""
    listed = await live.action({"Action": "CoreShowChannels"})
    channels = (one for one in listed if one.event == "CoreShowChannel")
    return [one for one in channels if live.ledger.owner_of(one.get("Uniqueid"), one.get("Linkedid")) is session]


async def _hang_up(live: LiveInstance, call: AmiPacket) -> None:
    await live.action({"Action": "Hangup", "Channel": call.get("Channel"), "Cause": "16"})


async def _take_out(live: LiveInstance, call: AmiPacket) -> None:
    """Take the priority that it is at out of the dialplan until the call is over."""
    extension, context, priority = (call.get(name) for name in ("Exten", "Context", "Priority"))
    shown = await _command(live, f"dialplan show {extension}@{context}")
    for where, extensions in parse_dialplan(shown).contexts.items():
        for name, priorities in extensions.items():
            if priority in priorities:
                await _command(live, f"dialplan remove extension {name}@{where} {priority}")
    await asyncio.sleep(_SOON)
    await _command(live, "dialplan reload")


async def _command(live: LiveInstance, command: str) -> str:
    answers = await live.action({"Action": "Command", "Command": command})
    return "\n".join(value for answer in answers for name, value in answer.headers if name == "Output")
