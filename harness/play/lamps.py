"""What lamps show after a call is part of it."""

from __future__ import annotations

from contextlib import suppress

from harness.asterisk.lamps import is_lit
from harness.errors import HarnessError
from harness.model import AmiPacket, Seen
from harness.record.session import Session

__all__ = ["lamps_go_out"]

_SECONDS = 0.5
_LOCAL = "Local/"


async def lamps_go_out(session: Session) -> None:
    """States of devices are told some moments after a call has ended: they belong to it all the same."""
    states = {seen.get("Device"): seen.get("State") for seen in session.packets("DeviceStateChange")}
    lit = {device for device, state in states.items() if is_lit(state) and not device.startswith(_LOCAL)}

    def match(seen: Seen) -> bool | None:
        if isinstance(seen, AmiPacket) and seen.event == "DeviceStateChange":
            (lit.add if is_lit(seen.get("State")) else lit.discard)(seen.get("Device"))
        return None if lit else True

    if lit:
        with suppress(HarnessError):
            await session.later("all lamps to go out", match, within=_SECONDS)
