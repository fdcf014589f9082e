"""Asterisk's log: whose line it is, what was played, and when all of it has been read."""

from __future__ import annotations

import asyncio
import json
import queue
from collections.abc import Coroutine, Iterator

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
        headers = f"Event: Newchannel\r\nChannel: {CHANNEL}\r\nUniqueid: 1.1\r\nLinkedid: 00001a"
        self.ledger.route(headers.encode())

    async def read(self, *pieces: bytes, via: str = "log") -> list[str]:
        """What the scenario has of the log when these pieces have been read."""
        self.file.write(*pieces)
        mark = self.file.write
        assert await self.tail.caught_up(lambda text: mark(line("VERBOSE", f"mark {text}")), "the-mark", within=5)
        return [seen.raw for seen in self.session.observations() if seen.via == via]


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
            assert "Level: WARNING\r\nFile: app.c\r\nFunction: run\r\nLine: 7\r\n" in seen
            assert f"Message: two\\nlines {call}\r\n" in seen
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


def test_what_was_played_has_the_form_of_an_event() -> None:
    async def test() -> None:
        reading = Reading()
        reading.channel_is_known()
        (seen,) = await reading.read(line("VERBOSE", f"<{CHANNEL}> Playing 'acs/hello.gsm' (language 'en')"))
        assert seen == f"Event: Playback\r\nChannel: {CHANNEL}\r\nSound: acs/hello\r\nLanguage: en\r\n"
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
        seen = await reading.read(*(line("VERBOSE", message) for message in told), via="agi")
        assert seen == [
            f"Agi: asterisk\r\nChannel: {CHANNEL}\r\nLine: agi_request: x.py\r\n",
            f"Agi: asterisk\r\nChannel: {CHANNEL}\r\nLine: \r\n",
            f"Agi: script\r\nChannel: {CHANNEL}\r\nLine: ANSWER \r\n",
        ]
        reading.tail.close()

    run(test())


def test_a_sound_that_was_quicker_than_the_wire_is_not_waited_for_until_the_end() -> None:
    async def test() -> None:
        reading = Reading()
        reading.file.write(line("VERBOSE", f"<{CHANNEL}> Playing 'beep.gsm' (language 'en')"))
        assert await reading.read() == []
        assert reading.tail.unattributed == 1
        waiting = asyncio.create_task(
            reading.session.wait("beep", lambda _: True, starts=b"Event: Playback\r", within=10)
        )
        reading.channel_is_known()
        assert (await waiting).get("Sound") == "beep"
        assert reading.tail.unattributed == 0
        reading.tail.close()

    run(test())


def test_lines_without_a_call_belong_to_who_plays_alone_or_to_nobody() -> None:
    async def test() -> None:
        reading = Reading()
        assert await reading.read(line("NOTICE", "reloaded")) == []
        assert [kept.message for _, kept in reading.tail.others] == ["reloaded"]
        alone = Session("s/alone", "old")
        reading.ledger.open(alone, ids=(), holds=(), alone=True)
        await reading.read(line("WARNING", "reloaded again"))
        assert "reloaded again" in str([seen.raw for seen in alone.observations()])
        reading.tail.close()

    run(test())


def test_a_log_in_any_pieces_with_broken_lines_is_read_on() -> None:
    async def test() -> None:
        reading = Reading()
        reading.channel_is_known()
        whole = b"no json\n{}\n\xff\xfe\n" + line("WARNING", f"{CHANNEL}: b\xe4d")
        seen = await reading.read(*(whole[at : at + 7] for at in range(0, len(whole), 7)))
        assert len(seen) == 1
        assert "bäd" in seen[0]
        reading.tail.close()

    run(test())


def test_a_mark_that_is_never_logged_is_not_waited_for() -> None:
    async def test() -> None:
        reading = Reading()
        assert not await reading.tail.caught_up(lambda _: None, "lost", within=0.05)
        reading.tail.close()

    run(test())
