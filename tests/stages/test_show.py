"""`harness show DIR SCENARIO`: kept traces, side by side, without an engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.cli import main
from harness.model import Place, Tolerances
from harness.record.store import write_trace
from harness.stages.kept import Kept, KeptScenario, write_kept
from harness.testing import trace

EVENT = "Event: VarSet\nChannel: Local/9@x-0000000a;1\nUniqueid: 1.1\nVariable: X\nValue: {}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "traces").mkdir()
    for instance, value in (("old", "one"), ("again", "one"), ("candidate", "two")):
        for play in (0, 1):
            text = EVENT.format(value if not play else f"replayed {value}")
            kept = replace(trace(text, scenario="ivr/menu"), instance=instance, play=play)
            write_trace(tmp_path / "traces", kept)
    write_trace(tmp_path / "traces", trace(EVENT, scenario="ivr/half"))
    scenarios = (KeptScenario(name, "", Place("ivr.yaml", 1), Tolerances()) for name in ("ivr/menu", "ivr/half"))
    write_kept(tmp_path, Kept(scenarios=tuple(scenarios), today="2026-11-28"))
    return tmp_path


def test_a_scenario_is_shown_side_by_side(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(folder), "ivr/menu"]) == 0
    out = capsys.readouterr().out
    assert "VarSet X: one" in out.partition("Local/9@x;1")[2]
    assert "| VarSet X: two" in out
    assert "replayed" not in out
    assert "... 1 step the same" in out


def test_all_steps_are_shown_when_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["show", str(folder), "ivr/menu", "--all"])
    assert "the same" not in capsys.readouterr().out


def test_a_terminal_has_a_width(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    main(["show", str(folder), "ivr/menu", "--all"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 40


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("ivr/menus", "keeps no scenario 'ivr/menus'; did you mean \"ivr/menu\"?"),
        ("ivr/half", "keeps no trace of ivr/half on candidate"),
    ],
)
def test_what_is_not_kept_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], scenario: str, words: str
) -> None:
    assert main(["show", str(folder), scenario]) == 2
    assert words in capsys.readouterr().err


def test_a_folder_without_a_run_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(tmp_path), "ivr/menu"]) == 2
    assert "holds no run" in capsys.readouterr().err
