"""`pytest.mark.xfail`: which failures are expected, and what they and their absence mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from harness.judge import Maps, Plays, judge
from harness.model import EXPECTED, INSTANCES, UNEXPECTED, Ending, Outcome, ScenarioResult
from harness.play.scenario import Scenario
from harness.play.xfail import Xfail, as_expected
from harness.testing import trace

Load = Callable[..., Mapping[str, Scenario]]
Complaints = Callable[..., list[str]]


def marked(mark: str) -> str:
    return f"import pytest\n@pytest.mark.xfail({mark})\nasync def test_x(asterisk): pass\n"


@pytest.mark.parametrize(
    ("mark", "xfail"),
    [
        ("", Xfail()),
        ("reason='known', strict=True", Xfail("known", strict=True)),
        ("raises=(OSError, ValueError), strict=False", Xfail("", (OSError, ValueError), strict=False)),
        ("raises=OSError", Xfail("", (OSError,))),
        ("True, reason='known'", Xfail("known")),
        ("condition=1 > 0, reason='known'", Xfail("known")),
        ("False, reason='known'", None),
    ],
)
def test_a_mark_is_read_as_pytest_reads_it(load: Load, mark: str, xfail: Xfail | None) -> None:
    assert load(**{"test_x.py": marked(mark)})["test_x.py/test_x"].xfail == xfail


def test_the_first_mark_that_holds_counts_also_of_a_case_and_a_class(load: Load) -> None:
    text = (
        "import pytest\n@pytest.mark.xfail(reason='class')\nclass TestX:\n"
        "    @pytest.mark.parametrize('n', [1, pytest.param(2, marks=pytest.mark.xfail(reason='case'))])\n"
        "    @pytest.mark.xfail(False, reason='never')\n"
        "    async def test_x(self, asterisk, n): pass\n"
    )
    found = [one.xfail and one.xfail.reason for one in load(**{"test_x.py": text}).values()]
    assert found == ["class", "case"]


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("'sys.platform'", "a condition of xfail that is a text"),
        ("run=False", "write pytest.mark.skip(reason=...)"),
        ("raises='OSError'", "whose `raises` is no exception"),
        ("reasn='x'", "takes no reasn"),
    ],
)
def test_what_only_pytest_could_read_is_refused(complaints: Complaints, mark: str, words: str) -> None:
    (told,) = complaints(**{"test_x.py": marked(mark)})
    assert told.startswith("test_x.py:2: test_x has ")
    assert words in told


@pytest.mark.parametrize(
    ("xfail", "ending", "raised", "becomes"),
    [
        (None, Ending.UNMET, OSError(), (Ending.UNMET, "no answer")),
        (Xfail(), Ending.UNMET, OSError(), (Ending.PLAYED, f"{EXPECTED}: no answer")),
        (Xfail(), Ending.OVERDUE, TimeoutError(), (Ending.PLAYED, f"{EXPECTED}: no answer")),
        (Xfail("", (OSError,)), Ending.UNMET, ConnectionError(), (Ending.PLAYED, f"{EXPECTED}: no answer")),
        (Xfail("", (OSError,)), Ending.UNMET, ValueError(), (Ending.UNMET, "no answer")),
        (Xfail(), Ending.CRASHED, None, (Ending.CRASHED, "no answer")),
        (Xfail(), Ending.UNPLAYABLE, None, (Ending.UNPLAYABLE, "no answer")),
        (Xfail(), Ending.SKIPPED, None, (Ending.SKIPPED, "no answer")),
        (Xfail(), Ending.ENDLESS, None, (Ending.ENDLESS, "no answer")),
    ],
)
def test_a_failure_that_is_expected_is_how_it_is_played(
    xfail: Xfail | None, ending: Ending, raised: Any, becomes: tuple[Ending, str]
) -> None:
    assert as_expected(xfail, ending, "no answer", raised) == becomes


def test_one_that_does_not_fail_is_told_and_fails_where_it_has_to() -> None:
    assert as_expected(Xfail(), Ending.PLAYED, "") == (Ending.PLAYED, UNEXPECTED)
    assert as_expected(Xfail("known"), Ending.PLAYED, "") == (Ending.PLAYED, f"{UNEXPECTED}: known")
    assert as_expected(Xfail(strict=True), Ending.PLAYED, "") == (Ending.UNMET, UNEXPECTED)
    assert as_expected(None, Ending.PLAYED, "") == (Ending.PLAYED, "")


def judged(*problems: str) -> ScenarioResult:
    """The result of one play on old, again, candidate, each played with such a problem."""
    plays = {
        name: [trace(f"Ending: played\nProblem: {problem}", instance=name)]
        for name, problem in zip(INSTANCES, problems, strict=True)
    }
    return judge(Plays("x", plays), Maps()).result


def test_the_same_failure_on_all_is_no_difference() -> None:
    result = judged(*[f"{EXPECTED}: no answer"] * 3)
    assert (result.outcome, result.problem, result.findings) == (Outcome.SAME, f"{EXPECTED}: no answer", ())


@pytest.mark.parametrize(
    ("old", "candidate"),
    [
        (f"{EXPECTED}: no answer", UNEXPECTED),
        (UNEXPECTED, f"{EXPECTED}: no answer"),
        (f"{EXPECTED}: no answer", f"{EXPECTED}: another caller"),
    ],
)
def test_another_end_on_the_candidate_differs(old: str, candidate: str) -> None:
    result = judged(old, old, candidate)
    assert result.outcome is Outcome.DIFFERS
    assert [finding.title for finding in result.findings] == [candidate]
