from dataclasses import replace

import pytest

from harness.judge import gate, waives
from harness.model import Finding, Outcome, Place, ScenarioResult, Severity, Verdict, Waiver

LOST = Finding("variable-lost", Severity.BREAKING, "dialplan", "ivr/menu", "X is not set", fingerprint="abc")
DIFFERS = ScenarioResult("ivr/menu", "dialplan", Outcome.DIFFERS, findings=(LOST,))
SAME = ScenarioResult("ivr/hours", "dialplan", Outcome.SAME)
WAIVER = Waiver("nobody reads X", Place("waivers.yaml", 3), fingerprint="abc")
TODAY = "2026-11-23"


def test_nothing_different_is_a_promotion() -> None:
    assert gate([SAME], [], today=TODAY).verdict is Verdict.PROMOTE


def test_a_holding_finding_holds() -> None:
    assert gate([SAME, DIFFERS], [], today=TODAY).verdict is Verdict.HOLD


def test_a_waived_one_does_not() -> None:
    gated = gate([DIFFERS], [WAIVER], today=TODAY)
    assert (gated.verdict, gated.results[0].outcome) == (Verdict.PROMOTE, Outcome.WAIVED)
    assert gated.findings[0].waived == "nobody reads X"


def test_patterns_have_to_match_all() -> None:
    both = Waiver("known", Place("waivers.yaml", 3), rule="variable-*", scenario="ivr/*")
    assert gate([DIFFERS], [both], today=TODAY).verdict is Verdict.PROMOTE
    assert gate([DIFFERS], [replace(both, scenario="queue/*")], today=TODAY).verdict is Verdict.HOLD


NAMED = replace(
    LOST,
    event="VarSet X",
    field="Value",
    subject="PJSIP/101",
    where=Place("old/extensions.conf", 7),
    about="AMI a: B",
)


@pytest.mark.parametrize(
    ("key", "matching", "other"),
    [
        ("event", "VarSet *", "VarSet Y"),
        ("event", "VarSet X", "Hangup"),
        ("field", "Value", "Cause"),
        ("subject", "PJSIP/*", "PJSIP/102"),
        ("about", "AMI a: *", "AMI b: *"),
        ("rule", "variable-lost", "variable-*d"),
        ("scenario", "ivr/*", "queue/*"),
        ("where", "old/extensions.conf:*", "extensions.conf:*"),
    ],
)
def test_a_waiver_matches_what_a_finding_is_about(key: str, matching: str, other: str) -> None:
    waiver = Waiver("known", Place("waivers.yaml", 3))
    assert waives(replace(waiver, **{key: matching}), NAMED)
    assert not waives(replace(waiver, **{key: other}), NAMED)


def test_a_waiver_is_not_by_words() -> None:
    waiver = Waiver("known", Place("waivers.yaml", 3), event="VarSet X")
    assert waives(waiver, replace(NAMED, title="said in other words"))
    assert not waives(Waiver("known", Place("waivers.yaml", 3)), NAMED)


def test_brackets_in_a_name_are_themselves() -> None:
    waiver = Waiver("known", Place("waivers.yaml", 3), field="channels[0].id")
    assert waives(waiver, replace(NAMED, field="channels[0].id"))


def test_what_wavers_on_the_candidate_is_inconclusive() -> None:
    doubtful = replace(SAME, outcome=Outcome.UNSTABLE_ON_CANDIDATE)
    assert gate([SAME, doubtful], [], today=TODAY).verdict is Verdict.INCONCLUSIVE
    assert gate([DIFFERS, doubtful], [], today=TODAY).verdict is Verdict.HOLD


def test_an_expired_waiver_holds_by_itself_and_waives_nothing() -> None:
    gated = gate([DIFFERS], [replace(WAIVER, until="2026-11-22")], today=TODAY)
    assert gated.verdict is Verdict.HOLD
    assert {finding.rule for finding in gated.findings if not finding.waived} == {
        "variable-lost",
        "waiver-expired",
    }
    for day in (TODAY, "2026-12-31", "2030-01-01"):
        assert gate([DIFFERS], [replace(WAIVER, until=day)], today=TODAY).verdict is Verdict.PROMOTE


