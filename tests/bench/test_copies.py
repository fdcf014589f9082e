"""A copy of a trace says the same in other names."""

from __future__ import annotations

from harness.judge.normalise import normalise
from harness.judge.normalise.facts import told_of
from harness.testing import trace
from tests.bench.copies import renewed

CALL = """\
Event: Newchannel
Channel: Local/9@in-0000002a;1
Uniqueid: 01234567000000a
Linkedid: 1795445000.17

Event: Newexten
Channel: PJSIP/ann-0000002b
Uniqueid: 1795445000.17
Linkedid: 1795445000.17
Context: in
Extension: 9
Priority: 1
Application: Set
AppData: X=1795445003 2026-11-23 14:03:20 3f2c9a10-1111-4222-8333-944455556666"""
RECORDED = trace(CALL, roles=(("01234567000000a", "caller"),), began=1795445000.0)


def test_a_copy_has_no_id_number_or_time_of_another() -> None:
    ids = ("01234567000000a", "1795445000.17", "0000002a", "0000002b", "1795445003", "14:03:20", "3f2c9a10-")
    one, two = (repr(renewed(RECORDED, copy)) for copy in (1, 2))
    assert [id_ for id_ in ids if id_ in one or id_ in two] == []
    assert one != two


def test_a_copy_is_judged_as_what_it_is_a_copy_of() -> None:
    first, second = normalise(RECORDED), normalise(renewed(RECORDED, 3))
    told = [{where: [*map(told_of, facts)] for where, facts in one.streams.items()} for one in (first, second)]
    assert told[0] == told[1]
    assert first.bags == second.bags
    assert len(first.streams) > 1
