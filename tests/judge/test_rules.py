"""Every rule carries a witness: it fires on it, and is silent on a trace compared with itself."""

from dataclasses import replace

import pytest

from harness.judge import Maps, Plays, judge
from harness.judge.prompts import PROMPT_RULE
from harness.judge.rules import CAUSES, RULES, LogRule, Rule
from harness.model import Finding
from harness.testing import trace

ALL = [*CAUSES, *RULES]


def findings(old: str, candidate: str, scenario: str = "test/one") -> tuple[Finding, ...]:
    traces = {
        "old": (trace(old),) * 2,
        "again": (trace(old, instance="again"),) * 2,
        "candidate": (trace(candidate, instance="candidate"),) * 2,
    }  # twice, as a single play proves nothing of what is of an instant
    found = judge(Plays(scenario, traces), Maps()).result.findings
    return tuple(replace(each, severity=each.own or each.severity) for f in found for each in (f, *f.consequences))


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_a_rule_fires_on_its_witness(rule: Rule | LogRule) -> None:
    found = {finding.rule: finding for finding in findings(rule.witness.old, rule.witness.candidate)}
    assert rule.id in found
    assert found[rule.id].severity is rule.severity
    assert found[rule.id].advice


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_a_rule_is_silent_on_equal_traces(rule: Rule | LogRule) -> None:
    assert findings(rule.witness.old, rule.witness.old) == ()
    own = [PROMPT_RULE.id] if rule.id == "sound-missing" else []  # is told
    assert [one.rule for one in findings(rule.witness.candidate, rule.witness.candidate)] == own


def test_ids_are_unique_kebab_case_words() -> None:
    ids = [rule.id for rule in ALL]
    assert len(set(ids)) == len(ids)
    assert all(part.isalpha() and part.islower() for id_ in ids for part in id_.split("-"))


def test_no_rule_is_out_of_reach() -> None:
    """Were a rule's witness named by an earlier rule, the first test would fail; here: nothing goes unnamed."""
    assert RULES[-1].id == "unclassified"
    assert RULES[-1].match == type(RULES[-1].match)()


SAID_ONCE = {
    "agi-environment-lost", "agi-environment-added", "app-told-less", "app-field-lost", "app-field-added",
    "app-event-added", "ari-field-lost", "ari-field-added", "ami-header-lost", "ami-header-added",
    "cel-event-added", "variable-added", "ami-event-added", "technology-renamed",
    "queue-event-added", "call-request-added", "variable-of-technology-unread",
    "app-greeting-changed", "file-place-changed", "file-line-lost-empty", "file-line-lost", "file-line-added",
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_what_a_release_has_no_more_is_said_once_and_what_a_call_does_for_each_scenario(rule: Rule) -> None:
    marks = {
        finding.fingerprint
        for scenario in ("test/one", "test/two")
        for finding in findings(rule.witness.old, rule.witness.candidate, scenario)
        if finding.rule == rule.id
    }
    of_all = rule.id in SAID_ONCE or rule.match.surfaces == {"log"}
    assert (len(marks) == 1) is of_all
