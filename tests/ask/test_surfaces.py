"""What AMI, AGI and ARI offer and answer: asked of both releases for real, and read from interfaces."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from harness.ask.inventory import take_inventory
from harness.ask.over_ami import AmiAsk
from harness.ask.surfaces import take_surfaces
from harness.asterisk.answers import ami_answer, ari_answer
from harness.asterisk.documents import interfaces
from harness.facts.inventory import Inventory
from harness.judge.checks import AFTER_PLAY, CHECKS, suite_of
from harness.judge.checks.judging import judge_load
from harness.lab import boot_trio, prepare
from harness.model import Finding, Outcome, ScenarioResult, Severity
from harness.site import load_site

SURFACES = tuple(check for check in CHECKS if suite_of(check) != "preflight" and check not in AFTER_PLAY)

SITE = """\
name = "surfaces"
[old]
release = "debian:bullseye"
config = "etc"
[candidate]
release = "debian:sid"
config = "etc"
"""
FILES = {
    "extensions.conf": "[in]\nexten => 1,1,AGI(x.py)\n",
    "manager.conf": "[general]\nenabled = yes\n[desk]\nsecret = x\nread = all\nwrite = all\n",
    "ari.conf": "[general]\nenabled = yes\n[wall]\ntype = user\npassword = x\n",
    "http.conf": "[general]\nenabled = yes\n",
    "pjsip.conf": "[101]\ntype = endpoint\nallow = ulaw\n",
    "sip.conf": "[general]\nbindport = 5062\n",
    "queues.conf": "[sales]\nstrategy = ringall\nmember => Local/1@in\n",
}
DESK = """\
for action in ("Monitor", "StopMonitor", "PauseMonitor", "SIPpeers"):
    send(f"Action: {action}")
wanted = {"MonitorStart": record, "QueueMemberPause": lambda event: show(event["Reason"])}
"""
Results = Mapping[str, ScenarioResult]


@pytest.fixture(scope="module")
def inventories(tmp_path_factory: pytest.TempPathFactory) -> tuple[Inventory, ...]:
    """Of old, again and candidate, with a program's user for each interface."""
    root = tmp_path_factory.mktemp("surfaces")
    (root / "etc").mkdir()
    (root / "site.toml").write_text(SITE)
    for name, text in FILES.items():
        (root / "etc" / name).write_text(text)
    return asyncio.run(_taken(root))


async def _taken(root: Path) -> tuple[Inventory, ...]:
    site = load_site(root)
    releases = prepare((site.old.release, site.candidate.release), packages=(), progress=print)
    async with boot_trio(site, releases, progress=print) as trio:
        taken = []
        for instance in trio.instances.values():
            inventory = await take_inventory(AmiAsk(instance))
            surfaces = await take_surfaces(instance, inventory)
            sections = {**inventory.sections, **surfaces}
            taken.append(replace(inventory, sections=sections, programs={"apps/desk.py": DESK}))
        return tuple(taken)


def judged(old: Inventory, again: Inventory, candidate: Inventory) -> Results:
    return {check: judge_load(check, old, again, candidate) for check in SURFACES}


def rules(result: ScenarioResult, rule: str) -> list[Finding]:
    return [finding for finding in result.findings if finding.rule == rule]


@pytest.mark.engine
def test_what_went_with_monitor_is_breaking(inventories: tuple[Inventory, ...]) -> None:
    actions = judged(*inventories)["ami/actions"]
    gone = {finding.title.split()[3]: finding for finding in rules(actions, "ami-action-gone")}
    assert {"Monitor", "StopMonitor", "PauseMonitor", "SIPpeers"} <= set(gone)
    assert all(finding.severity is Severity.BREAKING for finding in gone.values())
    assert "MixMonitor" in gone["Monitor"].advice
    assert "PJSIPShowEndpoints" in gone["SIPpeers"].advice


@pytest.mark.engine
@pytest.mark.parametrize(
    ("check", "rule", "words"),
    [
        ("ami/actions", "ami-action-new", "SendFlash"),
        ("ami/actions", "ami-argument-new", "Originate: PreDialGoSub"),
        ("ami/events", "ami-event-header-new", "Hangup: TechCause"),
        ("ami/answers", "ami-answer-header-new", "CoreStatus: CoreProcessedCalls"),
        ("ami/answers", "ami-answer-header-new", "PJSIPShowEndpoint EndpointDetail: "),
        ("ari/models", "ari-model-field-new", "Channel.caller_rdnis"),
        ("ari/operations", "ari-operation-new", "GET /bridges/{bridgeId}/variable"),
        ("ari/operations", "ari-parameter-new", "DELETE /channels/{channelId}: reason_code"),
    ],
)
def test_what_is_new_is_additive(inventories: tuple[Inventory, ...], check: str, rule: str, words: str) -> None:
    (finding,) = rules(judged(*inventories)[check], rule)
    assert words in finding.candidate
    assert finding.severity is Severity.ADDITIVE


