"""What a scenario sees of the instance that it is played on. YAML steps and Python scenarios both call this."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, overload

from harness.errors import DeadlineExceeded, NotPlayable, ScenarioError
from harness.far_end.ami import Fields
from harness.model import AmiPacket, AriAnswer, AriEvent, Headers, InstanceName, LogLine, Playback, Seen, State
from harness.play.call_leg import CallLeg
from harness.play.conditions import Condition, WantedPacket, condition, device, on_event
from harness.play.expectations.evidence import Evidence
from harness.play.leg import Leg
from harness.play.live_instance import LiveInstance
from harness.play.numbers import seconds_of
from harness.play.phone_leg import PhoneLeg
from harness.play.promises import Promises, noting_what_is_begun
from harness.play.vain import Attempts, why_not_done, why_refused
from harness.record.session import Session

if TYPE_CHECKING:
    from harness.far_end.fastagi import Conversation
    from harness.far_end.phones import FarEnd
    from harness.model import Json

__all__ = ["Asterisk"]

_SPECIAL = re.compile(r"""[\\,"()\[\]]""")
_BEGINS = 5.0
_Found = TypeVar("_Found")


@noting_what_is_begun
class Asterisk:
    """One instance, as one scenario sees it: its own calls and phones, and what was observed of them."""

    def __init__(
        self,
        live: LiveInstance,
        session: Session,
        *,
        deadline: float,
        phones: Sequence[str],
        far_end: FarEnd | None,
        file: Path | None = None,
    ) -> None:
        self.promises = Promises(file)
        self.attempts = Attempts(session, self.promises)
        self.instance: InstanceName = live.name
        self._live = live
        self._session = session
        self._ends = asyncio.get_running_loop().time() + deadline
        self._phones = {name: PhoneLeg(self, name, far_end) for name in phones}
        self._calls: dict[str, CallLeg] = {}
        self._met: dict[str, int] = {}

    @property
    def deadline(self) -> float:
        """Seconds that are left for the scenario."""
        return max(0.0, self._ends - asyncio.get_running_loop().time())

    @property
    def observations(self) -> Sequence[Seen]:
        """What was seen so far, in order."""
        return self._session.observations

    async def events(self, *, within: float | None = None) -> AsyncIterator[Seen]:
        """All that is seen, from the beginning of the scenario on: what was already, then all else as it comes.

        Ends after `within` seconds, or with the scenario's deadline. Raises CrashError when the instance ends.
        """
        loop = asyncio.get_running_loop()
        ends = min(self._ends, loop.time() + self._limited(within))
        with self._session.subscribed() as queue:
            for seen in self.observations:
                yield seen
            while (coming := await _next(queue, ends)) is not None:
                yield coming
        if self._session.broken:
            raise self._session.broken

    def _limited(self, within: float | None) -> float:
        """For so many seconds, and not beyond the scenario's deadline."""
        return self.deadline if within is None else min(seconds_of(within, "within"), self.deadline)

    # calls and phones

    async def call(
        self,
        target: str,
        *,
        name: str = "caller",
        caller_id: str = "",
        variables: Mapping[str, str] | None = None,
        answered_within: float | None = None,
    ) -> CallLeg:
        """A call enters the dialplan at `extension@context`; returns as soon as its channel is there.

        `variables` are set on it before the first priority. Raises NotPlayable when Asterisk cannot place it.
        """
        if answered_within is not None:
            seconds_of(answered_within, "answered_within")
        first, second = self._live.new_ids()
        call = CallLeg(self, name, first, second)
        self._live.ledger.open(self._session, ids=(first, second), holds=())
        self._session.roles.update({first: name, second: f"{name};2"})
        self._calls[name] = call
        self.attempts.called(f"Local/{target}")
        fields: dict[str, str | Sequence[str]] = {
            "Action": "Originate",
            "Channel": f"Local/{target}/n",
            "ChannelId": first,
            "OtherChannelId": second,
            "Context": "harness-leg",
            "Exten": "silent",
            "Priority": "1",
            "Timeout": str(int(1000 * (answered_within or self.deadline + 5))),
            "Async": "true",
        }
        if caller_id:
            fields["CallerID"] = caller_id
        if variables:
            fields["Variable"] = [f"{key}={_escaped(value)}" for key, value in variables.items()]
        self._session.step("call", Target=target, Leg=name)
        await self._live.response(fields)
        with suppress(DeadlineExceeded):  # a call that is refused outright never has a channel: that is for waits
            await self.meet(call.begun(), _BEGINS)
        return call

    def leg(self, name: str = "") -> Leg:
        """A call by its name, a phone by its, or the newest call."""
        if not name:
            if not self._calls:
                raise ScenarioError("there is no call yet")
            return next(reversed(self._calls.values()))
        if name in self._calls:
            return self._calls[name]
        return self.phone(name)

    def phone(self, name: str) -> PhoneLeg:
        """A phone that takes part. Raises ScenarioError for one that the scenario did not name."""
        if name not in self._phones:
            known = ", ".join(sorted(self._phones)) or "none"
            raise ScenarioError(f"phone {name} is not among the scenario's phones ({known}): name it in `phones:`")
        return self._phones[name]

    # waiting

    @overload
    async def wait(self, *, playing: str, within: float | None = None) -> Playback: ...
    @overload
    async def wait(
        self, *, ari: str, headers: Mapping[str, str] | None = None, within: float | None = None
    ) -> AriEvent: ...
    @overload
    async def wait(
        self, *, event: str, headers: Mapping[str, str] | None = None, within: float | None = None
    ) -> AmiPacket | Playback: ...
    @overload
    async def wait(self, *, within: float | None = None, **wanted: Unpack[WantedPacket]) -> AmiPacket: ...
    async def wait(self, *, within: float | None = None, **wanted: Any) -> AmiPacket | Playback | AriEvent:
        """Wait for something to be seen, and return it; see `docs/scenarios.md`.

        Without `within`, until the scenario's deadline or until some seconds after its last call has ended.
        Raises DeadlineExceeded.
        """
        return await self.meet(condition(**wanted), within)

    async def meet(self, wanted: Condition[_Found], within: float | None = None) -> _Found:
        """Wait for a condition. Waiting for the same one again means the next time that it is met."""
        left = self._met.get(wanted.what, 0)

        def match(seen: Seen) -> _Found | None:
            nonlocal left
            found = wanted.match(seen)
            left -= found is not None
            return found if left < 0 else None

        seconds = self._limited(within)
        found = await self._session.wait(wanted.what, match, within=seconds, for_calls=within is None)
        self._met[wanted.what] = self._met.get(wanted.what, 0) + 1
        return found

    async def pause(self, seconds: float) -> None:
        """Time goes by."""
        await asyncio.sleep(seconds_of(seconds, "pause"))

    # asking and setting

    async def ami(self, fields: Fields) -> Headers:
        """Send a manager action; the response's headers. Response and listed events are part of the trace."""
        answers = await self._live.action(fields, session=self._session)
        headers = answers[0].headers if answers else ()
        self.attempts.called(fields.get("Channel", ""))
        self.attempts.answered(f"the AMI action {fields.get('Action', '')}", why_refused(headers))
        return headers

    async def agi(self, script: str = "*", *, within: float | None = None) -> Conversation:
        """The FastAGI conversation that a call of the scenario opens for a script (pattern for its path).

        The scenario is the script from then on: `await conversation.command("GET VARIABLE X")`, and `end()` when
        it has no more to say. Raises DeadlineExceeded.
        """
        seconds = self._limited(within)
        return await self._live.conversations.take(self._session, script, within=seconds)

    async def ari(self, operation: str, /, **parameters: Json) -> AriAnswer:
        """Do an ARI operation (`channels.play`) with its parameters; one that is not declared goes in the query.

        An operation that the release does not have is an answer as well, with `status` 0: it is in the trace and
        compared. Raises NotPlayable where the site has no ARI.
        """
        self.attempts.called(parameters.get("endpoint", ""))
        answer = await self._live.stasis.call(self._session, operation, parameters)
        self.attempts.answered(f"the ARI operation {operation}", why_not_done(answer))
        return answer

    async def callfile(self, keys: Fields) -> None:
        """Put a call file with these keys (`Channel`, `Context`, …) into the outgoing spool; lists repeat a key.

        Returns when Asterisk has begun its call, or has not in some seconds. Raises ScenarioError, NotPlayable.
        """
        before = {seen.get("Uniqueid") for seen in self._session.packets("Newchannel")}
        self._session.step("call file", Channel=str(keys.get("Channel", "")))
        self.attempts.called(keys.get("Channel", ""))
        await self._live.put_call_file(keys, session=self._session)
        what = f"the call of a call file, after {len(before)} channels"
        with suppress(DeadlineExceeded):  # a channel that cannot be made never comes: that is for waits
            begun = on_event(what, "Newchannel", lambda seen: seen.get("Uniqueid") not in before)
            await self.meet(begun, _BEGINS)

    async def astdb_get(self, key: str) -> str | None:
        """The value of `family/key` in astdb, None where there is none."""
        family, _, name = key.rpartition("/")
        answers = await self._live.action({"Action": "DBGet", "Family": family, "Key": name})
        self.attempts.has_answer = True
        values = [answer.get("Val") for answer in answers if answer.event == "DBGetResponse"]
        return values[0] if values else None

    async def astdb_put(self, key: str, value: str) -> None:
        """Set `family/key`."""
        self.attempts.has_answer = True
        family, _, name = key.rpartition("/")
        await self._live.response({"Action": "DBPut", "Family": family, "Key": name, "Val": value})

    async def astdb_delete(self, key: str) -> None:
        """Remove `family/key`; nothing happens where there is none, of which newer releases warn in their log."""
        if await self.astdb_get(key) is not None:
            family, _, name = key.rpartition("/")
            await self._live.action({"Action": "DBDel", "Family": family, "Key": name})

    async def function(self, expression: str) -> str:
        """The value of a dialplan function or global variable (`DEVICE_STATE(PJSIP/101)`)."""
        headers = await self._live.response({"Action": "Getvar", "Variable": expression})
        self.attempts.has_answer = True
        return dict(headers).get("Value", "")

    async def mailbox(self, name: str) -> int:
        """Number of new messages in `101@default`."""
        headers = await self._live.response({"Action": "MailboxCount", "Mailbox": name})
        self.attempts.has_answer = True
        return int(dict(headers).get("NewMessages", "0"))

    async def files(self) -> Mapping[str, int]:
        """Files below the spool folder (/var/spool/asterisk, say) with their size in bytes."""
        instance = self._live.instance
        return await asyncio.to_thread(instance.list_files, instance.release.directory("astspooldir"))

    async def log_lines(self) -> Sequence[LogLine]:
        """Notices, warnings and errors that were logged in this scenario until now."""
        if not await self._live.log_is_read():
            raise NotPlayable("the log could not be read in time")
        return self._evidence.log

    def remember(self, name: str, value: str) -> None:
        """Put something that was asked into the trace, where it is compared."""
        self._session.feed(State(time.monotonic(), name, (("Value", value),)))

    # looking back

    @property
    def _evidence(self) -> Evidence:
        return Evidence(self.observations)

    def dialed(self, target: str) -> bool:
        """Whether a device (`PJSIP/101`) was dialled; `target` may be a shell pattern."""
        return bool(self._evidence.dials(target))

    def applications(self) -> list[str]:
        """The applications that ran, in order."""
        return self._evidence.applications

    def variable(self, name: str) -> str | None:
        """The value that a channel variable was set to last on any channel, None if it never was."""
        return self._evidence.variables.get(name)

    def user_events(self, name: str) -> list[Headers]:
        """The user events of a name, with their headers."""
        return [seen.headers for seen in self._evidence.packets("UserEvent") if seen.get("UserEvent") == name]

    async def played(self) -> list[str]:
        """The sounds that were played, in order; without what a caller of the harness says."""
        await self.log_lines()
        return self._evidence.sounds

    # for the legs

    def channel_of(self, unique: str) -> str:
        """Name of the channel with a unique id. Raises ScenarioError when it was never there or is gone."""
        name = self._session.open_channels.get(unique)
        if name is None:
            raise ScenarioError("the call has ended already")
        return name

    def id_of(self, channel: str) -> str:
        """Unique id of an open channel. Raises ScenarioError when it is gone."""
        found = (unique for unique, name in self._session.open_channels.items() if name == channel)
        unique = next(found, "")
        if not unique:
            raise ScenarioError(f"the channel {channel} has ended already")
        return unique

    def channels_of(self, phone: str) -> list[str]:
        """Names of the open channels of a phone on this instance."""
        channels = self._session.open_channels.values()
        return [name for name in channels if device(name).partition("/")[2] == phone]

    async def respond(self, fields: Fields) -> Headers:
        """Send an action of the harness's own. Raises ScenarioError when Asterisk refuses it."""
        return await self._live.response(fields)


async def _next(queue: asyncio.Queue[Seen | None], ends: float) -> Seen | None:
    try:
        async with asyncio.timeout_at(ends):
            return await queue.get()
    except TimeoutError:
        return None


def _escaped(value: str) -> str:
    """A value as `Variable` of an Originate takes it: Asterisk splits it at commas, and reads quotes and such."""
    return _SPECIAL.sub(r"\\\g<0>", value)
