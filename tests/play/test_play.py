"""Playing for real: scenarios of every kind on a trio, at once, and what their traces say."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from harness.errors import ScenarioError
from harness.far_end.files import phone_files
from harness.lab import Trio, boot_trio, prepare
from harness.model import IN_VAIN, AmiPacket, Ending, InstanceName, LogLine, State, Trace
from harness.play import Scenario, Scheduler, open_scheduler
from harness.play.asterisk import Asterisk
from harness.play.scenario import Behaviour, Play
from harness.site import Phone, Site, load_site

pytestmark = pytest.mark.engine

Traces = Mapping[InstanceName, Trace]

SITE = """\
name = "played in a test"
[old]
release = "debian:bullseye"
config = "etc"
[candidate]
release = "debian:sid"
config = "etc"
"""

EXTENSIONS = """\
[run]
exten => short,1,Answer()
 same => n,Set(X=1)
 same => n,NoOp(${X})
 same => n,Hangup()
exten => keys,1,Answer()
 same => n,Read(KEYS,beep,2,,1,10)
 same => n,UserEvent(Keys,Pressed: ${KEYS})
 same => n,Wait(60)
exten => early,1,Read(KEYS,,9,n,1,3)
 same => n,UserEvent(Early,Pressed: ${KEYS})
 same => n,Answer()
 same => n,UserEvent(Ready)
 same => n,Read(KEYS,,120,,1,3)
 same => n,UserEvent(All,Pressed: ${KEYS})
 same => n,Wait(60)
exten => refuse,1,UserEvent(Refused)
 same => n,Busy(1)
exten => rings,1,UserEvent(Rings)
 same => n,Wait(60)
exten => near,1,Dial(Local/far@run/n,20,U(late))
exten => far,1,Answer()
 same => n,Wait(60)
exten => stay,1,Answer()
 same => n,Wait(60)
exten => see,1,UserEvent(See,Caller: ${CALLERID(all)})
 same => n,Wait(60)
exten => wrong,1,Playback(no-such-sound)
 same => n,NoSuchApplication()
exten => _10X,1,Dial(PJSIP/${EXTEN},20,g)
 same => n,UserEvent(Dialled,Status: ${DIALSTATUS})
[late]
exten => s,1,Wait(0.15)
 same => n,Return()
"""

PJSIP = """\
[udp]
type=transport
protocol=udp
bind=0.0.0.0:5060
"""

PHONE = """\
[{0}]
type=endpoint
context=run
disallow=all
allow=ulaw
direct_media=no
auth={0}
aors={0}
[{0}]
type=auth
username={0}
password=a-phone-in-a-test
[{0}]
type=aor
max_contacts=1
"""

AWKWARD = 'a, "b" (c) [d] \\ e;f=g'


async def variables(asterisk: Asterisk) -> None:
    call = await asterisk.call("see@run", caller_id='"Ann" <5550100>', variables={"AWKWARD": AWKWARD})
    seen = await call.wait(userevent="See")
    asterisk.remember("caller", seen.get("Caller"))
    asterisk.remember("awkward", await call.read_variable("AWKWARD"))
    await call.set_variable("LATER", "1")
    asterisk.remember("later", await call.read_variable("LATER"))


async def keys(asterisk: Asterisk) -> None:
    call = await asterisk.call("keys@run")
    await call.wait(playing="be*")
    await asterisk.pause(0.5)
    await call.dtmf("7*")
    asterisk.remember("keys", (await call.wait(userevent="Keys")).get("Pressed"))
    await call.talk(0.3)
    asterisk.remember("played", " ".join(await asterisk.played()))
    await call.hangup()


async def all_keys(asterisk: Asterisk) -> None:
    """More than an extension's name holds, before and after the call is answered; each sign that is a key."""
    call = await asterisk.call("early@run")
    await call.wait(application="Read")
    await call.dtmf("1w2#", gap=0.1)
    asterisk.remember("early", (await call.wait(userevent="Early")).get("Pressed"))
    await call.wait(userevent="Ready")
    await call.dtmf("ABCD*w" + "0123456789" * 8 + "#", gap=0.05)
    asterisk.remember("all", (await call.wait(userevent="All")).get("Pressed"))


