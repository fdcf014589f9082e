"""What a scenario does in vain: calls that reach nothing, actions that are refused, nothing at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from harness.errors import ExpectationFailed
from harness.far_end.handset import FarCall, Handset
from harness.model import AmiPacket, AriAnswer, Headers, LogLine
from harness.play.asterisk import Asterisk
from harness.play.promises import Promises
from harness.play.steps import step_of
from harness.play.vain import Attempts, no_existence, why_not_done, why_refused, why_unreachable
from harness.record.session import Session
from harness.site.reading.document import read_yaml

DIALPLAN = """\
[ Context 'from-trunk' created by 'pbx_config' ]
  '600' =>          1. Answer()                                   [extensions.conf:3]
[ Context 'main-menu' created by 'pbx_config' ]
  's' =>            1. Answer()                                   [extensions.conf:5]
[ Context 'harness-leg' created by 'pbx_config' ]
  'silent' =>       1. Wait(86400)                                [harness-extensions.conf:2]
""".splitlines()


def event(name: str, **headers: str) -> AmiPacket:
    return AmiPacket(time.monotonic() + 1, (("Event", name), *headers.items()))


class Live:
    """What is asked of an instance when a call reached nothing, and what it answers to actions."""

    name = "old"

    def __init__(self, *, log: Sequence[str] = (), answers: Sequence[Headers] = ()) -> None:
        self._log = tuple(LogLine(0.0, "NOTICE", line) for line in log)
        self._answers = list(answers)

    async def show(self, command: str) -> Sequence[str]:
        if command == "dialplan show":
            return DIALPLAN
        return () if command == "dialplan show 600@from-trunk" else ("There is no existence of that",)

    async def unowned_lines(self) -> Sequence[LogLine]:
        return self._log

    async def action(self, _fields: object, **_: object) -> Sequence[AmiPacket]:
        return (AmiPacket(0.0, self._answers.pop(0)),)

    async def unreachable(self, attempts: Attempts) -> str:
        return await why_unreachable(attempts, cast(Any, self))


def an_asterisk(**options: Any) -> Asterisk:
    live: Any = Live(**options)
    return Asterisk(live, Session("s/one", "old"), deadline=5, phones=(), far_end=None)


def made(session: Session, promises: Promises | None = None) -> Attempts:
    promises = promises or Promises(None)
    promises.place = "menu.yaml:7"
    return Attempts(session, promises)


def called(target: str, *seen: AmiPacket, by: str = "1") -> str:
    """A call to a target, by the harness or (`by` another channel) by the dialplan."""
    session = Session("s/one", "old")
    attempts = made(session)
    attempts.called(f"Local/{target}/n")
    halves = (event("Newchannel", Uniqueid=n, Linkedid=by, Channel=f"Local/{target}-0000000a;{n}") for n in "12")
    for one in (*halves, *seen):
        session.feed(one)
    return asyncio.run(Live().unreachable(attempts))


ENDS = event("Hangup", Uniqueid="2")


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("601@from-trunk", "the dialplan has no extension 601 in the context from-trunk"),
        ("600@from-trnk", 'the dialplan has no context "from-trnk"; did you mean "from-trunk"?'),
        ("600@xyz", 'the dialplan has no context "xyz"; known are from-trunk, main-menu'),
    ],
)
def test_a_call_to_what_the_dialplan_has_not_says_so(target: str, why: str) -> None:
    assert called(target, ENDS) == f"the call to {target} reaches nothing: {why} (menu.yaml:7)"


def test_a_call_that_ran_or_goes_on_or_was_refused_for_another_reason_is_not_in_vain() -> None:
    assert called("601@from-trunk", event("Newexten", Uniqueid="2"), ENDS) == ""
    assert called("601@from-trunk", event("Newexten", Uniqueid="1")) == ""
    assert called("600@from-trunk", ENDS) == ""
    assert called("601@from-trunk", ENDS, by="7") == ""


def phone_call(*seen: AmiPacket, cause: str = "", moved: str = "", log: str = "") -> str:
    session = Session("s/one", "old")
    attempts, call = made(session), FarCall(Handset("101"), "1")
    attempts.dialled("101", "999", call, since=attempts.now, moves=bool(moved))
    for one in seen:
        session.feed(one)
    call.cause, call.transfer = cause, moved
    return asyncio.run(Live(log=["other", log]).unreachable(attempts))


def test_a_number_that_a_phone_dials_and_nobody_has_is_told() -> None:
    said = "101: Call (UDP:1.2.3.4:5) to extension '999' rejected because extension not found in context 'run'."
    assert phone_call(cause="1", log=said) == (
        "phone 101 calls 999: the dialplan has no extension 999 in the context run (menu.yaml:7)"
    )
    assert "there is no such number (menu.yaml:7)" in phone_call(cause="1")
    assert phone_call(cause="17") == ""
    channel = event("Newchannel", Uniqueid="5", Channel="PJSIP/101-00000003")
    assert phone_call(channel, cause="1") == ""  # the dialplan itself said so


def test_a_transfer_to_nowhere_is_told() -> None:
    said = (
        "Channel 'PJSIP/101-0' from endpoint '101' attempted blind transfer to '999@run' but target does not exist"
    )
    assert phone_call(moved="FAILURE", log=said) == (
        "phone 101 transfers its call to 999: the dialplan has no extension 999 in the context run (menu.yaml:7)"
    )
    assert "the transfer is refused" in phone_call(moved="FAILURE")
    assert phone_call(moved="SUCCESS") == ""
    assert phone_call(event("BlindTransfer", Result="Success"), moved="FAILURE") == ""  # and was hung up on


def test_nothing_is_nothing_until_there_is_an_answer_or_an_event() -> None:
    session = Session("s/one", "old")
    attempts = made(session)
    session.step("pause")
    assert attempts.kinds == {"nothing"}
    attempts.answered("the AMI action Ping", "")
    assert not attempts.kinds
    session = Session("s/one", "old")
    session.feed(event("UserEvent"))
    assert not made(session).kinds


def test_why_an_action_is_refused() -> None:
    assert why_refused((("Response", "Success"),)) == ""
    assert why_refused((("Response", "Error"), ("Message", "No such queue"))) == "No such queue"
    command = (("Response", "Error"), ("Message", "Command output follows"), ("Output", "No such command 'x'"))
    assert why_refused(command) == "No such command 'x'"
    assert why_not_done(AriAnswer(0.0, "channels.get", 204)) == ""
    assert why_not_done(AriAnswer(0.0, "channels.get", 404, body={"message": "gone"})) == "404 gone"


ERROR = (("Response", "Error"), ("Message", "No such queue"))


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ("", ["No such queue"]),
        (", answer: {Message: 'No*'}", ["No such queue"]),
        (", answer: {Response: Error}", []),
    ],
)
def test_who_says_what_the_response_is_expects_it(answer: str, refused: list[str]) -> None:
    async def main() -> Asterisk:
        asterisk = an_asterisk(answers=[ERROR])
        step = step_of(read_yaml(f"{{ami: {{Action: QueuePause}}{answer}}}".encode()), newest="")
        await step.play(asterisk, "menu.yaml")
        return asterisk

    attempts = asyncio.run(main()).attempts
    assert [one.why for one in attempts.refused] == refused
    assert all(str(one) == "the AMI action QueuePause: No such queue (menu.yaml:1)" for one in attempts.refused)


def test_an_answer_that_is_expected_otherwise_fails_the_step() -> None:
    async def main() -> None:
        asterisk = an_asterisk(answers=[ERROR])
        step = step_of(read_yaml(b"{ami: {Action: QueuePause}, answer: {Response: Success}}"), newest="")
        await step.play(asterisk, "menu.yaml")

    with pytest.raises(ExpectationFailed, match="wanted Success, got Error"):
        asyncio.run(main())


async def forgets(asterisk: Asterisk) -> None:
    asterisk.call("600@in")  # type: ignore[unused-coroutine] # what it is a test of
    await asterisk.pause(0)


async def forgets_a_leg_s(asterisk: Asterisk) -> None:
    asterisk.leg("101").hangup()  # type: ignore[unused-coroutine] # as above


async def awaits_all(asterisk: Asterisk) -> None:
    await asyncio.gather(asterisk.pause(0), asyncio.create_task(asterisk.pause(0)))


@pytest.mark.parametrize(("play", "name"), [(forgets, "call"), (forgets_a_leg_s, "hangup"), (awaits_all, "")])
def test_what_is_never_awaited_is_told_with_its_line(play: Any, name: str) -> None:
    async def main() -> str:
        live: Any = Live()
        session = Session("s/one", "old")
        asterisk = Asterisk(live, session, deadline=5, phones=("101",), far_end=None, file=Path(__file__))
        await play(asterisk)
        return asterisk.promises.forgotten()

    words = asyncio.run(main())
    line = play.__code__.co_firstlineno + 1
    wanted = f"{name}(…) was never awaited, so it did nothing; write `await {name}(…)` (test_vain.py:{line})"
    assert words == (wanted if name else "")


def test_targets_are_looked_up_as_asterisk_names_them() -> None:
    assert no_existence("1@in", ["[ Context 'in' created by 'x' ]"], ()) == ""
