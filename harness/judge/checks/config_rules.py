"""Rules about what is configured: missing, with another value, found elsewhere, new; and what the log says."""

from __future__ import annotations

from dataclasses import replace

from harness.facts.inventory import StartLine
from harness.judge.checks.rule import LoadWitness, log_line, missing, only_old, rule, tiny, values
from harness.model import Severity

__all__ = ["CONFIG_RULES"]

_NO_CALLS = "Who is reached through it is not reached any more."
_NO_PHONE = "The phone or trunk can neither call nor be called."
_NO_LOGIN = "The program that logs in with it is refused."
_NO_PROFILE = "ConfBridge() with that profile fails."
_LOADED = "Look at what the candidate's log says of its configuration file."
_FEATURES = "Check features.conf on the candidate."
_VALUE = "{section} {item}: {attribute} is {candidate} instead of {old}"
_NEW_LINE = "Neither the old release nor the candidate with stock configuration says this."
_READ = "Read the line; if it is harmless, waive it."
_REJECTED = "In features.conf: Processing options for featuremap failed"
_CHANCE = StartLine("ERROR", "pbx_x.c", "The file '/opt/x.conf' was listed as a #include but it does not exist.")
_UNENDED = StartLine("WARNING", "config.c", "parse error: no closing ']', line 1 of extensions.conf")
_UNENDED_FILE = {"extensions.conf": "[in\nexten => 1,1,NoOp()\n"}
_SAID = StartLine("WARNING", "app_x.c", "No entry in voicemail config file for '103'")
_SAID_NOW = StartLine("WARNING", "app_x.c", "Mailbox '103': no entry in the voicemail config file")
_PATTERN = "[ Context 'in' created by 'x' ]\n  '_1XX' =>         1. NoOp()  [extensions.conf:2]"

_SETTINGS = (
    "endpoint", "aor", "transport", "hint", "mailbox", "conference bridge", "conference user", "conference menu",
    "parking lot", "music class", "setting", "ARI", "codec",
)  # fmt: skip
_ALL = (
    *_SETTINGS, "module", "context", "extension", "include", "registration", "queue", "feature", "CDR", "CEL",
    "sip peer", "queue member", "manager user", "ARI user",
)  # fmt: skip

_MISSING = (
    missing("context-missing", "context", "The context {item} is not loaded", _NO_CALLS,
            "Look whether its file is included and whether the log complains of a line in it.", "in"),
    missing("extension-missing", "extension", "The extension {item} is not loaded", _NO_CALLS,
            "Look whether the candidate's dialplan has it elsewhere, or whether a line was refused.", "100@in"),
    missing("include-missing", "include", "The include {item} is not loaded",
            "Extensions that were reached through it are not.", _LOADED, "night in day"),
    missing("hint-missing", "hint", "The hint {item} is not loaded",
            "Lamps on the phones that watch it stay dark.", _LOADED, "100@in"),
    missing("endpoint-missing", "endpoint", "The endpoint {item} is not loaded", _NO_PHONE, _LOADED, "101"),
    missing("sip-peer-missing", "sip peer", "SIP peers that have no PJSIP endpoint: {item}", _NO_PHONE,
            "Make an endpoint, aor and auth of each name in pjsip.conf (sip_to_pjsip.py helps).", "bob"),
    missing("aor-missing", "aor", "The address of record {item} is not loaded",
            "Phones cannot register there.", _LOADED, "101"),
    missing("transport-missing", "transport", "The transport {item} is not loaded",
            "Nothing is received or sent through it.", _LOADED, "udp"),
    missing("registration-missing", "registration", "The registration {item} is not loaded",
            "The provider does not know where to send calls.", _LOADED, "provider"),
    missing("queue-missing", "queue", "The queue {item} is not loaded",
            "Callers who come to Queue() there run on with QUEUESTATUS empty.", _LOADED, "sales"),
    missing("queue-member-missing", "queue member", "Queue member {item} is not there",
            "The agent gets no calls from the queue.", _LOADED, "sales PJSIP/1"),
    missing("mailbox-missing", "mailbox", "The mailbox {item} is not loaded",
            "Callers can leave no message and the owner hears none.", _LOADED, "100@default"),
    missing("conference-bridge-missing", "conference bridge", "The profile {item} is not loaded",
            _NO_PROFILE, _LOADED, "big"),
    missing("conference-user-missing", "conference user", "The user profile {item} is not loaded",
            _NO_PROFILE, _LOADED, "chair"),
    missing("conference-menu-missing", "conference menu", "The conference menu {item} is not loaded",
            "Keys pressed in the conference do nothing.", _LOADED, "keys"),
    missing("manager-user-missing", "manager user", "The manager user {item} is not loaded",
            _NO_LOGIN, _LOADED, "desk"),
    missing("ari-down", "ARI", "ARI does not answer", "Every program that talks ARI gets errors only.",
            "See which module did not load (res_ari, res_http_websocket) and what ari.conf says.", "ARI"),
    missing("ari-user-missing", "ARI user", "The ARI user {item} is not loaded", _NO_LOGIN, _LOADED, "wall"),
    missing("parking-lot-missing", "parking lot", "The parking lot {item} is not loaded",
            "Calls cannot be parked there.", _LOADED, "default"),
    missing("music-class-missing", "music class", "The music on hold class {item} is not loaded",
            "Callers on hold hear silence or other music.", _LOADED, "default"),
    rule("missing", "codec-missing", "codec", "The codec {item}, which the site allows, does not exist any more",
         "Calls with a peer that speaks nothing else fail.", "Allow another codec that both sides have.",
         witness=LoadWitness(tiny({"codec": {"ilbc": {}}}), tiny(files={"pjsip.conf": "allow = ilbc"}))),
    missing("cdr-backend-missing", "CDR", "{item} is not there",
            "Call detail records are not written to it: calls are not billed.", _LOADED, "CDR backend csv"),
    missing("cel-missing", "CEL", "{item} is not there",
            "What reads the channel event log misses it.", "Check cel.conf.", "CEL Tracking Event ANSWER"),
    missing("feature-code-changed", "feature", "The feature {item} had the code {old} and has none",
            "People press the code that they know, and nothing happens.", _FEATURES, "Park Call", code="*7"),
)  # fmt: skip

