import pytest

from harness.asterisk.dialplan.show import matches, parse_dialplan
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
