"""AGI in all its forms, for real: what scripts and Asterisk say to each other is in the trace, line by line."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from harness.judge.normalise import normalise
from harness.judge.normalise.facts import Fact
from harness.lab import boot_trio, prepare
from harness.lab.engine.network import LabNetwork
from harness.model import AgiLine, AmiPacket, Ending, InstanceName, State, Trace
from harness.play import Scenario, open_scheduler
from harness.play.asterisk import Asterisk
from harness.site import load_site

pytestmark = pytest.mark.engine

SITE = """\
name = "AGI in a test"
agi_servers = ["agi.example.test"]
[old]
release = "debian:bullseye"
config = "etc"
[candidate]
release = "debian:sid"
config = "etc"
[data]
agi_bin = "agi-bin"
"""

EXTENSIONS = """\
[run]
exten => script,1,Answer()
 same => n,AGI(hello.py,one)
 same => n,UserEvent(Said,Word: ${WORD})
 same => n,Hangup()
exten => eagi,1,Answer()
 same => n,EAGI(hello.py,two)
 same => n,Hangup()
exten => async,1,Answer()
 same => n,AGI(agi:async)
 same => n,Hangup()
exten => fast,1,Answer()
 same => n,AGI(agi://agi.example.test/lookup?id=7)
 same => n,Hangup()
exten => missing,1,Answer()
 same => n,AGI(no-such-script.py)
 same => n,UserEvent(Status,Is: ${AGISTATUS})
exten => silent,1,Wait(30)
[afterwards]
exten => dead,1,Answer()
 same => n,Hangup()
exten => h,1,AGI(hello.py,bye)
"""

HELLO = """\
#!/usr/bin/python3
import sys
while sys.stdin.readline().strip():
    pass
for command in ("VERBOSE hello", 'SET VARIABLE WORD "a b"', "NO SUCH", "GET DATA"):
    print(command, flush=True)
    if sys.stdin.readline().startswith("520-"):
        while not sys.stdin.readline().startswith("520 "):
            pass
"""

HELLO_SAYS = [
    ("AGI command VERBOSE", "VERBOSE hello"),
    ("AGI answer to VERBOSE", "200"),
    ("AGI command SET VARIABLE", 'SET VARIABLE WORD "a b"'),
    ("AGI answer to SET VARIABLE", "200"),
    ("AGI command NO", "NO SUCH"),
    ("AGI answer to NO", "510"),
    ("AGI command GET DATA", "GET DATA"),
]


async def script(asterisk: Asterisk) -> None:
    call = await asterisk.call("script@run")
    await call.wait("ended")


async def eagi(asterisk: Asterisk) -> None:
    call = await asterisk.call("eagi@run")
    await call.wait("ended")


async def dead(asterisk: Asterisk) -> None:
    call = await asterisk.call("dead@afterwards")
    await call.wait("ended")


async def missing(asterisk: Asterisk) -> None:
    call = await asterisk.call("missing@run")
    await call.wait(userevent="Status")


async def asynchronous(asterisk: Asterisk) -> None:
    call = await asterisk.call("async@run")
    started = await call.wait(event="AsyncAGIStart")
    await asterisk.ami(
        {"Action": "AGI", "Channel": started.get("Channel"), "Command": "GET VARIABLE CHANNEL(state)"}
    )
    await call.wait(event="AsyncAGIExec")
    await asterisk.ami({"Action": "AGI", "Channel": started.get("Channel"), "Command": "ASYNCAGI BREAK"})
    await call.wait("ended")


async def fast(asterisk: Asterisk) -> None:
    call = await asterisk.call("fast@run", caller_id='"Ann" <101>')
    conversation = await asterisk.agi("lookup")
    asterisk.remember("caller", conversation.environment["agi_callerid"])
    asterisk.remember("answer", str(await conversation.command("GET VARIABLE CALLERID(name)")))
    asterisk.remember("unknown", str((await conversation.command("NO SUCH")).code))
    conversation.end()
    await call.wait("ended")


async def hung_up(asterisk: Asterisk) -> None:
    call = await asterisk.call("fast@run")
    conversation = await asterisk.agi("lookup")
    await conversation.command("NOOP")
    await call.hangup()
    asterisk.remember("after hangup", str((await conversation.command("GET VARIABLE CHANNEL(state)")).code))


async def nobody_asks(asterisk: Asterisk) -> None:
    await asterisk.call("silent@run")
    await asterisk.agi("lookup", within=0.2)


PLAYS = (script, eagi, dead, missing, asynchronous, fast, hung_up, nobody_asks)
Traces = Mapping[str, Mapping[InstanceName, Trace]]


@pytest.fixture(scope="module", params=["by their addresses", "by a relay"])
def traces(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traces]:
    """All of the above, and two hundred conversations at once, on one trio, however it is reached."""
    root = tmp_path_factory.mktemp("agi")
    (root / "etc").mkdir()
    (root / "agi-bin").mkdir()
    (root / "site.toml").write_text(SITE)
    (root / "etc" / "extensions.conf").write_text(EXTENSIONS)
    (root / "agi-bin" / "hello.py").write_text(HELLO)
    (root / "agi-bin" / "hello.py").chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "by a relay":
            patch.setattr(LabNetwork, "is_here", False)
        yield asyncio.run(_played(root))


async def _played(root: Path) -> Traces:
    site = load_site(root)
    releases = prepare((site.old.release, site.candidate.release), packages=(), progress=print)
    few = [Scenario(f"agi/{play.__name__}", "", Path(__file__), 1, play) for play in PLAYS]
    many = [replace(few[5], id=f"many/{number}") for number in range(200)]
    async with boot_trio(site, releases, progress=print) as trio, open_scheduler(trio) as scheduler:
        plays = [(scenario, 0) for scenario in (*few, *many)]
        return {p.scenario.id: p.traces async for p in scheduler.play(plays, width=250, progress=print)}


def conversation(trace: Trace) -> list[Fact]:
    streams = normalise(trace).streams
    return [fact for (_, stream), facts in streams.items() if stream == "agi" for fact in facts]


def remembered(trace: Trace) -> dict[str, str]:
    return {seen.name: seen.details[0][1] for seen in trace.observations if isinstance(seen, State)}


def packets(trace: Trace, event: str) -> list[AmiPacket]:
    return [seen for seen in trace.observations if isinstance(seen, AmiPacket) and seen.event == event]


@pytest.mark.parametrize(
    ("name", "argument", "last"), [("script", "one", "520"), ("eagi", "two", "520"), ("dead", "bye", "511")]
)
def test_what_a_script_says_is_recorded(traces: Traces, name: str, argument: str, last: str) -> None:
    for trace in traces[f"agi/{name}"].values():
        assert trace.ending is Ending.PLAYED, trace.problem
        environment, *said = conversation(trace)
        assert ("agi_arg_1", argument) in environment.fields
        assert [(fact.event, fact.fields[0][1]) for fact in said] == [
            *HELLO_SAYS,
            ("AGI answer to GET DATA", last),
        ]


def test_a_script_that_is_not_there_is_told_by_the_dialplan(traces: Traces) -> None:
    for trace in traces["agi/missing"].values():
        events = packets(trace, "UserEvent")
        assert [seen.get("Is") for seen in events] == ["NOTFOUND"]


def test_async_agi_is_driven_over_ami(traces: Traces) -> None:
    for trace in traces["agi/asynchronous"].values():
        assert trace.ending is Ending.PLAYED, trace.problem
        results = [seen.get("Result") for seen in packets(trace, "AsyncAGIExec")]
        assert results[0] == "200%20result%3D1%20(Up)%0A"


def test_the_scenario_is_the_fast_agi_server(traces: Traces) -> None:
    for trace in traces["agi/fast"].values():
        assert trace.ending is Ending.PLAYED, trace.problem
        assert remembered(trace) == {"caller": "101", "answer": "200 result=1 (Ann)", "unknown": "510"}
        environment, *said = conversation(trace)
        assert ("agi_request", "agi://agi.example.test/lookup?id=7") in environment.fields
        assert [fact.fields[0][1] for fact in said if "command" in fact.event] == [
            "GET VARIABLE CALLERID(name)",
            "NO SUCH",
        ]


def test_a_script_goes_on_after_the_hangup(traces: Traces) -> None:
    for trace in traces["agi/hung_up"].values():
        assert trace.ending is Ending.PLAYED, trace.problem
        assert remembered(trace)["after hangup"] in ("200", "511")
        assert "HANGUP" in [seen.line for seen in trace.observations if isinstance(seen, AgiLine)]


def test_a_conversation_that_nobody_opens_is_waited_for_in_vain(traces: Traces) -> None:
    for trace in traces["agi/nobody_asks"].values():
        assert trace.ending is Ending.OVERDUE
        assert "AGI script lookup" in trace.problem


def test_two_hundred_conversations_at_once_are_recorded_whole_and_told_apart(traces: Traces) -> None:
    first = traces["agi/fast"]
    for number in range(200):
        for name, trace in traces[f"many/{number}"].items():
            assert trace.ending is Ending.PLAYED, trace.problem
            assert remembered(trace) == remembered(first[name])
            assert [f.fields for f in conversation(trace)] == [f.fields for f in conversation(first[name])]
