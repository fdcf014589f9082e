"""JUnit's XML, which CI systems read: a test case for every scenario and check, as pytest's own has it."""

from __future__ import annotations

from xml.etree import ElementTree

from harness.model import Outcome, ScenarioResult
from harness.model.report import Report, holds
from harness.report.complaint import complaint, is_undecided, properties
from harness.report.headline import verdict_line
from harness.report.text import clean

__all__ = ["to_junit"]

_SUITE = "asterisk-upgrade-harness"


def to_junit(report: Report) -> str:
    """`failure` is what holds the promotion, `error` what was not compared.

    What is wrong with the run or with a waiver, and so with no scenario, has a case of its own.
    """
    cases = [_case(result) for result in report.results]
    cases += [_of_the_run("error", problem) for problem in report.problems]
    cases += [_of_the_run("failure", f.title) for f in report.findings if not f.scenario and holds(f)]
    kinds = ("failure", "error", "skipped")
    count = {kind: str(sum(case.find(kind) is not None for case in cases)) for kind in kinds}
    suite = ElementTree.Element(
        "testsuite",
        name=f"{_SUITE}: {clean(report.site)}",
        tests=str(len(cases)),
        failures=count["failure"],
        errors=count["error"],
        skipped=count["skipped"],
        time=str(report.seconds),
    )
    _keep(suite, "verdict", report.verdict)
    ElementTree.SubElement(suite, "system-out").text = clean(verdict_line(report), longest=2_000)
    suite[1:1] = cases
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(result: ScenarioResult) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase", classname=clean(result.suite), name=clean(result.id), time=str(result.seconds)
    )
    for name, value in properties(result):
        _keep(case, name, str(value))
    if result.outcome is Outcome.SKIPPED:
        _complain(case, "skipped", clean(result.problem))
    words = complaint(result)
    if words:
        kind = "error" if is_undecided(result) else "failure"
        _complain(case, kind, words)
    return case


def _keep(element: ElementTree.Element, name: str, value: str) -> None:
    found = element.find("properties")
    kept = ElementTree.SubElement(element, "properties") if found is None else found
    ElementTree.SubElement(kept, "property", name=name, value=clean(value, longest=10_000))


def _of_the_run(kind: str, words: str) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname="run", name=clean(words.partition("\n")[0]))
    _complain(case, kind, "\n".join(map(clean, words.splitlines())))
    return case


def _complain(case: ElementTree.Element, kind: str, words: str) -> None:
    ElementTree.SubElement(case, kind, message=words.partition("\n")[0]).text = words
