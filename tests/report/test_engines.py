"""What `make prove-engines` says of engines whose runs are made up."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from samples import hold, promote

from harness.report import read_report, write_report
from tests import engines

MADE = {"unix://same": promote, "ssh://other": hold}


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def play(command: tuple[str, ...], *, env: dict[str, str], **_: object) -> SimpleNamespace:
        engine = env.get("DOCKER_HOST", "unix://same")
        if engine in MADE:
            write_report(MADE[engine](), Path(command[-1]))
        return SimpleNamespace(stdout=f"{engine} does not answer", stderr="")

    monkeypatch.setenv("DOCKER_HOST", "ssh://other")
    monkeypatch.setattr(subprocess, "run", play)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_the_same_findings_on_all_engines_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert engines.main("unix://same") == 0
    assert "the findings are the same" in capsys.readouterr().out


def test_what_differs_can_be_looked_up_in_the_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert engines.main("unix://same", "ssh://other") == 1
    told = capsys.readouterr().out
    only = {finding.fingerprint for finding in hold().findings} - {one.fingerprint for one in promote().findings}
    assert all(f"  + {fingerprint} " in told for fingerprint in only)
    assert "the findings differ" in told
    (folder,) = tmp_path.glob("asterisk-engines-*")
    assert str(folder) in told
    assert read_report(folder / "2").verdict is hold().verdict


def test_an_engine_that_does_not_play_is_no_reason_to_leave_out_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert engines.main("unix://gone", "unix://same") == 1
    told = capsys.readouterr().out
    assert "unix://gone: no report" in told
    assert "unix://gone does not answer" in told
    assert "unix://same: promote" in told


def test_another_title_of_the_same_finding_is_shown_and_is_no_difference(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *others = hold().findings
    named = replace(hold(), findings=(replace(first, title="by another name"), *others))
    monkeypatch.setitem(MADE, "unix://same", hold)
    monkeypatch.setitem(MADE, "ssh://other", lambda: named)
    assert engines.main("ssh://other") == 0
    told = capsys.readouterr().out
    assert f"~ {first.fingerprint} {first.severity.value} {first.title} (there: " in told
    assert "the findings are the same" in told
