"""A run's verdict as an in-toto statement: what was tested, with what, and what came of it. Pure.

The subject is the candidate's image: it is what may be promoted. The old release's image, the site and report.json
are the configuration of the test, as the predicate has it; report.json names the verdict.
Specification: https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import msgspec

from harness.errors import SiteError
from harness.model import Outcome, Report, Verdict, storage
from harness.model.report import Side
from harness.model.run_folder import REPORT

__all__ = ["Resource", "Statement", "TestResult", "differences", "dumps", "loads", "make_statement"]

_TYPE = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
_RESULTS: Mapping[Verdict, str] = {
    Verdict.PROMOTE: "PASSED",
    Verdict.PARTIAL: "WARNED",
    Verdict.INCONCLUSIVE: "FAILED",
    Verdict.HOLD: "FAILED",
}
_PASSED = frozenset({Outcome.SAME, Outcome.WAIVED})
_FAILED = frozenset({Outcome.DIFFERS, Outcome.FAILED})
_OLD, _CANDIDATE, _SITE = "old", "candidate", "site"
_PREFIX = "sha256:"


class Resource(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that is known by its digests, by algorithm in hexadecimal."""

    name: str
    digest: Mapping[str, str]
    annotations: Mapping[str, str] = {}


class TestResult(msgspec.Struct, frozen=True, rename="camel"):
    """The predicate. Tests are scenarios and checks by id; those that were skipped are in no list."""

    result: str
    configuration: tuple[Resource, ...]
    passed_tests: tuple[str, ...] = ()
    warned_tests: tuple[str, ...] = ()
    failed_tests: tuple[str, ...] = ()


class Statement(msgspec.Struct, frozen=True, rename="camel"):
    """The statement, key by key."""

    subject: tuple[Resource, ...]
    predicate: TestResult
    predicate_type: str = _PREDICATE
    type: str = msgspec.field(name="_type", default=_TYPE)

    def resource(self, name: str) -> Resource | None:
        """What it says of `candidate`, `old`, `site` or `report.json`; None where it names it not."""
        every = (*self.subject, *self.predicate.configuration)
        return next((one for one in every if one.name == name), None)

    @property
    def verdict(self) -> str:
        """The run's verdict; empty where it names none."""
        report = self.resource(REPORT)
        return report.annotations.get("verdict", "") if report else ""


def make_statement(report: Report, text: bytes, *, content: str) -> Statement:
    """The statement over a report, `text` being report.json's bytes and `content` the site's hash.

    SiteError where the run did not come so far as to know an image.
    """
    sides = {_OLD: report.old, _CANDIDATE: report.candidate}
    if unknown := [name for name, side in sides.items() if not side.digest]:
        raise SiteError(f"the run does not know the image of {' and '.join(unknown)}: there is nothing to state")
    outcomes = sorted((result.id, result.outcome) for result in report.results)
    known = _PASSED | _FAILED | {Outcome.SKIPPED}
    return Statement(
        (_image(_CANDIDATE, report.candidate),),
        TestResult(
            _RESULTS[report.verdict],
            (
                _image(_OLD, report.old),
                Resource(_SITE, {"dirHash": content}, {"name": report.site}),
                Resource(REPORT, {"sha256": _sha256(text)}, {"verdict": report.verdict.value}),
            ),
            passed_tests=tuple(id_ for id_, outcome in outcomes if outcome in _PASSED),
            warned_tests=tuple(id_ for id_, outcome in outcomes if outcome not in known),
            failed_tests=tuple(id_ for id_, outcome in outcomes if outcome in _FAILED),
        ),
    )


def differences(stated: Statement, report: Report, text: bytes, *, content: str = "") -> tuple[str, ...]:
    """What is not as the statement says, a sentence each: report.json, and the site where its hash is given."""
    found = [*_of_report(stated, text)]
    if stated.verdict != report.verdict.value:
        found.append(
            f"the verdict is {report.verdict.value} in report.json, {stated.verdict or 'missing'} as stated"
        )
    for name, side in ((_OLD, report.old), (_CANDIDATE, report.candidate)):
        found += _of_digest(stated, name, "sha256", side.digest.removeprefix(_PREFIX), f"image of {name}")
    if content:
        found += _of_digest(stated, _SITE, "dirHash", content, "site's files (dirHash)")
    if stated.predicate.result != _RESULTS[report.verdict]:
        found.append(f"the result is stated as {stated.predicate.result}, which {report.verdict.value} is not")
    return tuple(found)


def dumps(statement: Statement) -> bytes:
    """The statement as JSON; the same statement gives the same bytes."""
    return storage.dumps(statement).encode("ascii")


def loads(text: bytes, *, source: str) -> Statement:
    """The statement that `dumps` wrote. SiteError, naming `source`, where it is none of this kind."""
    try:
        statement = storage.converted(json.loads(text), Statement)
    except (ValueError, RecursionError) as problem:
        raise SiteError(f"{source}: not an in-toto statement of a test ({problem})") from problem
    if (statement.type, statement.predicate_type) != (_TYPE, _PREDICATE):
        raise SiteError(
            f"{source}: is a {statement.type} of {statement.predicate_type}, wanted {_TYPE} of {_PREDICATE}"
        )
    return statement


def _image(name: str, side: Side) -> Resource:
    return Resource(
        name, {"sha256": side.digest.removeprefix(_PREFIX)}, {"release": side.release, "version": side.version}
    )


def _of_report(stated: Statement, text: bytes) -> tuple[str, ...]:
    return _of_digest(stated, REPORT, "sha256", _sha256(text), REPORT)


def _of_digest(stated: Statement, name: str, algorithm: str, found: str, what: str) -> tuple[str, ...]:
    """A sentence where it is another than stated, or not stated at all."""
    resource = stated.resource(name)
    wanted = resource.digest.get(algorithm, "") if resource else ""
    return () if wanted == found else (f"{what}: {found} here, {wanted or 'nothing'} as stated",)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
