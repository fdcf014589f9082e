"""What a scenario saw: waiting, looking back, becoming a trace."""

from __future__ import annotations

import asyncio
import time

import pytest

from harness.errors import CrashError, DeadlineExceeded
from harness.model import Ending
from harness.record.session import Session


@pytest.fixture
def session() -> Session:
    return Session("s/one", "candidate", play=2)


def feed(session: Session, text: str) -> None:
    session.feed(text.replace("\n", "\r\n").encode(), time.monotonic())


def test_what_was_seen_before_is_found_without_waiting(session: Session) -> None:
    feed(session, "Event: Hangup\nUniqueid: 1")
    found = asyncio.run(session.wait("a hangup", lambda _: True, starts=b"Event: Hangup\r", within=0))
    assert found.get("Uniqueid") == "1"


def test_a_deadline_names_what_was_waited_for_and_what_was_seen_last(session: Session) -> None:
    feed(session, "Event: Newexten\nChannel: PJSIP/101-00000001\nApplication: Wait")
    with pytest.raises(DeadlineExceeded, match=r"waited 0.01 s for the application Queue") as raised:
        asyncio.run(session.wait("the application Queue", lambda _: False, starts=b"Event: N", within=0.01))
    assert "Newexten PJSIP/101-00000001 Wait" in raised.value.__notes__[0]


def test_a_crash_ends_all_waiting_at_once(session: Session) -> None:
    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            waiting = [group.create_task(session.wait("x", lambda _: False, within=60)) for _ in range(3)]
            await asyncio.sleep(0)
            session.break_off(CrashError("Asterisk is gone"))
            for task in waiting:
                with pytest.raises(CrashError, match="Asterisk is gone"):
                    await task

    with pytest.raises(BaseExceptionGroup):
        asyncio.run(main())


def test_channels_are_open_from_newchannel_to_hangup(session: Session) -> None:
    feed(session, "Event: Newchannel\nChannel: PJSIP/1-00000001\nUniqueid: 1.1")
    feed(session, "Event: Newchannel\nChannel: PJSIP/2-00000002\nUniqueid: 1.2")
    feed(session, "Event: Hangup\nChannel: PJSIP/1-00000001\nUniqueid: 1.1")
    assert session.open_channels == {"1.2": "PJSIP/2-00000002"}


def test_what_is_for_calls_is_given_up_soon_after_the_last_one(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.record.session._AFTER_CALLS", 0.05)

    async def main() -> None:
        waiting = asyncio.create_task(session.wait("Queue", lambda _: False, within=60, for_calls=True))
        await asyncio.sleep(0.1)  # no call was there yet
        feed(session, "Event: Newchannel\nChannel: a-1\nUniqueid: 1")
        feed(session, "Event: Hangup\nUniqueid: 1")
        feed(session, "Event: Newchannel\nChannel: a-2\nUniqueid: 2")
        await asyncio.sleep(0.1)  # another one goes on
        assert not waiting.done()
        feed(session, "Event: Hangup\nUniqueid: 2")
        with pytest.raises(DeadlineExceeded, match="all calls ended without Queue"):
            await waiting

    asyncio.run(main())


def test_a_line_of_the_log_that_is_filed_late_stands_where_it_belongs(session: Session) -> None:
    early = time.monotonic()
    feed(session, "Event: Hangup\nUniqueid: 1")
    session.note("log", "Event: Playback\r\nSound: a\r\n", early)
    assert [seen.via for seen in session.observations()] == ["log", "ami"]


def test_a_trace_has_all_that_was_seen_ordered_by_time(session: Session) -> None:
    session.roles["1a"] = "caller"
    session.ending, session.problem = Ending.UNMET, "not answered"
    session.note("step", "Step: call\r\n")
    late = time.monotonic()
    session.note("state", "Name: x\r\n")
    session.feed(b"Event: BridgeCreate\r\nEmpty: ", late)
    trace = session.trace()
    assert [seen.via for seen in trace.observations] == ["step", "ami", "state"]
    assert trace.observations[1].raw == "Event: BridgeCreate\r\nEmpty: \r\n"
    assert (trace.scenario, trace.instance, trace.play) == ("s/one", "candidate", 2)
    assert (trace.roles, trace.ending, trace.problem) == ((("1a", "caller"),), Ending.UNMET, "not answered")


def test_a_trace_began_by_the_clock_of_the_instance() -> None:
    session = Session("s/one", "old", offset=86400.0)
    assert abs(session.trace().began - (time.time() + 86400)) < 1
