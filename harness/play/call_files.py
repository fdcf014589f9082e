"""Call files: written into an instance's outgoing spool for a scenario, whose calls they then make."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from harness.asterisk.originate import device_of
from harness.errors import LabError, NotPlayable, ScenarioError
from harness.lab import Instance
from harness.record.ledger import CALL_FILE, Ledger
from harness.record.session import Session

__all__ = ["CallFiles"]

_ENDS_A_LINE = frozenset("\r\n\0")


class CallFiles:
    """Those of the scenarios that play on one instance."""

    def __init__(self, instance: Instance, ledger: Ledger) -> None:
        self._instance = instance
        self._ledger = ledger
        self._names: dict[int, list[str]] = {}

    async def put(self, session: Session, keys: Mapping[str, str | Sequence[str]], *, name: str) -> None:
        """Hand a call file with these keys to Asterisk; its calls, repeated ones too, are the session's.

        `name` is one that no other file has. Raises ScenarioError for a value of several lines, NotPlayable when
        the file cannot be written.
        """
        text = "".join(f"{line}\n" for line in (*_lines(keys), f"Set: {CALL_FILE}={name}"))
        self._ledger.open(session, ids=(name,), holds=())
        called = next((value for key, value in keys.items() if key.casefold() == "channel"), "")
        if device := device_of(called if isinstance(called, str) else "".join(called[-1:])):
            self._ledger.expect(device, session, since=time.monotonic())
        self._names.setdefault(id(session), []).append(name)
        try:
            await asyncio.to_thread(self._instance.put_call_file, name, text)
        except LabError as problem:
            raise NotPlayable(str(problem)) from problem

    async def remove_all_of(self, session: Session) -> None:
        """Take back the session's files that Asterisk would try again."""
        for name in self._names.pop(id(session), ()):
            self._ledger.taken_back.add(name)
            with suppress(LabError):  # it is gone with the instance
                await asyncio.to_thread(self._instance.remove_call_file, name)


def _lines(keys: Mapping[str, str | Sequence[str]]) -> Iterator[str]:
    for key, value in keys.items():
        for text in (value,) if isinstance(value, str) else value:
            if _ENDS_A_LINE & {*key, *text}:
                raise ScenarioError(
                    f"{key} of a call file holds a line break, which would begin another key: {text!r}"
                )
            yield f"{key}: {text}"
