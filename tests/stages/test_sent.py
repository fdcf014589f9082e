"""What workers on other machines send of their runs."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import SiteError
from harness.record.no_call import NO_CALL
from harness.record.store import read_trace, trace_files, write_trace
from harness.report import write_report
from harness.stages.kept import read_kept, write_kept
from harness.stages.rejudge import rejudge
from harness.stages.sent import packed, strangers, take
from harness.testing import trace
from tests.stages.small_runs import OLD, OTHER, kept_run


def test_what_two_sent_is_one_run(tmp_path: Path) -> None:
    here = tmp_path / "here"
    (here / "traces").mkdir(parents=True)
    reports = []
    for name, text in (("a", OLD), ("b", OTHER)):
        reports.append(kept_run(tmp_path / name, {f"s/{name}": text}))
        write_trace(tmp_path / name / "traces", trace(f"Event: Alarm\nText: {name}", scenario=NO_CALL))
        kept = read_kept(tmp_path / name)
        (tmp_path / name / "run.json").unlink()
        write_kept(tmp_path / name, replace(kept, site="/there", content="1"))
        assert take(packed(tmp_path / name), here, tmp_path / "site") == "1"
    assert {scenario.id for scenario in read_kept(here).scenarios} == {"s/a", "s/b"}
    assert read_kept(here).site == str(tmp_path / "site")
    (log,) = (read_trace(file.path) for file in trace_files(here / "traces") if file.scenario == NO_CALL)
    assert len(log.observations) == 2
    for file in (here / "traces").glob("log*"):
        file.unlink()  # these runs know no log
    write_report(reports[0], here)
    assert [finding.scenario for finding in rejudge(here).findings] == ["s/b"]


@pytest.mark.parametrize("name", ["../run.json", "/tmp/x.jsonl", "traces/../../x", "traces/more/x.jsonl"])
def test_nothing_is_written_beside_a_run(tmp_path: Path, name: str) -> None:
    with pytest.raises(SiteError, match="no file of a run"):
        take({name: zlib.compress(b"x")}, tmp_path, tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_left_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="holds no run"):
        take({}, tmp_path, tmp_path)


def test_reports_of_one_run_have_the_same_images(tmp_path: Path) -> None:
    mine = kept_run(tmp_path / "a", {"s/a": OLD})
    unbooted = replace(mine, candidate=replace(mine.candidate, version="", digest=""))
    assert not list(strangers({"gw0": mine, "gw1": mine, "gw2": unbooted}))
    other = replace(mine, candidate=replace(mine.candidate, digest="3"))
    (words,) = strangers({"gw0": mine, "gw1": other})
    assert words.startswith("gw1 has another candidate release than gw0: debian:sid 22 3, not debian:sid 22 2;")