async def call_file(asterisk: Asterisk) -> None:
    await asterisk.callfile(
        {"Channel": "Local/see@run/n", "CallerID": '"Ann" <5550100>', "Application": "Wait", "Data": "60"}
    )
    asterisk.remember("caller", (await asterisk.wait(userevent="See")).get("Caller"))


async def call_file_that_fails(asterisk: Asterisk) -> None:
    """Asterisk would try it again, in another scenario's time."""
    keys = {"Channel": "Local/refuse@run/n", "MaxRetries": "99", "RetryTime": "1", "Application": "Wait"}
    await asterisk.callfile(keys)
    await asterisk.wait(userevent="Refused")
    await asterisk.wait(userevent="Refused")


async def call_file_that_rings(asterisk: Asterisk) -> None:
    """Asterisk adds to the file when this try ends, which is after the scenario."""
    keys = {"Channel": "Local/rings@run/n", "MaxRetries": "99", "RetryTime": "1", "Application": "Wait"}
    await asterisk.callfile(keys)
    await asterisk.wait(userevent="Rings")


async def hangs_up_as_somebody_answers(asterisk: Asterisk) -> None:
    """The answer is on its way to the caller, and comes to him later than the event."""
    call = await asterisk.call("near@run")
    await call.wait(event="Newstate", headers={"Channel": "Local/far@*;2", "ChannelStateDesc": "Up"})
    await call.hangup()
    asterisk.remember("answered", str(await call.is_answered()))


async def hangs_up_as_the_call_ends(asterisk: Asterisk) -> None:
    call = await asterisk.call("refuse@run")
    await call.wait(userevent="Refused")
    await call.hangup()
    asterisk.remember("cause", (await call.wait("ended")).get("Cause"))


async def phone_is_called(asterisk: Asterisk) -> None:
    call = await asterisk.call("101@run")
    await asterisk.phone("101").wait("answered")
    await asterisk.phone("101").hangup()
    asterisk.remember("status", (await call.wait(userevent="Dialled")).get("Status"))
    assert asterisk.dialed("PJSIP/101")


async def phone_calls(asterisk: Asterisk) -> None:
    phone = asterisk.phone("102")
    await phone.call("stay")
    await phone.wait("answered")
    asterisk.remember("exten", await phone.read_variable("EXTEN"))
    await phone.hangup()


async def phone_is_busy(asterisk: Asterisk) -> None:
    call = await asterisk.call("103@run")
    asterisk.remember("status", (await call.wait(userevent="Dialled")).get("Status"))


async def database(asterisk: Asterisk) -> None:
    await asterisk.astdb_put("test/family/key", "value")
    asterisk.remember("there", str(await asterisk.astdb_get("test/family/key")))
    await asterisk.astdb_delete("test/family/key")
    asterisk.remember("gone", str(await asterisk.astdb_get("test/family/key")))
    asterisk.remember("function", await asterisk.function("DEVICE_STATE(PJSIP/104)"))


async def leaves_a_mess(asterisk: Asterisk) -> None:
    for key, value in (("night/new", "1"), ("night/mode", "a value : with a colon")):
        await asterisk.astdb_put(key, value)
    await asterisk.astdb_put("night/mode", "changed")
    raise ScenarioError("and stops there")


async def too_late(asterisk: Asterisk) -> None:
    call = await asterisk.call("short@run")
    await call.wait(application="Queue")


async def wrong(asterisk: Asterisk) -> None:
    call = await asterisk.call("wrong@run")
    await call.wait("ended")


async def never(asterisk: Asterisk) -> None:
    call = await asterisk.call("stay@run")
    await call.wait(userevent="Never", within=0.3)


async def too_long(asterisk: Asterisk) -> None:
    await asterisk.call("stay@run")
    await asterisk.pause(60)


async def fails(asterisk: Asterisk) -> None:
    await asterisk.call("short@run")
    raise RuntimeError("a mistake in the scenario")


async def unmet(asterisk: Asterisk) -> None:
    call = await asterisk.call("short@run")
    await call.wait("ended")
    assert asterisk.applications() == ["Answer", "Macro"], "no Macro"


async def stranger(asterisk: Asterisk) -> None:
    await asterisk.phone("102").answer()


