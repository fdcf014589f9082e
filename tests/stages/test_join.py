"""Parts that were played apart make one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from small_runs import OLD, OTHER, kept_run

from harness.cli import main
from harness.errors import SiteError
from harness.model import Place, Report, Verdict, Waiver
from harness.report import claim_folder, read_report, write_report
from harness.stages.join import join
from harness.stages.rejudge import rejudge

PARTS = ({"a/one": OLD}, {"a/two": OTHER}, {"a/three": OLD, "a/four": OTHER})
EVERY = {id_: text for part in PARTS for id_, text in part.items()}


def parts(root: Path, *waivers: Waiver) -> list[Path]:
    """Three folders, each of a run that left the others' scenarios out."""
    folders = []
    for number, candidates in enumerate(PARTS):
        folder = root / f"part{number}"
        report = kept_run(folder, candidates, *waivers)
        left_out = tuple(sorted(EVERY.keys() - candidates.keys()))
        write_report(replace(report, left_out=left_out, verdict=Verdict.PARTIAL), folder)
        folders.append(folder)
    return folders


def joined(root: Path, folders: Sequence[Path]) -> Report:
    target = root / "whole"
    claim_folder(target)
    return join(folders, target)


def facts(report: Report) -> object:
    findings = sorted((f.fingerprint, f.severity, f.scenarios, f.waived, f.title) for f in report.findings)
    return report.verdict, findings, {result.id: result.outcome for result in report.results}


def test_three_parts_have_the_findings_and_the_verdict_of_the_whole(tmp_path: Path) -> None:
    whole = kept_run(tmp_path / "once", EVERY)
    found = joined(tmp_path, parts(tmp_path))
    assert facts(found) == facts(whole)
    assert (found.verdict, found.left_out) == (Verdict.HOLD, ())
    assert facts(read_report(tmp_path / "whole")) == facts(whole)


def test_what_was_joined_can_be_judged_again(tmp_path: Path) -> None:
    found = joined(tmp_path, parts(tmp_path))
    assert len(list((tmp_path / "whole/traces").glob("*.jsonl"))) == 3 * len(EVERY)
    assert facts(rejudge(tmp_path / "whole")) == facts(found)


def test_a_waiver_that_one_part_uses_is_used(tmp_path: Path) -> None:
    waiver = Waiver("known", Place("waivers.yaml", 1), scenario="a/two")
    found = joined(tmp_path, parts(tmp_path, waiver))
    assert not [finding for finding in found.findings if finding.rule == "waiver-unused"]


def test_a_part_that_is_missing_leaves_its_scenarios_out(tmp_path: Path) -> None:
    found = joined(tmp_path, parts(tmp_path)[:1])
    assert (found.verdict, found.left_out) == (Verdict.PARTIAL, ("a/four", "a/three", "a/two"))


def test_parts_of_two_runs_are_refused(tmp_path: Path) -> None:
    one, two, _ = parts(tmp_path)
    report = read_report(two)
    write_report(replace(report, site="another", candidate=report.old), two)
    with pytest.raises(SiteError, match=r"part1 is no part of the run .*part0 is one: another site, candidate\."):
        joined(tmp_path, [one, two])


def test_parts_of_a_site_that_changed_between_them_are_refused(tmp_path: Path) -> None:
    one, two, _ = parts(tmp_path)
    (two / "run.json").write_text((two / "run.json").read_text().replace('"content": ""', '"content": "1"'))
    with pytest.raises(SiteError, match=r"part0 is one: another content of the site\."):
        joined(tmp_path, [one, two])


def test_what_was_played_twice_is_refused(tmp_path: Path) -> None:
    one, *_ = parts(tmp_path)
    kept_run(tmp_path / "again", {"a/one": OLD})
    with pytest.raises(SiteError, match=r"a/one was played in .*part0 and in .*again: give each part once"):
        joined(tmp_path, [one, tmp_path / "again"])


def test_the_command_prints_and_ends_with_the_verdict_of_the_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [str(folder) for folder in parts(tmp_path)]
    assert main(["merge", *folders, "--report", str(tmp_path / "whole")]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("HOLD: ")
    assert main(["show", str(tmp_path / "whole")]) == 1
    assert main(["merge", folders[0], folders[0], "--report", str(tmp_path / "whole")]) == 2
    assert "is given twice" in capsys.readouterr().err
    assert main(["merge", *folders, "--report", folders[0]]) == 2
    assert "would replace the part" in capsys.readouterr().err
    assert read_report(Path(folders[0])).verdict is Verdict.PARTIAL
