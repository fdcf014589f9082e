"""Which device a call goes to that somebody starts: by a manager action, an application or a command."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.asterisk.volatile import base_name

__all__ = ["STARTS_CALLS", "device_of", "device_of_channel", "started_by_action", "started_by_application"]

_COMMAND = re.compile(r"\boriginate\s+([A-Za-z]\w*/[^\s\"']+)", re.IGNORECASE)
_SHELLS = frozenset({"System", "TrySystem"})
STARTS_CALLS = frozenset({"Originate", *_SHELLS})
"""Applications that may start a call which has no linked id of the one that they run in."""


def device_of(dialled: str) -> str:
    """The device that a dial string asks for, as `device_of_channel` has it; empty for what is none.

    A number goes to the peer or endpoint behind its `@`, options and numbers of the far end do not count.
    """
    technology, _, rest = dialled.strip().casefold().partition("/")
    first = rest.partition("/")[0]
    if not first:
        return ""
    if technology == "local":
        return f"local/{first if '@' in first else f'{first}@default'}"
    return f"{technology}/{first.rpartition('@')[2]}"


def device_of_channel(channel: str) -> str:
    """The device of a channel by its name: `pjsip/101`, of both halves `local/9@in`."""
    return base_name(channel).partition(";")[0].casefold()


def started_by_action(headers: Mapping[str, object]) -> str:
    """The device that a manager action calls, by its headers in lower case; empty where it calls none."""
    action = str(headers.get("action", "")).casefold()
    if action == "originate":
        return device_of(str(headers.get("channel", "")))
    return _started_by_command(str(headers.get("command", ""))) if action == "command" else ""


def started_by_application(name: str, data: str) -> str:
    """The device that an application of the dialplan calls by Originate; empty where it calls none."""
    if name in _SHELLS:
        return _started_by_command(data)
    return device_of(data.partition(",")[0]) if name == "Originate" else ""


def _started_by_command(line: str) -> str:
    found = _COMMAND.search(line)
    return device_of(found[1]) if found else ""
