"""A line of the bench says whether its goal is met."""

from __future__ import annotations

from tests.bench.lines import Line, as_json, at_least, at_most, lines_of, missed, table


def test_a_goal_that_is_just_reached_is_met() -> None:
    assert at_most("playing", 1.5, 1.5).met
    assert at_least("judging", 4.0, 4.0).met


def test_what_misses_its_goal_is_named_and_marked() -> None:
    lines = (
        at_most("playing", 1.51, 1.5, more="3 s over 2 s"),
        at_least("judging", 3.9, 4.0),
        Line("memory", "9 MiB"),
    )
    assert [line.name for line in missed(lines)] == ["playing", "judging"]
    assert table(lines).splitlines() == [
        "measured  figure               goal",
        "playing   1.51 (3 s over 2 s)  ≤ 1.5  MISSED",
        "judging   3.90                 ≥ 4    MISSED",
        "memory    9 MiB",
    ]


def test_lines_come_from_a_process_as_they_were() -> None:
    lines = (at_most("reading", 2_500, 100, unit=" MB"), Line("memory", "9 MiB"))
    assert lines[0].figure == "2,500 MB"
    assert lines_of(as_json(lines)) == lines
