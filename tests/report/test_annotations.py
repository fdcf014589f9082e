"""What holds, beside lines of the site's files, as GitHub and GitLab read it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import samples

from harness.cli.printing import HOLD, print_report
from harness.model import Place, Report, Verdict
from harness.model.report import holds
from harness.report import to_code_quality, to_github

COMMAND = re.compile(r"::(error|warning|notice) ([^\r\n]*?)::([^\r\n]*)")
EVERY = [samples.hold, samples.promote, samples.inconclusive, samples.hostile]


def commands(report: Report, site: str = "") -> list[tuple[str, dict[str, str], str]]:
    """Each command: its kind, its properties and its message, as GitHub's runner reads them."""

    def plain(text: str) -> str:
        for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            text = text.replace(code, char)
        return text

    found = []
    for line in to_github(report, site).splitlines():
        command = COMMAND.fullmatch(line)
        assert command, line
        properties = dict(pair.split("=", 1) for pair in command[2].split(","))
        found.append((command[1], {name: plain(value) for name, value in properties.items()}, plain(command[3])))
    return found


def test_what_holds_stands_beside_its_line() -> None:
    report = samples.hold()
    kind, where, words = commands(report, "sites/shop")[0]
    assert (kind, where["file"], where["line"]) == ("error", "sites/shop/extensions.conf", "42")
    assert where["title"] == "The candidate has no application Macro"
    assert "old: Macro(hello,x)\ncandidate: (nothing)\n" in words
    assert "do: Rewrite the macro" in words


def test_each_that_holds_is_told_and_nothing_else_and_the_verdict_is_last() -> None:
    report = samples.hold()
    found = commands(report)
    titles = [where["title"] for _, where, _ in found]
    assert titles[: -len(report.problems) - 1] == [finding.title for finding in report.findings if holds(finding)]
    assert (found[-1][0], found[-1][2].startswith("HOLD: ")) == ("error", True)
    (*_, (kind, _, words)) = commands(samples.promote())
    assert (kind, words.startswith("PROMOTE: ")) == ("notice", True)


@pytest.mark.parametrize("report", EVERY)
def test_whatever_is_in_it_every_command_is_one_line(report: Callable[[], Report]) -> None:
    lines = to_github(report()).splitlines()
    assert all(COMMAND.fullmatch(line) for line in lines)
    assert all(char.isprintable() for line in lines for char in line)


@pytest.mark.parametrize("report", EVERY)
def test_every_issue_of_code_quality_has_what_gitlab_needs(report: Callable[[], Report]) -> None:
    issues = json.loads(to_code_quality(report(), "site"))
    for issue in issues:
        assert issue["description"]
        assert issue["check_name"]
        assert issue["fingerprint"]
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["path"].startswith("site/")
        assert issue["location"]["lines"]["begin"] > 0
    open_ones = [finding for finding in report().findings if not finding.waived]
    assert len(issues) == len(open_ones) + len(report().problems)


def test_what_has_no_place_stands_at_its_scenario_and_what_is_of_none_at_the_site() -> None:
    report = samples.hold()
    by_title = {where["title"]: where["file"] for _, where, _ in commands(report, "s") if "file" in where}
    for finding in filter(holds, report.findings):
        result = report.result(finding.scenario)
        place = finding.where or (result and result.where) or Place("site.toml", 1)
        assert by_title[finding.title] == f"s/{place.file}"


def test_within_a_job_of_github_the_page_gets_a_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "summary.md"
    page.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    monkeypatch.chdir(tmp_path)
    assert samples.hold().verdict is Verdict.HOLD
    assert print_report(samples.hold(), "github", site=lambda: str(tmp_path / "site")) == HOLD
    assert "file=site/extensions.conf,line=42," in capsys.readouterr().out
    assert page.read_text().startswith("before\n### HOLD")
