"""Two hundred callers at once in a site's own FastAGI server and Stasis application: all of it, whose it is."""

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
from harness.model import (
    AppSaid,
    AriAnswer,
    AriEvent,
    AriRequest,
    Ending,
    InstanceName,
    Outcome,
    Tolerances,
    Trace,
)
from harness.play import Scenario, open_scheduler
from harness.play.asterisk import Asterisk
from harness.site import load_site

pytestmark = pytest.mark.engine

CALLERS = 200
EVENTS = {"StasisStart": 1, "ChannelStateChange": 1, "ChannelVarset": 1, "StasisEnd": 1}
FIRST = 1000
WAITING = Tolerances(seconds=30)  # so many wait for each other, here longer, there shorter

SITE = """\
name = "Busy"
python = ["websocket-client==1.8.*"]
old = {release = "debian:bullseye", config = "etc"}
candidate = {release = "debian:sid", config = "etc"}

[[app]]
name = "directory"
command = ["python3", "main.py", "{fastagi_port}"]
uses = ["fastagi"]

[[app]]
name = "greeter"
command = ["python3", "main.py"]
uses = ["ari"]
environment = {ARI_PORT = "{ari_port}"}
ready = {text = "up"}
"""

PROGRAMS = {
    "directory": """\
import socketserver, sys

class Call(socketserver.StreamRequestHandler):
    def handle(self):
        told = dict(line.decode().split(":", 1) for line in iter(lambda: self.rfile.readline().strip(), b""))
        self.wfile.write(b"SET VARIABLE NAME caller-%s\\n" % told["agi_callerid"].strip().encode())
        self.rfile.readline()

socketserver.ThreadingTCPServer.request_queue_size = 256
socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Call).serve_forever()
""",
    "greeter": """\
import base64, json, os, threading, urllib.request
import websocket

ari = f"127.0.0.1:{os.environ['ARI_PORT']}/ari"
user = {"Authorization": "Basic " + base64.b64encode(b"greeter:a-word").decode()}

def do(channel, what):
    url = f"http://{ari}/channels/{channel}/{what}"
    urllib.request.urlopen(urllib.request.Request(url, method="POST", headers=user)).close()

def greet(channel, word):
    do(channel, "answer")  # 16 takes 0.2 s for each
    do(channel, "variable?variable=GREETED&value=" + word)
    do(channel, "continue")

events = websocket.create_connection(f"ws://{ari}/events?app=greeter", header=user, suppress_origin=True)
print("up", flush=True)
while True:
    event = json.loads(events.recv())
    if event["type"] == "StasisStart":
        threading.Thread(target=greet, args=(event["channel"]["id"], event["args"][0])).start()
""",
}

ETC = {
    "modules.conf": "[modules]\nautoload = yes\n",
    "http.conf": "[general]\nenabled = yes\nbindaddr = 127.0.0.1\n",
    "ari.conf": "[general]\nenabled = yes\n[greeter]\ntype = user\npassword = a-word\n",
    "extensions.conf": """\
[calls]
exten => s,1,AGI(agi://127.0.0.1/name)
 same => n,Stasis(greeter,${NAME})
 same => n,UserEvent(Done,Greeted: ${GREETED})
 same => n,Hangup()
""",
}

Traces = Mapping[str, Mapping[InstanceName, Trace]]


def scenario(number: int) -> Scenario:
    async def play(asterisk: Asterisk) -> None:
        call = await asterisk.call("s@calls", caller_id=f"<{FIRST + number}>")
        await call.wait(userevent="Done", headers={"Greeted": f"caller-{FIRST + number}"})
        await call.wait("ended")

    return Scenario(f"busy/{number}", "", Path(__file__), 1, play, tolerances=WAITING)


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Traces:
    root = tmp_path_factory.mktemp("busy")
    files = {"site.toml": SITE} | {f"etc/{name}": text for name, text in ETC.items()}
    files |= {f"apps/{name}/main.py": source for name, source in PROGRAMS.items()}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return asyncio.run(_played(root))


async def _played(root: Path) -> Traces:
    site = load_site(root)
    specs = (site.old.release, site.candidate.release)
    releases = prepare(specs, packages=(), python=site.python, progress=print)
    async with (
        boot_trio(site, releases, progress=print, apps=site.apps) as trio,
        open_scheduler(trio) as scheduler,
    ):
        plays = [(scenario(number), 0) for number in range(CALLERS)]
        return {p.scenario.id: p.traces async for p in scheduler.play(plays, width=CALLERS, progress=print)}


def every(traces: Traces) -> list[tuple[int, InstanceName, Trace]]:
    return [(n, name, trace) for n in range(CALLERS) for name, trace in traces[f"busy/{n}"].items()]


def of_app(trace: Trace, app: str) -> list[AppSaid]:
    return [seen for seen in trace.observations if isinstance(seen, AppSaid) and seen.app == app]


def asked_of(seen: AppSaid) -> tuple[str, str, int]:
    if isinstance(seen.said, AriRequest):
        return seen.kind, f"{seen.said.method} {seen.said.path}", 0
    assert isinstance(seen.said, AriAnswer)
    return seen.kind, seen.said.to, seen.said.status


def test_every_call_came_through_both_programs(traces: Traces) -> None:
    endings = Counter((name, trace.ending, trace.problem) for _, name, trace in every(traces))
    assert endings == {(name, Ending.PLAYED, ""): CALLERS for name in ("old", "again", "candidate")}


def test_the_conversation_of_each_call_is_whole_and_its_own(traces: Traces) -> None:
    for number, _, trace in every(traces):
        said = [(seen.kind, dict(seen.details).get("Command", "")) for seen in of_app(trace, "directory")]
        named = f"SET VARIABLE NAME caller-{FIRST + number}"
        assert said == [("environment", ""), ("command", named), ("answer", named), ("hangup", "")]


def test_the_requests_and_events_of_each_call_are_whole_and_its_own(traces: Traces) -> None:
    for number, _, trace in every(traces):
        said = of_app(trace, "greeter")
        events = [seen.said for seen in said if isinstance(seen.said, AriEvent)]
        ids = {dict(leaves(event.body))["channel.id"] for event in events}
        assert dict(leaves(events[0].body))["args[0]"] == f"caller-{FIRST + number}"
        assert Counter(event.kind for event in events) == EVENTS
        (channel,) = ids
        asked = [asked_of(seen) for seen in said if seen.said not in events]
        assert asked == [
            entry
            for what in ("answer", "variable", "continue")
            for request in [f"POST /ari/channels/{channel}/{what}"]
            for entry in [("request", request, 0), ("response", request, 204)]
        ]


def test_the_same_release_gives_no_finding(traces: Traces) -> None:
    for id_, by_instance in traces.items():
        again = replace(by_instance["again"], instance="candidate")
        three = {"old": (by_instance["old"],), "again": (by_instance["old"],), "candidate": (again,)}
        result = judge(Plays(id_, three, tolerances=WAITING), Maps()).result
        found = [(f.rule, f.severity.value, f.title, f.old, f.candidate) for f in result.findings]
        assert (result.outcome, found) == (Outcome.SAME, []), id_
