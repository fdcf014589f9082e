"""Calls that do not end by themselves: hung up, or their circle is taken out of the dialplan, or nothing helps."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from harness.model import AmiPacket
from harness.play import cutting
from harness.record.ledger import Ledger
from harness.record.session import Session

SHOWN = """\
[ Context 'in' created by 'pbx_config' ]
  '_.' =>           1. NoOp()                                     [extensions.conf:2]
                    2. Goto(h,1)                                  [extensions.conf:3]
"""


class Live:
    """An instance with one call, which ends when it is told something that begins with `ends_by`."""

    def __init__(self, session: Session, ends_by: str) -> None:
        self.name, self.broken = "old", ""
        self.ledger = Ledger()
        self.ledger.open(session, ids=("1.1",), holds=())
        self.told: list[str] = []
        self._ends_by = ends_by

    async def action(self, fields: Mapping[str, str]) -> tuple[AmiPacket, ...]:
        said = " ".join(fields.values())
        if said == "CoreShowChannels":
            return self._channels()
        self.told.append(said)
        if said.startswith("Command dialplan show"):
            return (AmiPacket(0.0, tuple(("Output", line) for line in SHOWN.splitlines())),)
        return ()

    def _channels(self) -> tuple[AmiPacket, ...]:
        if any(said.startswith(self._ends_by) for said in self.told):
            return ()
        where = (("Context", "in"), ("Exten", "h"), ("Priority", "2"))
        mine = (("Event", "CoreShowChannel"), ("Channel", "Local/1@in-1;2"), ("Uniqueid", "1.1"), *where)
        another = (("Event", "CoreShowChannel"), ("Channel", "PJSIP/2-1"), ("Uniqueid", "2.2"), *where)
        return AmiPacket(0.0, mine), AmiPacket(0.0, another)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "_SOON", 0.0)


def cut(ends_by: str) -> Live:
    session = Session("s/one", "old")
    live: Any = Live(session, ends_by)
    asyncio.run(cutting.cut_off(live, session))
    return live  # type: ignore[no-any-return]


def test_what_can_be_hung_up_is_hung_up_and_nothing_else() -> None:
    assert cut("Hangup").told == ["Hangup Local/1@in-1;2 16"]


def test_what_runs_on_after_its_hangup_loses_the_priority_that_it_is_at_until_it_is_over() -> None:
    live = cut("Command dialplan remove")
    assert live.told[-3:] == [
        "Command dialplan show h@in",
        "Command dialplan remove extension _.@in 2",
        "Command dialplan reload",
    ]
    assert not live.broken


def test_where_nothing_helps_nothing_more_is_played_there() -> None:
    assert cut("nothing").broken == "old: a call of s/one goes in a circle and cannot be hung up"