_CHANGED = (
    rule("changed", "feature-code-moved", "feature",
         "The feature {item} has the code {candidate} instead of {old}",
         "People press the code that they know: nothing happens, or something else.", _FEATURES,
         severity=Severity.BREAKING, witness=values("feature", "Blind Transfer", "code", "*2", "#")),
    rule("changed", "endpoint-codecs-changed", "endpoint", "Endpoint {item} allows {candidate} instead of {old}",
         "Calls may find no codec in common, or take another one.", "Write out allow= for the endpoint.",
         severity=Severity.BREAKING, attributes=["allow"],
         witness=values("endpoint", "101", "allow", "(ulaw|ilbc)", "(ulaw)")),
    rule("changed", "cdr-setting-changed", "CDR", "{item}: {attribute} is {candidate} instead of {old}",
         "Other records are written, or none: the bill is another.", "Set it in cdr.conf or cel.conf.",
         severity=Severity.BREAKING, also=["CEL"], witness=values("CDR", "CDR", "Logging", "Enabled", "Disabled")),
    rule("changed", "manager-permissions-changed", "manager user",
         "Manager user {item}: {attribute} is {candidate} instead of {old}",
         "Programs see other events, or may do more or less.",
         "Check read, write, permit and deny in manager.conf.",
         also=["ARI user"], witness=values("manager user", "desk", "read perm", "call", "call,user")),
    rule("changed", "queue-changed", "queue", _VALUE,
         "Calls are given to the agents in another way.", "Set it in queues.conf.",
         severity=Severity.BREAKING, also=["queue member"],
         witness=values("queue", "sales", "strategy", "linear", "ringall")),
    rule("changed", "setting-changed", "setting", _VALUE,
         "A setting in force is another than on the old release.",
         "Set it explicitly in the candidate's configuration, if it matters.",
         also=_SETTINGS, witness=values("parking lot", "default", "Parking Time", "45 sec", "60 sec")),
)  # fmt: skip

