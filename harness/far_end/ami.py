"""Acting through the manager interface, by panoramisk, with its warts hidden.

panoramisk folds repeated headers and decodes as it likes; so its connection is tapped (`tee`) and answers are read
from the tap. Text goes through as Latin-1, which keeps every byte: what we send is encoded first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from panoramisk.actions import Action

from harness.errors import ScenarioError
from harness.far_end.manager import OneConnection, log_in
from harness.lab.instance.instance import Instance

__all__ = ["Driver", "Fields"]

Fields = Mapping[str, str | Sequence[str]]


class Driver:
    """One manager connection that acts and gets no events."""

    def __init__(self, manager: OneConnection) -> None:
        self._manager = manager

    @classmethod
    async def connect(cls, instance: Instance, *, tee: Callable[[bytes], None], within: float = 10.0) -> Driver:
        """Log in. Raises LabError when Asterisk does not let us in within so many seconds."""
        return cls(await log_in(instance, events="off", within=within, tee=tee))

    async def send(self, fields: Fields, *, action_id: str, within: float) -> None:
        """Send an action; returns when its answer is complete. The answer is what the tap saw of `action_id`.

        Raises ScenarioError for a value that would break out of its line, NotPlayable when no answer comes.
        """
        headers = {
            name: _header_value(name, value)
            if isinstance(value, str)
            else [_header_value(name, one) for one in value]
            for name, value in fields.items()
        }
        await self._manager.answer(_ListAction({"ActionID": action_id, **headers}), within=within)

    def close(self) -> None:
        """Log off."""
        self._manager.close()


class _ListAction(Action):  # type: ignore[misc] # panoramisk has no types
    """An action that is answered when its response has come, and the list that the response announces.

    panoramisk's own also waits for events of what was only queued, which this connection does not get.
    """

    @property
    def multi(self) -> bool:
        first = self.responses[0]
        return bool(first.eventlist.lower() == "start" or "will follow" in first.message.lower())


def _header_value(name: str, value: str) -> str:
    if any(character in value or character in name for character in "\r\n\0"):
        raise ScenarioError(f"the value of {name} holds a line break, which would start another header: {value!r}")
    return value.encode("utf-8", "surrogateescape").decode("latin-1")
