"""What a tap writes down is filed with the scenario that it belongs to, whenever that becomes known."""

from __future__ import annotations

import asyncio
import base64
import json
import queue
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest
from msgspec.structs import replace

from harness.asterisk.ami import read_packet
from harness.errors import LabError
from harness.model import AmiPacket, AppSaid
from harness.record.ledger import Ledger
from harness.record.session import Session
from harness.record.tap_tail import TapTail

CHANNEL = read_packet(
    b"Event: Newchannel\r\nChannel: PJSIP/101-0000002a\r\nUniqueid: 1795475240.6\r\nLinkedid: 1795475240.6"
)
FIRST, SECOND = "\r\nUniqueid: 1795475240.6\r\n", "\r\nUniqueid: 1795475240.9\r\n"


class Record:
    """The tap's file, written by the test."""

    def __init__(self) -> None:
        self._pieces: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces.get, b"")

    def close(self) -> None:
        self._pieces.put(b"")

    def raw(self, data: bytes) -> None:
        self._pieces.put(data)

    def write(self, **entry: object) -> None:
        self.raw(json.dumps({"t": time.monotonic(), **entry}).encode() + b"\n")

    def opens(self, number: int, app: str, interface: str) -> None:
        self.write(c=number, e="open", n=app, i=interface)

    def says(self, number: int, way: str, text: str) -> None:
        self.write(c=number, d=way, b=base64.b64encode(text.encode()).decode())

    def mark(self, text: str) -> None:
        self.write(m=text)


class Lab:
    """A ledger with two scenarios, and a tap."""

    def __init__(self) -> None:
        self.ledger, self.record = Ledger(), Record()
        self.tail = TapTail(self.record, self.ledger)
        self.one, self.two = Session("test/one", "old"), Session("test/two", "old")

    async def file(self) -> None:
        await self.tail.caught_up(self.record.mark, "mark")

    @staticmethod
    def kinds(session: Session) -> list[str]:
        return [seen.kind for seen in session.observations if isinstance(seen, AppSaid)]


Test = Callable[[Lab], Awaitable[None]]


def run(test: Test) -> None:
    async def go() -> None:
        lab = Lab()
        try:
            await test(lab)
        finally:
            lab.tail.close()

    asyncio.run(go())


def test_what_names_a_call_belongs_to_its_scenario() -> None:
    async def test(lab: Lab) -> None:
        lab.ledger.open(lab.one, ids=["1795475240.6"], holds=[])
        lab.ledger.open(lab.two, ids=["1795475240.9"], holds=["app/board"])
        lab.record.opens(1, "board", "ami")
        lab.record.says(1, "<", f"Event: Hangup{FIRST}\r\n" + f"Event: Hangup{SECOND}\r\n")
        await lab.file()
        assert (lab.kinds(lab.one), lab.kinds(lab.two)) == (["event"], ["event"])

    run(test)


def test_a_call_that_is_known_later_gets_what_was_said_before() -> None:
    async def test(lab: Lab) -> None:
        lab.record.opens(1, "orders", "fastagi")
        lab.record.says(1, ">", "agi_uniqueid: 1795475240.6\n\n")
        lab.record.says(1, "<", "ANSWER\n")
        await lab.file()
        assert lab.tail.unattributed == 2
        lab.ledger.open(lab.one, ids=["1795475240.6"], holds=[])
        lab.record.says(1, ">", "200 result=0\n")
        await lab.file()
        assert lab.kinds(lab.one) == ["environment", "command", "answer"]
        assert lab.tail.unattributed == 0

    run(test)


def test_what_a_program_makes_belongs_to_who_asked_for_it() -> None:
    """The events of the call that it originates follow, over the wire as well."""

    async def test(lab: Lab) -> None:
        lab.ledger.open(lab.one, ids=[], holds=["app/board"])
        lab.ledger.route(CHANNEL)
        assert lab.ledger.others
        lab.record.opens(1, "board", "ami")
        lab.record.says(1, ">", "Action: Originate\r\nChannelId: 1795475240.6\r\nActionID: 1\r\n\r\n")
        await lab.file()
        lab.ledger.release(lab.one)
        lab.record.says(1, "<", "Response: Success\r\nActionID: 1\r\n\r\n")
        await lab.file()
        assert lab.kinds(lab.one) == ["action", "response"]
        assert lab.one.open_channels == {"1795475240.6": "PJSIP/101-0000002a"}
        assert not lab.ledger.others

    run(test)


def test_what_is_about_a_thing_of_another_scenario_is_not_the_holder_s() -> None:
    async def test(lab: Lab) -> None:
        lab.ledger.open(lab.one, ids=[], holds=["queue/sales"])
        lab.ledger.open(lab.two, ids=[], holds=["app/board"])
        lab.record.opens(1, "board", "ami")
        lab.record.says(1, ">", "Action: QueueSummary\r\nQueue: sales\r\nActionID: 1\r\n\r\n")
        lab.record.says(1, ">", "Action: QueueSummary\r\nQueue: other\r\nActionID: 2\r\n\r\n")
        lab.record.says(1, "<", "Event: QueueSummaryComplete\r\nActionID: 2\r\n\r\n")
        lab.record.says(1, "<", "Event: QueueMemberPause\r\nQueue: sales\r\n\r\n")
        await lab.file()
        assert lab.kinds(lab.one) == ["event"]
        assert lab.kinds(lab.two) == ["action", "event"]

    run(test)


