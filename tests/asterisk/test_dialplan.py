import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.asterisk.dialplan.show import Hint, Include, matches, parse_dialplan
from harness.model import Place

SHOWN = """\
[ Context 'inbound' created by 'pbx_config' ]
  '_555XXXX' (CID match '') =>  1. NoOp(${EXTEN})                             [extensions.conf:10]
     [greet]        2. Playback(welcome)                          [inbound/main.conf:4]
  '5550100' =>      1. Goto(ivr,s,1)                              [extensions.conf:20]
  Include =>        'night'                                       [extensions.conf:30]

[ Context 'night' created by 'pbx_ael' ]
  's' =>            1. Set(X=$["${A}" = "[b]"])                   [extensions.ael:7]
  Include =>        'inbound'                                     [extensions.ael:9]

-= 3 extensions (4 priorities) in 2 contexts. =-
"""
DIALPLAN = parse_dialplan(SHOWN, folder="old/")


def test_a_number_is_found_before_the_pattern() -> None:
    assert DIALPLAN.place("inbound", "5550100", "1") == Place("old/extensions.conf", 20)


def test_a_dialled_number_is_found_through_its_pattern_and_label() -> None:
    assert DIALPLAN.place("inbound", "5551234", "2") == Place("old/inbound/main.conf", 4)
    assert DIALPLAN.contexts["inbound"]["_555XXXX"]["2"].label == "greet"


def test_includes_are_followed_and_circles_end() -> None:
    assert DIALPLAN.place("inbound", "s", "1") == Place("old/extensions.ael", 7)
    assert DIALPLAN.place("inbound", "nowhere", "1") is None


def test_the_application_is_kept_as_written() -> None:
    found = DIALPLAN.find("night", "s", "1")
    assert found is not None
    assert found.application == 'Set(X=$["${A}" = "[b]"])'


def test_the_use_of_an_application_is_found_at_or_before_a_spot() -> None:
    assert DIALPLAN.using("Playback", ("inbound", "5551234", "2")) == Place("old/inbound/main.conf", 4)
    assert DIALPLAN.using("Dial", ("inbound", "5551234", "2")) is None


@pytest.mark.parametrize(
    ("pattern", "extension", "expected"),
    [
        ("_NXX", "211", True),
        ("_NXX", "111", False),
        ("_Z.", "1", False),
        ("_Z.", "12", True),
        ("_9!", "9", True),
        ("_[1-3]0", "20", True),
        ("_[1-3]0", "40", False),
        ("_+X.", "+49", True),
        ("_*8X", "*85", True),
        ("_555-XXXX", "5551234", True),
        ("100", "100", True),
        ("_[", "[", True),
        ("_xzn", "012", True),
        ("_xzn", "011", False),
        ("_Z", "0", False),
        ("_X-X", "12", True),
        ("_a-b", "ab", True),
        ("_1.", "1", False),
        ("_.", "a b", True),
        ("_s-[BC]USY", "sBUSY", True),
        ("_[ab]c", "bc", True),
        ("_[ab]c", "ac]", False),
        ("_[]", "[]", True),
        ("_A.b", "Axxb", True),
        ("X", "1", False),
        ("_", "", True),
    ],
)
def test_patterns_match_as_asterisk_matches(pattern: str, extension: str, expected: bool) -> None:
    assert matches(pattern, extension) is expected


def test_an_extension_with_a_hint_has_its_own_priorities() -> None:
    shown = (
        "[ Context 'desks' created by 'pbx_config' ]\n"
        "  '105' =>          1. NoOp(five)                                 [extensions.conf:1]\n"
        "  '106' =>          hint: PJSIP/106                               [extensions.conf:2]\n"
        "                    1. NoOp(six)                                  [extensions.conf:3]\n"
    )
    dialplan = parse_dialplan(shown)
    assert dialplan.place("desks", "105", "1") == Place("extensions.conf", 1)
    assert dialplan.place("desks", "106", "1") == Place("extensions.conf", 3)


