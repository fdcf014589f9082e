"""The manager connection that only listens: bytes in, packets out, nothing lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from harness.asterisk.ami import Splitter, read_packet
from harness.errors import LabError
from harness.lab import Instance
from harness.model import AmiPacket

__all__ = ["Wire", "connect"]


class Wire(asyncio.Protocol):
    """The listening end. `closed` is done when Asterisk has gone, with what came of its last packet."""

    def __init__(self, sink: Callable[[AmiPacket], None], passes_by: Callable[[bytes], bool]) -> None:
        loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[bytes] = loop.create_future()
        self.logged_in: asyncio.Future[None] = loop.create_future()
        self._sink = sink
        self._passes_by = passes_by
        self._splitter = Splitter(self._packet)
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's; the greeting and the answer to our login come first."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """asyncio's."""
        self._splitter.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio's; what was recorded stays."""
        if not self.closed.done():
            self.closed.set_result(self._splitter.unfinished)
        if not self.logged_in.done():
            self.logged_in.set_exception(LabError(f"the manager connection ended during login: {exc}"))

    def login(self, username: str, secret: str) -> None:
        """Send the login, asking for every event."""
        assert self._transport is not None
        lines = ("Action: Login", f"Username: {username}", f"Secret: {secret}", "Events: on", "", "")
        self._transport.write("\r\n".join(lines).encode())

    def close(self) -> None:
        """Hang up on Asterisk."""
        if self._transport is not None:
            self._transport.close()

    def _packet(self, data: bytes) -> None:
        """The first packet is greeting and answer to the login; all others go to the sink."""
        if self.logged_in.done():
            if not self._passes_by(data):
                self._sink(read_packet(data, time.monotonic()))
        elif b"Response: Success" in data:
            self.logged_in.set_result(None)
        else:
            text = data.decode(errors="replace").replace("\r\n", "; ")
            self.logged_in.set_exception(LabError(f"Asterisk refuses the harness's own manager user: {text}"))


def _none(_data: bytes) -> bool:
    return False


async def connect(
    instance: Instance,
    sink: Callable[[AmiPacket], None],
    *,
    passes_by: Callable[[bytes], bool] = _none,
    within: float = 10.0,
) -> Wire:
    """Listen to an instance's manager; packets come with the time of the monotonic clock.

    Those that pass by are not even read. Raises LabError when it does not let us in within so many seconds.
    """
    wire = Wire(sink, passes_by)
    try:
        async with asyncio.timeout(within):
            await asyncio.get_running_loop().create_connection(lambda: wire, *instance.ami)
            wire.login(instance.username, instance.secret)
            await wire.logged_in
    except (OSError, TimeoutError) as problem:
        wire.close()
        where = f"{instance.address}:{instance.ami_port}"
        raise LabError(f"no manager answers at {where}: {str(problem) or 'time ran out'}") from problem
    except LabError:
        wire.close()
        raise
    return wire
