"""Acting through the manager interface, by panoramisk, with its warts hidden.

panoramisk folds repeated headers and decodes as it likes; so its connection is tapped (`tee`) and answers are read
from the tap. Text goes through as Latin-1, which keeps every byte: what we send is encoded first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from panoramisk import Manager
from panoramisk.actions import Action

from harness.errors import LabError, NotPlayable, ScenarioError

__all__ = ["Driver", "Fields", "silent_log"]

Fields = Mapping[str, str | Sequence[str]]


class _Tap:
    """What panoramisk takes for a file."""

    def __init__(self, tee: Callable[[bytes], None]) -> None:
        self.write = tee


class Driver:
    """One manager connection that acts and gets no events."""

    def __init__(self, manager: Manager) -> None:
        self._manager = manager
        self._count = 0

    @classmethod
    async def connect(
        cls,
        address: str,
        port: int,
        username: str,
        secret: str,
        *,
        tee: Callable[[bytes], None],
        within: float = 10.0,
    ) -> Driver:
        """Log in. Raises LabError when Asterisk does not let us in within so many seconds."""
        logged_in = asyncio.Event()
        manager = Manager(
            host=address,
            port=port,
            username=username,
            secret=secret,
            events="off",
            encoding="latin-1",
            save_stream=_Tap(tee),
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
                f"no manager answers at {address}:{port}: {str(problem) or 'time ran out'}"
            ) from problem
        return cls(manager)

    async def send(self, fields: Fields, *, action_id: str, within: float) -> None:
        """Send an action; returns when its answer is complete. The answer is what the tap saw of `action_id`.

        Raises ScenarioError for a value that would break out of its line, NotPlayable when no answer comes.
        """
        action = _Asked({"ActionID": action_id, **{name: _wire(name, value) for name, value in fields.items()}})
        answer = self._manager.send_action(action)
        try:
            async with asyncio.timeout(within):
                await answer
        except TimeoutError:
            raise NotPlayable(f"no answer to the action {fields.get('Action')} within {within:g} s") from None

    def close(self) -> None:
        """Log off."""
        self._manager.close()


class _Asked(Action):  # type: ignore[misc] # panoramisk has no types
    """An action that is answered when its response has come, and the list that the response announces.

    panoramisk's own also waits for events of what was only queued, which this connection does not get.
    """

    @property
    def multi(self) -> bool:
        first = self.responses[0]
        return bool(first.eventlist.lower() == "start" or "will follow" in first.message.lower())


def _wire(name: str, value: str | Sequence[str]) -> str | list[str]:
    if not isinstance(value, str):
        return [_line(name, item) for item in value]
    return _line(name, value)


def _line(name: str, value: str) -> str:
    if any(character in value or character in name for character in "\r\n\0"):
        raise ScenarioError(f"the value of {name} holds a line break, which would start another header: {value!r}")
    return value.encode("utf-8", "surrogateescape").decode("latin-1")


def silent_log() -> logging.Logger:
    """panoramisk logs every reconnect; the harness says what matters itself."""
    logger = logging.getLogger("harness.drive.panoramisk")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return logger