PRINTED = """\
[ Context 'parkedcalls' created by 'res_parking/default' ]
  '701' =>          hint: park:701@parkedcalls                    [res_parking/default]
                    1. ParkedCall(default,701)                    [res_parking/default]

[ Context 'day' created by 'pbx_config' ]
  '100' =>          hint: SIP/100&SIP/101&Custom:x,CustomPresence:y [extensions.conf:11]
                    1. NoOp(day)                                  [extensions.conf:10]
  '300' (CID match '5551234') =>  1. NoOp(cid)                    [extensions.conf:13]
  '300' =>          1. NoOp(x [a:1])                              [extensions.conf:14]
  '9' =>            hint: SIP/9                                   [pbx_config]
  Include =>        'night,17:00-08:00,mon-fri,*,*'               [pbx_config]
  Include =>        'night,*,sat-sun,*,*,Europe/Berlin'           [pbx_config]
  Include =>        'always'                                      [pbx_config]

[ Context 'night' created by 'pbx_config' ]
  's' =>            1. Playback(closed)                           [extensions.conf:21]
                    2. Playback(${GREETING},skip)                 [extensions.conf:22]
                    3. Hangup()                                   [extensions.conf:23]
                    4. Wait(1)                                    [extensions.conf:24]

[ Context 'always' created by 'pbx_config' ]
  's' =>            1. Playback(open)                             [extensions.conf:31]
                    2. Playback(open-${X},skip)                   [extensions.conf:32]
                    3. Hangup()                                   [extensions.conf:33]
"""
"""As 16.28 and 22.10 print it, alike."""


def at(line: int) -> Place:
    return Place("extensions.conf", line)


def test_hints_are_read_with_their_devices_also_those_of_no_file() -> None:
    hints = parse_dialplan(PRINTED).hints
    assert hints == {
        "parkedcalls": {"701": Hint("park:701@parkedcalls")},
        "day": {"100": Hint("SIP/100&SIP/101&Custom:x,CustomPresence:y", at(11)), "9": Hint("SIP/9")},
    }


def test_includes_keep_their_time() -> None:
    assert parse_dialplan(PRINTED).includes["day"] == (
        Include("night", "17:00-08:00,mon-fri,*,*"),
        Include("night", "*,sat-sun,*,*,Europe/Berlin"),
        Include("always"),
    )


def test_what_runs_at_any_hour_is_preferred_to_a_timed_include() -> None:
    assert parse_dialplan(PRINTED).place("day", "s", "1") == at(31)


def test_a_timed_include_is_followed_where_nothing_else_matches() -> None:
    assert parse_dialplan(PRINTED).place("day", "s", "4") == at(24)


@pytest.mark.parametrize(
    ("priority", "ran", "line"),
    [
        ("1", "Playback(closed)", 21),
        ("1", "Playback(open)", 31),
        ("1", "Answer()", 31),
        ("2", "Playback(open-late,skip)", 32),
        ("2", "Playback(gone,skip)", 22),
        ("2", "playback(gone)", 32),
        ("3", "Hangup()", 33),
    ],
)
def test_what_ran_tells_which_include_was_in_force(priority: str, ran: str, line: int) -> None:
    assert parse_dialplan(PRINTED).place("day", "s", priority, ran=ran) == at(line)


def test_an_extension_for_one_caller_does_not_hide_that_for_all_others() -> None:
    dialplan = parse_dialplan(PRINTED)
    assert dialplan.place("day", "300", "1") == at(14)
    assert dialplan.place("day", "300", "1", ran="NoOp(cid)") == at(13)


def test_after_what_matches_at_any_hour_no_include_is_looked_at() -> None:
    shown = PRINTED.replace("'day' created by 'pbx_config' ]", "'day' created by 'pbx_config' ]\n" + (
        "  's' =>            1. Playback(here)                             [extensions.conf:9]"
    ))  # fmt: skip
    assert parse_dialplan(shown).place("day", "s", "1", ran="Playback(closed)") == at(9)