_LOG = (
    rule("failed", "config-file-rejected", "log", "The candidate ignores {item} as a whole",
         "One option that a release does not know makes it refuse the file and go on with defaults.",
         "Take the option out that the log names.",
         witness=log_line("ERROR", "config_options.c", _REJECTED)),
    rule("added", "load-error-new", "log", "New error while loading: {candidate}", _NEW_LINE, _READ,
         severity=Severity.REVIEW, attributes=["ERROR"],
         witness=log_line("ERROR", "chan_x.c", "Unable to open master device")),
    rule("added", "load-warning-new", "log", "New warning while loading: {candidate}", _NEW_LINE, _READ,
         severity=Severity.REVIEW, witness=log_line("WARNING", "chan_x.c", "This option is deprecated")),
    rule("chance", "load-log-chance", "log", "Said by one of two starts of the candidate: {candidate}",
         "Modules load in an order of their own each time; what one start says and the other does not is chance.",
         witness=LoadWitness(tiny(), replace(tiny(log=(_CHANCE,)), restarted=frozenset()))),
    rule("own", "file-refused-on-old", "log",
         "The old release refuses all of {item}: {old}",
         "Nothing that the file says is in force, so nothing of it is compared.",
         "Is this the folder that production runs with? Mend the line, or copy what is included, in old/ and "
         "candidate/. If production has it so, waive this.",
         severity=Severity.REVIEW, attributes=["refused"],
         witness=LoadWitness(replace(tiny(log=(_UNENDED,), files=_UNENDED_FILE), version="16.28.0"), tiny())),
    rule("own", "old-release-complains", "log",
         "The old release itself complains at its start; is this as in production? {old}",
         "It says so of the site, and not of its own stock configuration.",
         "Compare with production's log. If that does not say so, the site's folder lacks something: a file that "
         "is included, or that a link leads to.",
         witness=LoadWitness(replace(tiny(log=(_CHANCE,)), stock=frozenset(), version="16.28.0"), tiny())),
    rule("unused", "load-log-reworded", "log", "Said while loading in other words than before: {candidate}",
         "The old release said the same of the same thing.", attributes=["reworded"],
         witness=LoadWitness(tiny(log=(_SAID,)), tiny(log=(_SAID_NOW,)))),
    rule("unused", "load-log-foreign", "log", "Said while loading, of what the site never had: {candidate}",
         "It is about modules that the old release did not run, or about files that neither side has.",
         "Nothing to do; keep such modules from loading (noload in modules.conf) to have a quiet log.",
         witness=log_line("ERROR", "config_options.c", "Unable to load config file 'prometheus.conf'")),
)  # fmt: skip

_HARMLESS = (
    rule("moved", "extension-elsewhere", "extension", "The extension {item} is found elsewhere: {candidate}",
         "The same number is reached through an include or a pattern.",
         "Nothing to do; the scenarios show whether it does the same.",
         witness=LoadWitness(tiny({"extension": {"100@in": {}}, "context": {"in": {}}}),
                             tiny({"context": {"in": {}}}, dialplan=_PATTERN))),
    rule("unused", "macro-context-gone", "context",
         "Contexts that are gone, and no Macro is left that would run them: {old}",
         "Macro ran contexts of these names; the candidate's dialplan has none.",
         witness=only_old("context", "macro-hello")),
    rule("unused", "codec-unused-gone", "codec", "Codecs that are gone, and that the site does not allow: {old}",
         "No endpoint and no configuration file names them.", witness=only_old("codec", "testlaw")),
    rule("unused", "record-writer-idle", "CDR", "Not there any more, and never told what to write: {old}",
         "The old release starts it without a configuration file of its own; it wrote nothing.",
         witness=only_old("CDR", "CDR backend cdr-custom")),
    rule("replaced", "feature-renamed", "feature",
         "The code {old} belongs to {candidate} now, and not to {item}",
         "The code that people know does the same work under another name.",
         witness=LoadWitness(tiny({"feature": {"One Touch Monitor": {"code": "*1"}}}),
                             tiny({"feature": {"One Touch MixMonitor": {"code": "*1"}}}))),
    rule("added", "load-added", "module", "New on the candidate: {item} ({candidate})",
         "The candidate has more than the old release.",
         also=_ALL, witness=LoadWitness(tiny(), tiny({"module": {"app_new": {}}}))),
    rule("unshown", "setting-unshown", "setting",
         "The candidate does not show settings that the old release shows: {old}",
         "An option that is gone, or that has another name; nothing can be compared.",
         "Nothing to do unless one of them is set on purpose.", also=_ALL,
         witness=LoadWitness(tiny({"parking lot": {"default": {"Time": "1", "Odd": "1"}}}),
                             tiny({"parking lot": {"default": {"Time": "1"}}}))),
)  # fmt: skip

CONFIG_RULES = (*_MISSING, *_CHANGED, *_LOG, *_HARMLESS)
"""The first that matches names a change."""