async def nobody_is_there(asterisk: Asterisk) -> None:
    call = await asterisk.call("999@run")
    await call.wait("answered")


async def no_such_context(asterisk: Asterisk) -> None:
    await asterisk.call("short@rum")


async def phone_calls_nobody(asterisk: Asterisk) -> None:
    await asterisk.phone("102").call("999")
    await asterisk.pause(0.5)


async def transfers_to(asterisk: Asterisk, number: str) -> None:
    call = await asterisk.call("101@run")
    await asterisk.phone("101").wait("answered")
    await asterisk.phone("101").transfer(number)
    await asterisk.pause(0.5)
    await call.hangup()


async def transfers_to_nobody(asterisk: Asterisk) -> None:
    await transfers_to(asterisk, "999")


async def transfers(asterisk: Asterisk) -> None:
    await transfers_to(asterisk, "stay")


async def forgets_to_await(asterisk: Asterisk) -> None:
    asterisk.call("short@run")  # type: ignore[unused-coroutine] # what it is a test of


async def is_skipped(_: Asterisk) -> None:
    pytest.skip("no carrier in the lab")


async def nothing(asterisk: Asterisk) -> None:
    await asterisk.pause(0.1)


async def asks_in_vain(asterisk: Asterisk) -> None:
    await asterisk.ami(
        {"Action": "Redirect", "Channel": "none", "Context": "run", "Exten": "stay", "Priority": "1"}
    )


async def left_open(asterisk: Asterisk) -> None:
    call = await asterisk.call("stay@run")
    await call.wait("answered")


async def short(asterisk: Asterisk) -> None:
    call = await asterisk.call("short@run")
    await call.wait("ended")


def scenario(play: Play, *, phones: Mapping[str, Behaviour] | None = None, deadline: float = 30.0) -> Scenario:
    uses = frozenset(f"phone/{name}" for name in phones or {})
    name = getattr(play, "__name__", "play")
    path = Path(__file__)
    return Scenario(f"test/{name}", name, path, 1, play, uses=uses, deadline=deadline, phones=phones or {})


SCENARIOS = (
    scenario(variables),
    scenario(keys),
    scenario(call_file),
    scenario(call_file_that_fails),
    scenario(call_file_that_rings),
    scenario(all_keys),
    scenario(hangs_up_as_somebody_answers),
    scenario(hangs_up_as_the_call_ends),
    scenario(phone_is_called, phones={"101": Behaviour("answer")}),
    scenario(phone_calls, phones={"102": Behaviour()}),
    scenario(phone_is_busy, phones={"103": Behaviour("busy", 0.2)}),
    scenario(database),
    scenario(too_late),
    scenario(wrong),
    scenario(never),
    scenario(too_long, deadline=1.0),
    scenario(fails),
    scenario(unmet),
    scenario(stranger),
    scenario(left_open),
    scenario(nobody_is_there),
    scenario(no_such_context),
    scenario(phone_calls_nobody, phones={"102": Behaviour()}),
    scenario(transfers_to_nobody, phones={"101": Behaviour("answer")}),
    scenario(transfers, phones={"101": Behaviour("answer")}),
    scenario(nothing, phones={"105": Behaviour()}),
    scenario(forgets_to_await),
    scenario(is_skipped),
    scenario(asks_in_vain),
)
# It is the site's, and logs in with another password than the site knows.
STRANGER = Phone("105", "102", "not-that-phone-s")


def site_in(folder: Path) -> Site:
    (folder / "etc").mkdir()
    (folder / "site.toml").write_text(SITE)
    (folder / "etc" / "modules.conf").write_text("[modules]\nautoload=yes\nnoload=chan_sip.so\n")
    (folder / "etc" / "extensions.conf").write_text(EXTENSIONS)
    (folder / "etc" / "pjsip.conf").write_text(PJSIP + "".join(map(PHONE.format, ("101", "102", "103", "104"))))
    return load_site(folder)


@asynccontextmanager
async def scheduler_of(folder: Path) -> AsyncIterator[tuple[Scheduler, Trio]]:
    site = site_in(folder)
    releases = await asyncio.to_thread(prepare, ["debian:bullseye", "debian:sid"])
    async with (
        boot_trio(site, releases, phone_files=partial(phone_files, (*site.phones, STRANGER))) as trio,
        open_scheduler(trio, phones=[phone.name for phone in site.phones]) as scheduler,
    ):
        yield scheduler, trio


