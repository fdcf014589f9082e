"""Many scenarios at once that start calls in every way, to the same device: each has its own, and no other's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.lab import boot_trio, prepare
from harness.model import AmiPacket, Ending, InstanceName, LogLine, Trace
from harness.play import Scenario, open_scheduler
from harness.play.asterisk import Asterisk
from harness.site import load_site

pytestmark = pytest.mark.engine

AT_ONCE = 12
SITE = """\
name = "Whose calls"
old = {release = "debian:bullseye", config = "etc"}
candidate = {release = "debian:sid", config = "etc"}

[[app]]
name = "dialler"
command = ["python3", "main.py"]
uses = ["ami", "ari"]
environment = {AMI_PORT = "{ami_port}", ARI_PORT = "{ari_port}"}
ready = {text = "up"}
"""
# Calls by AMI with action ids that begin anew in each connection, or by ARI with an id of its own choice.
PROGRAM = """\
import base64, os, socket, urllib.request

def ami(who):
    with socket.create_connection(("127.0.0.1", int(os.environ["AMI_PORT"]))) as asterisk:
        lines = asterisk.makefile("rb")
        lines.readline()
        for action in (
            ("Action: Login", "Username: dialler", "Secret: a-word", "Events: off"),
            ("Action: Originate", "ActionID: 1", "Channel: Local/far@calls", "Context: calls", f"Exten: {who}",
             "Priority: 1", "Async: true"),
            ("Action: Logoff",),
        ):
            asterisk.sendall("".join(f"{line}\\r\\n" for line in (*action, "")).encode())
        lines.read()

def ari(who):
    query = f"endpoint=Local/far@calls&context=calls&extension={who}&priority=1&channelId=desk"
    user = {"Authorization": "Basic " + base64.b64encode(b"dialler:a-word").decode()}
    url = f"http://127.0.0.1:{os.environ['ARI_PORT']}/pbx/ari/channels?{query}"
    urllib.request.urlopen(urllib.request.Request(url, method="POST", headers=user)).close()

with socket.create_connection(("127.0.0.1", int(os.environ["AMI_PORT"]))) as asterisk:
    asterisk.sendall(b"Action: Login\\r\\nUsername: dialler\\r\\nSecret: a-word\\r\\n\\r\\n")
    print("up", flush=True)
    event = {}
    for line in asterisk.makefile("r", encoding="latin-1", newline="\\r\\n"):
        name, _, value = line.strip().partition(": ")
        event[name] = value
        if not line.strip():
            if event.get("UserEvent") == "Please":
                {"program_ami": ami, "program_ari": ari}[event["By"]](event["Who"])
            event = {}
"""
ETC = {
    "modules.conf": "[modules]\nautoload = yes\n",
    "http.conf": "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nprefix = pbx\n",
    "rtp.conf": "[general]\n",
    "ari.conf": "[general]\nenabled = yes\n[dialler]\ntype = user\npassword = a-word\n",
    "manager.conf": "[general]\nenabled = yes\nport = 5038\nbindaddr = 127.0.0.1\n"
    "[dialler]\nsecret = a-word\nread = all\nwrite = all\n",
    "extensions.conf": """\
[calls]
exten => far,1,Answer()
 same => n,Wait(1)
exten => _w-.,1,Log(WARNING,here is ${EXTEN})
 same => n,UserEvent(Here,Who: ${EXTEN})
 same => n,Wait(0.2)
 same => n,Hangup()
exten => _call-.,1,Answer()
 same => n,Originate(Local/far@calls,exten,calls,${EXTEN:5},1)
 same => n,Hangup()
exten => _self-.,1,Answer()
 same => n,Originate(Local/${EXTEN:5}@calls,exten,calls,${EXTEN:5},1)
 same => n,Hangup()
exten => _please-.,1,Answer()
 same => n,UserEvent(Please,By: ${CUT(EXTEN,-,2)},Who: w-${EXTEN:7})
 same => n,Wait(2)
 same => n,Hangup()
