"""For tests of rules and of programs built on the harness: traces from a few lines of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, cast

from harness.asterisk.ami import headers_of
from harness.asterisk.ari import read_body
from harness.model import (
    AgiLine,
    AmiPacket,
    AppLife,
    AppSaid,
    AriAnswer,
    AriEvent,
    AriRequest,
    Ending,
    Headers,
    InstanceName,
    Json,
    LogLine,
    Playback,
    Seen,
    Spot,
    State,
    Step,
    Trace,
    Written,
)

__all__ = ["trace"]

_QUERY = "query."


def trace(
    text: str = "",
    *,
    instance: InstanceName = "old",
    scenario: str = "test/one",
    roles: tuple[tuple[str, str], ...] = (),
    began: float = 0.0,
) -> Trace:
    """A trace from blocks of `Header: value` lines parted by empty lines.

    A block's first header says what it is: `Level` a line of the log (with `Channel` and `Spot`, if known:
    context,extension,priority), `Agi` a line of an AGI conversation, `Ari` an answer or an event of ARI, `App`
    something of the site's own programs (then `Interface`, `Kind` and perhaps `Refers`), `Name` a state asked
    after the scenario, `Written` (then `Path`) what was written into a file, `Step` something the harness did,
    `Ending` (with `Problem`) how the play ended; all else is AMI, but for `Event: Playback`, which the log tells.
    """
    ending, problem = Ending.PLAYED, ""
    seen: list[Seen] = []
    for number, block in enumerate(part.strip() for part in text.split("\n\n") if part.strip()):
        headers = headers_of(block.replace("\n", "\r\n"))
        if headers[0][0] == "Ending":
            ending, problem = Ending(headers[0][1]), dict(headers).get("Problem", "")
        else:
            seen.append(_seen(number / 10, headers))
    return Trace(scenario, instance, tuple(seen), roles, ending, problem, began=began)


def _seen(at: float, headers: Headers) -> Seen:
    (name, value), *_ = headers
    if name in _BLOCKS:
        return _BLOCKS[name](at, headers)
    return _playback(at, headers) if (name, value) == ("Event", "Playback") else AmiPacket(at, headers)


def _log(at: float, headers: Headers) -> LogLine:
    has = dict(headers)
    place = has.get("File", ""), has.get("Function", ""), int(has.get("Line") or 0)
    spot = tuple(has["Spot"].split(",")) if "Spot" in has else None
    named = {"channel": has.get("Channel", ""), "spot": cast(Spot | None, spot)}
    return LogLine(at, has["Level"], has.get("Message", ""), has.get("CallID", ""), *place, **named)  # type: ignore[arg-type]


def _playback(at: float, headers: Headers) -> Playback:
    has = dict(headers)
    return Playback(at, has.get("Channel", ""), has.get("Sound", ""), has.get("Language", ""))


def _agi(at: float, headers: Headers) -> AgiLine:
    has = dict(headers)
    who = cast(Literal["asterisk", "script"], has["Agi"])
    return AgiLine(at, who, has.get("Channel", ""), has.get("Line", ""))


def _ari(at: float, headers: Headers) -> AriAnswer | AriEvent:
    return _answer(at, headers) if headers[0][1] == "answer" else _event(at, headers)


def _answer(at: float, headers: Headers) -> AriAnswer:
    has = dict(headers)
    to = has.get("Operation") or has.get("Request", "")
    return AriAnswer(at, to, int(has.get("Status") or 0), body=_body(has), problem=has.get("Problem", ""))


def _event(at: float, headers: Headers) -> AriEvent:
    has = dict(headers)
    return AriEvent(at, has.get("Type", ""), has.get("Application", ""), _body(has))


def _request(at: float, headers: Headers) -> AriRequest:
    method, _, path = dict(headers).get("Request", "").partition(" ")
    query = tuple((name.removeprefix(_QUERY), value) for name, value in headers if name.startswith(_QUERY))
    return AriRequest(at, method, path, query, body=_body(dict(headers)))


def _body(has: Mapping[str, str]) -> Json:
    return read_body((has.get("Body") or has.get("Text", "")).encode())[0]


def _app(at: float, headers: Headers) -> AppSaid | AppLife:
    (_, app), (_, interface), (_, kind), *rest = headers
    refers = rest.pop(0)[1] if rest and rest[0][0] == "Refers" else ""
    own = tuple(rest)
    if interface == "process":
        return AppLife(at, app, kind, own)
    talk = cast(Literal["ami", "agi", "ari"], interface)
    read = _TALK.get((interface, kind))
    said, details = (read(at, own), ()) if read else (None, own)
    return AppSaid(at, app, talk, kind, said, details, refers=refers)


_BLOCKS: Mapping[str, Callable[[float, Headers], Seen]] = {
    "Agi": _agi,
    "App": _app,
    "Ari": _ari,
    "Level": _log,
    "Name": lambda at, headers: State(at, headers[0][1], headers[1:]),
    "Written": lambda at, headers: Written(at, headers[0][1], headers[1][1], headers[2:]),
    "Step": lambda at, headers: Step(at, headers[0][1], headers[1:]),
}
_TALK: Mapping[tuple[str, str], Callable[[float, Headers], AmiPacket | AriRequest | AriAnswer | AriEvent]] = {
    ("ami", "action"): AmiPacket,
    ("ami", "event"): AmiPacket,
    ("ami", "response"): AmiPacket,
    ("ari", "event"): _event,
    ("ari", "request"): _request,
    ("ari", "response"): _answer,
}
