"""`report.json`: the report for machines, as `report.schema.json` (next to this file) defines it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from harness.errors import SiteError
from harness.model import Finding, Outcome, Place, ScenarioResult, Severity, Verdict
from harness.report.model import OverlayLine, Report, Side

__all__ = ["SCHEMA", "dumps", "loads"]

SCHEMA = "asterisk-upgrade-harness/report/2"

Json = dict[str, Any]  # what json.loads returns has no narrower type


def dumps(report: Report) -> str:
    """The report as JSON text, ended by a newline; the same report gives the same text."""
    document = {
        "schema": SCHEMA,
        "verdict": report.verdict.value,
        "site": report.site,
        "old": _side(report.old),
        "again": _side(report.again),
        "candidate": _side(report.candidate),
        "counts": _counts(report),
        "scenarios": _results(report),
        "findings": [_finding(finding) for finding in report.findings],
        "overlay": [{"file": x.file, "text": x.text, "why": x.why} for x in report.overlay],
        "problems": list(report.problems),
        "noise": report.noise,
        "unattributed": report.unattributed,
        "available": report.available,
        "seconds": round(report.seconds, 3),
    }
    return json.dumps(document, indent=2) + "\n"  # ASCII: surrogates of undecodable bytes survive


def loads(text: str, *, source: str = "report.json") -> Report:
    """The report that `dumps` wrote. Raises SiteError, naming `source`, when it is no such report."""
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise SiteError(
                f"{source}: schema is {document['schema']!r}, this version reads {SCHEMA!r};"
                " play the site again, or use the version that wrote it"
            )
        return _report(document)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as problem:
        raise SiteError(f"{source}: not a report of the harness ({problem!r})") from problem


def _side(side: Side) -> Json:
    return {"version": side.version, "image": side.image, "digest": side.digest, "release": side.release}


def _counts(report: Report) -> Json:
    counts = report.counts
    return {
        "outcomes": {outcome.value: number for outcome, number in counts.outcomes},
        "severities": {severity.value: number for severity, number in counts.severities},
        "waived": counts.waived,
    }


def _results(report: Report) -> list[Json]:
    return [
        {
            "id": result.id,
            "suite": result.suite,
            "outcome": result.outcome.value,
            "title": result.title,
            "where": _place(result.where),
            "problem": result.problem,
            "findings": sorted({finding.fingerprint for finding in result.findings}),
        }
        for result in report.results
    ]


def _finding(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "surface": finding.surface,
        "scenario": finding.scenario,
        "title": finding.title,
        "old": finding.old,
        "candidate": finding.candidate,
        "where": _place(finding.where),
        "cause": finding.cause,
        "advice": finding.advice,
        "fingerprint": finding.fingerprint,
        "waived": finding.waived,
        "consequences": list(finding.consequences),
        "details": dict(sorted(finding.details.items())),
        "places": [_place(place) for place in finding.places],
        "covered": finding.covered,
        "notes": list(finding.notes),
        "about": finding.about,
        "subject": finding.subject,
        "event": finding.event,
        "field": finding.field,
        "seen": list(finding.seen),
    }


def _place(place: Place | None) -> Json | None:
    return {"file": place.file, "line": place.line} if place else None


def _report(document: Json) -> Report:
    findings = tuple(_read_finding(item) for item in document["findings"])
    return Report(
        verdict=Verdict(document["verdict"]),
        site=document["site"],
        old=_read_side(document["old"]),
        again=_read_side(document["again"]),
        candidate=_read_side(document["candidate"]),
        results=tuple(_read_result(item, findings) for item in document["scenarios"]),
        findings=findings,
        overlay=tuple(OverlayLine(x["file"], x["text"], x["why"]) for x in document["overlay"]),
        problems=tuple(document["problems"]),
        noise=document.get("noise", 0),
        unattributed=document.get("unattributed", 0),
        available=document.get("available", 0),
        seconds=document.get("seconds", 0.0),
    )


def _read_side(item: Json) -> Side:
    return Side(item.get("release", ""), item["version"], item["image"], item["digest"])


def _read_result(item: Json, findings: Sequence[Finding]) -> ScenarioResult:
    return ScenarioResult(
        id=item["id"],
        suite=item["suite"],
        outcome=Outcome(item["outcome"]),
        title=item.get("title", ""),
        where=_read_place(item.get("where")),
        findings=tuple(f for f in findings if f.scenario == item["id"] and f.fingerprint in item["findings"]),
        problem=item.get("problem", ""),
    )


def _read_finding(item: Json) -> Finding:
    details: Mapping[str, str] = MappingProxyType(dict(item.get("details", {})))
    texts = {name: item[name] for name in _TEXTS}
    return Finding(
        **texts,
        severity=Severity(item["severity"]),
        where=_read_place(item["where"]),
        consequences=tuple(item.get("consequences", ())),
        details=details,
        places=tuple(Place(**place) for place in item.get("places", ())),
        covered=item.get("covered", ""),
        about=item.get("about", ""),
        subject=item.get("subject", ""),
        event=item.get("event", ""),
        field=item.get("field", ""),
        seen=(item["seen"][0], item["seen"][1]) if "seen" in item else (-1, -1),
        notes=tuple(item.get("notes", ())),
    )


_TEXTS = (
    "rule",
    "surface",
    "scenario",
    "title",
    "old",
    "candidate",
    "cause",
    "advice",
    "fingerprint",
    "waived",
)


def _read_place(item: Json | None) -> Place | None:
    return Place(item["file"], item["line"]) if item else None
