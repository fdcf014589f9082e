"""Reports to write: everything good, everything bad, and hostile."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from harness.judge.merging import assemble
from harness.model import (
    Finding,
    Outcome,
    OverlayLine,
    Place,
    Report,
    ScenarioResult,
    Severity,
    Side,
    Verdict,
)

OLD = Side("debian:bullseye", "16.28.0", "harness/asterisk:bullseye-1a2b", "sha256:1a2b3c4d5e6f7a8b9c0d")
NEW = Side("debian:sid", "22.10.1", "harness/asterisk:sid-9f8e", "sha256:9f8e7d6c5b4a39281706")

MACRO = Finding(
    rule="application-missing",
    severity=Severity.BREAKING,
    surface="dialplan",
    scenario="ivr/sales-menu",
    title="The candidate has no application Macro",
    old="Macro(hello,x)",
    candidate="",
    where=Place("extensions.conf", 42),
    cause="app_macro was removed in 21: No application 'Macro' for extension (ivr, 600, 3)",
    advice="Rewrite the macro as a context and call it with Gosub(macro-hello,s,1(x)); end it with Return()."
    " In it, ${ARG1} stays, ${MACRO_EXTEN} becomes ${STACK_PEEK(1,e)}.",
    fingerprint="3f0c9a",
).following(
    Finding(
        "call-event-lost", Severity.BREAKING, "call", "ivr/sales-menu", title, fingerprint=title,
        link="after the ways part",
    )
    for title in ("Hangup Cause 0", "UserEvent R is gone", "Playback hello is gone")
)  # fmt: skip
ZONE = Finding(
    rule="time-zone-unknown",
    severity=Severity.REVIEW,
    surface="settings",
    scenario="preflight/settings",
    title="US/Eastern does not resolve",
    old="EST",
    candidate="UTC",
    where=Place("extensions.conf", 7),
    advice="Use America/New_York, or name the package tzdata-legacy in site.toml.",
    fingerprint="77aa01",
)
HEADER = Finding(
    rule="header-added",
    severity=Severity.ADDITIVE,
    surface="ami",
    scenario="ivr/sales-menu",
    title="VarSet CHANLOCALSTATUS is new",
    candidate="CHANLOCALSTATUS=",
    fingerprint="0b0b0b",
    details=MappingProxyType({"Header": "CHANLOCALSTATUS"}),
)
WAIVED = replace(
    ZONE, scenario="night/closed", waived="We move to UTC anyway (ticket 12)", fingerprint="77aa02", where=None
)
UNUSED = Finding(
    rule="waiver-unused",
    severity=Severity.REVIEW,
    surface="waivers",
    scenario="",
    title="A waiver waives nothing: planned",
    where=Place("waivers.yaml", 9),
    advice="Remove it: a waiver without a finding would hide the next one.",
    fingerprint="cafe00",
)
OVERLAY = (
    OverlayLine("manager.conf", "enabled = yes", "the harness listens to the manager interface"),
    OverlayLine("manager.conf", "secret = (hidden)", "a password of this run alone"),
    OverlayLine("cdr_manager.conf", "enabled = yes", "call records become manager events"),
)


def hold() -> Report:
    """A run of 31 scenarios that finds something of every kind."""
    special = (
        _result("ivr/sales-menu", Outcome.DIFFERS, MACRO, HEADER),
        _result("ivr/night", Outcome.DIFFERS, replace(MACRO, scenario="ivr/night", fingerprint="3f0c9b")),
        _result("night/closed", Outcome.WAIVED, WAIVED),
        _result("queue/support", Outcome.NOT_COMPARED, problem="phone 101 was not registered on candidate"),
        _result("queue/overflow", Outcome.NOT_COMPARED, problem="phone 101 was not registered on candidate"),
        _result("trunk/bye", Outcome.UNSTABLE_ON_OLD, problem="hangup cause is 16 or 0 on old itself"),
        _result("fax/in", Outcome.FAILED, problem="fax.yaml:12: expected answered, was not"),
        _result("preflight/settings", Outcome.DIFFERS, ZONE),
    )
    plain = (_result(f"calls/call-{number:02d}", Outcome.SAME) for number in range(24))
    return assemble(
        Report(
            verdict=Verdict.HOLD,
            site="demo",
            old=OLD,
            again=OLD,
            candidate=NEW,
            results=(*special, *plain),
            findings=(UNUSED,),
            overlay=OVERLAY,
            noise=14,
            unattributed=2,
            seconds=41.6,
        )
    )


def promote() -> Report:
    """The demo as it should be."""
    results = (_result("night/closed", Outcome.WAIVED, WAIVED), _result("ivr/sales-menu", Outcome.SAME, HEADER))
    return assemble(
        Report(
            verdict=Verdict.PROMOTE,
            site="demo",
            old=OLD,
            again=OLD,
            candidate=NEW,
            results=results,
            seconds=9.2,
        )
    )


def inconclusive() -> Report:
    """An instance that did not boot, with the end of its log."""
    problem = "candidate did not say fully booted within 60 s\nERROR pjsip: bind failed\nAsterisk ended with 1"
    return assemble(
        Report(
            verdict=Verdict.INCONCLUSIVE,
            site="demo",
            old=Side("debian:bullseye"),
            again=Side("debian:bullseye"),
            candidate=Side("debian:sid"),
            problems=(problem,),
        )
    )


def hostile() -> Report:
    """Values that try to move the cursor, hide text, or fill the screen."""
    nasty = Finding(
        rule="variable-changed",
        severity=Severity.BREAKING,
        surface="dialplan",
        scenario="evil/\x1b]0;title\x07",
        title="\x1b[2J\x1b[HPROMOTE: everything is fine",
        old="\u202egnp.exe\nPROMOTE: lie\r",
        candidate="x" * 5000,
        where=Place("ext\tensions.conf", 0),
        cause="bytes \udcff\udc80 that were no text",
        advice="y" * 300,
        fingerprint="666",
    )
    return assemble(
        Report(
            verdict=Verdict.HOLD,
            site="evil\x00site",
            old=OLD,
            again=OLD,
            candidate=NEW,
            results=(_result(nasty.scenario, Outcome.DIFFERS, nasty),),
            seconds=1.0,
        )
    )


def _result(name: str, outcome: Outcome, *findings: Finding, problem: str = "") -> ScenarioResult:
    suite = "preflight" if name.startswith("preflight/") else "dialplan"
    place = Place(f"{name.partition('/')[0]}.yaml", 3) if suite == "dialplan" else None
    return ScenarioResult(
        id=name,
        suite=suite,
        outcome=outcome,
        title=name,
        where=place,
        findings=findings,
        problem=problem,
        seconds=2.5,
    )
