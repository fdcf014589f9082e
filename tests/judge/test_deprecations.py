"""A warning that Asterisk gives once in its life is no news when the old release gave it in another call."""

from __future__ import annotations

import pytest

from harness.judge import Maps, Plays, judge
from harness.judge.deprecations import DEPRECATION_RULE, deprecations, without_known
from harness.model import InstanceName, Outcome, Severity
from harness.testing import trace

QUIET = "Event: UserEvent\nChannel: Local/1@in-00000001;2\nUniqueid: 1.2\nUserEvent: R"
WARNED = f"{QUIET}\n\nLevel: WARNING\nMessage: Dialplan should be updated to use Gosub instead."
NAMES: tuple[InstanceName, ...] = ("old", "again", "candidate")


def plays(**said: str) -> Plays:
    return Plays("a/one", {name: (trace(said.get(name, QUIET), instance=name),) for name in NAMES})


@pytest.mark.parametrize("side", ["old", "again"])
def test_what_the_old_release_says_in_another_call_is_known(side: str) -> None:
    judged = judge(plays(candidate=WARNED), Maps())
    assert [finding.rule for finding in judged.result.findings] == [DEPRECATION_RULE]
    elsewhere = judge(plays(**{side: WARNED}), Maps()).deprecated
    assert len(elsewhere) == 1
    assert without_known(judged.result, elsewhere).findings == ()


def test_what_only_the_candidate_says_is_told() -> None:
    judged = judge(plays(candidate=WARNED), Maps())
    assert judged.deprecated == deprecations(plays(candidate=WARNED).traces) == frozenset()
    for said in (frozenset[str](), frozenset({"callerpres is deprecated"})):
        assert without_known(judged.result, said) == judged.result


def test_a_site_that_weighs_it_gets_no_difference_without_a_finding() -> None:
    judged = judge(plays(candidate=WARNED), Maps(), {DEPRECATION_RULE: Severity.REVIEW})
    assert judged.result.outcome is Outcome.DIFFERS
    known = without_known(judged.result, judge(plays(old=WARNED), Maps()).deprecated)
    assert (known.outcome, known.findings) == (Outcome.SAME, ())
