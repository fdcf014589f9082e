"""Two traces side by side: in order, by channel, what differs marked, what is the same folded."""

from __future__ import annotations

import pytest

from harness.judge.align import align
from harness.judge.normalise import normalise
from harness.report.ladder import side_by_side
from harness.testing import trace

HEAD = "Channel: Local/9@x-0000000a;1\nUniqueid: 1.1"
CALL = [
    f"Event: Playback\n{HEAD}\nSound: welcome",
    f"Event: VarSet\n{HEAD}\nVariable: X\nValue: 1",
    f"Event: Hangup\n{HEAD}\nCause: 16",
]


def shown(old: list[str], candidate: list[str], *, width: int = 80, every: bool = False) -> list[str]:
    alignment = align(*(normalise(trace("\n\n".join(events))) for events in (old, candidate)))
    lines = [line.text for line in side_by_side(alignment, width=width, every=every)]
    assert all(len(line) <= width for line in lines)
    return lines


def of_channel(lines: list[str]) -> list[str]:
    return lines[lines.index("Local/9@x;1") + 1 :]


def test_what_is_the_same_is_folded() -> None:
    assert of_channel(shown(CALL, CALL)) == ["  ... 3 steps the same"]


def test_all_of_it_stands_on_both_sides_in_order() -> None:
    rows = [row.partition(" | ") for row in of_channel(shown(CALL, CALL, every=True))]
    assert [left.strip() for left, _, _ in rows] == ["Playback: welcome", "VarSet X: 1", "Hangup: 16"]
    assert all(left.strip() == right for left, _, right in rows)


def test_what_differs_is_marked_with_its_fields() -> None:
    rows = of_channel(shown(CALL, [CALL[0], CALL[1].replace("Value: 1", "Value: 2"), CALL[2]]))
    assert [row[0] for row in rows] == [" ", "~", " ", " "]
    assert rows[1].split() == ["~", "VarSet", "X:", "1", "|", "VarSet", "X:", "2"]
    assert rows[2].split() == ["Value:", "1", "|", "Value:", "2"]


def test_what_one_side_has_alone_stands_there_where_it_happened() -> None:
    rows = of_channel(shown(CALL[1:], [CALL[0], CALL[2]], every=True))
    assert [row.split()[0] for row in rows] == ["<", ">", "Hangup:"]


def test_hostile_values_stay_in_their_cell() -> None:
    nasty = f"Event: VarSet\n{HEAD}\nVariable: X\nValue: \x1b[2J" + "y" * 5000
    rows = of_channel(shown(CALL, [CALL[0], nasty, CALL[2]]))
    assert not any("\x1b" in row for row in rows)
    assert all(len(row.split(" | ")) <= 2 for row in rows)


def test_nothing_on_one_side_is_all_on_the_other() -> None:
    rows = of_channel(shown([], CALL))
    assert {row[0] for row in rows} == {">"}
    assert len(rows) == len(CALL)


def test_what_is_the_same_is_counted_where_it_stands() -> None:
    changed = [CALL[0], CALL[1].replace("Value: 1", "Value: 2"), CALL[2]]
    rows = of_channel(shown(CALL, changed))
    assert (rows[0], rows[-1]) == ("  ... 1 step the same", "  ... 1 step the same")


@pytest.mark.parametrize("width", [1, 20, 80, 200])
def test_both_sides_are_as_wide_as_half_of_the_screen(width: int) -> None:
    alignment = align(*(normalise(trace("\n\n".join(CALL))) for _ in range(2)))
    lines = [line.text for line in side_by_side(alignment, width=width, every=True)]
    column = max((width - 5) // 2, 12)
    assert lines[0] == f"  {'old':<{column}} | candidate"
    rows = [line for line in lines[1:] if " | " in line]
    assert {row.index(" | ") for row in rows} == {column + 2}
    assert all(len(row) <= 2 * column + 5 for row in rows)


def test_a_cell_that_is_cut_says_so() -> None:
    long = [f"Event: Playback\n{HEAD}\nSound: {'x' * 100}"]
    (row,) = of_channel(shown(long, long, every=True))
    left, _, right = row.partition(" | ")
    assert left.endswith("xxx...")
    assert (len(left), right) == (2 + (80 - 5) // 2, left[2:])


def test_what_only_the_candidate_has_follows_what_it_followed_there() -> None:
    new = [f"Event: VarSet\n{HEAD}\nVariable: {name}\nValue: 1" for name in ("A", "B")]
    for candidate, marks in (
        ([*CALL[:1], new[0], *CALL[1:], new[1]], [" ", ">", " ", " ", ">"]),
        ([*new, *CALL], [">", ">", " ", " ", " "]),
    ):
        rows = of_channel(shown(CALL, candidate, every=True))
        assert [row[0] for row in rows] == marks
