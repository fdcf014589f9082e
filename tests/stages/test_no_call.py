"""What the log says of no call while scenarios are played."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from small_runs import OLD, TODAY, Player, booted, kept_run, site

from harness.facts.inventory import StartLine
from harness.model import Outcome, ScenarioResult, Severity
from harness.record.no_call import NO_CALL
from harness.stages import no_call
from harness.stages.conclude import conclude, merge
from harness.stages.no_call import judge_log
from harness.stages.results import Results, joined

STOCK = StartLine("WARNING", "res_odbc.c", "Connection 7 is down")
STOCK_LATER = "Level: WARNING\nFile: res_odbc.c\nMessage: Connection 9 is down"
QUEUED = "Level: WARNING\nFile: taskprocessor.c\nMessage: The 'pjsip/default-{}' task processor queue reached 500"
FRACK = "Level: ERROR\nFile: astobj2.c\nMessage: FRACK!, Failed assertion bad magic number 0x{}"


@pytest.fixture(autouse=True)
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(no_call, "load_baseline", lambda _release: (STOCK,))


def results(root: Path, logged: Mapping[str, str], **more: Any) -> Results:
    player = Player({"a/one": [OLD]})
    player.logged = logged
    for name, value in more.items():
        setattr(player, name, value)
    trio = booted(root, player, site(root), ["a/one"])
    trio.trio.candidate = SimpleNamespace(release=None)  # type: ignore[misc] # see small_runs
    return asyncio.run(judge_log(trio, Results()))


def result(root: Path, **logged: str) -> ScenarioResult | None:
    return results(root, logged).of.get(NO_CALL)


def test_a_kind_of_line_that_only_the_candidate_has_is_a_finding(tmp_path: Path) -> None:
    said = result(tmp_path, candidate=f"{FRACK.format('0000beef')}\n\n{QUEUED.format('0000000a')}")
    assert said is not None
    assert (said.outcome, said.suite) == (Outcome.DIFFERS, "log")
    assert sorted(finding.rule for finding in said.findings) == ["log-error-added", "log-warning-added"]
    assert {finding.severity for finding in said.findings} == {Severity.REVIEW}


@pytest.mark.parametrize("side", ["old", "again"])
def test_what_an_instance_of_the_old_release_says_as_well_is_none(tmp_path: Path, side: str) -> None:
    known = {side: QUEUED.format("0000000b")}
    said = result(tmp_path, candidate=QUEUED.format("0000000a"), **known)
    assert said is None or not any(finding.severity.holds for finding in said.findings)


def test_what_the_candidate_says_with_its_own_configuration_is_none(tmp_path: Path) -> None:
    assert result(tmp_path, candidate=STOCK_LATER) is None
    assert result(tmp_path, candidate=f"{STOCK_LATER}\n\n{QUEUED.format('0000000a')}") is not None


@pytest.mark.parametrize("side", ["old", "again", "candidate"])
def test_what_a_stand_in_answers_to_a_registration_is_the_labs_doing(tmp_path: Path, side: str) -> None:
    refused = (
        "403 Forbidden fatal response received from 'sip:p.example' on registration attempt to 'sip:a@p.example'"
    )
    assert result(tmp_path, **{side: f"Level: WARNING\nFile: x.c\nMessage: {refused}"}) is None


def test_what_was_said_at_the_start_says_nothing_when_it_comes_later(tmp_path: Path) -> None:
    said = frozenset({"Connection # is down"})
    assert not results(tmp_path, {"candidate": STOCK_LATER}, said_at_start=said).of


def test_what_is_said_when_something_broke_is_no_finding(tmp_path: Path) -> None:
    assert not results(tmp_path, {"candidate": FRACK.format("0000beef")}, broken=("the phones are gone",)).of


def test_where_nothing_differs_there_is_no_result_and_no_trace(tmp_path: Path) -> None:
    assert result(tmp_path) is None
    assert not list((tmp_path / "traces").iterdir())


def test_nothing_is_asked_where_nothing_is_played(tmp_path: Path) -> None:
    assert asyncio.run(judge_log(booted(tmp_path, None, site(tmp_path), []), Results())) == Results()


def test_what_two_trios_say_is_told_together(tmp_path: Path) -> None:
    parts = [results(tmp_path, {"candidate": line}) for line in (FRACK.format("0000beef"), QUEUED.format("0a"))]
    assert len(joined(parts).of[NO_CALL].findings) == 2
    draft: Any = kept_run(tmp_path / "run", {"a/one": OLD})
    reports = [conclude(replace(draft, results=tuple(part.of.values())), (), today=TODAY) for part in parts]
    assert len(merge(reports, (), today=TODAY).results[0].findings) == 2
