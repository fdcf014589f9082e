"""The floor: a driver that does as little as can be done. It places the calls and counts the hangups."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from harness.lab import Instance

__all__ = ["Floor", "play_bare"]

_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Floor:
    """Wall seconds, and calls that were seen to end on each instance."""

    seconds: float
    ended: tuple[int, ...]


async def play_bare(instances: Sequence[Instance], target: str, calls: int, *, within: float = 120.0) -> Floor:
    """The same calls on all instances at the same time, all at once."""
    began = time.perf_counter()
    ended = await asyncio.gather(*(_drive(instance, target, calls, within) for instance in instances))
    return Floor(time.perf_counter() - began, tuple(ended))


async def _drive(instance: Instance, target: str, calls: int, within: float) -> int:
    reader, writer = await asyncio.open_connection(*instance.ami)
    run = secrets.token_hex(4)
    login = f"Action: Login\r\nUsername: {instance.username}\r\nSecret: {instance.secret}\r\n\r\n"
    writer.write(login.encode())
    sending = asyncio.create_task(_send(writer, target, calls, run))
    ended, rest = 0, b""
    try:
        async with asyncio.timeout(within):
            while ended < 2 * calls:
                whole, _, rest = (rest + await reader.read(1 << 18)).rpartition(_END)
                ended += whole.count(b"Event: Hangup\r\n")
    except TimeoutError:
        pass
    sending.cancel()
    writer.close()
    return ended // 2


async def _send(writer: asyncio.StreamWriter, target: str, calls: int, run: str) -> None:
    for number in range(calls):
        base = f"{run}{number:06d}"
        writer.write(
            f"Action: Originate\r\nChannel: Local/{target}/n\r\nChannelId: {base}a\r\nOtherChannelId: {base}b\r\n"
            "Context: harness-leg\r\nExten: silent\r\nPriority: 1\r\nAsync: true\r\n\r\n".encode()
        )
        if number % 50 == 0:
            await writer.drain()
