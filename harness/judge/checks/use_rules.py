"""Rules about modules, and about what the dialplan uses and the candidate has not."""

from __future__ import annotations

from dataclasses import replace

from harness.facts.inventory import StartLine
from harness.judge.checks.rule import LoadRule, LoadWitness, only, other, tiny
from harness.model import Severity

__all__ = ["MODULES", "USES"]

_LINE = "[ Context 'in' created by 'pbx_config' ]\n  '1' =>            1. {}  [extensions.conf:2]"
_MACRO = _LINE.format("Macro(hello,${CALLERPRES()})")
_SIP = _LINE.format("Dial(SIP/bob)")

MODULES = (
    LoadRule(
        id="module-load-failed",
        title="The module {item} does not load on the candidate",
        severity=Severity.BREAKING,
        why="It ran on the old release; everything that it brings is gone.",
        advice="Read the reason; name the modules it needs in modules.conf, before it.",
        sections=frozenset({"module"}),
        kind="failed",
        witness=LoadWitness(
            "preflight/modules",
            tiny({"module": {"res_ari": {}}}, files={"ari.conf": "[general]\nenabled = yes\n"}),
            tiny(
                log=(
                    StartLine(
                        "ERROR",
                        "loader.c",
                        "Error loading module 'res_ari.so': undefined symbol: ast_websocket_client_reload",
                    ),
                ),
                on_disk=frozenset({"res_ari", "res_websocket_client"}),
            ),
        ),
    ),
    LoadRule(
        id="module-third-party",
        title="The module {item}, which is none of Asterisk's, does not run on the candidate",
        severity=Severity.BREAKING,
        why="A module only loads into an Asterisk of the version and build options that it was built for.",
        advice="Get it for the candidate from who made it, or build it anew against the candidate's headers.",
        sections=frozenset({"module"}),
        kind="unbuilt",
        witness=LoadWitness(
            "preflight/modules",
            replace(tiny({"module": {"app_vendor": {}}}), third_party=frozenset({"app_vendor"})),
            tiny(),
        ),
    ),
    LoadRule(
        id="module-missing",
        title="The module {item} is needed by the site and {candidate} on the candidate",
        severity=Severity.BREAKING,
        why="The site's dialplan or a configuration file of its own needs what it brings.",
        advice="Move to what took its place, or load it.",
        sections=frozenset({"module"}),
        kind="missing",
        witness=LoadWitness(
            "preflight/modules",
            tiny({"module": {"app_macro": {}}}),
            tiny(dialplan=_MACRO),
        ),
    ),
    LoadRule(
        id="module-configured",
        title="The module {item} {candidate} on the candidate; its configuration file is still there",
        severity=Severity.REVIEW,
        why="Nothing of the dialplan needs it, but the file that configures it has settings.",
        advice="Remove the file if it has no use any more.",
        sections=frozenset({"module"}),
        kind="unproved",
        witness=LoadWitness(
            "preflight/modules",
            tiny({"module": {"chan_skinny": {}}}),
            tiny(files={"skinny.conf": "[general]\nbindport=2000\n"}),
        ),
    ),
    LoadRule(
        id="module-replaced",
        title="The module {item} is gone; {candidate}",
        severity=Severity.INFO,
        why="Nothing of the site uses it any more, and its successor is there.",
        advice="Nothing to do.",
        sections=frozenset({"module"}),
        kind="replaced",
        witness=LoadWitness(
            "preflight/modules",
            tiny({"module": {"app_macro": {}, "app_stack": {}}}),
            tiny({"module": {"app_stack": {}}}),
        ),
    ),
    LoadRule(
        id="module-unused-gone",
        title="Not loaded any more, and used by nothing of the site: {old}",
        severity=Severity.INFO,
        why="Neither the dialplan nor a configuration file needs it.",
        advice="Nothing to do.",
        sections=frozenset({"module"}),
        kind="unused",
        witness=only("module", "res_timing_pthread", check="preflight/modules"),
    ),
)

USES = (
    LoadRule(
        id="application-unavailable",
        title="The loaded dialplan uses {item}(), which the candidate does not have",
        severity=Severity.BREAKING,
        why="Asterisk hangs up a call that reaches an application it does not have.",
        advice="Load the module that has it, or rewrite these priorities.",
        sections=frozenset({"application"}),
        kind="missing",
        witness=LoadWitness(
            "preflight/applications", tiny({"application": {"Macro": {}}}, dialplan=_MACRO), tiny(dialplan=_MACRO)
        ),
    ),
    LoadRule(
        id="function-unavailable",
        title="The loaded dialplan uses the function {item}, which the candidate does not have",
        severity=Severity.BREAKING,
        why="Reading it gives an empty value and setting it does nothing: the call runs on, wrongly.",
        advice="Load the module that has it, or use another function.",
        sections=frozenset({"function"}),
        kind="missing",
        witness=LoadWitness(
            "preflight/applications",
            tiny({"function": {"CALLERPRES": {}}}, dialplan=_MACRO),
            tiny(dialplan=_MACRO),
        ),
    ),
    LoadRule(
        id="technology-unavailable",
        title="The site dials or watches {item}/..., which the candidate does not have",
        severity=Severity.BREAKING,
        why="Dial ends at once with CHANUNAVAIL; a hint or a member of a queue is never available.",
        advice="Load the module that has it, or dial through another technology.",
        sections=frozenset({"technology"}),
        kind="missing",
        witness=LoadWitness(
            "preflight/applications", tiny({"technology": {"SIP": {}}}, dialplan=_SIP), tiny(dialplan=_SIP)
        ),
    ),
    LoadRule(
        id="time-zone-unresolved",
        title="The time zone {item} does not resolve on the candidate",
        severity=Severity.BREAKING,
        why="Asterisk takes UTC for a zone that it does not find: opening hours and spoken times move by hours.",
        advice="Use the zone's present name (tzselect shows it), or install the system's old names.",
        sections=frozenset({"time zone"}),
        kind="missing",
        witness=other("time zone", "US/Eastern", "resolves", "yes", "no", check="preflight/time-zones"),
    ),
)
