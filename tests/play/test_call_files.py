"""Call files: written as Asterisk reads them, known by a variable, taken back at the scenario's end."""

from __future__ import annotations

import asyncio

import pytest

from harness.errors import LabError, NotPlayable, ScenarioError
from harness.play.call_files import CallFiles
from harness.record.ledger import Ledger
from harness.record.session import Session


class Spool:
    """An instance's outgoing spool."""

    def __init__(self, *, full: bool = False) -> None:
        self.files: dict[str, str] = {}
        self._full = full

    def put_call_file(self, name: str, text: str) -> None:
        if self._full:
            raise LabError("old: no space left")
        self.files[name] = text

    def remove_call_file(self, name: str) -> None:
        self.files.pop(name, None)


def test_lists_repeat_a_key_and_the_variable_says_whose_it_is() -> None:
    spool, ledger, session = Spool(), Ledger(), Session("s/one", "old")
    keys = {"Channel": "Local/600@in", "Set": ("A=1", "B=2"), "Application": "Echo"}
    asyncio.run(CallFiles(spool, ledger).put(session, keys, name="f1"))
    lines = ["Channel: Local/600@in", "Set: A=1", "Set: B=2", "Application: Echo", "Set: HARNESS_CALL_FILE=f1"]
    assert spool.files["f1"].splitlines() == lines
    assert ledger.owner_of("f1") is session


def test_a_scenario_s_files_are_taken_back_and_no_others() -> None:
    async def act() -> None:
        await files.put(one, {"Channel": "Local/1@in"}, name="f1")
        await files.put(other, {"Channel": "Local/1@in"}, name="f2")
        await files.remove_all_of(one)

    spool = Spool()
    files, one, other = CallFiles(spool, Ledger()), Session("s/one", "old"), Session("s/other", "old")
    asyncio.run(act())
    assert list(spool.files) == ["f2"]


@pytest.mark.parametrize("keys", [{"Channel": "Local/1@in\nSet: A=1"}, {"Set": ("A=1", "B=2\r")}, {"Set\n": "A"}])
def test_nothing_begins_another_key(keys: dict[str, str | tuple[str, ...]]) -> None:
    spool = Spool()
    with pytest.raises(ScenarioError, match="line break"):
        asyncio.run(CallFiles(spool, Ledger()).put(Session("s/one", "old"), keys, name="f1"))
    assert not spool.files


def test_a_file_that_cannot_be_written_is_no_difference() -> None:
    files = CallFiles(Spool(full=True), Ledger())
    with pytest.raises(NotPlayable, match="no space left"):
        asyncio.run(files.put(Session("s/one", "old"), {"Channel": "Local/1@in"}, name="f1"))
