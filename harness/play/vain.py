"""What a scenario does in vain: it may go on after that, and would then be the same on both releases.

A call that reaches no extension, an action that is refused, nothing at all: each fails the scenario unless its
`expect:` names it (`unreachable: true`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.asterisk.dialplan.show import parse_dialplan
from harness.model import TALK, AmiPacket, AriAnswer, Headers, LogLine, Seen, State, Step
from harness.play.conditions import device
from harness.site.reading.problems import did_you_mean

if TYPE_CHECKING:
    from harness.far_end.handset import FarCall
    from harness.play.live_instance import LiveInstance
    from harness.play.promises import Promises
    from harness.record.session import Session

__all__ = ["NOTHING", "Attempts", "InVain", "no_existence", "why_not_done", "why_refused", "why_unreachable"]

_REFUSED = "There is no existence of "
_NOT_THE_SITE_S = ("harness-", "__func_")
_HALF = re.compile(r"(?P<name>Local/(?P<target>[^;]+)-[0-9a-f]{8});(?P<half>[12])")
_TARGET = re.compile(r"(?i)local/([^/]+)")
# Hangup causes of 404 and 484: no such number, no such route, not a whole number.
_NO_NUMBER = frozenset({"1", "3", "28"})
_NOT_FOUND = re.compile(r"extension '(?P<extension>[^']*)' .*extension not found in context '(?P<context>[^']*)'")
_NO_TARGET = re.compile(r"blind transfer to '(?P<extension>[^'@]*)@(?P<context>[^']*)' but target does not exist")


@dataclass(frozen=True, slots=True)
class InVain:
    """What was asked for, why it was not done, and the line of the scenario's file, each in words."""

    what: str
    why: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.why}" + (f" ({self.place})" if self.place else "")


NOTHING = InVain("nothing happened", "there was no channel, and no answer")


@dataclass(frozen=True, slots=True)
class _PhoneCall:
    """A phone's call to a number, `at` that second; with `moves`, its transfer there."""

    phone: str
    number: str
    call: FarCall
    place: str
    at: float
    moves: bool = False


