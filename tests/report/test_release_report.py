"""The difference of two releases as people and programs get it."""

from __future__ import annotations

import json
from dataclasses import replace

from harness.facts.inventory import Listing
from harness.facts.release import ReleaseFacts, tiny_release
from harness.judge.research.release_changes import compare_releases
from harness.report import release_json, release_lines, release_markdown

COMMANDS = {f"sip show {name}": {"syntax": ""} for name in ("peers", "peer", "users", "user")}
OLD = tiny_release(
    {
        "module": {
            "app_macro": {"removed in": "21", "replaced by": "app_stack (GoSub)"},
            "app_image": {},
            "chan_sip": {"loaded": "yes"},
        },
        "application": {"Dial": {}, "Macro\x1b[2J": {}},
        "application option": {"Dial: M": {}, "Dial: g": {"takes": ""}},
        "CLI command": {**COMMANDS, "mgcp reload": {"syntax": ""}},
    },
    version="16.28.0",
)
NEW = tiny_release(
    {
        "module": {"chan_sip": {"loaded": "no"}, **{f"app_{n}": {} for n in range(12)}},
        "application": {"Dial": {}},
        "application option": {"Dial: g": {"takes": "x" * 200}},
        "left out": {"app_image": {}},
    },
    version="22.10.1",
)
DIFFERENCE = compare_releases(replace(OLD, spec="debian:bullseye"), replace(NEW, spec="debian:sid"))


def text(*, every: bool = False) -> str:
    return "\n".join(line.text for line in release_lines(DIFFERENCE, every=every))


def test_counts_come_first_then_what_is_gone_then_what_changed_then_what_is_new() -> None:
    assert (
        text()
        == """\
Asterisk 16.28.0 (debian:bullseye) to 22.10.1 (debian:sid)

                                       gone   changed       new
modules                                   2         1        12
applications                              1         -         -
options of applications                   1         1         -
CLI commands                              5         -         -
modules that the build leaves out         -         -         1
no difference: arguments of applications, functions, arguments of functions, words that functions
               take, channel technologies, AMI actions, arguments of AMI actions, AMI events,
               headers of AMI events, AGI commands, ARI operations, parameters of ARI operations,
               ARI models, fields of ARI models, codecs, file formats, configuration objects,
               configuration options, sample files, options in sample files, build options, sounds

Gone
  modules (2)
    app_image: the candidate was built without it
    app_macro: announced to go in 21, replaced by app_stack (GoSub)
  applications (1): Macro\\x1b[2J
  options of applications (1): Dial: M
  CLI commands (5): mgcp reload, sip ... (4)

Changed
  modules (1)
    chan_sip: loaded yes -> no
  options of applications (1)
    Dial: g: takes (nothing) ->
      xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... (200 characters)

New
  modules (12): app_0, app_1, app_10, app_11, app_2, app_3, app_4, app_5, and 4 more
  modules that the build leaves out (1): app_image"""
    )


def test_nothing_is_shortened_when_all_is_wanted() -> None:
    every = text(every=True)
    assert "app_9" in every
    assert "sip show peers" in every
    assert " more" not in every


def test_what_was_not_compared_is_told() -> None:
    unread = replace(NEW, sections={**NEW.sections, "codec": Listing(problem="no table")})
    difference = compare_releases(OLD, unread)
    assert "Not compared: codecs: 22.10.1: no table" in [line.text for line in release_lines(difference)]
    assert "**Not compared**: codecs: 22.10.1: no table" in release_markdown(difference)
    assert json.loads(release_json(difference))["not_compared"] == [
        {"kind": "codec", "reason": "22.10.1: no table"}
    ]


def test_no_difference_is_said() -> None:
    same = compare_releases(OLD, OLD)
    assert [line.text for line in release_lines(same)] == ["Asterisk 16.28.0 to 16.28.0", "", "No difference."]
    assert json.loads(release_json(same))["changes"] == []


def test_markdown_has_a_table_and_lists() -> None:
    lines = release_markdown(DIFFERENCE).splitlines()
    assert lines[0] == r"### Asterisk 16.28.0 \(debian:bullseye\) to 22.10.1 \(debian:sid\)"
    assert "| modules | 2 | 1 | 12 |" in lines
    assert r"  - app\_macro: announced to go in 21, replaced by app\_stack \(GoSub\)" in lines
    assert r"- **CLI commands** (5): mgcp reload, sip ... \(4\)" in lines


def test_json_has_everything() -> None:
    told = json.loads(release_json(DIFFERENCE))
    assert told["old"] == {"version": "16.28.0", "release": "debian:bullseye", "digest": ""}
    assert told["counts"]["module"] == {"gone": 2, "changed": 1, "new": 12}
    assert len(told["changes"]) == sum(sum(counts.values()) for counts in told["counts"].values()) == 24
    assert {
        "kind": "module", "how": "changed", "name": "chan_sip", "attribute": "loaded", "old": "yes", "new": "no",
    } in told["changes"]  # fmt: skip


def test_facts_have_names() -> None:
    assert isinstance(OLD, ReleaseFacts)
    assert OLD.names("application option") == ("Dial: M", "Dial: g")
