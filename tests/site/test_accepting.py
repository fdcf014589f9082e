"""Waivers are added to a file as its people wrote it, and nothing else in it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import SiteError
from harness.site.accepting import Entry, with_entries
from harness.site.making.first_files import WAIVERS
from harness.site.reading.problems import Problems
from harness.site.reading.waivers import load_waivers

GONE = Entry(
    {"fingerprint": "0123", "reason": "known since 2.1", "until": "2030-12-31"}, "breaking: Macro is gone"
)
HOSTILE = Entry({"rule": "a-b", "event": "Monitor*", "reason": "no: 'x' # \x1b[2J\u2028\nsecond 😀"}, "x")

ONE = "waivers:\n    - rule: x   # why\n      reason: y\n# end\n"


def read(tmp_path: Path, text: str) -> list[tuple[str, str, str, str]]:
    path, problems = tmp_path / "waivers.yaml", Problems()
    path.write_text(text, encoding="utf-8")
    found = load_waivers(path, shown=path, problems=problems)
    assert problems.lines == ()
    return [(one.fingerprint, one.rule, one.reason, one.until) for one in found]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# head\n",
        "waivers:\n",
        "waivers: []\n",
        "waivers: null # none yet\n",
        "waivers: # none\n",
        WAIVERS,
        "---\n",
    ],
    ids=["none", "comment", "empty", "brackets", "null", "remark", "as-init-writes-it", "mark"],
)
def test_a_file_without_waivers_gets_its_first(tmp_path: Path, text: str) -> None:
    made = with_entries(text, [GONE, HOSTILE])
    assert read(tmp_path, made) == [
        ("0123", "", "known since 2.1", "2030-12-31"),
        ("", "a-b", HOSTILE.fields["reason"], ""),
    ]
    assert "  # breaking: Macro is gone\n  - fingerprint: '0123'\n" in made
    assert all(line in made for line in text.splitlines() if line.startswith("#"))


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        "- rule: x\n  reason: y",
        "waivers:\n- reason: y\n  rule: x\n\n\n",
        "# a\n---\nwaivers:\n  -   rule: x\n      reason: y\n",
    ],
)
def test_what_was_there_stays_as_it_was_written(tmp_path: Path, text: str) -> None:
    made = with_entries(text, [GONE])
    assert made.startswith(text.rstrip())
    assert read(tmp_path, made) == [("", "x", "y", ""), ("0123", "", "known since 2.1", "2030-12-31")]
    again = with_entries(made, [HOSTILE])
    assert again.startswith(made.rstrip())
    assert len(read(tmp_path, again)) == 3


@pytest.mark.parametrize("text", ["waivers: [{rule: x, reason: y}]\n", "{waivers: [{rule: x, reason: y}]}\n"])
def test_a_form_that_takes_none_is_told_with_what_to_write(text: str) -> None:
    with pytest.raises(SiteError, match=r"(?s)waivers.yaml: .*write this into it:.*fingerprint: '0123'"):
        with_entries(text, [GONE])


def test_a_file_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(SiteError, match=r"waivers\.yaml:2: "):
        with_entries("waivers:\n\t- x", [GONE])
