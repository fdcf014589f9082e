"""What is gone of an interface counts where a program names it, and the old release had it for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.facts.inventory import Inventory
from harness.judge.checks.judging import judge_load
from harness.judge.checks.programs import uses_of_offer
from harness.judge.checks.rule import tiny
from harness.model import Attributes, Outcome, Place

Sections = dict[str, dict[str, Attributes]]
_READS_CALLS: Attributes = {"read perm": "call,user", "write perm": "call"}


def desk(
    program: str, *, user: Attributes = _READS_CALLS, manager: str = "", **more: dict[str, Attributes]
) -> Inventory:
    sections: Sections = {"AMI client": {"desk": {}}, "manager user": {"desk": user}}
    sections |= {name.replace("_", " "): items for name, items in more.items()}
    return replace(tiny(sections, files={"manager.conf": manager}), programs={"apps/desk.py": program})


@pytest.mark.parametrize(
    ("section", "item", "program"),
    [
        ("AMI action", "Park", 'send("Action: Park\\r\\n")'),
        ("AMI action", "Park", "manager.send_action({'Action': 'Park'})"),
        ("AMI action", "Park", "action: Park"),
        ("AMI action", "Park", "new ParkAction()"),
        ("AMI action", "Park", "$manager->Park($channel)"),
        ("AMI argument", "Park: Timeout", "send(action='Park', Timeout=20)"),
        ("AMI event", "Hold", "if event['Event'] == 'Hold':"),
        ("AMI event header", "Hold: Cause", "if event.name == 'Hold': show(event['Cause'])"),
        ("AMI answer", "QueueStatus QueueParams sales", "Action: QueueStatus"),
        ("AMI answer header", "QueueStatus QueueParams: Max", "Action: QueueStatus; show(row['Max'])"),
    ],
)
def test_what_a_program_names_is_used_in_its_line(section: str, item: str, program: str) -> None:
    assert uses_of_offer(desk(f"# Action: Park\n{program}\n"), section, item) == (Place("apps/desk.py", 2),)


@pytest.mark.parametrize(
    ("section", "item", "program"),
    [
        ("AMI action", "Park", "park(call)"),
        ("AMI action", "Park", "# Action: Park"),
        ("AMI argument", "Park: Timeout", "send(action='Park', timeouts=20)"),
        ("AMI event", "Hold", "hold = 1  # please hold the line"),
        ("AMI event header", "Hold: Cause", "show(event['Cause'])"),
    ],
)
def test_other_words_of_a_program_are_no_use(section: str, item: str, program: str) -> None:
    assert uses_of_offer(desk(program), section, item) == ()


@pytest.mark.parametrize(
    ("user", "manager", "told"),
    [
        (_READS_CALLS, "", True),
        ({"read perm": "security", "write perm": ""}, "", False),
        (_READS_CALLS, "[desk]\neventfilter=!Event: Hold\n", False),
        (_READS_CALLS, "[desk]\neventfilter=Event: Newchannel\n", False),
        (_READS_CALLS, "[desk]\neventfilter=Event: (Hold|Unhold)\n", True),
        (_READS_CALLS, "[desk]\neventfilter=Channel: PJSIP\n", True),
        (_READS_CALLS, "[desk]\neventfilter=Event: (\n", False),
    ],
)
def test_an_event_counts_where_a_users_classes_and_filters_let_it_through(
    user: Attributes, manager: str, told: bool
) -> None:
    old = desk("'Hold'", user=user, manager=manager, AMI_event={"Hold": {"class": "call"}})
    assert bool(uses_of_offer(old, "AMI event", "Hold")) is told


def test_an_action_counts_where_a_user_has_the_right_for_it() -> None:
    privileges: dict[str, Attributes] = {
        "Park": {"privilege": "call"},
        "Reload": {"privilege": "config"},
        "Ping": {"privilege": "<none>"},
    }
    old = desk("'Park', 'Reload', 'Ping'", AMI_action=privileges)
    assert [bool(uses_of_offer(old, "AMI action", name)) for name in privileges] == [True, False, True]


def test_what_the_old_release_never_sent_is_missed_by_nobody() -> None:
    program = "'MonitorStart', 'EndpointDetail'; row['Disallow'], row['Allow']"
    answered: dict[str, Attributes] = {"PJSIPShowEndpoint EndpointDetail: Allow": {}}
    old = desk(program, AMI_answer_header=answered)
    assert not uses_of_offer(old, "AMI event", "MonitorStart")
    assert uses_of_offer(desk(program, module={"res_monitor": {}}), "AMI event", "MonitorStart")
    assert not uses_of_offer(old, "AMI event header", "EndpointDetail: Disallow")
    assert uses_of_offer(old, "AMI event header", "EndpointDetail: Allow")


@pytest.mark.parametrize(
    ("section", "item", "program", "used"),
    [
        (
            "ARI operation",
            "POST /channels/{channelId}/play (channels.play)",
            "requests.post(f'{url}/channels/{id}/play')",
            True,
        ),
        ("ARI operation", "POST /channels/{channelId}/play (channels.play)", "channel.play(media='x')", True),
        ("ARI operation", "POST /channels/{channelId}/play (channels.play)", "operation: channels.play", True),
        ("ARI operation", "POST /channels/{channelId}/play (channels.play)", "play = 1", False),
        ("ARI parameter", "POST /channels/{channelId}/play: skipms", "'/play', params={'skipms': 1}", True),
        ("ARI parameter", "POST /channels/{channelId}/play: skipms", "'/play'", False),
        ("ARI field", "Channel.protocol_id", "channel.json['protocol_id']", True),
        ("ARI model", "DeviceStateChanged", "on('DeviceStateChanged')", True),
        ("ARI answer", "GET /asterisk/info", "get('asterisk/info')", True),
        ("ARI answer field", "GET /asterisk/info: build.os", "get('asterisk/info')['build']['os']", True),
    ],
)
def test_ari_is_used_by_its_paths_operations_and_fields(section: str, item: str, program: str, used: bool) -> None:
    old = replace(tiny({"ARI client": {"wall": {}}}), programs={"apps/wall.py": program})
    assert bool(uses_of_offer(old, section, item)) is used


def test_a_user_who_may_only_read_asks_for_no_change() -> None:
    users: Sections = {"ARI client": {"wall": {}}, "ARI user": {"wall": {"read only": "Yes"}}}
    old = replace(tiny(users), programs={"apps/wall.py": "'/play' '/info'"})
    assert not uses_of_offer(old, "ARI operation", "POST /channels/{channelId}/play (channels.play)")
    assert uses_of_offer(old, "ARI operation", "GET /asterisk/info (asterisk.getInfo)")


def test_all_that_nothing_uses_is_one_line_with_its_list() -> None:
    gone: dict[str, Attributes] = {"Monitor": {}, "StopMonitor": {}}
    old = desk("", AMI_action=gone, AMI_event={"MonitorStart": {}, "Kept": {"class": "call"}})
    candidate = desk("", AMI_event={"Kept": {"class": "call,user"}})
    result = judge_load("preflight/interfaces", old, old, candidate)
    (finding,) = result.findings
    assert result.outcome is Outcome.SAME
    assert finding.old == "AMI action: Monitor, StopMonitor; AMI event: MonitorStart, Kept (class call,user)"


def test_all_that_an_answer_has_no_more_is_one_finding() -> None:
    rows: dict[str, Attributes] = {f"SIPpeers PeerEntry {number}": {} for number in (1, 2, 3)}
    old = desk("Action: SIPpeers", AMI_answer=rows, AMI_action={"SIPpeers": {}})
    (finding,) = judge_load("ami/answers", old, old, desk("", AMI_action={"SIPpeers": {}})).findings
    assert all(row in finding.title for row in rows)
    assert finding.places == (Place("apps/desk.py", 1),)
