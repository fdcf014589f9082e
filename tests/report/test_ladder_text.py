"""A ladder as text: who says what to whom, old beside candidate, and as Mermaid."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.report.ladder_text import ladder_lines, to_mermaid

sys.path.insert(0, str(Path(__file__).parent))
import pages
from pages import CALL

CHANGED = (*CALL[:5], *CALL[6:7], CALL[7].replace("16", "17"))


def shown(candidate: tuple[str, ...] = CHANGED, *, width: int = 100, every: bool = False) -> list[str]:
    lines = [line.text for line in ladder_lines(pages.ladder(CALL, candidate), width=width, every=every)]
    assert all(len(line) <= max(width, 45) for line in lines)
    return lines


def test_what_is_the_same_is_folded_and_what_differs_is_marked() -> None:
    head, *lines = shown()
    assert head.split() == ["old", "|", "candidate"]
    assert lines[0] == "  ... 5 steps the same"
    assert lines[1] == f"{'< Asterisk > caller  Playback: welcome':<49} |"
    assert lines[2] == "  ... 1 step the same"
    assert lines[3].split(" | ") == [f"{'~ Asterisk > caller  Hangup: 16':<49}", "Asterisk > caller  Hangup: 17"]
    assert lines[4].split() == ["Cause:", "16", "|", "Cause:", "17"]


def test_all_steps_are_told_where_that_is_asked() -> None:
    lines = shown(CALL, every=True)
    assert len(lines) == 10
    assert lines[2].lstrip().startswith("caller;2: Newexten")
    assert lines[5].lstrip().startswith("PJSIP/101 > Asterisk  Newstate: Ringing")


@pytest.mark.parametrize("width", [1, 45, 80, 200])
def test_lines_are_as_wide_as_the_screen(width: int) -> None:
    shown(width=width, every=True)


def test_a_sequence_diagram_has_both_sides_of_what_differs() -> None:
    assert to_mermaid(pages.ladder(CALL, CHANGED)).splitlines() == [
        "sequenceDiagram",
        "  participant p0 as caller",
        "  participant p1 as Asterisk",
        "  participant p2 as PJSIP/101",
        "  participant p3 as records",
        "  Note over p0,p3: 5 steps the same",
        "  alt old",
        "    p1->>p0: Playback: welcome",
        "  else candidate",
        "    Note over p0,p3: nothing",
        "  end",
        "  Note over p0,p3: 1 step the same",
        "  alt old",
        "    p1->>p0: Hangup: 16",
        "  else candidate",
        "    p1->>p0: Hangup: 17",
        "  end",
        "  Note over p0,p3: 1 step the same",
    ]


def test_a_diagram_of_all_steps_has_an_arrow_for_each() -> None:
    text = to_mermaid(pages.ladder(), every=True)
    assert text.count("->>") == len(CALL) + 1


def test_hostile_values_end_no_line_of_a_diagram() -> None:
    nasty = f"Event: VarSet\n{pages.HEAD}\nVariable: X\nValue: a;b #c \x1b[2J <script> {'y' * 10_000}"
    text = to_mermaid(pages.ladder((nasty,), ()))
    arrows = [line for line in text.splitlines() if "->>" in line]
    assert len(arrows) == 1
    assert not {"\x1b", "<", "\\"} & set(text)
    assert "#59;" in text
    assert max(map(len, arrows)) < 600