def test_a_use_is_looked_for_in_timed_includes_too_and_by_its_whole_name() -> None:
    dialplan = parse_dialplan(PRINTED.replace("Wait(1)", "RetryDial(a,1,1,${DB(x)})"))
    assert dialplan.using("wait", ("day", "s", "4")) is None
    assert dialplan.using("Dial", ("day", "s", "4")) is None
    assert dialplan.using("retrydial", ("day", "s", "4")) == at(24)
    assert dialplan.using("DB", ("day", "s", "4")) == at(24)


@given(st.text(alphabet="ab${}[](),", max_size=40), st.text(alphabet="ab(),", max_size=10))
def test_what_is_written_without_variables_ran_as_it_is_written(written: str, value: str) -> None:
    shown = "[ Context 'a' created by 'x' ]\n  's' => 1. NoOp({}) [e.conf:1]\n[ Context 'b' created by 'x' ]\n"
    shown += "  's' => 1. NoOp(other) [e.conf:2]\n[ Context 'in' created by 'x' ]\n  Include => 'a,1' [x]\n"
    dialplan = parse_dialplan(shown.format(f"{written}${{V}}!") + "  Include => 'b' [x]\n")
    found = dialplan.place("in", "s", "1", ran=f"NoOp({written}{value}!)")
    assert found == Place("e.conf", 1) or "$" in written


def test_contexts_that_include_each_other_many_times_are_searched_once() -> None:
    includes = "  Include => 'c{0}' [x]\n  Include => 'c{0},1-2' [x]\n" * 9
    contexts = "".join(f"[ Context 'c{n}' created by 'x' ]\n{includes.format(n + 1)}" for n in range(60))
    dialplan = parse_dialplan(f"{contexts}[ Context 'c60' created by 'x' ]\n  's' => 1. NoOp() [e.conf:1]\n")
    assert dialplan.place("c0", "s", "1") == Place("e.conf", 1)
    assert dialplan.place("c0", "s", "2") is None


def test_a_context_that_is_included_at_night_and_always_is_there_always() -> None:
    shown = (
        "[ Context 'in' created by 'x' ]\n  Include => 'a,1-2' [x]\n  Include => 'a' [x]\n  Include => 'b' [x]\n"
        "[ Context 'a' created by 'x' ]\n  's' => 1. NoOp(a) [e.conf:1]\n"
        "[ Context 'b' created by 'x' ]\n  's' => 1. NoOp(b) [e.conf:2]\n"
    )
    assert parse_dialplan(shown).place("in", "s", "1", ran="NoOp(b)") == Place("e.conf", 1)


def test_what_an_included_context_has_for_one_caller_hides_nothing_from_others() -> None:
    shown = (
        "[ Context 'in' created by 'x' ]\n  Include => 'a' [x]\n  Include => 'b' [x]\n"
        "[ Context 'a' created by 'x' ]\n  's' (CID match '555') => 1. NoOp(a) [e.conf:1]\n"
        "[ Context 'b' created by 'x' ]\n  's' => 1. NoOp(b) [e.conf:2]\n"
    )
    dialplan = parse_dialplan(shown)
    assert dialplan.place("in", "s", "1") == Place("e.conf", 2)
    assert dialplan.place("in", "s", "1", ran="NoOp(a)") == Place("e.conf", 1)


@pytest.mark.parametrize(
    ("ran", "line"), [("P(a-mid-z)", 1), ("P(a-z)", 2), ("P(amidz)", 1), ("P(b-mid-z)", 2), ("P(a-mid)", 2)]
)
def test_all_that_is_written_between_variables_has_to_have_run(ran: str, line: int) -> None:
    shown = (
        "[ Context 'in' created by 'x' ]\n  Include => 'a,1-2' [x]\n  Include => 'b' [x]\n"
        "[ Context 'a' created by 'x' ]\n  's' => 1. P(a${X}mid$[${Y}]z) [e.conf:1]\n"
        "[ Context 'b' created by 'x' ]\n  's' => 1. P(c) [e.conf:2]\n"
    )
    assert parse_dialplan(shown).place("in", "s", "1", ran=ran) == Place("e.conf", line)


