"""The manager connection to the far end: actions and the few events that tell what its calls do, by panoramisk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from harness.errors import NotPlayable
from harness.far_end.manager import OneConnection, log_in
from harness.lab.instance.instance import Instance

__all__ = ["Event", "FarEndLink"]

Event = Mapping[str, str]
_PATIENCE = 10.0
_LOG_LINES = 500


class FarEndLink:
    """Actions out, events in."""

    def __init__(self, manager: OneConnection, instance: Instance) -> None:
        self._manager = manager
        self._instance = instance

    @classmethod
    async def connect(cls, instance: Instance, *, within: float) -> FarEndLink:
        """Log in. Raises LabError when the far end does not let us in within so many seconds."""
        return cls(await log_in(instance, events="call,user,system", within=within), instance)

    @property
    def lost(self) -> asyncio.Future[None]:
        """Done when the far end has closed the connection."""
        return self._manager.lost

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

    async def ask_list(self, fields: Mapping[str, str]) -> tuple[Event, ...]:
        """Send an action that answers with a list; the events of it."""
        return tuple(message for message in await self._answer(fields, as_list=None) if "Event" in message)

    async def log_of(self, words: str) -> tuple[str, ...]:
        """Those of the far end's last log lines that have these words."""
        lines = await asyncio.to_thread(self._instance.log_tail, _LOG_LINES)
        return tuple(line for line in lines if words in line)

    def close(self) -> None:
        """Log off."""
        self._manager.close()

    async def _answer(self, fields: Mapping[str, str], *, as_list: bool | None) -> list[Event]:
        try:
            answer = await self._manager.answer(dict(fields), as_list=as_list, within=_PATIENCE)
        except NotPlayable as problem:
            raise NotPlayable(f"the far end: {problem}") from None
        return [dict(message) for message in answer]
