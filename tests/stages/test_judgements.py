"""What a run kept is judged in several processes as in one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from small_runs import OLD, OTHER, TODAY, kept_run

from harness.errors import SiteError
from harness.model import Finding, Outcome, Place, ScenarioResult, Severity, Trace
from harness.report import write_report
from harness.stages import judgements as room
from harness.stages.conclude import conclude
from harness.stages.judgements import coverings, judgements
from harness.stages.kept import read_kept
from harness.stages.rejudge import cover, rejudge

CANDIDATES = {f"a/{number}": OTHER if number % 3 else OLD for number in range(12)}
RAN = (
    "Event: Newexten\nChannel: Local/1@in-00000001;2\nUniqueid: 1.2\n"
    "Context: in\nExtension: 1\nPriority: 1\nApplication: UserEvent\nAppData: R"
)
_NEVER = 1_000_000_000


@pytest.fixture
def readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Other processes pay at once. A folder in which each process that reads a trace leaves its number."""
    folder, read = tmp_path / "readers", room.read_trace
    folder.mkdir()

    def read_trace(path: Path) -> Trace:
        (folder / str(os.getpid())).touch()
        return read(path)

    monkeypatch.setattr(room, "_PAYS", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(room.threading, "active_count", lambda: 1)  # a worker of pytest-xdist has one that waits
    monkeypatch.setattr(room, "read_trace", read_trace)
    return folder


def numbers(readers: Path) -> set[int]:
    return {int(file.name) for file in readers.iterdir()}


def test_several_processes_judge_and_cover_the_same_in_the_same_order(tmp_path: Path, readers: Path) -> None:
    kept_run(tmp_path, CANDIDATES)
    kept = read_kept(tmp_path)
    there = [*judgements(tmp_path, kept)], [*coverings(tmp_path, kept, frozenset())]
    assert numbers(readers)
    assert os.getpid() not in numbers(readers)
    room._PAYS = _NEVER  # the end of the fixture undoes it
    assert ([*judgements(tmp_path, kept)], [*coverings(tmp_path, kept, frozenset())]) == there
    assert os.getpid() in numbers(readers)


def test_a_small_run_is_judged_by_this_process(tmp_path: Path, readers: Path) -> None:
    kept_run(tmp_path, CANDIDATES)
    room._PAYS = _NEVER
    assert len([*judgements(tmp_path, read_kept(tmp_path))]) == len(CANDIDATES)
    assert numbers(readers) == {os.getpid()}


def test_a_trace_that_another_process_cannot_read_is_named(tmp_path: Path, readers: Path) -> None:
    kept_run(tmp_path, CANDIDATES)
    broken = tmp_path / "traces" / "a__7.old.jsonl"
    broken.write_text(broken.read_text() + "{}\n")
    with pytest.raises(SiteError, match=r"a__7\.old\.jsonl:3: not a trace that the harness kept"):
        list(judgements(tmp_path, read_kept(tmp_path)))


def test_what_is_judged_again_is_covered_as_by_reading_all_traces_once_more(tmp_path: Path) -> None:
    before = kept_run(tmp_path, {"a/one": OLD, "a/two": f"{OLD}\n\n{RAN}"})
    place = Place("candidate/extensions.conf", 2)
    finding = Finding(
        "application-missing",
        Severity.BREAKING,
        "load",
        "preflight/uses",
        "gone",
        fingerprint="0123",
        places=(place,),
    )
    check = ScenarioResult("preflight/uses", "preflight", Outcome.DIFFERS, findings=(finding,))
    whole = replace(before, results=(*before.results, check))
    write_report(conclude(whole, (), today=TODAY), tmp_path)
    again = rejudge(tmp_path)
    assert [one.covered for one in again.findings if one.rule == finding.rule] == ["by a/two"]
    assert cover(again, tmp_path) == again
