"""ARI for real: operations as each release declares them, and the events of a Stasis application."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from harness.asterisk.ari import leaves
from harness.judge import Maps, Plays, judge
from harness.lab import boot_trio, prepare
from harness.model import AriEvent, Ending, InstanceName, Outcome, State, Trace
from harness.play import Scenario, open_scheduler
from harness.play.asterisk import Asterisk
from harness.site import load_site

pytestmark = pytest.mark.engine

SITE = """\
name = "ARI in a test"
[old]
release = "debian:bullseye"
config = "etc"
[candidate]
release = "debian:sid"
config = "etc"
"""

FILES = {
    "extensions.conf": """\
[run]
exten => pickup,1,Stasis(pickup,one)
 same => n,UserEvent(After,Status: ${STASISSTATUS})
 same => n,Hangup()
exten => last,1,Stasis(application-299,last)
 same => n,Hangup()
exten => other,1,Stasis(nobody)
 same => n,UserEvent(After,Status: ${STASISSTATUS})
 same => n,Hangup()
""",
    "ari.conf": "[general]\nenabled = yes\n",
    # Paths of everything that the web server has begin with it.
    "http.conf": "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nprefix = pbx\n",
    "rtp.conf": "[general]\n",
}


async def menu(asterisk: Asterisk) -> None:
    """Answer, play, collect a digit, record, hang up."""
    call = await asterisk.call("pickup@run", caller_id='"Ann" <101>')
    started = await asterisk.wait(ari="StasisStart", headers={"args[0]": "one"})
    assert dict(leaves(started.body))["channel.caller.number"] == '"101"'
    assert (await asterisk.ari("channels.answer", channelId=call.id)).status == 204
    played = await asterisk.ari("channels.play", channelId=call.id, media="sound:beep")
    assert played.status == 201
    await asterisk.wait(ari="PlaybackFinished")
    await call.dtmf("5")
    await asterisk.wait(ari="ChannelDtmfReceived", headers={"digit": '"5"'})
    name = f"message-{call.id}"
    recorded = await asterisk.ari(
        "channels.record", channelId=call.id, name=name, format="wav", maxDurationSeconds=1
    )
    assert recorded.status == 201, recorded.body
    await asterisk.wait(ari="RecordingFinished")
    await asterisk.ari("channels.hangup", channelId=call.id)
    await call.wait("ended")


async def bridge(asterisk: Asterisk) -> None:
    """Two callers meet in a bridge."""
    calls = [await asterisk.call("pickup@run", name=name) for name in ("ann", "bob")]
    for call in calls:
        await asterisk.wait(ari="StasisStart", headers={"channel.id": call.id})
        await asterisk.ari("channels.answer", channelId=call.id)
    made = await asterisk.ari("bridges.create", type="mixing")
    assert isinstance(made.body, dict)
    await asterisk.ari("bridges.addChannel", bridgeId=made.body["id"], channel=[call.id for call in calls])
    for call in calls:
        await asterisk.wait(ari="ChannelEnteredBridge", headers={"channel.id": call.id})
    for call in calls:
        await call.hangup()
    for call in calls:
        await asterisk.wait(ari="ChannelLeftBridge", headers={"channel.id": call.id})
    await asterisk.ari("bridges.destroy", bridgeId=made.body["id"])


async def refused(asterisk: Asterisk) -> None:
    """What a release does not have is an answer, not a crash."""
    for name, operation, parameters in (
        ("operation", "channels.fly", {}),
        ("resource", "planes.land", {}),
        ("parameter", "deviceStates.get", {"deviceName": "Stasis:none", "speed": "1"}),
        ("needed", "channels.get", {}),
        ("queried", "channels.create", {}),
        ("unknown", "channels.get", {"channelId": "none"}),
        ("control", "playbacks.control", {"playbackId": "none", "operation": "pause"}),
    ):
        answer = await asterisk.ari(operation, **parameters)
        asterisk.remember(name, f"{answer.status} {answer.problem}".strip())


async def nobody(asterisk: Asterisk) -> None:
    """A Stasis application that nobody is."""
    call = await asterisk.call("other@run")
    await call.wait(userevent="After", headers={"Status": "FAILED"})
    await call.wait("ended")


async def quick(asterisk: Asterisk) -> None:
    """In and out again."""
    call = await asterisk.call("pickup@run")
    await asterisk.wait(ari="StasisStart", headers={"channel.id": call.id})
    await asterisk.ari("channels.answer", channelId=call.id)
    await asterisk.ari("channels.continueInDialplan", channelId=call.id)
    await call.wait("ended")
    await asterisk.wait(ari="StasisEnd")


async def last(asterisk: Asterisk) -> None:
    """The last of three hundred applications is there as the first is."""
    call = await asterisk.call("last@run")
    await asterisk.wait(ari="StasisStart", headers={"args[0]": "last"})
    await asterisk.ari("channels.hangup", channelId=call.id)
    await call.wait("ended")


PLAYS = (menu, bridge, refused, nobody)
APPLICATIONS = tuple(f"application-{number}" for number in range(300))
Traces = Mapping[str, Mapping[InstanceName, Trace]]


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Traces:
    """All of the above, two hundred calls at once, and three hundred applications, on one trio."""
    root = tmp_path_factory.mktemp("ari")
    (root / "etc").mkdir()
    (root / "site.toml").write_text(SITE)
    for name, text in FILES.items():
        (root / "etc" / name).write_text(text)
    return asyncio.run(_played(root))


async def _played(root: Path) -> Traces:
    site = load_site(root)
    releases = prepare((site.old.release, site.candidate.release), packages=(), progress=print)
    here = Path(__file__)
    few = [Scenario(f"ari/{play.__name__}", "", here, 1, play, stasis=("pickup",)) for play in PLAYS]
    many = [replace(few[0], id=f"many/{number}", play=quick) for number in range(200)]
    few.append(replace(few[0], id="ari/last", play=last, stasis=APPLICATIONS))
    async with boot_trio(site, releases, progress=print) as trio, open_scheduler(trio) as scheduler:
        plays = [(scenario, 0) for scenario in (*few, *many)]
        return {p.scenario.id: p.traces async for p in scheduler.play(plays, width=250, progress=print)}


def events(trace: Trace) -> Counter[str]:
    return Counter(seen.kind for seen in trace.observations if isinstance(seen, AriEvent))


@pytest.mark.parametrize("name", [*(f"ari/{play.__name__}" for play in PLAYS), "ari/last"])
def test_a_scenario_acts_and_listens(traces: Traces, name: str) -> None:
    for trace in traces[name].values():
        assert trace.ending is Ending.PLAYED, trace.problem


def test_the_events_of_a_call_are_recorded(traces: Traces) -> None:
    for trace in traces["ari/menu"].values():
        found = events(trace)
        for kind in (
            "StasisStart",
            "PlaybackStarted",
            "PlaybackFinished",
            "RecordingStarted",
            "RecordingFinished",
        ):
            assert found[kind] == 1, found


def test_what_a_release_has_not_is_an_answer(traces: Traces) -> None:
    for trace in traces["ari/refused"].values():
        said = {seen.name: seen.details[0][1] for seen in trace.observations if isinstance(seen, State)}
        assert said == {
            "operation": "0 the release has no operation channels.fly",
            "resource": "0 the release has no operation planes.land",
            "parameter": "200",  # it is sent, and Asterisk does not mind
            "needed": "0 {channelId} of its path is not given",
            "queried": "400",
            "control": "404",
            "unknown": "404",
        }


def test_two_hundred_stasis_calls_at_once_are_recorded_whole_and_told_apart(traces: Traces) -> None:
    for number in range(200):
        for trace in traces[f"many/{number}"].values():
            assert trace.ending is Ending.PLAYED, trace.problem
            found = events(trace)
            assert (found["StasisStart"], found["StasisEnd"]) == (1, 1), found


@pytest.mark.parametrize("name", ["ari/menu", "ari/bridge", "ari/refused", "ari/nobody", "many/7"])
def test_a_release_against_itself_gives_nothing(traces: Traces, name: str) -> None:
    """Old and again judged as old and candidate: nothing of ARI may waver."""
    by_instance = traces[name]
    again = replace(by_instance["again"], instance="candidate")
    plays = Plays(name, {"old": (by_instance["old"],), "again": (by_instance["old"],), "candidate": (again,)})
    found = [f for f in judge(plays, Maps()).result.findings if f.surface == "ari"]
    assert [(f.rule, f.title, f.old, f.candidate) for f in found] == []


def test_what_the_candidate_says_more_is_additive(traces: Traces) -> None:
    result = judge(
        Plays("ari/menu", {name: (trace,) for name, trace in traces["ari/menu"].items()}), Maps()
    ).result
    held = [f for f in result.findings if f.surface == "ari" and f.severity.holds]
    assert [(f.rule, f.title) for f in held] == []
    assert result.outcome is not Outcome.FAILED
