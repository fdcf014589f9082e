"""What can be waited for, each as a name for people and a test for observations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypedDict, TypeVar, Unpack

from harness.asterisk.ari import leaves
from harness.model import AmiPacket, AriEvent, Playback, Seen, like

__all__ = ["Condition", "Wanted", "WantedPacket", "condition", "device", "is_dial", "matches", "on_event"]

_NUMBER = re.compile(r"-[0-9a-f]{8}(?:;[12])?$")
_Found = TypeVar("_Found", covariant=True)


@dataclass(frozen=True, slots=True)
class Condition(Generic[_Found]):
    """`what` in words, and what meets it: `match` gives that, or None for anything else that is seen."""

    what: str
    match: Callable[[Seen], _Found | None]


def on_event(what: str, event: str, accepts: Callable[[AmiPacket], bool]) -> Condition[AmiPacket]:
    """An event of the manager interface that is accepted."""

    def match(seen: Seen) -> AmiPacket | None:
        return seen if isinstance(seen, AmiPacket) and seen.event == event and accepts(seen) else None

    return Condition(what, match)


class WantedPacket(TypedDict, total=False):
    """What the manager interface can be waited for to tell, by keyword; see `docs/scenarios.md`."""

    application: str
    data: str
    extension: str
    dial: str
    ringing: str
    userevent: str
    headers: Mapping[str, str] | None
    variable: str
    value: str


class Wanted(WantedPacket, total=False):
    """All that can be waited for."""

    event: str
    playing: str
    ari: str


def condition(**wanted: Unpack[Wanted]) -> Condition[AmiPacket | Playback | AriEvent]:
    """The condition that is given; one alone, else ValueError is raised; TypeError for another word."""
    headers = dict(wanted.pop("headers", None) or {})
    data, value = wanted.pop("data", "*"), wanted.pop("value", "*")
    choices: Mapping[str, Callable[[str], Condition[AmiPacket | Playback | AriEvent]]] = {
        "application": lambda name: _application(name, data),
        "extension": _extension,
        "dial": _dial,
        "ringing": _ringing,
        "playing": _playing,
        "userevent": lambda name: _event("UserEvent", {"UserEvent": name, **headers}),
        "event": lambda name: _event(name, headers),
        "ari": lambda kind: _ari(kind, headers),
        "variable": lambda name: _event("VarSet", {"Variable": name, "Value": value}),
    }
    if unknown := wanted.keys() - choices.keys():
        raise TypeError(f"nothing can be waited for by {', '.join(sorted(unknown))}")
    given = [(choices[name], str(text)) for name, text in wanted.items() if text]
    if len(given) != 1:
        raise ValueError(f"wait for one of {', '.join(choices)}: {len(given)} are given")
    ((make, text),) = given
    return make(text)


def matches(headers: Iterable[tuple[str, str]], wanted: Mapping[str, str]) -> bool:
    """Whether each wanted header is there with a value that its shell pattern matches."""
    pairs = tuple(headers)
    return all(
        any(name == header and like(value, pattern) for header, value in pairs) for name, pattern in wanted.items()
    )


def device(channel: str) -> str:
    """A channel's name without its number: `PJSIP/101-0000002a` is a channel of `PJSIP/101`."""
    return _NUMBER.sub("", channel)


def is_dial(seen: AmiPacket, target: str) -> bool:
    """Whether the event of a dial is about a device, or what was dialled on it (a shell pattern)."""
    return like(device(seen.get("DestChannel")), target) or like(seen.get("DialString"), target)


def _application(name: str, data: str) -> Condition[AmiPacket]:
    def accepts(seen: AmiPacket) -> bool:
        return seen.get("Application").lower() == name.lower() and like(seen.get("AppData"), data)

    return on_event(f"the application {name}({data})", "Newexten", accepts)


def _extension(target: str) -> Condition[AmiPacket]:
    extension, _, context = target.partition("@")

    def accepts(seen: AmiPacket) -> bool:
        return seen.get("Extension") == extension and (not context or seen.get("Context") == context)

    return on_event(f"the extension {target}", "Newexten", accepts)


def _dial(target: str) -> Condition[AmiPacket]:
    return on_event(f"a dial to {target}", "DialBegin", lambda seen: is_dial(seen, target))


def _ringing(phone: str) -> Condition[AmiPacket]:
    def accepts(seen: AmiPacket) -> bool:
        is_phone = device(seen.get("Channel")).partition("/")[2] == phone
        return is_phone and seen.get("ChannelStateDesc") in ("Ring", "Ringing")

    return on_event(f"phone {phone} to ring", "Newstate", accepts)


def _playing(sound: str) -> Condition[Playback]:
    def match(seen: Seen) -> Playback | None:
        return seen if isinstance(seen, Playback) and like(seen.sound, sound) else None

    return Condition(f"{sound} to be played", match)


def _ari(kind: str, wanted: Mapping[str, str]) -> Condition[AriEvent]:
    """An event of ARI; `wanted` are patterns for leaves of its body (`channel.state`)."""

    def match(seen: Seen) -> AriEvent | None:
        if not isinstance(seen, AriEvent) or seen.kind != kind:
            return None
        return seen if matches(leaves(seen.body), wanted) else None

    return Condition(f"the ARI event {kind}{_in_brackets(wanted)}", match)


def _event(name: str, headers: Mapping[str, str]) -> Condition[AmiPacket | Playback]:
    """An event of the manager interface. `Playback` is one as well, though it is the log that tells it."""

    def match(seen: Seen) -> AmiPacket | Playback | None:
        if not isinstance(seen, AmiPacket | Playback) or seen.event != name:
            return None
        return seen if matches(seen.headers, headers) else None

    return Condition(f"the event {name}{_in_brackets(headers)}", match)


def _in_brackets(wanted: Mapping[str, str]) -> str:
    shown = ", ".join(f"{key}: {pattern}" for key, pattern in wanted.items())
    return f" ({shown})" if shown else ""
