"""Whether an expectation holds, and what is said when it does not: the same on each instance."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DeadlineExceeded, ExpectationFailed
from harness.model import AmiPacket, LogLine, Playback, Seen
from harness.play.conditions import Condition
from harness.play.expectations.evidence import Evidence
from harness.play.expectations.hold import hold
from harness.play.expectations.reading import Expectation
from harness.site.reading.document import read_yaml


def seen(event: str, at: float = 0.0, **headers: str) -> AmiPacket:
    return AmiPacket(at, (("Event", event), *headers.items()))


CALL = (
    seen("Newchannel", Uniqueid="a1", Channel="Local/600@in-00000001;1", ChannelStateDesc="Down"),
    seen("Newchannel", Uniqueid="a2", Channel="Local/600@in-00000001;2", ChannelStateDesc="Ring"),
    seen("Newexten", Context="in", Application="Answer"),
    seen("Newexten", Context="harness-leg", Application="Wait"),
    seen("Newstate", Uniqueid="a1", ChannelStateDesc="Up"),
    seen("VarSet", Variable="DIALSTATUS", Value="NOANSWER"),
    seen("Newexten", Context="in", Application="Dial"),
    seen("DialBegin", DestChannel="PJSIP/101-0000002a", DialString="101"),
    seen("DialBegin", DestChannel="PJSIP/102-0000002b", DialString="102"),
    seen("DialEnd", DestChannel="PJSIP/101-0000002a", DialStatus="BUSY"),
    seen("DialEnd", DestChannel="PJSIP/102-0000002b", DialStatus="ANSWER"),
    Playback(0.0, "PJSIP/101-0000002a", "vm-intro"),
    Playback(0.0, "PJSIP/101-0000002a", "beep"),
    seen("UserEvent", UserEvent="Order", Id="7", Channel="PJSIP/101-0000002a"),
    seen("VarSet", Variable="DIALSTATUS", Value="BUSY"),
    LogLine(0.0, "WARNING", "PJSIP/101-0000002a[C-0000000b] is gone\n"),
    seen("Hangup", Uniqueid="a2", Cause="0"),
    seen("Hangup", Uniqueid="a1", Cause="16"),
    seen("Cdr", Destination="600", Disposition="ANSWERED", Duration="3", Channel="PJSIP/101-0000002a", Rate="1"),
)
EVIDENCE = Evidence(
    CALL,
    astdb={"a/b": "1", "a/c": None},
    mailboxes={"101@default": 1},
    files={
        "monitor/x.wav": 45,
        "monitor/y.gsm": 0,
        "monitor/silent.wav": 44,
        "monitor/silent.WAV": 60,
        "a.gsm": 33,
    },
    in_vain=frozenset({"unreachable"}),
)


def got(entry: str, evidence: Evidence = EVIDENCE) -> str:
    return Expectation(read_yaml(entry.encode())).failure(evidence)


@pytest.mark.parametrize(
    "entry",
    [
        "answered: true",
        "hangup_cause: 16",
        "applications: [answer, Dial]",
        "applications: Dial",
        "not_applications: [Macro, Wait]",
        "dialed: [PJSIP/102, PJSIP/101]",
        "{dialed: PJSIP/101, result: BUSY}",
        "dialed: PJSIP/10*",
        "not_dialed: PJSIP/103",
        "played: [vm-*, beep]",
        "not_played: [tt-*]",
        "variable: {DIALSTATUS: BUSY}",
        "userevent: {name: Order, Id: '[67]'}",
        "event: {name: Hangup, Cause: 16}",
        "astdb: {a/b: 1, a/c: null}",
        "cdr: {destination: 600, disposition: ANS*, duration: 4, channel: PJSIP/101, Rate: 1}",
        "mailbox: {101@default: 1}",
        "file: monitor/*.wav",
        "file: a.gsm",
        "unreachable: true",
        "log: '*is gone'",
        "no_log: '*deprecated*'",
    ],
)
def test_it_holds(entry: str) -> None:
    assert got(entry) == ""


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("answered: false", "an answer"),
        ("hangup_cause: 17", "16"),
        ("applications: [Dial, Answer]", "no Answer in its place; these ran: Answer, Dial"),
        ("not_applications: [dial]", "Dial"),
        ("dialed: PJSIP/1", "no PJSIP/1; these were dialled: PJSIP/101, PJSIP/102"),
        ("{dialed: PJSIP/101, result: ANSWER}", "for PJSIP/101: BUSY"),
        ("not_dialed: [PJSIP/101, PJSIP/103]", "PJSIP/101"),
        ("played: [beep, vm-intro]", "no vm-intro in its place; these were played: vm-intro, beep"),
        ("not_played: [be*]", "beep"),
        ("variable: {DIALSTATUS: NOANSWER}", "DIALSTATUS is 'BUSY'"),
        ("variable: {X: 1}", "X was never set"),
        ("userevent: {name: Order, Id: 8}", "UserEvent: Order, Id: 7"),
        ("userevent: {name: Other}", "none; of that kind there were: Order"),
        ("event: {name: Bridge}", "none"),
        ("event: {name: DialEnd, DestChannel: PJSIP/9*}", "DestChannel: PJSIP/101 / DestChannel: PJSIP/102"),
        ("astdb: {a/b: 2}", "a/b is '1'"),
        ("astdb: {a/b: null}", "a/b is '1'"),
        ("astdb: {a/c: 1}", "a/c is not there"),
        ("cdr: {duration: 5}", "Duration: 3"),
        ("cdr: {channel: PJSIP/102, Tax: 1}", "Channel: PJSIP/101, Tax: (no such field)"),
        ("mailbox: {101@default: 2}", "1 came to 101@default"),
        ("file: monitor/*.gsm", "an empty one"),
        ("file: monitor/silent.*", "a recording without sound: a header of 60 bytes"),
        ("refused: true", "no action that was refused"),
        ("nothing: true", f"{len(CALL)} observations"),
        ("file: voicemail/*", "none"),
        ("log: nothing", "PJSIP/101 is gone"),
        ("no_log: '*gone'", "PJSIP/101 is gone"),
    ],
)
def test_what_was_got_is_said(entry: str, words: str) -> None:
    assert got(entry) == words


@pytest.mark.parametrize("entry", ["answered: true", "answered: false", "hangup_cause: 16"])
def test_without_a_call_nothing_was_answered_or_ended(entry: str) -> None:
    assert got(entry, Evidence()) == "no call"


def test_no_record_is_said_to_be_none() -> None:
    assert got("cdr: {source: 1}", Evidence()) == "no record (one is written when a call has ended)"


@given(ran=st.lists(st.sampled_from("ABC")), wanted=st.lists(st.sampled_from("ABC"), min_size=1))
def test_applications_are_wanted_in_order(ran: list[str], wanted: list[str]) -> None:
    evidence = Evidence([seen("Newexten", Context="in", Application=name) for name in ran])
    rest = iter(ran)
    assert (got(f"applications: [{', '.join(wanted)}]", evidence) == "") == all(name in rest for name in wanted)


class LiveInstance:
    """What `hold` asks of an instance. `late` are observations that come one at a wait."""

    def __init__(self, early: Sequence[Seen], late: Sequence[Seen] = (), mailboxes: Sequence[int] = (0,)) -> None:
        self.observations = [*early]
        self.deadline = 0.2
        self.waited: list[str] = []
        self._late = list(late)
        self.attempts = SimpleNamespace(kinds=frozenset())
        self._mailboxes = list(mailboxes)

    async def meet(self, wanted: Condition[Seen], within: float | None = None) -> Seen:
        self.waited.append(wanted.what.partition(" than ")[0])
        while self._late:
            self.observations.append(self._late.pop(0))
            if (found := wanted.match(self.observations[-1])) is not None:
                return found
        await asyncio.sleep(within or 0)
        raise DeadlineExceeded(wanted.what)

    async def mailbox(self, _name: str) -> int:
        return self._mailboxes.pop(0) if len(self._mailboxes) > 1 else self._mailboxes[0]

    async def files(self) -> Mapping[str, int]:
        return {"monitor/old.wav": 7}

    async def astdb_get(self, _key: str) -> str | None:
        return None

    async def log_lines(self) -> Sequence[Seen]:
        return ()


async def check(live: LiveInstance, *entries: str) -> None:
    expectations = [Expectation(read_yaml(entry.encode())) for entry in entries]
    async with hold(expectations, live, file="a.yaml"):  # type: ignore[arg-type] # all that it asks for is here
        pass


def test_everything_that_does_not_hold_is_said_in_one_error() -> None:
    with pytest.raises(ExpectationFailed) as caught:
        asyncio.run(check(LiveInstance(CALL), "hangup_cause: 17", "answered: true", "file: monitor/*"))
    assert str(caught.value) == (
        "wanted hangup_cause: 17, got 16 (a.yaml:1); wanted file: monitor/*, got none (a.yaml:1)"
    )


def test_a_late_record_is_waited_for() -> None:
    asyncio.run(
        check(
            LiveInstance(CALL[:-1], [seen("Cdr", at=1.0, Disposition="ANSWERED")]), "cdr: {disposition: ANSWERED}"
        )
    )


def test_calls_that_are_hanging_up_are_over_before_anything_is_looked_at() -> None:
    late = [seen("Newexten", Context="in", Application="Macro"), seen("Hangup", Uniqueid="a1", Cause="16")]
    live = LiveInstance(CALL[:-3], [seen("Hangup", Uniqueid="a9")])
    asyncio.run(check(live, "not_applications: Macro"))
    assert live.waited == []
    with pytest.raises(ExpectationFailed, match="got Macro"):
        asyncio.run(check(LiveInstance(CALL[:-2], late), "not_applications: Macro"))


def test_messages_are_counted_from_the_start() -> None:
    asyncio.run(check(LiveInstance(CALL, mailboxes=(2, 2, 3)), "mailbox: {101: 1}"))
    with pytest.raises(ExpectationFailed, match="0 came to 101"):
        asyncio.run(check(LiveInstance(CALL, mailboxes=(2,)), "mailbox: {101: 1}"))
