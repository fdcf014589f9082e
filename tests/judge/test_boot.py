"""A candidate that ends while it boots is a finding with the line that says why, not with the end of the log."""

from __future__ import annotations

import pytest

from harness.asterisk.conf import Config
from harness.facts.failed_build import CompileError, FailedBuild
from harness.facts.inventory import StartLine
from harness.judge.checks.boot import BOOT, BOOT_RULE, boot_fails
from harness.model import Outcome, Place, Severity
from harness.site.reading.site_files import SiteFiles

MODULES = "[modules]\nautoload = no\nload = pbx_config.so\nrequire = app_macro.so\n"
NOT_COMPILED = "module-not-compiled"
EXITS = StartLine("ERROR", "asterisk.c", "Module initialization failed.  ASTERISK EXITING!")
MISSING = "Error loading module 'app_macro.so': app_macro.so: cannot open shared object file"
FILES = SiteFiles({"modules.conf": Config(texts={"modules.conf": MODULES}).file("modules.conf")}, "candidate/")


def error(message: str, level: str = "ERROR") -> StartLine:
    return StartLine(level, "loader.c", message)


def test_a_required_module_that_does_not_load_is_named_with_the_line_that_requires_it() -> None:
    lines = (
        error("Unable to load config file 'cel.conf'"),
        error(MISSING),
        error("*** Failed to load - Required"),
        EXITS,
    )
    result = boot_fails("ended with exit code 2 while booting", lines, FILES, {})
    (finding,) = result.findings
    assert (result.id, result.outcome, finding.rule) == (BOOT, Outcome.DIFFERS, BOOT_RULE)
    assert (finding.severity, finding.where) == (Severity.BREAKING, Place("candidate/modules.conf", 4))
    assert finding.cause == f"Asterisk's log says: {MISSING}"
    assert finding.candidate == "ended with exit code 2 while booting"


@pytest.mark.parametrize(
    ("messages", "cause", "where"),
    [
        (
            ["one", "parse error: No such file at line 7 of /etc/asterisk/manager.conf"],
            "line 7",
            "candidate/manager.conf:7",
        ),
        (["one", "two"], "two", "None"),
        ([], "ended", "None"),
    ],
)
def test_else_the_last_error_before_the_end_says_why(messages: list[str], cause: str, where: str) -> None:
    lines = (*map(error, messages), error("a warning of no weight", "WARNING"), EXITS)
    (finding,) = boot_fails("ended", lines, FILES, {}).findings
    assert cause in finding.cause
    assert str(finding.where) == where
    assert finding.advice


def test_the_sites_own_severity_counts() -> None:
    assert boot_fails("ended", (), FILES, {BOOT_RULE: Severity.INFO}).outcome is Outcome.SAME


@pytest.mark.parametrize(
    ("module", "rules"), [("app_macro", [NOT_COMPILED]), ("app_rec", [BOOT_RULE, NOT_COMPILED])]
)
def test_what_could_not_be_built_is_told_and_is_the_cause_where_the_candidate_ends_for_want_of_it(
    module: str, rules: list[str]
) -> None:
    error_ = CompileError("modules/x/x.c", 7, "asterisk/monitor.h: No such file or directory")
    build = FailedBuild("modules/x", 9, "`make` ends with 2 (debian:sid)", (error_,), modules=(module,))
    result = boot_fails("ended", (error(MISSING), EXITS), FILES, {}, [build])
    assert [finding.rule for finding in result.findings] == rules
    (unbuilt,) = (finding for finding in result.findings if finding.rule == NOT_COMPILED)
    assert (unbuilt.scenario, unbuilt.where) == (BOOT, Place("modules/x/x.c", 7))
    assert [one.rule for one in unbuilt.consequences] == [BOOT_RULE] * (len(rules) == 1)
    assert result.outcome is Outcome.DIFFERS