def test_an_unused_waiver_holds_when_all_was_played() -> None:
    assert gate([SAME], [WAIVER], today=TODAY).findings[0].rule == "waiver-unused"
    assert gate([SAME], [WAIVER], today=TODAY).verdict is Verdict.HOLD
    assert gate([SAME], [WAIVER], today=TODAY, complete=False).verdict is Verdict.PROMOTE
    assert gate([SAME], [WAIVER], today=TODAY, whole=False).findings == ()


@pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.NOT_COMPARED])
def test_a_waiver_of_what_was_not_compared_is_not_unused(outcome: Outcome) -> None:
    unplayed = replace(SAME, outcome=outcome, problem="closed")
    about = Waiver("known", Place("waivers.yaml", 3), rule="variable-*", scenario="ivr/hours")
    assert gate([SAME, unplayed], [about, WAIVER], today=TODAY).findings == ()
    other = replace(about, scenario="queue/*")
    assert [f.rule for f in gate([SAME, unplayed], [other], today=TODAY).findings] == ["waiver-unused"]


def test_a_part_in_which_nothing_speaks_against_it_is_partial() -> None:
    assert gate([SAME], [], today=TODAY, whole=False).verdict is Verdict.PARTIAL
    assert gate([SAME, DIFFERS], [], today=TODAY, whole=False).verdict is Verdict.HOLD
    assert gate([SAME], [], today=TODAY, whole=False, problems=["hung"]).verdict is Verdict.INCONCLUSIVE


def test_what_is_skipped_may_promote_unless_it_is_all() -> None:
    skipped = replace(SAME, outcome=Outcome.SKIPPED, problem="closed")
    assert gate([SAME, skipped], [], today=TODAY).verdict is Verdict.PROMOTE
    assert gate([skipped, skipped], [], today=TODAY).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("rule", ["asterisk-crashed", "rollback-fails"])
def test_a_waiver_for_everything_covers_nothing_grave(rule: str) -> None:
    crash = replace(DIFFERS, findings=(replace(LOST, rule=rule, fingerprint="crash"),))
    everything = (
        Waiver("all", Place("waivers.yaml", 3), rule="*"),
        Waiver("all", Place("waivers.yaml", 4), rule="*-*"),
        Waiver("all", Place("waivers.yaml", 5), scenario="*"),
        Waiver("all", Place("waivers.yaml", 6), where="*", event="*", about="*", subject="*", field="*"),
    )
    assert gate([crash], everything, today=TODAY).verdict is Verdict.HOLD
    for named in ({"rule": rule}, {"fingerprint": "crash"}, {"rule": rule, "scenario": "ivr/*"}):
        waiver = Waiver("the maker knows", Place("waivers.yaml", 7), **named)
        assert gate([crash], [waiver], today=TODAY).verdict is Verdict.PROMOTE


def test_a_waiver_for_everything_does_not_cover_what_was_not_compared() -> None:
    everything = Waiver("all", Place("waivers.yaml", 3), rule="*")
    for outcome in (Outcome.NOT_COMPARED, Outcome.UNSTABLE_ON_CANDIDATE):
        lost = replace(DIFFERS, outcome=outcome)
        assert gate([DIFFERS, lost], [everything], today=TODAY).verdict is Verdict.INCONCLUSIVE


def test_what_could_not_be_compared_is_never_a_promotion() -> None:
    lost = replace(SAME, outcome=Outcome.NOT_COMPARED, problem="phone 101 is not registered")
    assert gate([SAME, lost], [], today=TODAY).verdict is Verdict.INCONCLUSIVE
    assert gate([DIFFERS, lost], [], today=TODAY).verdict is Verdict.HOLD


def test_nothing_played_and_a_broken_lab_are_inconclusive() -> None:
    assert gate([], [], today=TODAY).verdict is Verdict.INCONCLUSIVE
    assert gate([SAME], [], today=TODAY, problems=["candidate hung"]).verdict is Verdict.INCONCLUSIVE


def test_an_unstable_scenario_is_no_regression() -> None:
    assert gate([replace(SAME, outcome=Outcome.UNSTABLE_ON_OLD)], [], today=TODAY).verdict is Verdict.PROMOTE


def test_a_scenario_that_fails_on_old_holds() -> None:
    assert gate([replace(SAME, outcome=Outcome.FAILED)], [], today=TODAY).verdict is Verdict.HOLD