async def played(scheduler: Scheduler, scenarios: list[Scenario], width: int = 200) -> dict[str, Traces]:
    plays = scheduler.play([(s, 0) for s in scenarios], width=width, progress=lambda _: None)
    return {play.scenario.id: play.traces async for play in plays}


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def lab(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scheduler, Trio]]:
    block = scheduler_of(tmp_path_factory.mktemp("site"))
    yield runner.run(block.__aenter__())
    runner.run(block.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def scheduler(lab: tuple[Scheduler, Trio]) -> Scheduler:
    return lab[0]


@pytest.fixture(scope="module")
def traces(runner: asyncio.Runner, scheduler: Scheduler) -> dict[str, Traces]:
    """All of SCENARIOS, played once, at the same time."""
    return runner.run(played(scheduler, list(SCENARIOS)))


def remembered(trace: Trace) -> dict[str, str]:
    return {seen.name: seen.details[0][1] for seen in trace.observations if isinstance(seen, State)}


def all_hung_up(trace: Trace) -> bool:
    counts = Counter(seen.event for seen in packets(trace))
    return counts["Newchannel"] == counts["Hangup"]


def packets(trace: Trace) -> list[AmiPacket]:
    return [seen for seen in trace.observations if isinstance(seen, AmiPacket)]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("variables", {"caller": "Ann <5550100>", "awkward": AWKWARD, "later": "1"}),
        ("keys", {"keys": "7*", "played": "beep"}),
        ("call_file", {"caller": "Ann <5550100>"}),
        ("call_file_that_fails", {}),
        ("call_file_that_rings", {}),
        ("all_keys", {"early": "12", "all": "ABCD*" + "0123456789" * 8}),
        ("hangs_up_as_somebody_answers", {"answered": "True"}),
        ("hangs_up_as_the_call_ends", {"cause": "0"}),
        ("phone_is_called", {"status": "ANSWER"}),
        ("phone_calls", {"exten": "stay"}),
        ("phone_is_busy", {"status": "BUSY"}),
        ("database", {"there": "value", "gone": "None", "function": "NOT_INUSE"}),
    ],
)
def test_what_a_scenario_does_works_on_all_instances(
    traces: Mapping[str, Traces], name: str, wanted: dict[str, str]
) -> None:
    for trace in traces[f"test/{name}"].values():
        assert (trace.ending, trace.problem) == (Ending.PLAYED, "")
        assert remembered(trace) == wanted


@pytest.mark.parametrize(
    ("name", "ending", "words"),
    [
        ("never", Ending.OVERDUE, "waited 0.3 s for the event UserEvent (UserEvent: Never)"),
        ("too_long", Ending.OVERDUE, "1 s"),
        ("fails", Ending.UNMET, "RuntimeError: a mistake in the scenario (test_play.py:"),
        ("unmet", Ending.UNMET, "no Macro"),
        ("too_late", Ending.OVERDUE, "all calls ended without the application Queue(*)"),
        ("stranger", Ending.UNMET, "phone 102 is not among the scenario's phones (none)"),
        ("left_open", Ending.PLAYED, ""),
        ("nobody_is_there", Ending.UNMET, "the dialplan has no extension 999 in the context run (test_play.py:"),
        ("no_such_context", Ending.UNMET, 'the dialplan has no context "rum"; did you mean "run"? (test_play.py:'),
        (
            "phone_calls_nobody",
            Ending.UNMET,
            "phone 102 calls 999: the dialplan has no extension 999 in ",
        ),
        (
            "transfers_to_nobody",
            Ending.UNMET,
            "phone 101 transfers its call to 999: the dialplan has no ",
        ),
        ("transfers", Ending.PLAYED, ""),
        ("nothing", Ending.UNMET, "(SIP 401, Rejected); the log of "),
        ("forgets_to_await", Ending.UNMET, "call(…) was never awaited, so it did nothing; write `await call(…)`"),
        ("is_skipped", Ending.SKIPPED, "no carrier in the lab"),
        ("asks_in_vain", Ending.PLAYED, ""),
    ],
)
def test_how_a_scenario_ended_is_told_in_words(
    traces: Mapping[str, Traces], name: str, ending: Ending, words: str
) -> None:
    for trace in traces[f"test/{name}"].values():
        assert trace.ending is ending
        assert words in trace.problem