@pytest.mark.parametrize(
    ("number", "line"), [("5550", 1), ("5551", 2), ("5567", 3), ("5600", 4), ("56000", 5), ("56", 6), ("1", 7)]
)
def test_of_patterns_that_match_the_most_specific_runs(number: str, line: int) -> None:
    names = {7: "_!", 6: "_5!", 5: "_56XX.", 4: "_XXXX", 3: "_55XX", 2: "_555X", 1: "5550"}
    shown = "[ Context 'a' created by 'x' ]\n" + "".join(
        f"  '{name}' => 1. NoOp() [e.conf:{number}]\n" for number, name in names.items()
    )
    assert parse_dialplan(shown).place("a", number, "1") == Place("e.conf", line)


def test_a_use_is_told_by_the_step_before_where_there_is_none_at_it() -> None:
    shown = "[ Context 'a' created by 'x' ]\n" + "".join(
        f"  '{name}' => {n}. {text} [e.conf:{n}]\n"
        for n, (name, text) in enumerate(
            (("s", "Dial(x)"), ("s", "Wait(1)"), ("s", "Dial(y)"), ("s", "NoOp()")), 1
        )
    )
    dialplan = parse_dialplan(shown)
    assert [dialplan.using("Dial", ("a", "s", str(n))) for n in range(5)] == [
        None,
        *(Place("e.conf", line) for line in (1, 1, 3, 3)),
    ]
    assert dialplan.using("Dial", ("a", "s", "n")) is None
    assert dialplan.using("Dial", None) is None


def test_a_dialplan_knows_its_files_and_its_global_variables() -> None:
    dialplan = parse_dialplan(SHOWN, variables="   TRUNK=PJSIP/a=b\n  EMPTY=\n    -- 2 variables\n")
    assert dialplan.files == {"extensions.conf", "inbound/main.conf", "extensions.ael"}
    assert dialplan.variables == {"TRUNK": "PJSIP/a=b", "EMPTY": ""}
    assert len([*dialplan.priorities()]) == 4


@pytest.mark.parametrize(("ran", "line"), [("PLAYBACK(y)", 1), ("wait(9)", 2), ("Answer()", 2)])
def test_of_two_that_may_run_the_one_of_the_name_that_ran_did(ran: str, line: int) -> None:
    shown = (
        "[ Context 'in' created by 'x' ]\n  Include => 'a,1-2' [x]\n  Include => 'b' [x]\n"
        "[ Context 'a' created by 'x' ]\n  's' => 1. Playback(x) [e.conf:1]\n"
        "[ Context 'b' created by 'x' ]\n  's' => 1. Wait(1) [e.conf:2]\n"
    )
    assert parse_dialplan(shown).place("in", "s", "1", ran=ran) == Place("e.conf", line)


def test_a_file_in_a_folder_is_told_with_it_where_no_other_has_its_name() -> None:
    shown = "[ Context 'a' created by 'pbx_config' ]\n"
    for number, file in enumerate(("acme.conf", "two.conf", "extensions.conf", "nowhere.conf"), 1):
        shown += f"  '{number}' =>  1. NoOp()   [{file}:{number}]\n"
    files = ("extensions.conf", "extensions.d/acme.conf", "two.conf", "other/two.conf")
    dialplan = parse_dialplan(shown, folder="old/", files=files)
    assert [place and place.file for place in (dialplan.place("a", str(n), "1") for n in range(1, 5))] == [
        "old/extensions.d/acme.conf", "old/two.conf", "old/extensions.conf", "old/nowhere.conf",
    ]  # fmt: skip
