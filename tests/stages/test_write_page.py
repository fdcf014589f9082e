"""The page of a run: its calls, the lines of its site's files, and what does not fit."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cli import main
from harness.errors import SiteError
from harness.judge.merging import assemble
from harness.model import Place, Report
from harness.report import read_report
from harness.report.folder import claim_folder
from harness.report.page.pack import unpack
from harness.site import SiteSide
from harness.stages import page as stage
from harness.stages.page import join_sources, keep_sources, page_of, write_page

sys.path.insert(0, str(Path(__file__).parent))
from small_runs import OLD, OTHER, kept_run, site

SECRET = "bottom-bracket-68"
LINES = f"[in]\nexten => 1,1,UserEvent(R)\n same => n,Set(PASSWORD={SECRET})\n"


def made(folder: Path) -> tuple[Report, Path]:
    """A run of two calls, one of which differs, whose site has the files that it names."""
    for name in ("old", "candidate"):
        (folder / "site" / name).mkdir(parents=True)
        (folder / "site" / name / "extensions.conf").write_text(LINES)
        (folder / "site" / name / "manager.conf").write_text(f"[a]\nsecret = {SECRET}\n\n\n\n\nread = all\n")
    run = folder / "run"
    report = kept_run(run, {"a/one": OTHER, "a/two": OLD})
    cause = replace(report.findings[0], where=Place("old/manager.conf", 2), places=(Place("old/manager.conf", 2),))
    return assemble(replace(report, results=(replace(report.results[0], findings=(cause,)),))), run


def packed(text: str, anchor: str) -> object:
    """What an element of the page holds."""
    return unpack(text.partition(f'id="packed-{anchor}">')[2].partition("<")[0])


def test_every_call_has_its_ladder(tmp_path: Path) -> None:
    report = kept_run(tmp_path, {"a/one": OTHER, "a/two": OLD})
    text = page_of(report, tmp_path)
    assert text.count('class="open-ladder"') == 2
    differs = packed(text, "s1")
    assert isinstance(differs, dict)
    assert [row["mark"] for row in differs["rows"]] == ["~", "="]
    assert differs["rows"][0]["fields"] == [["after", "yes", "no"]]
    assert (differs["rows"][0]["cause"], differs["rows"][0]["holds"]) == (1, True)
    assert "a/one" in text


def test_the_priorities_that_were_run_are_counted(tmp_path: Path) -> None:
    report, run = made(tmp_path)
    keep_sources(report, run, site(tmp_path / "site"))
    text = page_of(report, run)
    assert "0 of 1 priorities were played" in text
    assert packed(text, "d1") == [
        [1, "[in]", -1],
        [2, "exten => 1,1,UserEvent(R)", 0],
        [3, " same => n,Set(PASSWORD=(secret))", -1],
    ]


def test_lines_of_the_site_are_kept_without_secrets(tmp_path: Path) -> None:
    report, run = made(tmp_path)
    path = write_page(report, run, site(tmp_path / "site"))
    assert path == run / "index.html"
    text = path.read_text()
    assert "secret = (secret)" in text
    assert SECRET not in text
    assert SECRET not in (run / "sources.json").read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert (run / "sources.json").stat().st_mode & 0o077 == 0


def test_a_page_is_written_again_without_its_site(tmp_path: Path) -> None:
    report, run = made(tmp_path)
    before = write_page(report, run, site(tmp_path / "site")).read_text()
    for file in (tmp_path / "site").rglob("*.conf"):
        file.write_text("changed\n" * 9)
    assert write_page(report, run).read_text() == before


def test_a_line_that_may_be_of_either_file_is_not_shown(tmp_path: Path) -> None:
    report, run = made(tmp_path)
    two = site(tmp_path / "site")
    for name in ("x", "y"):
        (tmp_path / "site" / name / "old").mkdir(parents=True)
        (tmp_path / "site" / name / "old" / "manager.conf").write_text(f"{name}\n" * 9)
    sides = [SiteSide("r", tmp_path / "site" / name / "old") for name in ("x", "y")]
    keep_sources(report, run, replace(two, old=sides[0], candidate=sides[1]))
    assert "manager.conf" not in (run / "sources.json").read_text()


@pytest.mark.parametrize("name", ["../outside.conf", "/etc/hostname", "old/../../outside.conf"])
def test_no_file_outside_the_site_is_read(tmp_path: Path, name: str) -> None:
    report, run = made(tmp_path)
    (tmp_path / "outside.conf").write_text("outside\n" * 9)
    cause = replace(report.findings[0], where=Place(name, 2), places=())
    keep_sources(replace(report, findings=(cause,)), run, site(tmp_path / "site"))
    assert "outside" not in (run / "sources.json").read_text()


def test_what_has_no_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = kept_run(tmp_path, {"a/one": OLD, "b/two": OTHER})
    monkeypatch.setattr(
        stage, "ROOM", len(page_of(report, tmp_path).partition('id="packed-s1">')[2].partition("<")[0]) + 1
    )
    text = page_of(report, tmp_path)
    assert text.count('class="open-ladder"') == 1  # of the one that differs
    assert "harness show DIR a/one" in text


def test_parts_of_a_run_keep_their_lines_together(tmp_path: Path) -> None:
    for number, part in enumerate(("p", "q")):
        report, run = made(tmp_path / part)
        cause = replace(report.findings[0], where=Place("old/manager.conf", 2 + 5 * number), places=())
        keep_sources(replace(report, findings=(cause,)), run, site(tmp_path / part / "site"))
    whole = tmp_path / "whole"
    join_sources([tmp_path / "p" / "run", tmp_path / "q" / "run"], whole)
    text = (whole / "sources.json").read_text()
    assert "read = all" in text
    assert "[a]" in text


def test_a_new_run_removes_the_page_and_nothing_that_is_not_ours(tmp_path: Path) -> None:
    report, run = made(tmp_path)
    write_page(report, run, site(tmp_path / "site"))
    claim_folder(run)
    assert sorted(path.name for path in run.iterdir()) == ["traces"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "index.html").write_text("<html>mine</html>")
    with pytest.raises(SiteError, match=r"index\.html was not written by the harness"):
        claim_folder(tmp_path / "other")


def test_a_report_alone_is_a_page_as_well(tmp_path: Path) -> None:
    report, run = made(tmp_path)
    (run / "run.json").unlink()
    assert 'class="open-ladder"' not in page_of(read_report(run), run)
    assert report.verdict.upper() in page_of(read_report(run), run)


@pytest.mark.parametrize("columns", ["", "90"])
def test_a_pipe_is_as_wide_as_it_is_told_or_wide_enough_for_two_sides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    kept_run(tmp_path, {"a/one": OTHER})
    main(["show", str(tmp_path), "a/one", "--side-by-side"])
    (titles,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("  old "))
    assert titles.index("candidate") == (int(columns or 160) + 3) // 2 + 1


def test_one_scenario_is_drawn_by_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept_run(tmp_path, {"a/one": OTHER})
    assert main(["show", str(tmp_path), "a/one", "--side-by-side"]) == 0
    assert "after: yes" in capsys.readouterr().out
    assert main(["show", str(tmp_path), "a/one", "--mermaid"]) == 0
    assert capsys.readouterr().out.startswith("sequenceDiagram\n")
    assert main(["show", str(tmp_path), "--html"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'index.html'}\n"
    assert main(["show", str(tmp_path), "--mermaid"]) == 2
    assert "name it behind the folder" in capsys.readouterr().err
    assert main(["show", str(tmp_path), "a/two", "--mermaid"]) == 2
    assert "did you mean" in capsys.readouterr().err