@pytest.mark.engine
@pytest.mark.parametrize(
    ("check", "rule", "words"),
    [
        ("ami/events", "ami-event-gone", "MonitorStart"),
        ("ami/events", "ami-event-header-gone", "QueueMemberPause: Reason"),
    ],
)
def test_what_is_gone_is_breaking(inventories: tuple[Inventory, ...], check: str, rule: str, words: str) -> None:
    found = rules(judged(*inventories)[check], rule)
    assert any(words in finding.title for finding in found)
    assert {finding.severity for finding in found} == {Severity.BREAKING}


@pytest.mark.engine
def test_agi_is_the_same_on_both(inventories: tuple[Inventory, ...]) -> None:
    assert len(inventories[0].section("AGI command").items) > 40
    assert judged(*inventories)["agi/commands"].findings == ()


@pytest.mark.engine
def test_a_release_against_itself_has_no_finding(inventories: tuple[Inventory, ...]) -> None:
    old, again, _ = inventories
    results = judged(old, old, again).values()
    assert [(r.outcome, r.findings, r.problem) for r in results] == [(Outcome.SAME, (), "")] * len(SURFACES)


@pytest.mark.engine
def test_a_site_without_programs_loses_nothing(inventories: tuple[Inventory, ...]) -> None:
    """No user of the site's own for an interface, no AGI in the dialplan: what is gone is information."""
    nobody = [replace(i, sections={**i.sections, "AMI client": i.section("queue member")}) for i in inventories]
    nobody = [replace(i, sections={**i.sections, "AMI client": type(i.section("queue"))()}) for i in nobody]
    for result in judged(*nobody).values():
        if result.suite == "ami":
            assert not any(finding.severity.holds for finding in result.findings)
    (told,) = judge_load("preflight/interfaces", *nobody).findings
    assert (told.rule, told.severity) == ("offer-gone-unused", Severity.INFO)
    assert "SIPpeers" in told.old


DOCUMENTS = ElementTree.fromstring("""
<docs>
 <manager name="Park"><syntax>
   <parameter name="Channel" required="true"/><parameter name="Space"/></syntax></manager>
 <managerEvent name="Hangup"><managerEventInstance><syntax>
   <channel_snapshot/><channel_snapshot prefix="Dest"/><parameter name="Cause"/></syntax></managerEventInstance>
 </managerEvent>
 <agi name="get data"><syntax><parameter name="file" required="true"/><parameter name="timeout"/></syntax></agi>
</docs>
""")


def test_documents_are_flat_items() -> None:
    assert interfaces.ami_arguments(DOCUMENTS) == {
        "Park: Channel": {"required": "yes"},
        "Park: Space": {"required": "no"},
    }
    assert list(interfaces.ami_headers(DOCUMENTS)) == [
        "Hangup: (channel snapshot)",
        "Hangup: Dest(channel snapshot)",
        "Hangup: Cause",
    ]
    assert interfaces.agi_commands(DOCUMENTS) == {"get data": {"syntax": "file [timeout]"}}


@pytest.mark.parametrize("broken", [{}, {"apis": None}, {"apis": [1, {"operations": "x"}]}, {"models": []}])
def test_a_declaration_of_another_shape_declares_nothing(broken: dict[str, None]) -> None:
    assert interfaces.ari_operations([broken]) == ({}, {})
    assert interfaces.ari_fields([broken]) == ({}, {})


def test_an_answer_is_entries_by_name_and_headers_by_event() -> None:
    packets = [
        (("Response", "Success"), ("EventList", "start"), ("Message", "follows")),
        (("Event", "QueueParams"), ("Queue", "sales"), ("Strategy", "ringall"), ("Holdtime", "7")),
        (("Event", "QueueStatusComplete"), ("EventList", "Complete"), ("ListItems", "1")),
    ]
    entries, names = ami_answer("QueueStatus", packets)
    assert entries == {
        "QueueStatus": {"Response": "Success"},
        "QueueStatus QueueParams sales": {"Event": "QueueParams", "Queue": "sales", "Strategy": "ringall"},
    }
    assert "QueueStatus QueueParams: Holdtime" in names


def test_a_refused_action_says_why() -> None:
    entries, _ = ami_answer("SIPpeers", [(("Response", "Error"), ("Message", "Invalid/unknown command"))])
    assert entries == {"SIPpeers": {"Response": "Error", "Message": "Invalid/unknown command"}}


def test_a_resource_is_entries_by_name_with_their_leaves() -> None:
    entries, names = ari_answer("endpoints", 200, [{"technology": "PJSIP", "resource": "101", "channel_ids": []}])
    assert entries == {
        "GET /endpoints": {"Status": "200"},
        "GET /endpoints PJSIP/101": {"technology": "PJSIP", "resource": "101".join('""')},
    }
    assert list(names) == [f"GET /endpoints: {name}" for name in ("technology", "resource", "channel_ids")]