def test_what_was_said_before_a_scenario_began_is_none_of_its_own() -> None:
    async def test(lab: Lab) -> None:
        lab.record.opens(1, "board", "ari")
        lab.record.says(1, ">", "GET /ari/api-docs/resources.json HTTP/1.1\r\nHost: a\r\n\r\n")
        await lab.file()
        late = Session("test/late", "old")
        lab.ledger.open(late, ids=[], holds=["app/board"], alone=True)
        await lab.file()
        assert lab.kinds(late) == []

    run(test)


def test_events_for_everybody_are_nobodys() -> None:
    async def test(lab: Lab) -> None:
        lab.ledger.open(lab.one, ids=[], holds=["app/board"])
        lab.record.opens(1, "board", "ami")
        lab.record.says(1, "<", "Event: DeviceStateChange\r\nDevice: PJSIP/101\r\n\r\n")
        await lab.file()
        assert lab.kinds(lab.one) == []
        assert lab.tail.unattributed == 1

    run(test)


def test_a_program_that_nobody_reaches_and_a_broken_record_are_told() -> None:
    async def test(lab: Lab) -> None:
        lab.ledger.open(lab.one, ids=[], holds=["app/orders"])
        lab.record.opens(1, "orders", "fastagi")
        lab.record.write(c=1, e="refused", why="Connection refused")
        lab.record.raw(b'{"t": 1.0, "c": 1, "d"\n')
        await lab.file()
        (seen,) = lab.one.observations
        assert isinstance(seen, AppSaid)
        assert seen.details[0] == ("Problem", "nobody takes the connection: Connection refused")

    run(test)


def test_a_tap_that_writes_no_more_is_told_from_asterisk() -> None:
    async def test(lab: Lab) -> None:
        with pytest.raises(LabError, match=r"what the tap writes down did not come within 0\.01 s"):
            await lab.tail.caught_up(lambda _: None, "mark", within=0.01)

    run(test)


def test_an_id_that_a_program_chooses_again_is_the_next_play_s() -> None:
    async def test(lab: Lab) -> None:
        for number, session in enumerate((lab.one, lab.two), start=1):
            lab.ledger.open(session, ids=[], holds=["app/board"])
            lab.record.opens(number, "board", "ari")
            name = f"Local/9@in-0000000{number};1"
            lab.ledger.route(
                AmiPacket(time.monotonic(), (("Event", "Newchannel"), ("Channel", name), ("Uniqueid", "desk")))
            )
            lab.record.says(
                number, ">", "POST /ari/channels?endpoint=Local/9@in&channelId=desk HTTP/1.1\r\nHost: a\r\n\r\n"
            )
            lab.record.says(number, "<", 'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"id":"desk"}')
            await lab.file()
            lab.ledger.release(session)
        for session in (lab.one, lab.two):
            assert lab.kinds(session) == ["request", "response"]
            assert len(list(session.packets("Newchannel"))) == 1

    run(test)


def test_a_call_that_a_program_starts_without_an_id_is_its_scenario_s() -> None:
    async def test(lab: Lab) -> None:
        lab.ledger.open(lab.one, ids=[], holds=["app/board"])
        lab.record.opens(1, "board", "ami")
        lab.record.says(1, ">", "Action: Originate\r\nChannel: PJSIP/101\r\n\r\n")
        await lab.file()
        lab.ledger.route(replace(CHANNEL, at=time.monotonic()))
        assert len(list(lab.one.packets("Newchannel"))) == 1

    run(test)


def test_how_ami_greets_is_part_of_each_scenario_in_which_the_program_speaks() -> None:
    async def test(lab: Lab) -> None:
        lab.record.opens(1, "board", "ami")
        lab.record.says(1, "<", "Asterisk Call Manager/11.0.0\r\n")
        await lab.file()
        lab.one, lab.two = Session("test/one", "old"), Session("test/two", "old")
        lab.ledger.open(lab.one, ids=[], holds=["app/board"])
        lab.record.says(1, ">", "Action: Status\r\n\r\nAction: Ping\r\n\r\n")
        await lab.file()
        lab.ledger.release(lab.one)
        lab.ledger.open(lab.two, ids=[], holds=["app/board"])
        lab.record.says(1, "<", "Response: Success\r\n\r\n")
        lab.record.says(1, ">", "Action: CoreStatus\r\n\r\n")
        await lab.file()
        assert lab.kinds(lab.one) == ["greeting", "action", "action", "response"]
        assert lab.kinds(lab.two) == ["greeting", "action"]
        assert lab.tail.greetings["board"].details == (("Version", "11.0.0"),)

    run(test)
