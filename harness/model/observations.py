"""What can be seen while a scenario runs: one type for each source, parsed once where it is recorded, all frozen.

`at` is in seconds since the scenario began on that instance. Texts are UTF-8; bytes that are none are written as
`\\xff`, and what came is then kept in `odd`, byte for byte, as is everything else that the parsed form would not
give back exactly.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import msgspec

from harness.model.values import Headers, Json

__all__ = [
    "AgiLine",
    "AmiPacket",
    "AppLife",
    "AppSaid",
    "AriAnswer",
    "AriEvent",
    "AriRequest",
    "LogLine",
    "Playback",
    "Seen",
    "State",
    "Step",
]


class AmiPacket(msgspec.Struct, frozen=True, dict=True, tag_field="type", tag="ami"):
    """An event or a response of the manager interface, or an action that a program sent. `odd` as it came."""

    at: float
    headers: Headers
    odd: bytes = b""

    @cached_property
    def values(self) -> dict[str, str]:
        """The headers by name; of repeated ones the first."""
        return dict(reversed(self.headers))

    @property
    def event(self) -> str:
        """The name of the event; empty for responses and actions."""
        return self.values.get("Event", "")

    def get(self, name: str, default: str = "") -> str:
        """First value of a header (exact name), or `default`."""
        return self.values.get(name, default)


class LogLine(msgspec.Struct, frozen=True, tag_field="type", tag="log"):
    """A line of Asterisk's log. `line` is that of its source `file`; `call_id` is `C-0000002a`, or empty."""

    at: float
    level: str
    message: str
    call_id: str = ""
    file: str = ""
    function: str = ""
    line: int = 0


class Playback(msgspec.Struct, frozen=True, tag_field="type", tag="playback"):
    """A sound that a channel was played, as the log tells it."""

    at: float
    channel: str
    sound: str
    language: str = ""


class AgiLine(msgspec.Struct, frozen=True, tag_field="type", tag="agi"):
    """A line of an AGI conversation, without its end: of scripts and servers alike."""

    at: float
    who: Literal["asterisk", "script"]
    channel: str
    line: str


class AriRequest(msgspec.Struct, frozen=True, tag_field="type", tag="ari-request"):
    """A request to ARI: `GET`, `/ari/channels`. `headers` are HTTP's, without credentials."""

    at: float
    method: str
    path: str
    query: Headers = ()
    headers: Headers = ()
    body: Json = None
    odd: bytes = b""


class AriAnswer(msgspec.Struct, frozen=True, tag_field="type", tag="ari-answer"):
    """What ARI answered. `to` is the operation (`channels.play`) or the request (`GET /ari/channels`).

    `status` is HTTP's, 0 where nothing could be sent, and `problem` says why. A body that is no JSON is a text.
    """

    at: float
    to: str
    status: int = 0
    headers: Headers = ()
    body: Json = None
    problem: str = ""
    odd: bytes = b""


class AriEvent(msgspec.Struct, frozen=True, tag_field="type", tag="ari-event"):
    """An event that a Stasis application was sent. `kind` is its type (`StasisStart`)."""

    at: float
    kind: str
    application: str
    body: Json = None
    odd: bytes = b""


class AppSaid(msgspec.Struct, frozen=True, tag_field="type", tag="app"):
    """What one of the site's programs and Asterisk said to each other.

    `kind` is `action`, `response`, `event`, `request`, `greeting`, `command`, `broken` and the like; `said` is the
    packet, request, answer or event itself, where it is one, `details` what else is known.
    """

    at: float
    app: str
    interface: Literal["ami", "agi", "ari"]
    kind: str
    said: AmiPacket | AriRequest | AriAnswer | AriEvent | None = None
    details: Headers = ()


class AppLife(msgspec.Struct, frozen=True, tag_field="type", tag="life"):
    """What became of one of the site's programs: `ready`, `traceback`, `stopped`, `exited`."""

    at: float
    app: str
    kind: str
    details: Headers = ()


class Step(msgspec.Struct, frozen=True, tag_field="type", tag="step"):
    """What the harness did, and its details."""

    at: float
    name: str
    details: Headers = ()


class State(msgspec.Struct, frozen=True, tag_field="type", tag="state"):
    """What Asterisk or the disk answered when it was asked after the scenario."""

    at: float
    name: str
    details: Headers = ()


Seen = (
    AmiPacket | LogLine | Playback | AgiLine | AriRequest | AriAnswer | AriEvent | AppSaid | AppLife | Step | State
)
"""Any of them."""
