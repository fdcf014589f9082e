"""An instance with everything that listens to it and acts on it while scenarios are played."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import sys
import time
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

from harness.asterisk.ami import Splitter, read_packet
from harness.asterisk.originate import started_by_action
from harness.errors import (
    BusyError,
    CrashError,
    HangError,
    LabError,
    NotPlayable,
    ScenarioError,
    StarvedError,
    with_notes,
)
from harness.far_end.ami import Driver, Fields
from harness.lab import Companions, Instance
from harness.model import AmiPacket, Ending, Headers, InstanceName, LogLine, Trace, without_numbers
from harness.play.call_files import CallFiles
from harness.play.conditions import on_event
from harness.play.stasis import Stasis
from harness.play.waiting_conversations import WaitingConversations
from harness.record.ledger import Ledger
from harness.record.life import file_complaints
from harness.record.no_call import NO_CALL, first_of_each_kind
from harness.record.session import Session
from harness.record.tail import LogTail
from harness.record.tap_tail import TapTail
from harness.record.wire import Wire, connect
from harness.record.written import WrittenFiles, file_pieces, of_things

__all__ = ["LiveInstance", "PlayLimits", "open_live_instance"]

_ENDINGS = {CrashError: Ending.CRASHED, HangError: Ending.HUNG, StarvedError: Ending.STARVED}
_MARK = "HARNESS_MARK"
_LATE_RECORDS = 1.0
_LATE_EVENTS = 10.0
_QUIET = 0.2
_TALKATIVE = 3.0


@dataclass(frozen=True, slots=True)
class PlayLimits:
    """How many events one scenario may make on an instance, and how many bytes the instance may log.

    Recordings of at most `sound_bytes` are kept with their sound.
    """

    events: int = sys.maxsize
    log_bytes: int = sys.maxsize
    sound_bytes: int = 0


class LiveInstance:
    """One instance while scenarios are played on it.

    `broken` is the reason why nothing can be played on it any more, empty while it is well, and `ending` how what
    plays then ends: what was done to Asterisk from outside proves nothing of it. `deaf` is why the site's programs
    cannot be heard any more and `blind` why its files cannot be read, which says nothing of Asterisk. `limits` are
    those of what is played.
    """

    def __init__(
        self,
        name: InstanceName,
        instance: Instance,
        *,
        offset: float = 0.0,
        companions: Companions | None = None,
        limits: PlayLimits | None = None,
    ) -> None:
        self.name: InstanceName = name
        self.instance = instance
        self.offset = offset
        self.limits = limits or PlayLimits()
        self.ledger = Ledger()
        self.broken = ""
        self.ending = Ending.UNPLAYABLE
        self.peers: Sequence[LiveInstance] = ()
        self._looking: asyncio.Future[str] | None = None
        self.sessions: list[Session] = []
        self.conversations = WaitingConversations(self.ledger.owner_of, self.events_are_in)
        self.stasis = Stasis(instance, self.ledger, self.events_are_in)
        self.call_files = CallFiles(instance, self.ledger)
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._answers: dict[str, tuple[list[AmiPacket], Session | None]] = {}
        self._answer_splitter = Splitter(self._answered)
        self._wire: Wire
        self._driver: Driver
        self._tail: LogTail
        self._companions = companions
        self._programs = {program.app.name: program for program in companions.programs} if companions else {}
        self._tap_tail: TapTail | None = None
        self._written = WrittenFiles(instance, self.limits.sound_bytes)
        self._reading = asyncio.Lock()
        self._unknown_files = 0
        self.blind = ""
        self.deaf = ""
        self.said_at_start: frozenset[str] = frozenset()
        self._besides = Session(NO_CALL, name, 0, offset)

    async def open(self) -> None:
        """Connect the listening and the acting end, and follow the log. Raises LabError."""
        self._wire = await connect(self.instance, self.ledger.route, passes_by=self.ledger.passes_by)
        self._driver = await Driver.connect(self.instance, tee=self._answer_splitter.feed)
        with self._seeing():
            await asyncio.to_thread(self._written.begin)
        self._tail = LogTail(
            self.instance.follow(self.instance.log_file),
            self.ledger,
            most=self.limits.log_bytes,
            too_much=self._log_is_full,
        )
        await self.action({"Action": "Command", "Command": "agi set debug on"})  # every line of AGI, in the log
        if self._companions is not None:
            self._tap_tail = TapTail(self._companions.tap.follow(), self.ledger)
            await self.apps_are_heard()  # what they said when they started is no scenario's

    def close(self) -> None:
        """Let go of the instance."""
        self.stasis.close()
        self._written.close()
        for end in ("_tail", "_driver", "_wire"):
            if hasattr(self, end):
                getattr(self, end).close()
        if self._tap_tail is not None:
            self._tap_tail.close()

    @property
    def gone(self) -> asyncio.Future[bytes]:
        """Done when Asterisk has closed the listening connection: it ended, or threw us out."""
        return self._wire.closed

    @property
    def unattributed(self) -> int:
        """How many packets and log lines belong to no scenario."""
        apps = self._tap_tail.unattributed if self._tap_tail else 0
        others = len(self.ledger.others) + len(self.stasis.others) + self._unknown_files
        return others + self._tail.unattributed + apps

    @property
    def troubles(self) -> tuple[str, ...]:
        """Why not all was played, heard and seen on it; empty while it is well."""
        return tuple(filter(None, (self.broken, self.deaf, "" if self.broken else self.blind)))

    def need(self, apps: Collection[str]) -> None:
        """Raises NotPlayable, saying why, when one of these programs of the site is not well."""
        if apps and self.deaf:
            raise NotPlayable(self.deaf)
        for name in sorted(apps):
            if name not in self._programs:
                raise NotPlayable(f"the app {name} was not started")
            if trouble := self._programs[name].trouble:
                raise NotPlayable(f"the app {name} {trouble}")

    def new_ids(self) -> tuple[str, str]:
        """Unique ids for both halves of a call. Of one length and none the beginning of another: 22 needs that."""
        base = f"{self._run}{next(self._numbers):06d}"
        return f"{base}a", f"{base}b"

    async def put_call_file(self, keys: Fields, *, session: Session) -> None:
        """Hand a call file to Asterisk, whose calls are the session's. Raises ScenarioError, NotPlayable."""
        await self.call_files.put(session, keys, name=f"{self._run}{next(self._numbers):06d}f")

    async def action(
        self, fields: Fields, *, session: Session | None = None, within: float = 10.0
    ) -> tuple[AmiPacket, ...]:
        """Send an action; its response and the events of a list, in order.

        With a session they are part of its trace as well. Raises NotPlayable when no answer comes.
        """
        if self.broken:
            raise NotPlayable(self.broken)
        action_id = f"{self._run}{next(self._numbers):06d}c"
        if session is not None:
            session.step("action", Action=str(fields.get("Action")), ActionID=action_id)
            fields = self._claim(fields, action_id, session)
        self._answers[action_id] = ([], session)
        try:
            await self._driver.send(fields, action_id=action_id, within=within)
        finally:
            answers, _ = self._answers.pop(action_id)
        return tuple(answers)

    def _claim(self, fields: Fields, action_id: str, session: Session) -> Fields:
        """Say whose the call is that an action starts: by ids, which are ours where the scenario chooses none."""
        given = {name.casefold(): value for name, value in fields.items()}
        if str(given.get("action")).casefold() != "originate":
            if device := started_by_action(given):
                self.ledger.expect(device, session, since=time.monotonic(), by=action_id)
            return fields
        chosen = [str(given[name]) for name in ("channelid", "otherchannelid") if given.get(name)]
        if not chosen:
            first, second = chosen = [*self.new_ids()]
            ours = {"ChannelId": first, "OtherChannelId": second}
            fields = {**{name: value for name, value in fields.items() if name not in ours}, **ours}
        self.ledger.make((action_id, *chosen), session)
        return fields

    async def response(self, fields: Fields, *, session: Session | None = None) -> Headers:
        """Send an action; the headers of its response. Raises ScenarioError when Asterisk refuses it."""
        answers = await self.action(fields, session=session)
        headers = answers[0].headers if answers else ()
        if dict(headers).get("Response") not in ("Success", "Goodbye", "Follows"):
            message = dict(headers).get("Message", "no answer")
            raise ScenarioError(f"Asterisk refuses the action {fields['Action']}: {message}")
        return headers

    async def play_begins(self) -> None:
        """From now on what the log says of no call belongs to the play, and no more to the start."""
        await self.log_is_read()
        self.said_at_start = frozenset(without_numbers(line.message) for line in self._tail.others)
        self._tail.forget_others()
        self._besides = Session(NO_CALL, self.name, 0, self.offset)

    def log_of_no_call(self) -> Trace:
        """Warnings and errors of no call since then, each kind once."""
        for line in first_of_each_kind(self._tail.others):
            self._besides.feed(line)
        return self._besides.trace()

    async def show(self, command: str) -> tuple[str, ...]:
        """What a command of the command line prints, by line."""
        answers = await self.action({"Action": "Command", "Command": command})
        return tuple(value for answer in answers for name, value in answer.headers if name == "Output")

    async def unowned_lines(self) -> tuple[LogLine, ...]:
        """What was logged so far and belongs to no scenario, as far as is known."""
        await self.log_is_read()
        return tuple(self._tail.others)

    async def log_is_read(self) -> bool:
        """Whether all that was logged until now has been filed. Waits for it."""
        mark = f"{self._run}{next(self._numbers):06d}m"
        return await self._tail.caught_up(
            lambda value: self.action({"Action": "Setvar", "Variable": _MARK, "Value": value}), mark
        )

    async def apps_are_heard(self) -> None:
        """Wait until all that the site's programs have said so far is filed."""
        if self._tap_tail is None or self._companions is None or self.deaf:
            return
        mark = f"{self._run}{next(self._numbers):06d}t"
        try:
            await self._tap_tail.caught_up(self._companions.tap.mark, mark)
        except LabError as problem:
            self.deaf = with_notes(problem)
        for app, greeting in self._tap_tail.greetings.items():
            self._programs[app].greeting = greeting

    async def apps_are_quiet(self) -> None:
        """Wait until the site's programs have nothing more to say of what happened, or do not stop talking."""
        if self._tap_tail is None:
            return
        loop = asyncio.get_running_loop()
        ends, quiet_since, heard = loop.time() + _TALKATIVE, loop.time(), (-1, -1)
        while loop.time() < ends and not self.deaf:
            await self.apps_are_heard()
            now = self._tap_tail.heard, sum(len(program.lines) for program in self._programs.values())
            if heard != now:
                heard, quiet_since = now, loop.time()
            elif loop.time() - quiet_since >= _QUIET:
                return

    def file_complaints(self, apps: Collection[str], session: Session) -> None:
        """What these programs complain of since the session began is the session's."""
        for name in apps:
            file_complaints(self._programs[name], session)

    async def events_are_in(self) -> None:
        """Wait until every event that Asterisk has made so far was heard.

        Events come over the listening connection and answers over the acting one: an answer may overtake the
        events of its action. Both are made in order, so those before an event of our own are there when it is.
        """
        mark = f"{self._run}{next(self._numbers):06d}e"
        action = {"Action": "UserEvent", "UserEvent": "HarnessMark", "Uniqueid": mark}
        session = Session("harness/barrier", self.name)
        try:
            await self._wait_for_own(session, action, (mark,), UserEvent=_LATE_EVENTS)
        finally:
            self.ledger.forget([session])

    async def files_are_read(self, sessions: Collection[Session], uses: Collection[str] | None = None) -> None:
        """Give these scenarios what was written into files; with `uses`, only what belongs to things they hold.

        What is nobody's is that of a scenario whose files alone are read without `uses`: it has played alone.
        """
        only = of_things(uses) if uses is not None else None
        if self.broken or self.blind or (uses is not None and only is None):
            return
        async with self._reading:
            with self._seeing():
                pieces = await asyncio.to_thread(self._written.read, only=only)
                alone = next(iter(sessions)) if uses is None and len(sessions) == 1 else None
                self._unknown_files += file_pieces(pieces, self.ledger, sessions, alone)

    @contextmanager
    def _seeing(self) -> Iterator[None]:
        """What the instance writes is not compared any more when it cannot be read, and the run says so."""
        try:
            yield
        except LabError as problem:
            self.blind = with_notes(problem)

    async def records_are_in(self) -> None:
        """Wait until late records (CDR, CEL) of all that was played have come.

        They are written by threads of their own, in order: when those of a call made now are there, so are all
        earlier ones. Where the site writes no CDR, a fixed time after that call's end has to do. Its caller talks,
        since Answer() waits half a second for who says nothing.
        """
        first, second = self.new_ids()
        call = {
            "Action": "Originate",
            "Channel": "Local/mark@harness-leg/n",
            "ChannelId": first,
            "OtherChannelId": second,
            "Context": "harness-leg",
            "Exten": "talk",
            "Priority": "1",
            "Async": "true",
        }
        await self.stasis.all_is_filed()
        session = Session("harness/barrier", self.name)
        await self._wait_for_own(session, call, (first, second), Hangup=_LATE_EVENTS, Cdr=_LATE_RECORDS)

    async def _wait_for_own(
        self, session: Session, action: Fields, ids: Collection[str], **patience: float
    ) -> None:
        """Do something of our own with these ids, and wait for each of its events as many seconds as that says."""
        self.ledger.open(session, ids=ids, holds=())
        with suppress(ScenarioError):
            await self.action(action)
            for event, within in patience.items():
                await session.wait(event, on_event(event, event, lambda _: True).match, within=within)

    def _answered(self, data: bytes) -> None:
        packet = read_packet(data, time.monotonic())
        answers, session = self._answers.get(packet.get("ActionID"), (None, None))
        if answers is not None:
            answers.append(packet)
        if session is not None:
            session.feed(packet)

    async def diagnose(self) -> str:
        """Why the instance does not play on, empty if it is well. `ending` then is that of what plays on it.

        However many ask at once, it is looked at once. One that answers inside and not through AMI is busy:
        it plays on, and what waits just now is not compared.
        """
        if self.broken:
            return self.broken
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._look())
        return await asyncio.shield(self._looking)

    async def _look(self) -> str:
        try:
            await asyncio.to_thread(self.instance.check, within=5.0)
        except LabError as problem:
            words, *notes = with_notes(problem).split("\n")
            words = "\n".join((words + await self._needed_elsewhere(problem), *notes))
            self.ending = _ENDINGS.get(type(problem), Ending.UNPLAYABLE)
            if not isinstance(problem, BusyError):
                self.broken = self.broken or words
            return words
        return ""

    def _log_is_full(self) -> None:
        """It would fill the disk: who logs so much is ended."""
        self.broken = (
            f"{self.name}: logged more than {self.limits.log_bytes >> 20} MB and was ended before the disk is full"
            " (site.toml, limits: log_mb)"
        )
        self._ending = asyncio.get_running_loop().run_in_executor(None, self.instance.kill)

    async def _needed_elsewhere(self, problem: LabError) -> str:
        """Of one at its memory limit, how much the others needed by now."""
        if not isinstance(problem, StarvedError):
            return ""
        peaks = [(peer.name, await asyncio.to_thread(peer.instance.memory_peak)) for peer in self.peers]
        known = ", ".join(f"{name} {peak} MB" for name, peak in peaks if peak)
        return f"; the most by now: {known}" if known else ""


@asynccontextmanager
async def open_live_instance(
    name: InstanceName,
    instance: Instance,
    *,
    offset: float = 0.0,
    companions: Companions | None = None,
    limits: PlayLimits | None = None,
) -> AsyncIterator[LiveInstance]:
    """An instance that is listened to and acted on, until the block ends."""
    live = LiveInstance(name, instance, offset=offset, companions=companions, limits=limits)
    try:
        await live.open()
        yield live
    finally:
        live.close()
