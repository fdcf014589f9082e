"""What can be seen while a scenario runs: one type for each source, parsed once where it is recorded, all frozen.

`at` is in seconds since the scenario began on that instance. Texts are UTF-8; bytes that are none are written as
`\\xff`, and what came is then kept in `odd`, byte for byte, as is everything else that the parsed form would not
give back exactly. Secrets are `(secret)` in all of them, and `odd` is then empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, overload

import msgspec

from harness.model.outcomes import Ending, InstanceName
from harness.model.values import Headers, Json

__all__ = [
    "IN_VAIN",
    "TALK",
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
    "Trace",
    "Written",
]

_T = TypeVar("_T")


class _OneSeen(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type"):
    """What all have in common."""

    at: float


class _Kept(Generic[_T]):
    """A property that is computed when it is first asked for; then it stands in the object's `__dict__`.

    What functools has for this takes a lock, for each of many packets.
    """

    def __init__(self, compute: Callable[[Any], _T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, packet: None, _: type) -> _Kept[_T]: ...
    @overload
    def __get__(self, packet: object, _: type) -> _T: ...
    def __get__(self, packet: Any, _: type) -> _T | _Kept[_T]:
        if packet is None:
            return self
        value = packet.__dict__[self._compute.__name__] = self._compute(packet)
        return value


class AmiPacket(_OneSeen, frozen=True, dict=True, tag="ami"):
    """An event or a response of the manager interface, or an action that a program sent. `odd` as it came."""

    headers: Headers
    odd: bytes = b""

    @_Kept
    def values(self) -> dict[str, str]:
        """The headers by name; of repeated ones the first."""
        return dict(reversed(self.headers))

    @_Kept
    def event(self) -> str:
        """The name of the event; empty for responses and actions."""
        name, value = self.headers[0] if self.headers else ("", "")
        return value if name == "Event" else self.values.get("Event", "")

    def get(self, name: str, default: str = "") -> str:
        """First value of a header (exact name), or `default`."""
        return self.values.get(name, default)

    def moved(self, at: float) -> AmiPacket:
        """The same at another time; what was read of it need not be read again."""
        moved = AmiPacket(at, self.headers, self.odd)
        moved.__dict__.update(self.__dict__)
        return moved


class LogLine(_OneSeen, frozen=True, tag="log"):
    """A line of Asterisk's log. `line` is that of its source `file`; `call_id` is `C-0000002a`, or empty.

    `message` may have several lines; it is without colours. `odd` is the log's entry as it came. `channel` and
    `spot` (context, extension, priority) are what the thread that wrote it executed, by the log; empty and None
    where it executed nothing.
    """

    level: str
    message: str
    call_id: str = ""
    file: str = ""
    function: str = ""
    line: int = 0
    odd: bytes = b""
    channel: str = ""
    spot: tuple[str, str, str] | None = None


class Playback(_OneSeen, frozen=True, tag="playback"):
    """A sound that a channel was played, as the log tells it, and at which `spot`."""

    channel: str
    sound: str
    language: str = ""
    spot: tuple[str, str, str] | None = None

    @property
    def event(self) -> str:
        """The name of the event that it is where a build tells of it so."""
        return "Playback"

    @property
    def headers(self) -> Headers:
        """The same as the headers that an event of the manager interface would have."""
        return (("Channel", self.channel), ("Sound", self.sound), ("Language", self.language))

    def get(self, name: str, default: str = "") -> str:
        """The value of such a header, or `default`."""
        return dict(self.headers).get(name, default)


class AgiLine(_OneSeen, frozen=True, tag="agi"):
    """A line of an AGI conversation, without its end: of scripts and servers alike.

    `odd` is the log's entry as it came, `spot` the priority that runs the script, by the log.
    """

    who: Literal["asterisk", "script"]
    channel: str
    line: str
    odd: bytes = b""
    spot: tuple[str, str, str] | None = None


class AriRequest(_OneSeen, frozen=True, tag="ari-request"):
    """A request to ARI: `GET`, `/ari/channels`. `headers` are HTTP's.

    A body that is no JSON is a text. `odd` is the body as it came, `target` what stood in the request line, where
    `path` and `query` would not give that back.
    """

    method: str
    path: str
    query: Headers = ()
    headers: Headers = ()
    body: Json = None
    target: str = ""
    odd: bytes = b""


class AriAnswer(_OneSeen, frozen=True, tag="ari-answer"):
    """What ARI answered. `to` is the operation (`channels.play`) or the request (`GET /ari/channels`).

    `status` is HTTP's, 0 where nothing could be sent, and `problem` says why. A body that is no JSON is a text;
    `odd` is the body as it came.
    """

    to: str
    status: int = 0
    headers: Headers = ()
    body: Json = None
    problem: str = ""
    odd: bytes = b""


class AriEvent(_OneSeen, frozen=True, tag="ari-event"):
    """An event that a Stasis application was sent. `kind` is its type (`StasisStart`)."""

    kind: str
    application: str
    body: Json = None
    odd: bytes = b""


class AppSaid(_OneSeen, frozen=True, tag="app"):
    """What one of the site's programs and Asterisk said to each other.

    `kind` is `action`, `response`, `event`, `request`, `greeting`, `command`, `broken` and the like; `said` is the
    packet, request, answer or event itself, where it is one, `details` what else is known (a command and its
    answer, a version, a problem), `odd` the line that `details` hold as it came. `connection` is the number of the
    connection on its instance, `refers` what an answer has in common with its question.
    """

    app: str
    interface: Literal["ami", "agi", "ari"]
    kind: str
    said: AmiPacket | AriRequest | AriAnswer | AriEvent | None = None
    details: Headers = ()
    odd: bytes = b""
    connection: int = 0
    refers: str = ""


class AppLife(_OneSeen, frozen=True, tag="life"):
    """What became of one of the site's programs: `ready`, `traceback`, `stopped`, `exited`."""

    app: str
    kind: str
    details: Headers = ()


