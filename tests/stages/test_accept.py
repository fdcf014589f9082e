"""What a person accepts of a run becomes waivers of its site."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_runs import OLD, OTHER, kept_run

from harness.cli import main
from harness.errors import SiteError
from harness.model import Verdict
from harness.report import read_report
from harness.stages.accept import Choice, accept, chosen, open_run
from harness.stages.kept import read_kept, write_kept

THIRD = OTHER.replace("UserEvent: R", "UserEvent: S")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "site.toml").write_text('name = "small"\n')
    return folder


@pytest.fixture
def run(tmp_path: Path, site: Path) -> Path:
    """A run that holds: one scenario has another header, another has another event as well."""
    folder = tmp_path / "out"
    kept_run(folder, {"a/one": OLD, "a/two": OTHER, "a/three": THIRD})
    kept = read_kept(folder)
    (folder / "run.json").unlink()
    write_kept(folder, replace(kept, site=str(site)))
    return folder


def test_who_accepts_all_that_holds_gets_a_promotion(run: Path, site: Path) -> None:
    kept = open_run(run)
    assert kept.report.verdict is Verdict.HOLD
    after = accept(kept, [Choice(finding, "known") for finding in kept.open])
    assert after.verdict is Verdict.PROMOTE
    written = (site / "waivers.yaml").read_text()
    assert all(f"fingerprint: {finding.fingerprint}" in written.replace("'", "") for finding in kept.open)
    assert all(finding.title in written for finding in kept.open)
    assert read_report(run).verdict is Verdict.HOLD  # what was played stays what it was


def test_who_accepts_one_leaves_the_others(run: Path) -> None:
    kept = open_run(run)
    assert len(kept.open) > 1
    after = accept(kept, [Choice(chosen(kept, [kept.open[0].fingerprint[:6]])[0], "known")])
    assert after.verdict is Verdict.HOLD
    assert [f.fingerprint for f in after.findings if not f.waived and f.severity.holds] == [
        finding.fingerprint for finding in kept.open[1:]
    ]


def test_the_command_says_what_the_run_would_end_as(
    run: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["accept", str(run), "--rule", "*", "--reason", "looked at", "--until", "2030-01-31"]) == 0
    said = capsys.readouterr().out
    assert f"written to {site / 'waivers.yaml'}" in said
    assert "accepted: " in said
    assert "with that, the run would end as PROMOTE: " in said
    assert "until: '2030-01-31'" in (site / "waivers.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--rule", "*"], "say why with --reason"),
        (["--reason", "x"], "name a fingerprint or a --rule"),
        (["zzzz", "--reason", "x"], "no cause that holds has the fingerprint 'zzzz'; there are: "),
        (["--rule", "no-such", "--reason", "x"], "nothing that holds is of the rule 'no-such'; known are "),
        (["--rule", "*", "--reason", "x", "--site", "/nowhere"], "/nowhere holds no site.toml"),
    ],
)
def test_what_cannot_be_accepted_is_told_and_nothing_is_written(
    run: Path, site: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["accept", str(run), *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not (site / "waivers.yaml").exists()


def test_a_file_with_an_error_stays_as_it_is(run: Path, site: Path) -> None:
    (site / "waivers.yaml").write_text("waivers:\n  - rule: x\n")
    kept = open_run(run)
    with pytest.raises(SiteError, match=r"waivers.yaml:2: .*reason"):
        accept(kept, [Choice(kept.open[0], "known")])
    assert (site / "waivers.yaml").read_text() == "waivers:\n  - rule: x\n"


def test_a_walk_through_what_holds(
    run: Path, site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["", "the provider asked for it", "q"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    causes = open_run(run).open
    assert main(["accept", str(run), "--interactive"]) == 0
    assert f"1 of {len(causes)}" in capsys.readouterr().out
    written = (site / "waivers.yaml").read_text()
    assert written.count("reason: the provider asked for it") == 1
    assert causes[1].fingerprint in written


def test_who_answers_nothing_accepts_nothing(run: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    assert main(["accept", str(run), "--interactive"]) == 0
    assert not (site / "waivers.yaml").exists()
