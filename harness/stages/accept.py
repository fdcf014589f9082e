"""The stage that accepts findings of a run: waivers in the site's waivers.yaml. Needs no engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from harness.errors import SiteError, reason_of
from harness.model import Finding, Report, Waiver, like
from harness.model.report import holds
from harness.report.folder import read_report, write_whole
from harness.report.text import clean, count
from harness.report.waiving import waivers_of
from harness.site.accepting import Entry, with_entries
from harness.site.reading.problems import Problems, did_you_mean
from harness.site.reading.waivers import load_waivers
from harness.stages.conclude import conclude, without_waivers
from harness.stages.kept import read_kept

__all__ = ["Accepting", "Choice", "accept", "chosen", "open_run"]

_FILE = "waivers.yaml"
_MODE, _RIGHTS = 0o644, 0o7777
_SHORTEST = 4  # characters of a fingerprint


@dataclass(frozen=True, slots=True)
class Accepting:
    """A kept run whose findings are accepted, the site's folder, and the day by which its waivers are judged."""

    report: Report
    site: Path
    today: str

    @property
    def open(self) -> tuple[Finding, ...]:
        """The causes that hold."""
        return tuple(filter(holds, self.report.findings))


@dataclass(frozen=True, slots=True)
class Choice:
    """A cause that a person accepts, and why. `until` is the last day on which that holds (ISO), or empty."""

    finding: Finding
    reason: str
    until: str = ""

    @property
    def entries(self) -> Iterator[Entry]:
        """Its waivers, the first with a comment that says what is accepted."""
        comment = _comment(self.finding)
        for fields in waivers_of(self.finding):
            until = {"until": self.until} if self.until else {}
            yield Entry({**fields, "reason": self.reason, **until}, comment)
            comment = ""


def open_run(folder: Path, site: Path | None = None) -> Accepting:
    """The run in a report's folder. `site` is its site's folder, where that has moved.

    Raises SiteError where there is no run, or no site.
    """
    report, kept, today = read_report(folder), "", datetime.now(UTC).date().isoformat()
    with suppress(SiteError):  # `harness preflight` keeps none
        run = read_kept(folder)
        kept, today = run.site, run.today
    found = site or (Path(kept) if kept else None)
    if found is None:
        raise SiteError(f"{folder} does not say where its site is: name it with --site")
    if not (found / "site.toml").is_file():
        raise SiteError(f"{found} holds no site.toml: name the site's folder with --site")
    return Accepting(report, found, today)


def chosen(run: Accepting, marks: Sequence[str] = (), *, rule: str = "") -> tuple[Finding, ...]:
    """The causes that hold and that these fingerprints (or their beginnings), or this rule (or pattern), name.

    Raises SiteError for one that names none.
    """
    found = {finding.fingerprint: finding for finding in run.open if rule and like(finding.rule, rule)}
    if rule and not found:
        rules = sorted({finding.rule for finding in run.open})
        raise SiteError(f"nothing that holds is of the rule {rule!r}{did_you_mean(rule, rules)}")
    marked = {finding.fingerprint: finding for finding in (_marked(run, mark) for mark in marks)}
    return tuple({**found, **marked}.values())


def _marked(run: Accepting, mark: str) -> Finding:
    found = [one for one in run.open if one.fingerprint.startswith(mark) and len(mark) >= _SHORTEST]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{one.fingerprint} ({clean(one.title, longest=60)})" for one in (found or run.open)[:5])
    which = "more than one cause that holds has" if found else "no cause that holds has"
    raise SiteError(f"{which} the fingerprint {mark!r}; there are: {known or 'none'}")


def accept(run: Accepting, choices: Sequence[Choice]) -> Report:
    """Write the waivers; returns the report as it is with them.

    Raises SiteError where the file cannot be read or written: it is then as it was.
    """
    path = run.site / _FILE
    entries = [entry for choice in choices for entry in choice.entries]
    _waivers(path)  # one with an error in it stays as it is
    try:
        text, mode = "", _MODE
        if path.exists():
            text, mode = path.read_text(encoding="utf-8"), path.stat().st_mode & _RIGHTS
        write_whole(path, with_entries(text, entries), mode=mode)
    except (OSError, UnicodeError) as problem:
        why = reason_of(problem) if isinstance(problem, OSError) else str(problem)
        raise SiteError(f"{path}: {why}") from problem
    results = tuple(map(without_waivers, run.report.results))
    return conclude(replace(run.report, results=results), _waivers(path), today=run.today)


def _waivers(path: Path) -> tuple[Waiver, ...]:
    problems = Problems()
    waivers = load_waivers(path, shown=path, problems=problems)
    problems.raise_if_any()
    return waivers


def _comment(finding: Finding) -> str:
    """What is accepted, in a line or two."""
    where = f" at {finding.where}" if finding.where else ""
    lines = [f"{finding.severity}: {clean(finding.title)}{clean(where)}"]
    if finding.old or finding.candidate:
        old, candidate = (clean(text, longest=60) or "(nothing)" for text in (finding.old, finding.candidate))
        calls = f", in {count(len(finding.scenarios), 'scenario')}" if finding.scenarios else ""
        lines.append(f"old: {old}; candidate: {candidate}{calls}")
    return "\n".join(lines)
