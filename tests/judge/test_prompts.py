"""Prompts that neither release has are told once each, and hold nothing."""

from __future__ import annotations

import pytest

from harness.judge import Maps, Plays, judge
from harness.model import Outcome, Severity
from harness.testing import trace

MISSING = "Level: WARNING\nMessage: File {} does not exist in any format"
CLOSED = "Level: WARNING\nMessage: Unable to open {} (format (ulaw)): No such file or directory"


def told(old: list[str], candidate: list[str]) -> tuple[Outcome, list[tuple[str, Severity, str]]]:
    plays = Plays(
        "a/b",
        {
            "old": (trace("\n\n".join(old)),),
            "again": (trace("\n\n".join(old), instance="again"),),
            "candidate": (trace("\n\n".join(candidate), instance="candidate"),),
        },
    )
    result = judge(plays, Maps()).result
    return result.outcome, [(one.rule, one.severity, one.about) for one in result.findings]


NOWHERE = [("prompt-nowhere", Severity.INFO, "sound: acs/hello")]


@pytest.mark.parametrize(
    "candidate",
    [
        [MISSING.format("acs/hello")],
        [MISSING.format("acs/hello")] * 3,
        [MISSING.format("acs/hello"), CLOSED.format("acs/hello")],
    ],
)
def test_what_neither_release_has_is_told_once_and_not_compared(candidate: list[str]) -> None:
    assert told([MISSING.format("acs/hello")], candidate) == (Outcome.SAME, NOWHERE)


def test_what_one_release_has_is_a_difference() -> None:
    outcome, found = told([MISSING.format("acs/hello")], [MISSING.format("acs/hello"), MISSING.format("vm-intro")])
    assert outcome is Outcome.DIFFERS
    assert [rule for rule, _, about in found if about != "sound: acs/hello"] != []
    assert NOWHERE[0] in found


def test_nothing_is_missing_where_nothing_is() -> None:
    assert told([], []) == (Outcome.SAME, [])
