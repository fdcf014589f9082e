"""Asterisk's log: whose line it is, what was played, and when all of it has been read."""

from __future__ import annotations

import asyncio
import json
import queue
from collections.abc import Coroutine, Iterator

import msgspec

from harness.asterisk.log import read_line
from harness.model import AgiLine, AmiPacket, LogLine, Playback, Seen
from harness.play.conditions import condition
from harness.record.ledger import Ledger
from harness.record.session import Session
from harness.record.tail import LogTail

CHANNEL = "PJSIP/101-0000000a"


def line(level: str, message: str, call: str = "") -> bytes:
    place = {"filename": "app.c", "function": "run", "line": 7}
    said = {"location": place, "level": level, "message": message + "\n"}
    entry = {"hostname": "", "identifiers": {"lwp": 1, "callid": call}, "logmsg": said}
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"


class File:
    """A log that grows: pieces as they come, until it is closed."""

    def __init__(self) -> None:
        self._pieces: queue.Queue[bytes | None] = queue.Queue()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces.get, None)

    def __next__(self) -> bytes:
        piece = self._pieces.get()
        if piece is None:
            raise StopIteration
        return piece

    def write(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._pieces.put(piece)

    def close(self) -> None:
        self._pieces.put(None)


class Reading:
    """A log that is followed for a ledger with one scenario, which has the channel CHANNEL."""

    def __init__(self) -> None:
        self.file = File()
        self.ledger = Ledger()
        self.session = Session("s/one", "old")
        self.ledger.open(self.session, ids=("00001a",), holds=())
        self.tail = LogTail(self.file, self.ledger)

    def channel_is_known(self) -> None:
        named = (("Channel", CHANNEL), ("Uniqueid", "1.1"), ("Linkedid", "00001a"))
        self.ledger.route(AmiPacket(0.0, (("Event", "Newchannel"), *named)))

    async def read(self, *pieces: bytes) -> list[Seen]:
        """What the scenario has of the log when these pieces have been read."""
        self.file.write(*pieces)
        mark = self.file.write
        assert await self.tail.caught_up(lambda text: mark(line("VERBOSE", f"mark {text}")), "the-mark", within=5)
        return [seen for seen in self.session.observations if not isinstance(seen, AmiPacket)]


def run(test: Coroutine[None, None, None]) -> None:
    asyncio.run(asyncio.wait_for(test, 20))


def executing(call: str) -> bytes:
    return line("VERBOSE", f'Executing [1@x:1] Answer("{CHANNEL}", "") in new stack', call)


def test_a_call_id_is_learned_from_what_is_executed_and_leads_to_the_scenario() -> None:
    async def test() -> None:
        reading = Reading()
        reading.channel_is_known()
        for call in ("[C-00000001]", "C-00000002"):
            (seen,) = (await reading.read(executing(call), line("WARNING", f"two\nlines {call}", call)))[-1:]
            assert isinstance(seen, LogLine)
            place = ("app.c", "run", 7)
            wanted = LogLine(seen.at, "WARNING", f"two\nlines {call}", call.strip("[]"), *place)
            wanted = msgspec.structs.replace(wanted, channel=CHANNEL, spot=("x", "1", "1"))
            assert seen == wanted
        assert reading.tail.others == []
        reading.tail.close()

    run(test())


def test_a_line_that_names_a_channel_belongs_to_it() -> None:
    async def test() -> None:
        reading = Reading()
        reading.channel_is_known()
        assert len(await reading.read(line("ERROR", f"{CHANNEL}: no such thing"))) == 1
        reading.tail.close()

    run(test())


def test_what_is_said_of_a_call_file_is_its_scenario_s_until_the_harness_takes_it_back() -> None:
    async def test() -> None:
        reading = Reading()
        name = "0cc9891c000004f"
        reading.ledger.open(reading.session, ids=(name,), holds=())
        bad = line("WARNING", f"Invalid file contents in /var/spool/asterisk/outgoing/{name}, deleting")
        assert len(await reading.read(bad)) == 1
        reading.ledger.taken_back.add(name)
        another = line("WARNING", "Invalid file contents in /var/spool/asterisk/outgoing/site.call, deleting")
        assert len(await reading.read(bad, another)) == 1
        assert len(reading.tail.others) == 1
        reading.tail.close()

    run(test())


def test_a_log_that_is_quicker_than_the_wire_is_filed_later() -> None:
    async def test() -> None:
        reading = Reading()
        assert await reading.read(line("ERROR", f"{CHANNEL}: no such thing")) == []
        assert len(reading.tail.others) == 1
        reading.channel_is_known()
        assert len(await reading.read()) == 1
        assert reading.tail.others == []
        reading.tail.close()

    run(test())


def test_what_was_played_is_read() -> None:
    async def test() -> None:
        reading = Reading()
        reading.channel_is_known()
        (seen,) = await reading.read(line("VERBOSE", f"<{CHANNEL}> Playing 'acs/hello.gsm' (language 'en')"))
        assert seen == Playback(seen.at, CHANNEL, "acs/hello", "en")
        reading.tail.close()

    run(test())


def test_lines_of_an_agi_conversation_say_whose_they_are() -> None:
    async def test() -> None:
        reading = Reading()
        reading.channel_is_known()
        told = (
            f"<{CHANNEL}>AGI Tx >> agi_request: x.py",
            f"<{CHANNEL}>AGI Tx >> ",
            f"<{CHANNEL}>AGI Rx << ANSWER ",
        )
        seen = await reading.read(*(line("VERBOSE", message) for message in told))
        said = [(one.who, one.channel, one.line) for one in seen if isinstance(one, AgiLine)]
        assert said == [
            ("asterisk", CHANNEL, "agi_request: x.py"),
            ("asterisk", CHANNEL, ""),
            ("script", CHANNEL, "ANSWER "),
        ]
        reading.tail.close()

    run(test())


def test_a_sound_that_was_quicker_than_the_wire_is_not_waited_for_until_the_end() -> None:
    async def test() -> None:
        reading = Reading()
        reading.file.write(line("VERBOSE", f"<{CHANNEL}> Playing 'beep.gsm' (language 'en')"))
        assert await reading.read() == []
        assert reading.tail.unattributed == 1
        waiting = asyncio.create_task(reading.session.wait("beep", condition(playing="*").match, within=10))
        reading.channel_is_known()
        found = await waiting
        assert isinstance(found, Playback)
        assert found.sound == "beep"
        assert reading.tail.unattributed == 0
        reading.tail.close()

    run(test())


def test_lines_without_a_call_belong_to_who_plays_alone_or_to_nobody() -> None:
    async def test() -> None:
        reading = Reading()
        assert await reading.read(line("NOTICE", "reloaded")) == []
        assert [kept.message for kept in reading.tail.others] == ["reloaded"]
        alone = Session("s/alone", "old")
        reading.ledger.open(alone, ids=(), holds=(), alone=True)
        await reading.read(line("WARNING", "reloaded again"))
        assert "reloaded again" in str(alone.observations)
        reading.tail.close()

    run(test())


def test_a_log_in_any_pieces_with_broken_lines_is_read_on() -> None:
    async def test() -> None:
        reading = Reading()
        reading.channel_is_known()
        whole = b"no json\n{}\n\xff\xfe\n" + line("WARNING", f"{CHANNEL}: b\xe4d")
        seen = await reading.read(*(whole[at : at + 7] for at in range(0, len(whole), 7)))
        assert len(seen) == 1
        assert "bäd" in str(seen[0])
        reading.tail.close()

    run(test())


def test_a_mark_that_is_never_logged_is_not_waited_for() -> None:
    async def test() -> None:
        reading = Reading()
        assert not await reading.tail.caught_up(lambda _: None, "lost", within=0.05)
        reading.tail.close()

    run(test())


def test_a_line_with_bytes_that_are_no_text_is_kept_as_it_came() -> None:
    data = line("WARNING", "caller X").replace(b"X", b"\xff\\u0000").rstrip(b"\n")
    read = read_line(data)
    assert read is not None
    assert (read.message, read.odd) == ("caller \\xff\0", data)


def test_a_refused_log_in_belongs_to_who_holds_the_phone() -> None:
    async def test() -> None:
        reading = Reading()
        reading.ledger.open(reading.session, ids=(), holds=("phone/101",))
        said = "Request 'REGISTER' from '<sip:{}@192.0.2.1>' failed for '192.0.2.7:5060' (callid: x) - No"
        seen = await reading.read(*(line("NOTICE", said.format(name)) for name in ("101", "102")))
        assert ["sip:101@" in one.message for one in seen if isinstance(one, LogLine)] == [True]
        reading.tail.close()

    run(test())


def test_priorities_that_run_are_counted_without_their_events() -> None:
    async def test() -> None:
        reading = Reading()
        reading.channel_is_known()
        await reading.read(executing("C-00000001"))  # the first tells whose call that is
        before = reading.session.made
        await reading.read(*[executing("C-00000001")] * 5)
        assert reading.session.made == before + 5
        reading.tail.close()

    run(test())


def test_a_log_that_grows_without_end_is_read_no_further() -> None:
    async def test() -> None:
        told = asyncio.Event()
        file = File()
        tail = LogTail(file, Ledger(), most=1000, too_much=told.set)
        file.write(line("WARNING", "x" * 600), line("WARNING", "x" * 600), line("WARNING", "x" * 600))
        await told.wait()
        assert len(tail.others) == 2
        tail.close()

    run(test())
