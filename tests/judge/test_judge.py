from dataclasses import replace

import pytest

from harness.asterisk.dialplan.show import parse_dialplan
from harness.judge import Judged, Maps, Plays, judge
from harness.model import Ending, InstanceName, Outcome, Place, Severity, Trace
from harness.testing import trace

DIALPLAN = """\
[ Context 'd01' created by 'pbx_config' ]
  'run' =>          1. Macro(hello,x)                             [extensions.conf:6]
                    2. UserEvent(R,after: yes)                    [extensions.conf:7]
"""
OLD = """
Event: Newexten
Channel: Local/run@d01-00000001;2
Uniqueid: 1.2
Context: d01
Extension: run
Priority: 1
Application: Macro
AppData: hello,x

Event: UserEvent
Channel: Local/run@d01-00000001;2
Uniqueid: 1.2
UserEvent: R
after: yes
"""
GONE = "Level: WARNING\nMessage: No application 'Macro' for extension (d01, run, 1)"


def plays(old: str, candidate: str, again: str | None = None) -> Plays:
    return Plays(
        "test/one",
        {
            "old": (trace(old),),
            "again": (trace(old if again is None else again, instance="again"),),
            "candidate": (trace(candidate, instance="candidate"),),
        },
    )


def judged(old: str, candidate: str, again: str | None = None) -> Judged:
    maps = Maps(parse_dialplan(DIALPLAN, folder="old/"), parse_dialplan(DIALPLAN, folder="candidate/"))
    return judge(plays(old, candidate, again), maps)


def test_the_same_is_the_same() -> None:
    assert judged(OLD, OLD).result.outcome is Outcome.SAME


def test_a_result_takes_as_long_as_its_longest_first_play() -> None:
    of = plays(OLD, OLD)
    seconds: dict[InstanceName, tuple[float, ...]] = {"old": (2.0, 9.0), "again": (3.5,), "candidate": (1.0,)}
    traces = {name: tuple(replace(of.traces[name][0], seconds=each) for each in seconds[name]) for name in seconds}
    assert judge(replace(of, traces=traces), Maps()).result.seconds == 3.5


def test_a_missing_application_is_one_finding_with_place_advice_and_consequences() -> None:
    result = judged(OLD, GONE).result
    (finding,) = result.findings
    assert (result.outcome, finding.rule, finding.severity) == (
        Outcome.DIFFERS,
        "application-missing",
        Severity.BREAKING,
    )
    assert finding.where == Place("candidate/extensions.conf", 6)
    assert "Gosub" in finding.advice
    assert "UserEvent R is not sent any more" in [each.title for each in finding.consequences]


def test_a_missing_application_needs_no_replay_and_another_difference_does() -> None:
    assert not judged(OLD, GONE).wants_replay
    assert judged(OLD, OLD.replace("after: yes", "after: no")).wants_replay


def test_a_difference_is_found_where_the_dialplan_was() -> None:
    (finding,) = judged(OLD, OLD.replace("after: yes", "after: no")).result.findings
    assert (finding.rule, finding.where) == ("user-event-changed", Place("old/extensions.conf", 6))


def test_additive_findings_leave_the_scenario_the_same() -> None:
    more = OLD + "\n\nEvent: VarSet\nUniqueid: 1.2\nVariable: CHANLOCALSTATUS\nValue: x"
    result = judged(OLD, more).result
    assert (result.outcome, [f.rule for f in result.findings]) == (Outcome.SAME, ["variable-added"])


def test_the_site_s_own_severity_counts() -> None:
    changed = plays(OLD, OLD.replace("after: yes", "after: no"))
    result = judge(changed, Maps(), {"user-event-changed": Severity.INFO}).result
    assert (result.outcome, result.findings[0].severity) == (Outcome.SAME, Severity.INFO)


@pytest.mark.parametrize("missing", ["old", "again", "candidate"])
def test_a_trace_that_is_not_there_is_not_compared(missing: InstanceName) -> None:
    traces: dict[InstanceName, tuple[Trace, ...]] = {
        name: (trace(OLD),) for name in ("old", "again", "candidate") if name != missing
    }
    result = judge(Plays("test/one", traces), Maps()).result
    assert (result.outcome, result.problem) == (Outcome.NOT_COMPARED, f"was not played on {missing}")


