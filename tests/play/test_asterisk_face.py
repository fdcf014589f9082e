"""What a Python scenario sees: waiting for typed values, looking back, and everything as it comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.errors import CrashError, DeadlineExceeded, ScenarioError
from harness.model import AmiPacket, AriAnswer, AriEvent, Headers, Playback, Seen
from harness.play.asterisk import Asterisk
from harness.play.call_leg import CallLeg
from harness.play.steps import step_of
from harness.record.session import Session
from harness.site.reading.document import read_yaml


class Stasis:
    """Takes operations, and answers all of them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, object]] = []

    async def call(self, _session: Session, operation: str, parameters: object) -> AriAnswer:
        self.asked.append((operation, parameters))
        return AriAnswer(0.0, operation, 204)


def event(name: str, **headers: str) -> AmiPacket:
    return AmiPacket(time.monotonic(), (("Event", name), *headers.items()))


def an_asterisk(session: Session, stasis: Stasis | None = None) -> Asterisk:
    live: Any = SimpleNamespace(name="old", stasis=stasis)  # all that these tests ask of it
    return Asterisk(live, session, deadline=5.0, phones=(), far_end=None)


def test_everything_can_be_followed_from_the_beginning_on() -> None:
    async def main() -> list[Seen]:
        session = Session("s/one", "old")
        session.feed(event("Newchannel", Uniqueid="1"))
        asterisk, found = an_asterisk(session), []
        asyncio.get_running_loop().call_later(0.05, session.feed, Playback(time.monotonic(), "x", "beep"))
        async for seen in asterisk.events(within=2):
            found.append(seen)
            if isinstance(seen, Playback):
                break
        assert found == list(asterisk.observations)
        return found

    assert [type(seen) for seen in asyncio.run(main())] == [AmiPacket, Playback]


def test_following_ends_with_its_time_and_tells_of_a_crash() -> None:
    async def main() -> None:
        session = Session("s/one", "old")
        asterisk = an_asterisk(session)
        assert [seen async for seen in asterisk.events(within=0.05)] == []
        asyncio.get_running_loop().call_later(0.05, session.break_off, CrashError("Asterisk is gone"))
        with pytest.raises(CrashError, match="Asterisk is gone"):
            async for _ in asterisk.events():
                pass

    asyncio.run(main())


def test_what_is_waited_for_is_returned_as_what_it_is() -> None:
    async def main() -> None:
        session = Session("s/one", "old")
        body = {"channel": {"state": "Up"}, "args": ["5"]}
        session.feed(AriEvent(time.monotonic(), "StasisStart", "app", body))
        session.feed(event("UserEvent", UserEvent="Keys", Pressed="12"))
        session.feed(Playback(time.monotonic(), "PJSIP/1-00000001", "vm-intro"))
        asterisk = an_asterisk(session)
        assert (await asterisk.wait(userevent="Keys")).get("Pressed") == "12"
        assert (await asterisk.wait(playing="vm-*")).sound == "vm-intro"
        assert (await asterisk.wait(event="Playback")).get("Sound") == "vm-intro"
        wanted = {"channel.state": "U?", "args[0]": '"5"'}
        assert (await asterisk.wait(ari="StasisStart", headers=wanted)).body == body
        with pytest.raises(DeadlineExceeded):  # the same again is the next one
            await asterisk.wait(userevent="Keys", within=0.01)

    asyncio.run(main())


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1, 1e9, True, "2"])
def test_a_number_of_seconds_is_one(number: Any) -> None:
    """Python has numbers that would wait for ever, or not at all."""

    async def main() -> None:
        asterisk = an_asterisk(Session("s/one", "old"))
        call = CallLeg(asterisk, "caller", "1", "2")
        asked: dict[str, Coroutine[Any, Any, object]] = {
            "pause": asterisk.pause(number),
            "within": asterisk.wait(userevent="X", within=number),
            "answered_within": asterisk.call("1@in", answered_within=number),
            "talk": call.talk(number),
            "gap": call.dtmf("1", gap=number),
        }
        for name, coroutine in asked.items():
            with pytest.raises(ScenarioError, match=f"^{name} is .*; wanted: seconds, 0 to 86400"):
                await coroutine

    asyncio.run(main())


def test_who_talks_waits_for_the_answer() -> None:
    async def main() -> list[str]:
        session = Session("s/one", "old")
        did: list[str] = []

        def moved(extension: str) -> None:
            did.append("is there")
            session.feed(event("Newexten", Uniqueid="1", Extension=extension))

        class Live:
            name = "old"

            async def response(self, fields: dict[str, str]) -> Headers:
                did.append(fields["Exten"])
                asyncio.get_running_loop().call_later(0.02, moved, fields["Exten"])
                return ()

        asterisk = Asterisk(cast(Any, Live()), session, deadline=5.0, phones=(), far_end=None)
        call = CallLeg(asterisk, "caller", "1", "2")
        session.feed(event("Newchannel", Uniqueid="1", Channel="Local/x;1"))
        for _ in range(2):  # and once more, without waiting for another answer
            talking = asyncio.create_task(call.talk(0.1))
            await asyncio.sleep(0.05)
            did.append("answer")
            session.feed(event("Newstate", Uniqueid="1", ChannelStateDesc="Up"))
            await talking
        return did

    first, second = (
        ["talk", "is there", "silent", "is there"],
        ["talk", "is there", "answer", "silent", "is there"],
    )
    assert asyncio.run(main()) == ["answer", *first, *second]


def test_who_is_never_answered_says_nothing() -> None:
    async def main() -> None:
        session = Session("s/one", "old")
        live: Any = SimpleNamespace(name="old")
        asterisk = Asterisk(live, session, deadline=0.05, phones=(), far_end=None)
        with pytest.raises(DeadlineExceeded, match="somebody to hear caller"):
            await CallLeg(asterisk, "caller", "1", "2").talk(1)

    asyncio.run(main())


def test_looking_back() -> None:
    session = Session("s/one", "old")
    session.feed(event("DialBegin", DestChannel="PJSIP/101-0000002a", DialString="101"))
    session.feed(event("VarSet", Variable="A", Value="1"))
    session.feed(event("VarSet", Variable="A", Value="2"))
    session.feed(event("Newexten", Application="Dial", Context="in"))
    session.feed(event("Newexten", Application="Wait", Context="harness-leg"))

    async def main() -> None:
        asterisk = an_asterisk(session)
        assert (asterisk.dialed("PJSIP/101"), asterisk.dialed("PJSIP/102")) == (True, False)
        assert (asterisk.variable("A"), asterisk.variable("B")) == ("2", None)
        assert asterisk.applications() == ["Dial"]

    asyncio.run(main())


def test_a_parameter_may_have_any_name() -> None:
    async def main() -> None:
        stasis = Stasis()
        asterisk = an_asterisk(Session("s/one", "old"), stasis)
        await asterisk.ari("playbacks.control", playbackId="p", operation="pause", self="x")
        text = b"ari: {operation: playbacks.control, playbackId: p, parameters: {operation: pause}}"
        await step_of(read_yaml(text), newest="").play(asterisk, "ari.yaml")
        given = {"playbackId": "p", "operation": "pause"}
        assert stasis.asked == [("playbacks.control", {**given, "self": "x"}), ("playbacks.control", given)]

    asyncio.run(main())
