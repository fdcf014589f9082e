"""The demo with its old files on the new release: all that is gone is found wherever it is used, and no more."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from harness.cli import main

pytestmark = pytest.mark.engine

DEMO = Path(__file__).parents[1] / "scenarios" / "demo"
OLD = DEMO / "old"
GONE = {
    "Macro": ("Macro", "MacroExit"),
    "Monitor": ("Monitor", "PauseMonitor", "UnpauseMonitor"),
    "CALLERPRES": ("CALLERPRES",),
}
"""What is used of each module that is gone: one finding, with all places."""
SETTINGS = {
    "application-option-gone": {("Queue: w", "extensions_sales.conf", 8)},
    "config-option-gone": {("features.conf featuremap: automon", "features.conf", 16)},
    "config-file-rejected": {("features.conf", "features.conf", 16)},
    "time-zone-unresolved": {("US/Eastern", "extensions.conf", 19), ("US/Central", "voicemail.conf", 28)},
}


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """Those that hold, as `harness preflight` writes them."""
    report = tmp_path_factory.mktemp("report")
    assert main(["preflight", "--site", str(DEMO), "--candidate-config", str(OLD), "--report", str(report)]) == 1
    found = json.loads((report / "report.json").read_text())["findings"]
    return [finding for finding in found if finding["severity"] in ("breaking", "review")]


def every(findings: list[dict[str, object]]) -> list[dict[str, object]]:
    """Findings, and all that follows from them."""
    return [each for one in findings for each in (one, *every(one["consequences"]))]  # type: ignore[arg-type] # JSON


def written(name: str) -> set[tuple[str, int]]:
    """Every line of the files that uses a name, comments apart; read by nothing of the harness."""
    by_others = r"|\bDial\(.*M\(|\bQueue\((?:[^,]*,){6}\w" if name == "Macro" else ""
    used = re.compile(rf"\b{name}\(|,{name}\s*(?:,|$){by_others}")
    return {
        (path.name, number)
        for path in OLD.iterdir()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if used.search(line.partition(";")[0])
    }


def test_every_use_of_what_is_gone_is_found_and_none_invented(findings: list[dict[str, object]]) -> None:
    found: dict[str, set[tuple[str, int]]] = {}
    for finding in findings:
        if finding["rule"] in ("application-unavailable", "function-unavailable"):
            name = re.sub(r"[(),]", " ", str(finding["title"])).partition("function ")[2] or str(finding["title"])
            name = re.sub(r"^The site uses ", "", name).replace("(", " ").split()[0]
            places: list[dict[str, object]] = finding["places"]  # type: ignore[assignment]
            found[name] = {(Path(str(p["file"])).name, int(str(p["line"]))) for p in places}
    used = {name: set().union(*map(written, names)) for name, names in GONE.items()}
    by_key = {("extensions_sales.conf", 8), ("extensions_outgoing.conf", 30)}  # w and W of Queue and Dial
    by_key |= {("extensions_macros.conf", 9), ("extensions_macros.conf", 31)}
    assert found == {**used, "Monitor": used["Monitor"] | by_key}


@pytest.mark.parametrize("rule", sorted(SETTINGS))
def test_settings_that_are_gone_are_found_where_they_are(findings: list[dict[str, object]], rule: str) -> None:
    told = [finding for finding in every(findings) if finding["rule"] == rule]
    for name, file, line in SETTINGS[rule]:
        (one,) = (finding for finding in told if name in str(finding["title"]))
        assert one["where"] == {"file": f"old/{file}", "line": line}


def test_nothing_else_holds(findings: list[dict[str, object]]) -> None:
    known = {*SETTINGS, "application-unavailable", "function-unavailable"}
    assert {finding["rule"] for finding in findings} <= known


def test_what_follows_from_each_is_told_with_it(findings: list[dict[str, object]]) -> None:
    """The codes that are not in force hang on features.conf, which the new release drops as a whole."""
    told = {str(finding["rule"]): str(finding["consequences"]) for finding in findings}
    assert "Blind Transfer" in told["config-file-rejected"]
    (macro,) = (f for f in findings if f["rule"] == "application-unavailable" and "Macro()" in str(f["title"]))
    assert all(
        text in str(macro["consequences"]) for text in ("app_macro", "MacroExit", "Dial: M", "Queue: macro")
    )
