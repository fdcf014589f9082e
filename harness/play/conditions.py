"""What can be waited for, each as a name for people and a test for observations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from harness.asterisk.leaves import leaves
from harness.model import Observation

__all__ = ["Condition", "condition", "device"]

_NUMBER = re.compile(r"-[0-9a-f]{8}(?:;[12])?$")


@dataclass(frozen=True, slots=True)
class Condition:
    """`what` in words, the start of the packets that can meet it, and the test."""

    what: str
    starts: bytes
    accepts: Callable[[Observation], bool]


def condition(
    *,
    application: str = "",
    data: str = "*",
    extension: str = "",
    dial: str = "",
    ringing: str = "",
    playing: str = "",
    userevent: str = "",
    event: str = "",
    ari: str = "",
    headers: Mapping[str, str] | None = None,
    variable: str = "",
    value: str = "*",
) -> Condition:
    """The condition that is given; exactly one of them. Raises ValueError otherwise."""
    wanted = dict(headers or {})
    choices: dict[str, tuple[str, Callable[[], Condition]]] = {
        "application": (application, lambda: _application(application, data)),
        "extension": (extension, lambda: _extension(extension)),
        "dial": (dial, lambda: _dial(dial)),
        "ringing": (ringing, lambda: _ringing(ringing)),
        "playing": (playing, lambda: _playing(playing)),
        "userevent": (userevent, lambda: _event("UserEvent", {"UserEvent": userevent, **wanted})),
        "event": (event, lambda: _event(event, wanted)),
        "ari": (ari, lambda: _ari(ari, wanted)),
        "variable": (variable, lambda: _event("VarSet", {"Variable": variable, "Value": value})),
    }
    given = [make for name, make in choices.values() if name]
    if len(given) != 1:
        raise ValueError(f"wait for one of {', '.join(choices)}: {len(given)} are given")
    return given[0]()


def device(channel: str) -> str:
    """A channel's name without its number: `PJSIP/101-0000002a` is a channel of `PJSIP/101`."""
    return _NUMBER.sub("", channel)


def _application(name: str, data: str) -> Condition:
    def accepts(seen: Observation) -> bool:
        return seen.get("Application").lower() == name.lower() and fnmatchcase(seen.get("AppData"), data)

    return Condition(f"the application {name}({data})", b"Event: Newexten\r", accepts)


def _extension(target: str) -> Condition:
    extension, _, context = target.partition("@")

    def accepts(seen: Observation) -> bool:
        return seen.get("Extension") == extension and (not context or seen.get("Context") == context)

    return Condition(f"the extension {target}", b"Event: Newexten\r", accepts)


def _dial(target: str) -> Condition:
    def accepts(seen: Observation) -> bool:
        return fnmatchcase(device(seen.get("DestChannel")), target) or fnmatchcase(seen.get("DialString"), target)

    return Condition(f"a dial to {target}", b"Event: DialBegin\r", accepts)


def _ringing(phone: str) -> Condition:
    def accepts(seen: Observation) -> bool:
        is_phone = device(seen.get("Channel")).partition("/")[2] == phone
        return is_phone and seen.get("ChannelStateDesc") in ("Ring", "Ringing")

    return Condition(f"phone {phone} to ring", b"Event: Newstate\r", accepts)


def _playing(sound: str) -> Condition:
    def accepts(seen: Observation) -> bool:
        return fnmatchcase(seen.get("Sound"), sound)

    return Condition(f"{sound} to be played", b"Event: Playback\r", accepts)


def _ari(kind: str, wanted: Mapping[str, str]) -> Condition:
    """An event of ARI; `wanted` are patterns for leaves of its body (`channel.state`)."""

    def accepts(seen: Observation) -> bool:
        if seen.get("Type") != kind:
            return False
        found = dict(leaves(json.loads(seen.get("Body"))))
        return all(key in found and fnmatchcase(found[key], pattern) for key, pattern in wanted.items())

    shown = ", ".join(f"{key}: {pattern}" for key, pattern in wanted.items())
    return Condition(f"the ARI event {kind}" + (f" ({shown})" if shown else ""), b"Ari: event\r", accepts)


def _event(name: str, headers: Mapping[str, str]) -> Condition:
    def accepts(seen: Observation) -> bool:
        return all(any(h == key and fnmatchcase(v, pattern) for h, v in seen) for key, pattern in headers.items())

    shown = ", ".join(f"{key}: {pattern}" for key, pattern in headers.items())
    return Condition(f"the event {name}" + (f" ({shown})" if shown else ""), f"Event: {name}\r".encode(), accepts)
