"""Steps of a dialplan with their columns, and edits of lines: where each stands, and how they meet."""

from __future__ import annotations

from pathlib import Path

import pytest
from migrations import fill

from harness.migrate.apply import Rewritten, diff, rewrite
from harness.migrate.dialplan import Context, Reach, contexts_of, invocations, steps_of
from harness.migrate.folder import read_subject
from harness.migrate.model import Edit
from harness.model import Place


def contexts(folder: Path, text: str, **files: str) -> dict[str, Context]:
    return contexts_of(read_subject(fill(folder, {"extensions.conf": text, **files})))


STEPS = """\
[a]
exten => 100,1(start),NoOp(a = b) ; why
 same  =>  n , Dial(PJSIP/1)
exten = 200 , 7 , Wait(1)
same => n(x),Hangup()
exten => 200,hint,PJSIP/200
exten => 200,n,NoOp()
exten => 300,n,NoOp()
exten => 300,1
exten => 400
include => b
ignorepat => 9,1,x
exten => 300,5(a)b,NoOp()
"""


def test_a_step_knows_extension_priority_label_and_number(tmp_path: Path) -> None:
    context = contexts(tmp_path, STEPS)["a"]
    assert [(s.extension, s.priority, s.label, s.number, s.text, s.keyword) for s in context.steps] == [
        ("100", "1", "start", 1, "NoOp(a = b)", "exten"),
        ("100", "n", "", 2, "Dial(PJSIP/1)", "same"),
        ("200", "7", "", 7, "Wait(1)", "exten"),
        ("200", "n", "x", 8, "Hangup()", "same"),
        ("200", "hint", "", 0, "PJSIP/200", "exten"),
        ("200", "n", "", 0, "NoOp()", "exten"),
        ("300", "n", "", 0, "NoOp()", "exten"),
    ]
    assert [option.place.line for option in context.others] == [9, 10, 11, 12, 13]
    assert {name: len(steps) for name, steps in context.blocks.items()} == {"100": 2, "200": 4, "300": 1}


def test_columns_of_a_step_are_those_of_its_line(tmp_path: Path) -> None:
    lines = STEPS.split("\n")
    for step in contexts(tmp_path, STEPS)["a"].steps:
        line = lines[step.place.line - 1]
        assert line[step.column :].startswith(step.text)
        assert line[step.at :].startswith(step.priority)
        assert line[: step.start].rstrip().endswith("=" if "=>" not in line else "=>")


def test_a_line_that_does_not_read_as_it_stands_has_no_columns(tmp_path: Path) -> None:
    text = "[a]\nexten => 1,1,NoOp(a\\;b)\nexten => 1,2,NoOp() ;-- x --;\nexten => 1,3,NoOp(" + "x" * 8192 + ")\n"
    steps = contexts(tmp_path, text)["a"].steps
    assert [(step.start, step.at, step.column) for step in steps] == [(-1, -1, -1)] * 3
    assert [*contexts(tmp_path, text)["a"].invocations()] == []


def test_a_hint_runs_nothing(tmp_path: Path) -> None:
    subject = read_subject(
        fill(tmp_path, {"extensions.conf": "[a]\nexten => 1,hint,SIP\nexten => 1,1,Exec(Wait(1))\n"})
    )
    assert [call.key for call in invocations(subject)] == ["exec", "wait"]
    assert [call.key for call in invocations(subject, "wait", "sip")] == ["wait"]


def test_sections_of_one_name_are_one_context_and_templates_none(tmp_path: Path) -> None:
    text = "[general]\nexten => 1,1,A()\n[globals]\nX=1\n[t](!)\nexten => 1,1,B()\n[a](t)\nexten => 2,1,C()\n"
    found = contexts(tmp_path, text + "[b]\n[b]\nexten => 3,1,D()\n[c](t)\n")
    assert {name: [step.text for step in one.steps] for name, one in found.items()} == {
        "a": ["B()", "C()"],
        "b": ["D()"],
        "c": ["B()"],
    }
    assert [one.plain for one in found.values()] == [False, True, False]
    assert [[step.shared for step in one.steps] for one in found.values()] == [[True, False], [False], [True]]
    assert [step.text for step in steps_of(read_subject(tmp_path))] == ["B()", "C()", "D()"]


