"""Which scenarios cover what a finding is about: the places that they run, the things that they use."""

from __future__ import annotations

import pytest

from harness.asterisk.dialplan.show import parse_dialplan
from harness.judge import Maps
from harness.judge.checks.documented import without_effect
from harness.judge.coverage import Coverage, places_run
from harness.model import Finding, Outcome, Place, ScenarioResult, Severity
from harness.testing import trace

DIALPLAN = parse_dialplan(
    "[ Context 'in' created by 'x' ]\n"
    "  '_1XX' =>         1. Macro(hello)  [extensions.conf:2]\n"
    "                    2. Hangup()  [extensions.conf:3]\n",
    folder="old/",
)
RAN = "Event: Newexten\nContext: in\nExtension: 101\nPriority: 1\nApplication: Macro"
APP = "App: board\nInterface: "


def found(*, places: tuple[Place, ...] = (), about: str = "") -> ScenarioResult:
    finding = Finding("r", Severity.BREAKING, "dialplan", "c", "t", places=places, about=about)
    return ScenarioResult("c", "preflight", Outcome.DIFFERS, findings=(finding,))


def covered(result: ScenarioResult, **texts: str) -> str:
    coverage = Coverage([result], Maps(DIALPLAN))
    for id_, text in texts.items():
        coverage.add(id_, {"old": trace(text)})
    return coverage.result(result).findings[0].covered


def test_what_ran_is_known_by_file_and_line_through_patterns() -> None:
    assert places_run(trace(RAN), DIALPLAN) == {Place("old/extensions.conf", 2)}


def test_of_a_timed_include_and_what_it_hides_that_which_ran_is_covered() -> None:
    dialplan = parse_dialplan(
        "[ Context 'in' created by 'x' ]\n  Include => 'night,17:00-08:00,*,*,*' [x]\n  Include => 'always' [x]\n"
        "[ Context 'night' created by 'x' ]\n  's' => 1. Playback(closed)  [e.conf:1]\n"
        "[ Context 'always' created by 'x' ]\n  's' => 1. Playback(open)  [e.conf:2]\n"
    )
    ran = "Event: Newexten\nContext: in\nExtension: s\nPriority: 1\nApplication: Playback\nAppData: "
    assert places_run(trace(ran + "closed"), dialplan) == {Place("e.conf", 1)}
    assert places_run(trace(ran + "open"), dialplan) == {Place("e.conf", 2)}


def test_a_finding_says_who_runs_its_places_or_that_nobody_does() -> None:
    one, other = Place("old/extensions.conf", 2), Place("old/extensions.conf", 9)
    assert covered(found(places=(one, other)), x=RAN, w=RAN, y="") == "by w, x"
    assert covered(found(places=(other,)), x=RAN) == "by none of the scenarios that were played (1)"


def test_a_scenario_that_shows_the_same_thing_covers_it_wherever_its_way_led() -> None:
    unseen = Place("candidate/extensions.conf", 9)
    (head,) = found(places=(unseen, Place("old/extensions.conf", 9))).findings
    call = Finding("application-missing", Severity.BREAKING, "dialplan", "x", "t", link="the same thing is gone")
    both = ScenarioResult("c", "preflight", Outcome.DIFFERS, findings=(head.following((call,)),))
    assert covered(both, x=RAN, y="") == "by x"


def test_of_many_scenarios_some_are_named() -> None:
    place = Place("old/extensions.conf", 2)
    assert covered(found(places=(place,)), **dict.fromkeys("abcdefg", RAN)) == "by a, b, c, d, e and 2 more"


def test_where_nothing_was_played_or_there_is_nothing_to_cover_a_finding_is_silent() -> None:
    assert covered(found(places=(Place("old/extensions.conf", 2),))) == ""
    assert covered(found(about="codec: g729"), x=RAN) == ""
    assert covered(found(places=(Place("old/pjsip.conf", 2),)), x=RAN) == ""