def test_an_action_that_is_refused_is_in_the_trace(traces: Mapping[str, Traces]) -> None:
    for trace in traces["test/asks_in_vain"].values():
        (vain,) = [dict(seen.details) for seen in trace.observations if getattr(seen, "name", "") == IN_VAIN]
        assert (vain["What"], vain["Why"]) == ("the AMI action Redirect", "Channel does not exist: none")
        assert vain["Place"].startswith("test_play.py:")


def test_no_scenario_leaves_a_channel_behind(traces: Mapping[str, Traces]) -> None:
    left = [t.scenario for by_instance in traces.values() for t in by_instance.values() if not all_hung_up(t)]
    assert left == []


def test_calls_of_a_call_file_are_the_scenario_s_from_the_first_event_on(traces: Mapping[str, Traces]) -> None:
    for trace in traces["test/call_file"].values():
        events = packets(trace)
        assert [seen.event for seen in events[:2]] == ["Newchannel", "Newchannel"]
        assert not any(seen.get("Variable") == "HARNESS_CALL_FILE" for seen in events)


def test_a_call_file_that_fails_is_tried_again_within_its_scenario_only(
    runner: asyncio.Runner, traces: Mapping[str, Traces], lab: tuple[Scheduler, Trio]
) -> None:
    """It is tried at least twice; another try may begin before the file is taken back."""
    scheduler, trio = lab
    for trace in traces["test/call_file_that_fails"].values():
        made = [seen.get("Channel") for seen in packets(trace) if seen.event == "Newchannel"]
        assert len(made) >= 4
        assert len(made) % 2 == 0
    for instance in trio.instances.values():
        assert instance.list_files(f"{instance.release.directory('astspooldir')}/outgoing") == {}
    for trace in runner.run(scheduler.log_of_no_call()).values():
        assert not [
            seen for seen in trace.observations if isinstance(seen, LogLine) and "/outgoing/" in seen.message
        ]


def test_what_is_logged_is_told_apart_by_scenario(traces: Mapping[str, Traces]) -> None:
    for trace in traces["test/wrong"].values():
        logged = [seen.message for seen in trace.observations if isinstance(seen, LogLine)]
        assert any("No application 'NoSuchApplication'" in line for line in logged)
    elsewhere = [traces[name] for name in traces if name != "test/wrong"]
    lines = [str(seen) for by in elsewhere for trace in by.values() for seen in trace.observations]
    assert not any("NoSuchApplication" in line for line in lines)


def test_late_records_are_in_the_trace(traces: Mapping[str, Traces]) -> None:
    for trace in traces["test/left_open"].values():
        assert any(seen.event == "Cdr" for seen in packets(trace))


def test_ids_of_the_caller_have_roles(traces: Mapping[str, Traces]) -> None:
    for trace in traces["test/left_open"].values():
        roles = dict(trace.roles)
        created = [seen.get("Uniqueid") for seen in packets(trace) if seen.event == "Newchannel"]
        assert sorted(roles[unique] for unique in created) == ["caller", "caller;2"]


def test_astdb_is_as_it_was_however_a_scenario_ended(runner: asyncio.Runner, scheduler: Scheduler) -> None:
    async def put(asterisk: Asterisk) -> None:
        await asterisk.astdb_put("night/mode", "before : it")

    async def look(asterisk: Asterisk) -> None:
        for key in ("night/mode", "night/new"):
            asterisk.remember(key, str(await asterisk.astdb_get(key)))

    async def in_order() -> Traces:
        mess = replace(scenario(leaves_a_mess), uses=frozenset({"astdb/night"}))
        await played(scheduler, [scenario(put)])
        await played(scheduler, [mess])
        return (await played(scheduler, [scenario(look)]))["test/look"]

    for trace in runner.run(in_order()).values():
        assert remembered(trace) == {"night/mode": "before : it", "night/new": "None"}