def test_an_extension_may_be_found_in_what_includes_a_context_and_in_what_that_includes(tmp_path: Path) -> None:
    text = (
        "[in]\nexten => s,1,A()\n"
        "[out]\ninclude => in\nINCLUDE => side,9-17,*,*,*\ninclude => gone\nexten => o,1,A()\n"
        "[side]\nexten => a,1,A()\n[far]\ninclude => out\nexten => f,1,A()\n[other]\nexten => x,1,A()\n"
    )
    reach = Reach(contexts(tmp_path, text))
    assert [one for one in "soafx" if reach.finds("in", one)] == ["s", "o", "a", "f"]
    assert [one for one in "soafx" if reach.finds("other", one)] == ["x"]
    assert [one for one in "soafx" if reach.finds("gone", one)] == ["s", "o", "a", "f"]


def edit(line: int, start: int, end: int, new: str, why: str = "why") -> Edit:
    return Edit(Place("a.conf", line), start, end, new, why)


@pytest.mark.parametrize(
    ("edits", "after", "refused"),
    [
        ([edit(1, 0, 1, "X"), edit(1, 1, 2, "Y")], "XYcdef", 0),
        ([edit(1, 1, 2, "Y"), edit(1, 0, 1, "X")], "XYcdef", 0),
        ([edit(1, 0, 3, "X"), edit(1, 2, 4, "Y")], "Xdef", 1),
        ([edit(1, 2, 4, "Y"), edit(1, 0, 3, "X")], "abYef", 1),
        ([edit(1, 0, 6, "X"), edit(1, 2, 3, "Y")], "X", 1),
        ([edit(1, 2, 2, "X"), edit(1, 2, 2, "Y")], "abXYcdef", 0),
        ([edit(1, 2, 3, ""), edit(1, 2, 2, "Y")], "abYdef", 0),
        ([edit(1, 6, 6, "\nnew")], "abcdef\nnew", 0),
    ],
)
def test_edits_of_one_line_are_made_unless_they_meet(edits: list[Edit], after: str, refused: int) -> None:
    changed, not_made = rewrite({"a.conf": "abcdef\nrest", "b.conf": ""}, edits)
    assert {name: new.text for name, new in changed.items()} == {"a.conf": f"{after}\nrest"}
    assert len(not_made) == refused
    assert not_made == tuple(edits[1:] if refused else ())


def test_an_edit_that_changes_nothing_is_no_change() -> None:
    assert rewrite({"a.conf": "abc"}, [edit(1, 0, 1, "a")]) == ({}, ())


def test_the_reasons_of_a_line_are_told_once_each() -> None:
    edits = [edit(2, 0, 0, "x", "one"), edit(2, 1, 1, "y", "two"), edit(2, 2, 2, "z", "one")]
    changed, _ = rewrite({"a.conf": "\nabc\n"}, edits)
    assert changed["a.conf"] == Rewritten(("", "abc", ""), {2: ("xaybzc",)}, {2: ("one", "two")})


def test_a_diff_has_hunks_with_their_neighbours_and_reasons() -> None:
    text = "\n".join(f"line {number}" for number in range(1, 11)) + "\n"
    edits = [
        edit(1, 0, 0, "X"),
        edit(4, 6, 6, "\nnew", "more"),
        edit(6, 0, 0, "Y", "more"),
        edit(10, 0, 4, "Z"),
        Edit(Place("b.conf", 1), 0, 0, "W", "b"),
    ]
    changed, _ = rewrite({"a.conf": text, "b.conf": "only\r"}, edits)
    assert [*diff(changed, old="old", new="new")] == [
        "--- old/a.conf",
        "+++ new/a.conf",
        "@@ -1,2 +1,2 @@ why",
        "-line 1",
        "+Xline 1",
        " line 2",
        "@@ -3,5 +3,6 @@ more",
        " line 3",
        " line 4",
        "+new",
        " line 5",
        "-line 6",
        "+Yline 6",
        " line 7",
        "@@ -9,2 +10,2 @@ why",
        " line 9",
        "-line 10",
        "+Z 10",
        "--- old/b.conf",
        "+++ new/b.conf",
        "@@ -1,1 +1,1 @@ b",
        "-only",
        "+Wonly",
    ]