@pytest.mark.parametrize(
    ("about", "uses", "uses_not"),
    [
        (
            "AMI action: Monitor",
            f"{APP}ami\nKind: action\nAction: monitor",
            f"{APP}ami\nKind: action\nAction: Ping",
        ),
        ("AMI action: Park", "Step: action\nAction: Park\nActionID: 1", "Step: action\nAction: Ping"),
        (
            "AMI argument: Park: Timeout",
            f"{APP}ami\nKind: action\nAction: Park\nTimeout: 3",
            f"{APP}ami\nKind: action\nAction: Park",
        ),
        ("AMI event: MonitorStart", "Event: MonitorStart\nChannel: x", "Event: MonitorStop"),
        (
            "AMI event: MonitorStart",
            f"{APP}ami\nKind: event\nEvent: MonitorStart",
            f"{APP}ami\nKind: event\nEvent: X",
        ),
        ("AMI event header: Hangup: Cause", "Event: Hangup\nCause: 16", "Event: Hangup\nCause-txt: 16"),
        ("AGI command: say number", "Agi: script\nLine: SAY NUMBER 5", "Agi: script\nLine: SAY DIGITS 5"),
        ("AGI command: say number", "Agi: script\nLine: SAY NUMBER 5", "Agi: asterisk\nLine: say number"),
        (
            "ARI operation: GET /channels/{channelId} (channels.get)",
            f"{APP}ari\nKind: request\nRequest: GET /pbx/ari/channels/17.4",
            f"{APP}ari\nKind: request\nRequest: GET /ari/channels/17.4/variable",
        ),
        (
            "ARI operation: GET /channels/{channelId} (channels.get)",
            "Step: ari\nOperation: channels.get",
            "Step: ari\nOperation: channels.list",
        ),
        (
            "ARI parameter: POST /channels: timeout",
            f"{APP}ari\nKind: request\nRequest: POST /ari/channels\nquery.timeout: 3",
            f"{APP}ari\nKind: request\nRequest: POST /ari/channels\nquery.app: x",
        ),
        (
            "ARI parameter: POST /channels: timeout",
            f'{APP}ari\nKind: request\nRequest: POST /ari/channels\nBody: {{"timeout": 3}}',
            f"{APP}ari\nKind: request\nRequest: POST /ari/channels\nBody: [3",
        ),
        (
            "ARI model: StasisStart",
            "Ari: event\nType: StasisStart\nBody: {}",
            "Ari: event\nType: StasisEnd\nBody: {}",
        ),
        (
            "ARI field: StasisStart.args",
            f'{APP}ari\nKind: event\nType: StasisStart\nBody: {{"args": []}}',
            f"{APP}ari\nKind: event\nType: StasisStart\nBody: {{}}",
        ),
    ],
)
def test_what_an_interface_lost_is_covered_by_who_uses_it(about: str, uses: str, uses_not: str) -> None:
    assert covered(found(about=about), one=uses, other=uses_not) == "by one"


@pytest.mark.parametrize(
    ("places", "outcomes", "settled"),
    [
        ((2,), {"a": Outcome.SAME}, True),
        ((2,), {"a": Outcome.SAME, "b": Outcome.DIFFERS}, False),
        ((2,), {"a": Outcome.FAILED}, False),
        ((2, 3), {"a": Outcome.SAME}, False),
        ((), {"a": Outcome.SAME}, False),
    ],
)
def test_what_is_only_documented_otherwise_is_settled_by_playing_every_place(
    places: tuple[int, ...], outcomes: dict[str, Outcome], settled: bool
) -> None:
    at = tuple(Place("old/extensions.conf", line) for line in places)
    finding = Finding("application-option-gone", Severity.BREAKING, "config", "c", "t", places=at)
    check = ScenarioResult("c", "preflight", Outcome.DIFFERS, findings=(finding,))
    coverage = Coverage([check], Maps(DIALPLAN))
    for id_ in outcomes:
        coverage.add(id_, {"old": trace(RAN)})
    played = (ScenarioResult(id_, "dialplan", outcome) for id_, outcome in outcomes.items())
    first, *_ = without_effect([check, *played], coverage)
    assert first.outcome is (Outcome.SAME if settled else Outcome.DIFFERS)
    assert first.findings[0].severity is (Severity.INFO if settled else Severity.BREAKING)


def test_what_is_gone_for_real_is_not_settled_by_a_play() -> None:
    check = found(places=(Place("old/extensions.conf", 2),))
    coverage = Coverage([check], Maps(DIALPLAN))
    coverage.add("a", {"old": trace(RAN)})
    assert without_effect([check, ScenarioResult("a", "dialplan", Outcome.SAME)], coverage)[0] == check