def test_events_of_the_last_action_belong_to_the_scenario(runner: asyncio.Runner, scheduler: Scheduler) -> None:
    async def acts(asterisk: Asterisk) -> None:
        await asterisk.ami({"Action": "UserEvent", "UserEvent": "Late", "Queue": "late"})

    each = replace(scenario(acts), uses=frozenset({"queue/late"}))
    in_turn = [replace(each, id=f"late/{n}") for n in range(50)]
    traces = runner.run(played(scheduler, in_turn))
    for by_instance in traces.values():
        for trace in by_instance.values():
            assert [seen.get("UserEvent") for seen in packets(trace) if seen.event] == ["Late"]


def test_three_hundred_calls_at_once_are_all_accounted_for(runner: asyncio.Runner, scheduler: Scheduler) -> None:
    many = [Scenario(f"many/{n}", "", Path(__file__), 1, short) for n in range(300)]
    traces = runner.run(played(scheduler, many, width=300))
    assert len(traces) == 300
    for by_instance in traces.values():
        assert sorted(by_instance) == ["again", "candidate", "old"]
        for trace in by_instance.values():
            counts = Counter(seen.event for seen in packets(trace))
            assert (trace.ending, counts["Newchannel"], counts["Hangup"]) == (Ending.PLAYED, 2, 2), trace.problem


def test_company_goes_home_when_the_others_have_ended(runner: asyncio.Runner, scheduler: Scheduler) -> None:
    """Who plays for hours, and who waits for a turn, would keep the run for that long."""
    begun, ended = list[str](), list[str]()

    async def goes_on(asterisk: Asterisk) -> None:
        call = await asterisk.call("stay@run")
        await call.wait("answered")
        begun.append(asterisk.instance)
        await asterisk.pause(7200)
        ended.append(asterisk.instance)

    one = replace(scenario(goes_on, deadline=7200), uses=frozenset({"queue/only"}))
    company = [replace(one, id="test/first"), replace(one, id="test/second")]

    async def waits_for_company(asterisk: Asterisk) -> None:
        while len(begun) < 3:
            await asterisk.pause(0.05)
        await short(asterisk)

    async def play() -> dict[str, Traces]:
        asked = [(scenario(waits_for_company), 1)]
        plays = scheduler.play(asked, width=9, progress=lambda _: None, company=company)
        found = {play.scenario.id: play.traces async for play in plays}
        return found | await played(scheduler, [scenario(short)])

    traces = runner.run(play())
    assert sorted(traces) == ["test/short", "test/waits_for_company"]
    assert {trace.ending for of_all in traces.values() for trace in of_all.values()} == {Ending.PLAYED}
    assert sorted(begun) == ["again", "candidate", "old"]
    assert ended == []
    assert not any(trace.alone for trace in traces["test/waits_for_company"].values())


def test_a_kill_ends_what_plays_there_and_nothing_else(runner: asyncio.Runner, tmp_path: Path) -> None:
    async def act() -> tuple[dict[str, Traces], tuple[str, ...]]:
        async with scheduler_of(tmp_path) as (scheduler, trio):
            playing = asyncio.create_task(played(scheduler, [scenario(left_open), scenario(waits)]))
            await asyncio.sleep(1)
            await asyncio.to_thread(trio.candidate.container.kill, "SIGKILL")
            traces = await playing
            late = await played(scheduler, [scenario(short)])
            return {**traces, **late}, scheduler.broken

    async def waits(asterisk: Asterisk) -> None:
        call = await asterisk.call("stay@run")
        await call.wait("answered")
        await asterisk.pause(3)
        await call.hangup()

    traces, broken = runner.run(act())
    assert [traces["test/waits"][name].ending for name in ("old", "again")] == [Ending.PLAYED] * 2
    assert traces["test/waits"]["candidate"].ending is Ending.UNPLAYABLE
    assert "from outside by SIGKILL" in traces["test/waits"]["candidate"].problem
    assert any(seen.event == "Newchannel" for seen in packets(traces["test/waits"]["candidate"]))
    assert [traces["test/short"][name].ending for name in ("old", "again")] == [Ending.PLAYED] * 2
    assert traces["test/short"]["candidate"].ending is Ending.UNPLAYABLE
    assert len(broken) == 1
