"""A candidate that ends while it boots: the line of its log that says why, and that of the file. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from harness.asterisk.loading import loading_of
from harness.asterisk.log import place_in
from harness.facts.failed_build import FailedBuild
from harness.facts.inventory import Inventory, Listing, StartLine
from harness.judge.checks.judging import judge_load
from harness.judge.fingerprints import fingerprint
from harness.judge.gate import outcome_of, weighed
from harness.model import Finding, Place, ScenarioResult, Severity
from harness.site.reading.site_files import SiteFiles

__all__ = ["BOOT", "BOOT_RULE", "boot_fails", "reason_of"]

BOOT = "preflight/boot"
BOOT_RULE = "candidate-does-not-boot"
_TITLE = "The candidate boots"
_REQUIRED = ("require", "preload-require")
_REQUIRES = "Asterisk ends without it, as modules.conf requires it"
_EXITS = re.compile(r"ASTERISK EXITING|Module initialization failed")


def boot_fails(
    words: str,
    lines: Sequence[StartLine],
    files: SiteFiles,
    severities: Mapping[str, Severity],
    failed_builds: Iterable[FailedBuild] = (),
) -> ScenarioResult:
    """A finding about a candidate that ended by itself; `words` say how, `lines` are its log.

    What is known before it boots, `failed_builds`, is told as well: where it ended for want of such a module, that
    is the cause.
    """
    cause, place = reason_of(lines, files)
    finding = Finding(
        rule=BOOT_RULE,
        severity=Severity.BREAKING,
        surface="config",
        scenario=BOOT,
        title="The candidate does not boot with the site's configuration",
        old="boots",
        candidate=words,
        where=place,
        cause=cause or words,
        advice=_advice(cause, place),
        fingerprint=fingerprint(BOOT_RULE),
        places=(place,) if place else (),
    )
    findings = tuple(_with_builds(weighed(finding, severities), _unbuilt(failed_builds, severities)))
    return ScenarioResult(BOOT, "preflight", outcome_of(findings), _TITLE, findings=findings)


def _unbuilt(builds: Iterable[FailedBuild], severities: Mapping[str, Severity]) -> Iterable[Finding]:
    """What `preflight/modules` says of modules that cannot be built, by what is known without the candidate."""
    modules = {"module": Listing()}
    failed = {name: build for build in builds for name in build.modules}
    nothing, candidate = Inventory(modules), Inventory(modules, failed_builds=failed)
    result = judge_load("preflight/modules", nothing, nothing, candidate, severities=severities)
    return (replace(finding, scenario=BOOT) for finding in result.findings)


def _with_builds(boot: Finding, unbuilt: Iterable[Finding]) -> Iterable[Finding]:
    """The boot that fails, and what could not be built; the one of these that it names is its cause."""
    others: list[Finding] = []
    for finding in unbuilt:
        if boot.where and not boot.link and re.search(rf"\b{re.escape(finding.subject)}\b", boot.cause):
            boot = replace(boot, link=_REQUIRES)
            others.insert(0, finding.following([boot]))
        else:
            others.append(finding)
    return others if boot.link else (boot, *others)


def reason_of(lines: Sequence[StartLine], files: SiteFiles) -> tuple[str, Place | None]:
    """What the log says of why Asterisk ended, and where the site asks for that; empty where it says nothing.

    A required module that fails ends Asterisk; else its last error before it says that it exits does.
    """
    errors = [line for line in lines if line.level == "ERROR" and not _EXITS.search(line.message)]
    for module, option in loading_of(files.file("modules.conf")).lines(*_REQUIRED):
        said = next((line for line in errors if re.search(rf"\b{re.escape(module)}\b", line.message)), None)
        if said:
            return f"Asterisk's log says: {said.message}", files.place(option.place)
    if not errors:
        return "", None
    return f"Asterisk's log says: {errors[-1].message}", _named(errors[-1].message, files)


def _named(message: str, files: SiteFiles) -> Place | None:
    """The line of a file that a line of the log names."""
    named = place_in(message)
    return files.place(Place(*named)) if named else None


def _advice(cause: str, place: Place | None) -> str:
    if place and place.file.endswith("modules.conf"):
        return "Take the line out, or load what it needs before it; move to what took the module's place."
    return "Mend what the line says." if cause else "Start the candidate by hand (asterisk -cvvv) and see."
