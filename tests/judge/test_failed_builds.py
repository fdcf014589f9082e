"""What is said of modules of the site's own whose source the candidate refuses, or whose binary does not fit."""

from __future__ import annotations

from dataclasses import replace

from harness.facts.failed_build import CompileError, FailedBuild
from harness.facts.inventory import Inventory
from harness.judge.checks.judging import judge_load
from harness.judge.checks.rule import tiny
from harness.model import Finding, Place, Severity

ERRORS = (
    CompileError("modules/rec/app_rec.c", 14, "asterisk/monitor.h: No such file or directory"),
    CompileError("modules/rec/app_rec.c", 90, "implicit declaration of function 'ast_app_run_macro'"),
)
BUILD = FailedBuild("modules/rec", 9, "`make` ends with 2 (debian:sid)", ERRORS, "make: *** Error 1", ("app_rec",))


def found(old: Inventory, candidate: Inventory) -> Finding:
    (finding,) = judge_load("preflight/modules", old, old, candidate).findings
    return finding


def test_what_the_compiler_says_is_told_with_its_places_and_what_became_of_the_names() -> None:
    old = replace(tiny({"module": {"app_rec": {}}}), third_party={"app_rec": "1"})
    finding = found(old, replace(tiny(), failed_builds={"app_rec": BUILD}))
    assert (finding.rule, finding.severity) == ("module-not-compiled", Severity.BREAKING)
    assert finding.where == Place("modules/rec/app_rec.c", 14)
    assert finding.places == (finding.where, Place("modules/rec/app_rec.c", 90))
    assert "app_rec.c:90: implicit declaration of function 'ast_app_run_macro'" in finding.cause
    assert "MixMonitor" in finding.advice
    assert "Gosub" in finding.advice


def test_a_build_without_an_error_of_the_compiler_is_placed_in_site_toml() -> None:
    build = replace(BUILD, why="`make` took longer than 600 s (debian:sid)", errors=())
    finding = found(tiny(), replace(tiny(), failed_builds={"app_rec": build}))
    assert finding.where == Place("site.toml", 9)
    assert "took longer than 600 s" in finding.title
    assert finding.advice


def test_one_binary_for_two_series_names_the_structures_that_changed() -> None:
    sides = [
        replace(tiny({"module": {"app_vendor": {}}}), version=version, third_party={"app_vendor": "1"})
        for version in ("16.28.0", "22.10.1", "18.26.4")
    ]
    assert "manager_action (160 bytes in 16, 176 in 22)" in found(sides[0], sides[1]).cause
    assert "bytes in" not in found(sides[2], sides[1]).cause
