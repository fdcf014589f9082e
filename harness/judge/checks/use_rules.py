"""Rules about modules, and about what the dialplan uses and the candidate has not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harness.facts.failed_build import FailedBuild
from harness.facts.inventory import Inventory, StartLine
from harness.judge.checks.rule import LoadWitness, only_old, rule, tiny, values
from harness.model import Severity

__all__ = ["USE_RULES"]

_LINE = "[ Context 'in' created by 'pbx_config' ]\n  '1' =>            1. {}  [extensions.conf:2]"
_MACRO = _LINE.format("Macro(hello,${CALLERPRES()})")
_SIP = _LINE.format("Dial(SIP/bob)")
_SYMBOL = StartLine(
    "ERROR", "loader.c", "Error loading module 'res_ari.so': undefined symbol: ast_websocket_client_reload"
)


def _use_witness(section: str, item: str, dialplan: str) -> LoadWitness:
    """The dialplan of both sides uses what only the old release has."""
    return LoadWitness(tiny({section: {item: {}}}, dialplan=dialplan), tiny(dialplan=dialplan))


def _used_nowhere(application: str) -> LoadWitness:
    """The dialplan of both sides uses what neither release has."""
    has: Mapping[str, Mapping[str, Mapping[str, str]]] = {"application": {"Set": {}}, "function": {"CHANNEL": {}}}
    side = tiny(has, dialplan=_LINE.format(application))
    return LoadWitness(replace(side, version="16.28.0"), side)


def _given(version: str, content: str) -> Inventory:
    """A release of this version, with a module of the site's own that runs."""
    side = tiny({"module": {"app_vendor": {}}})
    return replace(side, version=version, third_party={"app_vendor": content})


USE_RULES = (
    rule("failed", "module-load-failed", "module", "The module {item} does not load on the candidate",
         "It ran on the old release; everything that it brings is gone.",
         "Read the reason; name the modules it needs in modules.conf, before it.",
         witness=LoadWitness(
             tiny({"module": {"res_ari": {}}}, files={"ari.conf": "[general]\nenabled = yes\n"}),
             tiny(log=(_SYMBOL,), files={"ari.conf": "[general]\nenabled = yes\n"},
                  on_disk=frozenset({"res_ari", "res_websocket_client"})))),
    rule("unbuilt", "module-third-party", "module",
         "The module {item}, which is none of Asterisk's, does not run on the candidate",
         "A module only loads into an Asterisk of the version and build options that it was built for.",
         "Get it for the candidate from who made it, or build it anew against the candidate's headers.",
         witness=LoadWitness(
             replace(tiny({"module": {"app_vendor": {}}}), third_party={"app_vendor": "1"}), tiny())),
    rule("uncompiled", "module-not-compiled", "module",
         "The module {item}, which is none of Asterisk's, cannot be built for the candidate: {candidate}",
         "Its source does not fit the candidate's headers.",
         "Mend the source for the candidate's interface, or get a version of it that was written for it.",
         witness=LoadWitness(
             replace(tiny({"module": {"app_vendor": {}}}), third_party={"app_vendor": "1"}),
             replace(tiny(), failed_builds={"app_vendor": FailedBuild("vendor", 9, "`make` ends with 2")}))),
    rule("unsound", "module-same-binary", "module",
         "One binary is given to both series, and fits one of them: {item}",
         "A module reads and writes Asterisk's structures, whose sizes differ between series. Asterisk loads it "
         "all the same where both have the same build options, and memory behind those structures is overwritten.",
         "Build it anew against the candidate's headers (asterisk-dev), and name a folder for each release in "
         'site.toml: [old] modules = "...", [candidate] modules = "...". Or name its source ([[module]]): the '
         "harness builds it for each.",
         severity=Severity.BREAKING,
         witness=LoadWitness(_given("16.28.0", "1"), _given("22.10.1", "1"))),
    rule("missing", "module-missing", "module",
         "The module {item} is needed by the site and {candidate} on the candidate",
         "The site's dialplan or a configuration file of its own needs what it brings.",
         "Move to what took its place, or load it.",
         witness=LoadWitness(tiny({"module": {"app_macro": {}}}), tiny(dialplan=_MACRO))),
    rule("unproved", "module-configured", "module",
         "The module {item} {candidate} on the candidate; its configuration file is still there",
         "Nothing of the dialplan needs it, but the file that configures it has settings.",
         "Remove the file if it has no use any more.",
         witness=LoadWitness(
             tiny({"module": {"chan_skinny": {}}}), tiny(files={"skinny.conf": "[general]\nbindport=2000\n"}))),
    rule("replaced", "module-replaced", "module", "The module {item} is gone; {candidate}",
         "Nothing of the site uses it any more, and its successor is there.",
         witness=LoadWitness(
             tiny({"module": {"app_macro": {}, "app_stack": {}}}), tiny({"module": {"app_stack": {}}}))),
    rule("unused", "module-unused-gone", "module", "Not loaded any more, and used by nothing of the site: {old}",
         "Neither the dialplan nor a configuration file needs it.",
         witness=only_old("module", "res_timing_pthread")),
    rule("missing", "application-unavailable", "application",
         "The site uses {item}(), which the candidate does not have",
         "Asterisk hangs up a call that reaches an application it does not have.",
         "Load the module that has it, or rewrite these priorities.",
         witness=_use_witness("application", "Macro", _MACRO)),
    rule("missing", "function-unavailable", "function",
         "The site uses the function {item}, which the candidate does not have",
         "Reading it gives an empty value and setting it does nothing: the call runs on, wrongly.",
         "Load the module that has it, or use another function.",
         witness=_use_witness("function", "CALLERPRES", _MACRO)),
    rule("own", "application-nowhere", "application", "The site uses {item}(), which neither release has",
         "A call that reaches it is hung up on both, which is the same and proves nothing.",
         "Mend the name, or load the module that has it (modules.conf).",
         severity=Severity.INFO, witness=_used_nowhere("Plaback(beep)")),
    rule("own", "function-nowhere", "function", "The site uses the function {item}, which neither release has",
         "Reading it gives an empty value on both, which is the same and proves nothing.",
         "Mend the name, or load the module that has it (modules.conf).",
         severity=Severity.INFO, witness=_used_nowhere("Set(X=${CALERID(num)})")),
    rule("missing", "technology-unavailable", "technology",
         "The site dials or watches {item}/..., which the candidate does not have",
         "Dial ends at once with CHANUNAVAIL; a hint or a member of a queue is never available.",
         "Load the module that has it, or dial through another technology.",
         witness=_use_witness("technology", "SIP", _SIP)),
    rule("missing", "time-zone-unresolved", "time zone", "The time zone {item} does not resolve on the candidate",
         "Asterisk takes UTC for a zone that it does not find: opening hours and spoken times move by hours.",
         "Use the zone's present name (tzselect shows it), or install the system's old names.",
         witness=values("time zone", "US/Eastern", "resolves", "yes", "no")),
)  # fmt: skip
