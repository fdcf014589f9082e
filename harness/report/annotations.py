"""What holds, as notes beside lines of the site's files: GitHub's workflow commands, GitLab's code quality report.

Sources: docs.github.com, "Workflow commands for GitHub Actions"; docs.gitlab.com, "Code Quality report format".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from harness.model import Finding, Place, Severity, Verdict
from harness.model.report import Report, holds
from harness.report.headline import verdict_line
from harness.report.text import clean, count, listed

__all__ = ["to_code_quality", "to_github"]

_SITE_FILE = "site.toml"
_COMMANDS = {Severity.BREAKING: "error", Severity.REVIEW: "warning"}
_WEIGHTS = {
    Severity.BREAKING: "critical",
    Severity.REVIEW: "major",
    Severity.ADDITIVE: "minor",
    Severity.INFO: "info",
}
_LONGEST = 2_000


def to_github(report: Report, site: str = "") -> str:
    """A workflow command a line: each cause that holds at its place, each problem of the run, then the verdict.

    `site` is the site's folder, as the repository's root has it. GitHub shows ten errors and ten warnings of a
    step: the gravest come first.
    """
    return "".join(f"{line}\n" for line in _commands(report, site))


def _commands(report: Report, site: str) -> Iterator[str]:
    places = _places(report)
    for finding in filter(holds, report.findings):
        place = _place(finding, places, site)
        where = {"file": place.file, "line": str(max(place.line, 1)), "title": clean(finding.title)}
        yield _command(_COMMANDS[finding.severity], _words(finding), where)
    for problem in report.problems:
        yield _command("error", [clean(line) for line in problem.splitlines()], {"title": "Not compared"})
    kind = "notice" if report.verdict in (Verdict.PROMOTE, Verdict.PARTIAL) else "error"
    yield _command(kind, [verdict_line(report)], {"title": f"Asterisk upgrade of {clean(report.site)}"})


def _command(kind: str, lines: Iterable[str], properties: dict[str, str]) -> str:
    named = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in properties.items())
    return f"::{kind} {named}::{_escaped(chr(10).join(lines))}"


def _escaped(text: str, besides: str = "") -> str:
    for char in ("%", "\r", "\n", *besides):
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def to_code_quality(report: Report, site: str = "") -> str:
    """A JSON array of issues: what holds, and what is for information or additive with its lighter severity.

    What was waived is none. `site` is as for `to_github`.
    """
    places = _places(report)
    open_ones = (finding for finding in report.findings if not finding.waived)
    issues = [_issue(finding, _place(finding, places, site)) for finding in open_ones]
    issues += [_problem(problem, site) for problem in report.problems]
    return json.dumps(issues, indent=1, ensure_ascii=False) + "\n"


def _issue(finding: Finding, place: Place) -> dict[str, object]:
    return {
        "description": "\n".join((clean(finding.title), *_words(finding))),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint or _digest(finding.rule, finding.title),
        "severity": _WEIGHTS[finding.severity],
        "location": {"path": place.file, "lines": {"begin": max(place.line, 1)}},
    }


def _problem(problem: str, site: str) -> dict[str, object]:
    return {
        "description": clean(problem, longest=_LONGEST),
        "check_name": "not-compared",
        "fingerprint": _digest("not-compared", problem),
        "severity": "blocker",
        "location": {"path": _in_site(site, _SITE_FILE), "lines": {"begin": 1}},
    }


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _words(finding: Finding) -> list[str]:
    """Old and candidate, why, where else, and the one thing to do."""
    sides = (("old", finding.old), ("candidate", finding.candidate))
    lines = [f"{name}: {clean(value) or '(nothing)'}" for name, value in sides if finding.old or finding.candidate]
    if finding.cause:
        lines.append(clean(finding.cause, longest=_LONGEST))
    if finding.scenarios:
        lines.append(f"in {count(len(finding.scenarios), 'scenario')}: {listed(map(clean, finding.scenarios))}")
    if finding.advice:
        lines.append(f"do: {clean(finding.advice, longest=_LONGEST)}")
    return lines or [clean(finding.title)]


def _places(report: Report) -> Mapping[str, Place | None]:
    """Where each scenario is written."""
    return {result.id: result.where for result in report.results}


def _place(finding: Finding, scenarios: Mapping[str, Place | None], site: str) -> Place:
    """Where it is told: at its place in the site's files, at the scenario that shows it, else at site.toml."""
    place = finding.where or scenarios.get(finding.scenario) or Place(_SITE_FILE, 1)
    return Place(_in_site(site, place.file), place.line)


def _in_site(site: str, file: str) -> str:
    return clean(str(PurePosixPath(site, file)), longest=_LONGEST)