""",
}
Play = Callable[[Asterisk, str], object]


async def by_action(asterisk: Asterisk, who: str) -> None:
    await asterisk.ami({"Action": "Originate", "Channel": "Local/far@calls", "Context": "calls", "Exten": who,
                        "Priority": "1", "Async": "true"})  # fmt: skip


async def by_ari(asterisk: Asterisk, who: str) -> None:
    await asterisk.ari("channels.originate", endpoint="Local/far@calls", context="calls", extension=who)


async def by_call_file(asterisk: Asterisk, who: str) -> None:
    await asterisk.callfile({"Channel": "Local/far@calls", "Context": "calls", "Extension": who, "Priority": "1"})


async def by_command(asterisk: Asterisk, who: str) -> None:
    await asterisk.ami({"Action": "Command", "Command": f"channel originate Local/{who}@calls application Wait 1"})


async def by_application(asterisk: Asterisk, who: str) -> None:
    await asterisk.call(f"self-{who}@calls")


async def by_application_all_alike(asterisk: Asterisk, who: str) -> None:
    await asterisk.call(f"call-{who}@calls")


async def by_a_program(asterisk: Asterisk, who: str) -> None:
    await asterisk.call(f"please-{who[2:]}@calls")


WAYS = {
    "action": by_action,
    "ari": by_ari,
    "file": by_call_file,
    "command": by_command,
    "application": by_application,
    "alike": by_application_all_alike,
}
Traces = Mapping[str, list[Mapping[InstanceName, Trace]]]


def scenario(way: str, number: int, start: Play, uses: tuple[str, ...] = ()) -> Scenario:
    who = f"w-{way}-{number}"

    async def play(asterisk: Asterisk) -> None:
        await start(asterisk, who)  # type: ignore[misc] # each is a coroutine function
        await asterisk.wait(event="UserEvent", headers={"UserEvent": "Here"}, within=8)

    return Scenario(f"whose/{who}", "", Path(__file__), 1, play, uses=uses)


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Traces:
    root = tmp_path_factory.mktemp("whose")
    files = {"site.toml": SITE, "apps/dialler/main.py": PROGRAM} | {
        f"etc/{name}": text for name, text in ETC.items()
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return asyncio.run(_played(root))


async def _played(root: Path) -> Traces:
    site = load_site(root)
    releases = prepare((site.old.release, site.candidate.release), packages=(), progress=print)
    plays = [(scenario(way, number, start), 0) for way, start in WAYS.items() for number in range(AT_ONCE)]
    program = [scenario(way, 0, by_a_program, ("app/dialler",)) for way in ("program_ami", "program_ari")]
    found: dict[str, list[Mapping[InstanceName, Trace]]] = {}
    async with (
        boot_trio(site, releases, progress=print, apps=site.apps) as trio,
        open_scheduler(trio) as scheduler,
    ):
        for some in (plays, *([(one, number) for number in range(3) for one in program],)):
            async for played in scheduler.play(some, width=100, progress=print):
                found.setdefault(played.scenario.id.partition("/w-")[2], []).append(played.traces)
    return found


def every(traces: Traces, way: str) -> list[tuple[str, Trace]]:
    plays = [(id_, play) for id_, all_of_it in traces.items() if id_.startswith(f"{way}-") for play in all_of_it]
    return [(f"w-{id_}", trace) for id_, play in plays for trace in play.values()]


def packets(trace: Trace, event: str) -> list[AmiPacket]:
    return [seen for seen in trace.observations if isinstance(seen, AmiPacket) and seen.event == event]


def here(trace: Trace) -> list[str]:
    return [seen.get("Who") for seen in packets(trace, "UserEvent") if seen.get("UserEvent") == "Here"]


@pytest.mark.parametrize("way", ["action", "ari", "file", "command", "application", "alike", "program_ami"])
def test_who_starts_a_call_has_all_of_it(traces: Traces, way: str) -> None:
    for who, trace in every(traces, way):
        assert (trace.ending, trace.problem, here(trace)) == (Ending.PLAYED, "", [who])
        logged = [seen.message for seen in trace.observations if isinstance(seen, LogLine)]
        assert any(who in line for line in logged), logged
        begun, ended = packets(trace, "Newchannel"), packets(trace, "Hangup")
        assert len(begun) == len(ended) == (4 if way in ("application", "alike", "program_ami") else 2)


def test_an_id_that_a_program_uses_again_is_the_newest_play_s(traces: Traces) -> None:
    assert len(traces["program_ari-0"]) == 3
    for who, trace in every(traces, "program_ari-0"):
        assert (trace.ending, trace.problem, here(trace)) == (Ending.PLAYED, "", [who])
        assert len([seen for seen in packets(trace, "Newchannel") if seen.get("Uniqueid") == "desk"]) == 1
