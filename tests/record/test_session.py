"""What a scenario saw: waiting, looking back, becoming a trace."""

from __future__ import annotations

import asyncio
import time

import pytest

from harness.asterisk.ami import read_packet
from harness.errors import CrashError, DeadlineExceeded
from harness.model import (
    AmiPacket,
    AppSaid,
    AriAnswer,
    AriEvent,
    AriRequest,
    Ending,
    Playback,
    Seen,
    State,
    Step,
)
from harness.play.conditions import on_event
from harness.record.session import Session


@pytest.fixture
def session() -> Session:
    return Session("s/one", "candidate", play=2)


def feed(session: Session, text: str) -> None:
    session.feed(read_packet(text.replace("\n", "\r\n").encode(), time.monotonic()))


def never(_: Seen) -> Seen | None:
    return None


HANGUP = on_event("a hangup", "Hangup", lambda _: True)


def test_what_was_seen_before_is_found_without_waiting(session: Session) -> None:
    feed(session, "Event: Hangup\nUniqueid: 1")
    found = asyncio.run(session.wait(HANGUP.what, HANGUP.match, within=0))
    assert found.get("Uniqueid") == "1"


def test_a_deadline_names_what_was_waited_for_and_what_was_seen_last(session: Session) -> None:
    feed(session, "Event: Newexten\nChannel: PJSIP/101-00000001\nApplication: Wait")
    with pytest.raises(DeadlineExceeded, match=r"waited 0.01 s for the application Queue") as raised:
        asyncio.run(session.wait("the application Queue", never, within=0.01))
    assert "Newexten PJSIP/101-00000001 Wait" in raised.value.__notes__[0]


def test_a_crash_ends_all_waiting_at_once(session: Session) -> None:
    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            waiting = [group.create_task(session.wait("x", never, within=60)) for _ in range(3)]
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
        waiting = asyncio.create_task(session.wait("Queue", never, within=60, for_calls=True))
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
    session.feed(Playback(early, "PJSIP/1-00000001", "a"))
    assert [type(seen) for seen in session.observations] == [Playback, AmiPacket]


def test_a_trace_has_all_that_was_seen_ordered_by_time(session: Session) -> None:
    session.roles["1a"] = "caller"
    session.ending, session.problem = Ending.UNMET, "not answered"
    session.step("call", Target="1@in")
    late = time.monotonic()
    session.feed(State(late + 0.001, "x"))
    session.feed(read_packet(b"Event: BridgeCreate\r\nEmpty: ", late))
    trace = session.trace()
    step, packet, state = trace.observations
    assert isinstance(step, Step)
    assert (step.name, step.details) == ("call", (("Target", "1@in"),))
    assert isinstance(packet, AmiPacket)
    assert packet.headers == (("Event", "BridgeCreate"), ("Empty", ""))
    assert step.at <= packet.at < state.at < 1
    assert packet.at == round(packet.at, 6)
    assert (trace.scenario, trace.instance, trace.play) == ("s/one", "candidate", 2)
    assert (trace.roles, trace.ending, trace.problem) == ((("1a", "caller"),), Ending.UNMET, "not answered")


def test_a_trace_began_by_the_clock_of_the_instance() -> None:
    session = Session("s/one", "old", offset=86400.0)
    assert abs(session.trace().began - (time.time() + 86400)) < 1


def test_who_subscribes_gets_all_that_comes_and_is_told_of_the_end(session: Session) -> None:
    async def main() -> list[Seen | None]:
        with session.subscribed() as queue:
            session.step("call")
            feed(session, "Event: Hangup\nUniqueid: 1")
            session.break_off(CrashError("Asterisk is gone"))
            return [await queue.get() for _ in range(3)]

    assert asyncio.run(main()) == [*session.observations, None]


@pytest.mark.parametrize(
    "seen",
    [
        AmiPacket(0.0, (("Action", "Login"), ("Key", "s3cret")), b"s3cret"),
        AmiPacket(0.0, (("Response", "Success"), ("Password", "s3cret"))),
        AmiPacket(0.0, (("Line-000001-000002", "secret=s3cret"),)),
        AmiPacket(0.0, (("Response", "Success"), ("Output", " password   : s3cret"))),
        AmiPacket(0.0, (("JSON", '{"101": {"secret": "s3cret"}}'),)),
        AmiPacket(0.0, (("Action", "UpdateConfig"), ("Var-000000", "secret"), ("Value-000000", "s3cret"))),
        AriRequest(0.0, "GET", "/ari", (("api_key", "me:s3cret"),), target="/ari?api_key=me:s3cret"),
        AriRequest(0.0, "GET", "/ari", headers=(("Authorization", "Basic s3cret"),)),
        AriAnswer(0.0, "x", 200, body={"a": [{"password": "s3cret"}]}, odd=b"s3cret"),
        AriAnswer(0.0, "x", 200, body=[{"attribute": "password", "value": "s3cret"}]),
        AriAnswer(0.0, "x", 200, body='cut off: {"password": "s3cr\\"s3cret", "x'),
        AriEvent(0.0, "X", "app", {"channelvars": {"secret": "s3cret"}}),
        AppSaid(0.0, "orders", "ami", "action", AmiPacket(0.0, (("Action", "Login"), ("Secret", "s3cret")))),
        AppSaid(0.0, "orders", "agi", "environment", details=(("password", "s3cret"),), odd=b"s3cret"),
    ],
)
def test_secrets_are_not_kept_on_any_surface(session: Session, seen: Seen) -> None:
    session.feed(seen)
    assert "s3cret" not in str(session.observations)
    assert "(secret)" in str(session.observations)


def test_a_key_of_astdb_is_no_secret(session: Session) -> None:
    feed(session, "Event: DBGetResponse\nFamily: night\nKey: active\nVal: 1")
    assert "active" in str(session.observations)


def test_what_comes_after_a_session_is_full_is_not_kept_and_its_channels_are_known() -> None:
    told: list[str] = []
    session = Session("s/one", "old", most=2, when_full=lambda: told.append("full"))
    for text in (
        "Event: Newchannel\nUniqueid: 1\nChannel: Local/1@a-00000001;1",
        "Event: Newexten\nUniqueid: 1",
        "Event: Newexten\nUniqueid: 1",
        "Event: Newchannel\nUniqueid: 2\nChannel: Local/1@a-00000001;2",
        "Event: Hangup\nUniqueid: 1",
    ):
        feed(session, text)
    assert (len(session.observations), told) == (2, ["full"])
    assert session.open_channels == {"2": "Local/1@a-00000001;2"}


def test_that_the_channels_of_a_full_session_end_is_noticed() -> None:
    async def scenario() -> None:
        session = Session("s/one", "old", most=1)
        feed(session, "Event: Newchannel\nUniqueid: 1\nChannel: Local/1@a-00000001;1")
        loop = asyncio.get_running_loop()
        loop.call_later(0.01, feed, session, "Event: Hangup\nUniqueid: 1")
        await session.all_ended(5)
        assert not session.open_channels

    asyncio.run(scenario())


def test_priorities_that_the_log_tells_of_count_as_well() -> None:
    told: list[str] = []
    session = Session("s/one", "old", most=3, when_full=lambda: told.append("full"))
    feed(session, "Event: Newexten\nUniqueid: 1")
    for _ in range(5):
        session.count_priority()
    assert (session.made, len(session.observations), told) == (3, 1, ["full"])
