"""Time zones: what stands where Asterisk reads a zone, and no other word."""

from __future__ import annotations

import pytest

from harness.asterisk.dialplan.show import parse_dialplan
from harness.asterisk.dialplan.zone_uses import zone_uses
from harness.model import Place

_LINE = "  '{}' =>  {}1. {}  [extensions.conf:{}]\n"


def zones(*applications: str, globals_: str = "", include: str = "") -> dict[str, Place | None]:
    lines = (f"  '{n}' =>        1. {text}  [extensions.conf:{n}]\n" for n, text in enumerate(applications, 1))
    timed = f"  Include =>        'night,{include}'  [pbx_config]\n" if include else ""
    text = "[ Context 'in' created by 'pbx_config' ]\n" + "".join(lines) + timed
    return dict(zone_uses(parse_dialplan(text, variables=globals_)))


@pytest.mark.parametrize(
    "application",
    [
        "GotoIfTime(9:00-17:00,mon-fri,*,*,US/Eastern?open,1)",
        "ExecIfTime(9:00-17:00,mon-fri,*,*,US/Eastern?Goto(open,1):Goto(shut,1))",
        "Set(open=${IFTIME(9:00-17:00,*,*,*,US/Eastern?1:0)})",
        "Set(now=${STRFTIME(${EPOCH},US/Eastern,%H)})",
        "Set(then=${STRPTIME(2026-11-28,US/Eastern,%F)})",
        "SayUnixTime(${EPOCH},US/Eastern,IMp)",
        "DateTime(,US/Eastern)",
        'ExecIf($["${a}" = "b"]?SayUnixTime(,US/Eastern,IMp))',
    ],
)
def test_a_zone_is_what_stands_where_one_is_read(application: str) -> None:
    assert zones(application) == {"US/Eastern": Place("extensions.conf", 1)}


@pytest.mark.parametrize(
    "application",
    [
        "Set(office=Japan)",
        "Set(CALLERID(name)=Poland/Sales)",
        "NoOp(US/Eastern)",
        "Playback(Portugal)",
        "GotoIfTime(9:00-17:00,mon-fri,*,*?US/Eastern,1)",
        "GotoIfTime(9:00-17:00,mon-fri,*,*?open,1)",
        "SayUnixTime(,,Japan)",
    ],
)
def test_other_words_are_no_zones(application: str) -> None:
    assert zones(application) == {}


def test_a_zone_in_a_variable_is_each_that_it_is_set_to_where_it_is_set() -> None:
    reads = "GotoIfTime(*,*,*,*,${zone}?open,1)"
    found = zones("Set(__zone=US/Eastern)", "MSet(a=1,zone=Japan)", reads)
    assert found == {"US/Eastern": Place("extensions.conf", 1), "Japan": Place("extensions.conf", 2)}
    assert list(zones(reads, globals_="   zone=US/Pacific\n")) == ["US/Pacific"]
    assert list(zones("Set(GLOBAL(zone)=${deep})", "Set(deep=US/Hawaii)", reads)) == ["US/Hawaii"]
    assert list(zones("Set(zone=${zone})", reads)) == []


def test_a_zone_that_is_handed_to_a_subroutine_is_read_there() -> None:
    found = zones("Gosub(say,s,1(US/Eastern,Sales))", "SayUnixTime(,${ARG1},IMp)")
    assert found == {"US/Eastern": Place("extensions.conf", 1)}


def test_an_include_at_certain_hours_has_a_zone() -> None:
    assert list(zones("Answer()", include="9:00-17:00,mon-fri,*,*,US/Eastern")) == ["US/Eastern"]
