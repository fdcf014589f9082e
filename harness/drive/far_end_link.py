"""The manager connection to the far end: actions and the few events that tell what its calls do, by panoramisk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from panoramisk import Manager

from harness.drive.ami import silent_log
from harness.errors import LabError, NotPlayable

if TYPE_CHECKING:
    from harness.drive.phones import Reachable

__all__ = ["Event", "FarEndLink"]

Event = Mapping[str, str]
_PATIENCE = 10.0


class FarEndLink:
    """Actions out, events in."""

    def __init__(self, manager: Manager) -> None:
        self._manager = manager

    @classmethod
    async def connect(cls, instance: Reachable, *, within: float) -> FarEndLink:
        """Log in. Raises LabError when the far end does not let us in within so many seconds."""
        logged_in = asyncio.Event()
        manager = Manager(
            host=instance.address,
            port=instance.ami_port,
            username=instance.username,
            secret=instance.secret,
            events="call,user,system",
            encoding="latin-1",
            log=silent_log(),
            ping_delay=3600,
            on_login=lambda _manager: logged_in.set(),
        )
        try:
            async with asyncio.timeout(within):
                await manager.connect()
                await logged_in.wait()
        except (OSError, TimeoutError) as problem:
            manager.close()
            raise LabError(
                f"the far end at {instance.address} does not answer: {str(problem) or 'time ran out'}"
            ) from problem
        return cls(manager)

    def on(self, event: str, call: Callable[[Event], None]) -> None:
        """Call a function with each event of that name."""
        self._manager.register_event(event, lambda _manager, message: call(dict(message)))

    async def act(self, fields: Mapping[str, str]) -> str:
        """Send an action; why it was refused, empty when it was not. Raises NotPlayable when no answer comes."""
        response = await self.ask(fields)
        return "" if response.get("Response") == "Success" else response.get("Message", "no reason given")

    async def ask(self, fields: Mapping[str, str]) -> Event:
        """Send an action that answers with one response; that. Raises NotPlayable when no answer comes."""
        return (await self._answer(fields, as_list=False))[0]

    async def listed(self, fields: Mapping[str, str]) -> tuple[Event, ...]:
        """Send an action that answers with a list; the events of it."""
        return tuple(message for message in await self._answer(fields, as_list=None) if "Event" in message)

    def close(self) -> None:
        """Log off."""
        self._manager.close()

    async def _answer(self, fields: Mapping[str, str], *, as_list: bool | None) -> list[Event]:
        try:
            async with asyncio.timeout(_PATIENCE):
                answer = await self._manager.send_action(dict(fields), as_list=as_list)
        except TimeoutError:
            raise NotPlayable(f"the far end does not answer the action {fields['Action']}") from None
        return [dict(message) for message in (answer if isinstance(answer, list) else [answer])]