def test_what_could_not_be_played_is_not_compared() -> None:
    result = judged(OLD, "Ending: unplayable\nProblem: phone 101 is not registered").result
    assert (result.outcome, result.problem) == (
        Outcome.NOT_COMPARED,
        "candidate: phone 101 is not registered",
    )


def test_a_crash_of_the_candidate_holds_and_one_of_old_proves_nothing() -> None:
    crash = f"Ending: {Ending.CRASHED}\nProblem: Asterisk exited with signal 11"
    assert [finding.rule for finding in judged(OLD, crash).result.findings] == ["asterisk-crashed"]
    assert judged(crash, OLD).result.outcome is Outcome.NOT_COMPARED


def test_an_expectation_that_fails_on_old_as_well_is_a_wrong_scenario() -> None:
    unmet = "Ending: unmet\nProblem: answered: wanted true, got false"
    assert judged(unmet, unmet).result.outcome is Outcome.FAILED


def test_of_a_scenario_that_fails_everywhere_it_is_said_what_the_log_complains_of() -> None:
    unmet = "Ending: unmet\nProblem: waited for beep to be played"
    gone = "No application 'Dbl' for extension (x, 1, 2)"
    logged = (
        ("NOTICE", "a"),
        ("WARNING", "b"),
        ("WARNING", "b"),
        ("WARNING", gone),
        ("ERROR", "c"),
        ("ERROR", "d"),
    )
    lines = "\n\n".join(f"Level: {level}\nMessage: {text}" for level, text in logged)
    problem = judged(f"{unmet}\n\n{lines}", unmet).result.problem
    assert problem == (
        f"on the old release: waited for beep to be played; Asterisk's log says then: b; {gone}; c (and 1 more)"
    )
    result = judged(OLD, OLD + "\n\n" + unmet).result
    assert [finding.rule for finding in result.findings] == ["expectation-failed"]


def test_what_differs_and_cannot_be_played_again_is_not_compared() -> None:
    """Replays that fail on the old release dismiss nothing."""
    once = plays(OLD, OLD.replace("after: yes", "after: no"))
    unmet = "Ending: overdue\nProblem: waited 30 s for the event UnParkedCall"
    again = {name: (*traces, trace(unmet, instance=name)) for name, traces in once.traces.items()}
    result = judge(replace(once, traces=again), Maps()).result
    assert result.outcome is Outcome.NOT_COMPARED
    assert result.problem.endswith("when it is played again: waited 30 s for the event UnParkedCall")


def test_fingerprints_stay_the_same_from_run_to_run() -> None:
    one = judged(OLD, OLD.replace("after: yes", "after: no"))
    other = judged(OLD.replace("0001;2", "00a7;2"), OLD.replace("after: yes", "after: no").replace("1.2", "9.4"))
    assert one.result.findings == other.result.findings


def test_the_cause_is_a_new_line_in_the_log_or_where_the_ways_part() -> None:
    changed = OLD.replace("after: yes", "after: no")
    odd = "Level: WARNING\nMessage: Odd"
    parted = changed.replace("AppData: hello,x", "AppData: hello,y")
    for candidate, cause in (
        (f"{changed}\n\n{odd}", "Asterisk's log says: Odd (Macro(hello,x))"),
        (parted, "run@d01, priority 1: Macro(hello,x) has hello,y, had hello,x"),
        (changed, "run@d01, priority 1: Macro(hello,x)"),
    ):
        (found,) = [f for f in judged(OLD, candidate).result.findings if f.rule == "user-event-changed"]
        assert found.cause == cause
    lost = judged(f"{OLD}\n\n{odd}", changed).result.findings
    assert [f.cause for f in lost if f.rule == "user-event-changed"] == [
        "The old release's log says, and the candidate's does not: Odd (Macro(hello,x))"
    ]


@pytest.mark.parametrize(("cause", "listens", "rule"), [
    ("16", True, "ami-header-lost"), ("16", False, "ami-header-unheard"), ("21", False, "ami-header-lost"),
])  # fmt: skip
def test_a_usual_cause_that_is_told_no_more_counts_where_somebody_listens(
    cause: str, listens: bool, rule: str
) -> None:
    said = "Event: HangupRequest\nChannel: PJSIP/1-00000001\nUniqueid: 1.1"
    maps = Maps(is_listened_to=listens)
    assert [f.rule for f in judge(plays(f"{said}\nCause: {cause}", said), maps).result.findings] == [rule]
