"""panoramisk's manager connection, without its way of starting again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from types import SimpleNamespace

from panoramisk import Manager
from panoramisk.actions import Action
from panoramisk.message import Message

from harness.errors import LabError, NotPlayable
from harness.lab.instance.instance import Instance

__all__ = ["OneConnection", "log_in"]


class OneConnection(Manager):  # type: ignore[misc] # panoramisk has no types
    """A connection that ends when Asterisk ends it: its calls are gone as well, so there is nothing to go on with.

    `lost` is done from then on. `accepted` says whether Asterisk took the login.
    """

    def __init__(self, **config: object) -> None:
        log = logging.getLogger("harness.far_end.panoramisk")
        log.disabled = True  # it would say what the harness says itself, where it matters
        super().__init__(ping_delay=3600, encoding="latin-1", log=log, **config)
        loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[None] = loop.create_future()
        self.accepted: asyncio.Future[bool] = loop.create_future()

    def connection_made(self, made: asyncio.Task[object]) -> None:
        """panoramisk's, which would try again every two seconds when nobody listens."""
        if not made.cancelled() and made.exception() is None:
            super().connection_made(made)

    def login(self, future: asyncio.Future[Message]) -> None:
        """panoramisk's; says how it went."""
        self.accepted.set_result(super().login(future))

    def connection_lost(self, exc: Exception | None) -> None:
        """panoramisk's, which would connect again every two seconds, for ever."""
        self.close()
        if not self.lost.done():
            self.lost.set_result(None)

    async def answer(
        self, action: Action | Mapping[str, str], *, as_list: bool | None = None, within: float
    ) -> list[Message]:
        """Send an action; the response, and the events of its list. Raises NotPlayable when none comes."""
        name = action["Action"]
        if self.lost.done():
            raise NotPlayable(f"the action {name} cannot be sent: Asterisk has closed the connection")
        answer = self.send_action(action, as_list=as_list)
        await asyncio.wait((answer, self.lost), timeout=within, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            messages = answer.result()
            return messages if isinstance(messages, list) else [messages]
        if self.lost.done():
            raise NotPlayable(f"no answer to the action {name}: Asterisk has closed the connection")
        raise NotPlayable(f"no answer to the action {name} within {within:g} s")


async def log_in(
    instance: Instance,
    *,
    events: str,
    within: float,
    tee: Callable[[bytes], None] | None = None,
) -> OneConnection:
    """A connection that is logged in. `tee` is given all bytes that come.

    Raises LabError when Asterisk does not let us in within so many seconds.
    """
    address, port = instance.ami
    manager = OneConnection(
        host=address,
        port=port,
        username=instance.username,
        secret=instance.secret,
        events=events,
        save_stream=SimpleNamespace(write=tee) if tee else None,  # what panoramisk takes for a file
    )
    where = f"{instance.address}:{instance.ami_port}"
    try:
        async with asyncio.timeout(within):
            await manager.connect()
            await asyncio.wait((manager.accepted, manager.lost), return_when=asyncio.FIRST_COMPLETED)
    except (OSError, TimeoutError) as problem:
        manager.close()
        raise LabError(f"no manager answers at {where}: {str(problem) or 'time ran out'}") from problem
    if not (manager.accepted.done() and manager.accepted.result()):
        manager.close()
        raise LabError(f"the manager at {where} refuses the harness's own user")
    return manager