TALK = "talk"
"""The step that tells that a leg speaks."""
IN_VAIN = "in vain"
"""The step that tells of what a scenario asked for and did not get: `What`, `Why`, the `Place` in its file."""


class Step(_OneSeen, frozen=True, tag="step"):
    """What the harness did, and its details."""

    name: str
    details: Headers = ()


class State(_OneSeen, frozen=True, tag="state"):
    """What Asterisk or the disk answered when it was asked after the scenario."""

    name: str
    details: Headers = ()


class Written(_OneSeen, frozen=True, tag="written"):
    """What Asterisk wrote into a file: a record, a message, a mail, a recording (`kind`), with what stands in it.

    `path` is that below the folder of its spool or its logs. `sound` is the file of a recording that is kept to be
    heard (WAV; base64 in a kept trace), which is not compared.
    """

    kind: str
    path: str
    details: Headers = ()
    sound: bytes = b""


Seen = (
    AmiPacket
    | LogLine
    | Playback
    | AgiLine
    | AriRequest
    | AriAnswer
    | AriEvent
    | AppSaid
    | AppLife
    | Step
    | State
    | Written
)
"""Any of them."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What was observed while one scenario ran once on one instance, in order.

    `roles` maps what the harness knows beforehand to the part it plays: unique ids that it chose (`caller`),
    the instance's own address (`asterisk`).
    `play` counts the plays of this scenario on this instance: 0 is the first, replays follow. `alone` says that no
    other scenario played meanwhile.
    `problem` is one line for a person; where `ending` is played, it is empty, unless the scenario is
    expected to fail.
    `seconds` is how long it took, with all that it left to be hung up, waited for and read.
    `began` is the instance's own wall clock at the start (seconds since 1970), by which values that are
    times are told from values that only look like one.
    """

    scenario: str
    instance: InstanceName
    observations: tuple[Seen, ...]
    roles: tuple[tuple[str, str], ...] = ()
    ending: Ending = Ending.PLAYED
    problem: str = ""
    play: int = 0
    began: float = 0.0
    alone: bool = False
    seconds: float = 0.0