class Attempts:
    """All that one play of a scenario has tried. `has_answer` once Asterisk has answered it anything."""

    def __init__(self, session: Session, promises: Promises) -> None:
        self.has_answer = False
        self.refused: list[InVain] = []
        self._session = session
        self._promises = promises
        self._places: dict[str, str] = {}
        self._phone_calls: list[_PhoneCall] = []
        self._last: InVain | None = None

    def called(self, device: object) -> None:
        """A call is placed to a device; `Local/600@from-trunk/n` goes into the dialplan."""
        if target := _TARGET.match(str(device)):
            self._places.setdefault(target[1], self._promises.place)

    @property
    def now(self) -> float:
        """Seconds since the play began, as its observations have it."""
        return time.monotonic() - self._session.started

    def dialled(self, phone: str, number: str, call: FarCall, *, since: float, moves: bool = False) -> None:
        """A phone has dialled, or transferred its call (`moves`); what came of it was seen since then."""
        self._phone_calls.append(_PhoneCall(phone, number, call, self._promises.place, since, moves))

    def talks(self, leg: str) -> None:
        """Somebody speaks: what is recorded from now on holds something."""
        self._session.step(TALK, Leg=leg)

    def answered(self, what: str, why: str) -> None:
        """Asterisk has answered, and said no where there is a reason."""
        self.has_answer, self._last = True, None
        if why:
            self._last = InVain(what, why, self._promises.place)
            self.refused.append(self._last)

    def expect_the_last(self) -> None:
        """The scenario says itself how the last answer has to be."""
        if self._last is not None:
            self.refused.remove(self._last)
            self._last = None

    @property
    def unreached(self) -> Sequence[str]:
        """Targets (`600@from-trunk`) of calls that ended before the dialplan ran a priority for them.

        Of the scenario's own calls, however it placed them; what the dialplan calls is the site's affair.
        """
        packets = [seen for seen in self._session.observations if isinstance(seen, AmiPacket)]
        ran = {packet.get("Uniqueid") for packet in packets if packet.event == "Newexten"}
        over = {packet.get("Uniqueid") for packet in packets if packet.event == "Hangup"}
        own = [(unique, target) for unique, target in _own_calls(packets) if target in self._places]
        return [target for unique, target in own if unique in over and unique not in ran]

    def place_of(self, target: str) -> str:
        """The line that placed the first call there."""
        return self._places[target]

    def unreachable_by_phone(self, log: Iterable[LogLine]) -> Sequence[InVain]:
        """Numbers that a phone dialled, or transferred to, and nobody has; `log` may say in which context."""
        lines = [line.message for line in (*log, *self._log())]
        return [_in_vain(call, lines) for call in self._phone_calls if self._is_in_vain(call)]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing happened: no channel, no answer, no event, no line of a log."""
        return not self.has_answer and all(isinstance(seen, Step | State) for seen in self._session.observations)

    @property
    def has_phone_calls(self) -> bool:
        """Whether a phone has dialled or transferred."""
        return bool(self._phone_calls)

    @property
    def kinds(self) -> frozenset[str]:
        """What of it was in vain, by the key that expects it."""
        unreachable = bool(self.unreached) or bool(self.unreachable_by_phone(()))
        found = {"unreachable": unreachable, "refused": bool(self.refused), "nothing": self.is_nothing}
        return frozenset(kind for kind, is_so in found.items() if is_so)

    def _is_in_vain(self, attempt: _PhoneCall) -> bool:
        if attempt.moves:  # who is hung up on after a transfer thinks that it failed
            done = (seen for seen in self._session.packets("BlindTransfer") if seen.at >= attempt.at)
            return attempt.call.transfer == "FAILURE" and not any(seen.get("Result") == "Success" for seen in done)
        made = (seen for seen in self._session.packets("Newchannel") if seen.at >= attempt.at)
        return attempt.call.cause in _NO_NUMBER and not any(_is_of(seen, attempt.phone) for seen in made)

    def _log(self) -> Iterable[LogLine]:
        return (seen for seen in self._session.observations if isinstance(seen, LogLine))


async def why_unreachable(attempts: Attempts, live: LiveInstance) -> str:
    """The first call or transfer that reached no extension, and why, in words; empty where there is none."""
    for target in attempts.unreached:
        if why := no_existence(
            target, await live.show(f"dialplan show {target}"), await live.show("dialplan show")
        ):
            return str(InVain(f"the call to {target} reaches nothing", why, attempts.place_of(target)))
    for one in attempts.unreachable_by_phone(await live.unowned_lines() if attempts.has_phone_calls else ()):
        return str(one)
    return ""


def no_existence(target: str, answer: Sequence[str], dialplan: Sequence[str]) -> str:
    """Why a call to `600@from-trunk` reached nothing, by what `dialplan show` answers of it, and of everything.

    Empty where Asterisk has such an extension.
    """
    if not any(_REFUSED in line for line in answer):
        return ""
    extension, _, context = target.partition("@")
    loaded = parse_dialplan("\n".join(dialplan))
    known = {name for name in (*loaded.contexts, *loaded.includes) if not name.startswith(_NOT_THE_SITE_S)}
    if context in known:
        return _no_extension(extension, context)
    return f'the dialplan has no context "{context}"{did_you_mean(context, known)}'


def why_refused(headers: Headers) -> str:
    """Why an action of the manager interface was refused, by its response; empty when it was not."""
    response = dict(reversed(headers))
    if response.get("Response") != "Error":
        return ""
    said = [value for name, value in headers if name == "Output"] or [response.get("Message", "no reason given")]
    return said[0]


def why_not_done(answer: AriAnswer) -> str:
    """Why ARI did not do an operation; empty when it did."""
    if 200 <= answer.status < 300:
        return ""
    message = answer.body.get("message") if isinstance(answer.body, dict) else ""
    return answer.problem or f"{answer.status} {message or ''}".strip()


def _own_calls(packets: Iterable[AmiPacket]) -> Iterator[tuple[str, str]]:
    """Unique id and target of each half of a Local channel that began its call and is to run the dialplan."""
    first: dict[str, str] = {}
    for packet in packets:
        half = _HALF.fullmatch(packet.get("Channel")) if packet.event == "Newchannel" else None
        if half and half["half"] == "1":
            first[half["name"]] = packet.get("Uniqueid")
        elif half and packet.get("Linkedid") == first.get(half["name"]):
            yield packet.get("Uniqueid"), half["target"]


def _in_vain(attempt: _PhoneCall, lines: Sequence[str]) -> InVain:
    what = f"phone {attempt.phone} {'transfers its call to' if attempt.moves else 'calls'} {attempt.number}"
    found = (
        match
        for line in reversed(lines)
        for match in ((_NO_TARGET if attempt.moves else _NOT_FOUND).search(line),)
        if match and match["extension"] == attempt.number
    )
    said = next(found, None)
    why = _no_extension(said["extension"], said["context"]) if said else _refusal(attempt)
    return InVain(what, why, attempt.place)


def _refusal(attempt: _PhoneCall) -> str:
    return "the transfer is refused" if attempt.moves else "the answer is that there is no such number"


def _no_extension(extension: str, context: str) -> str:
    return f"the dialplan has no extension {extension} in the context {context}"


def _is_of(seen: Seen, phone: str) -> bool:
    return isinstance(seen, AmiPacket) and device(seen.get("Channel")).partition("/")[2] == phone
