"""Rules about what costs the site nothing: gone and unused, found elsewhere, new."""

from __future__ import annotations

from harness.judge.checks.rule import LoadRule, LoadWitness, logged, only, tiny
from harness.model import Severity

__all__ = ["REST"]

_ANY = frozenset(
    "module codec context extension include hint endpoint aor transport registration queue mailbox feature "
    "CDR CEL ARI setting".split()
) | {
    "sip peer", "queue member", "conference bridge", "conference user", "conference menu", "manager user",
    "ARI user", "parking lot", "music class",
}  # fmt: skip

REST = (
    LoadRule(
        id="extension-elsewhere",
        title="The extension {item} is found elsewhere: {candidate}",
        severity=Severity.INFO,
        why="The same number is reached through an include or a pattern.",
        advice="Nothing to do; the scenarios show whether it does the same.",
        sections=frozenset({"extension"}),
        kind="moved",
        witness=LoadWitness(
            "preflight/dialplan",
            tiny({"extension": {"100@in": {}}, "context": {"in": {}}}),
            tiny(
                {"context": {"in": {}}},
                dialplan="[ Context 'in' created by 'x' ]\n  '_1XX' =>         1. NoOp()  [extensions.conf:2]",
            ),
        ),
    ),
    LoadRule(
        id="macro-context-gone",
        title="Contexts that are gone, and no Macro is left that would run them: {old}",
        severity=Severity.INFO,
        why="Macro ran contexts of these names; the candidate's dialplan has none.",
        advice="Nothing to do.",
        sections=frozenset({"context"}),
        kind="unused",
        witness=only("context", "macro-hello", check="preflight/dialplan"),
    ),
    LoadRule(
        id="codec-unused-gone",
        title="Codecs that are gone, and that the site does not allow: {old}",
        severity=Severity.INFO,
        why="No endpoint and no configuration file names them.",
        advice="Nothing to do.",
        sections=frozenset({"codec"}),
        kind="unused",
        witness=LoadWitness("preflight/codecs", tiny({"codec": {"testlaw": {}}}), tiny()),
    ),
    LoadRule(
        id="load-log-foreign",
        title="Said while loading, of what the site never had: {candidate}",
        severity=Severity.INFO,
        why="It is about modules that the old release did not run, or about files that neither side has.",
        advice="Nothing to do; keep such modules from loading (noload in modules.conf) to have a quiet log.",
        sections=frozenset({"log"}),
        kind="unused",
        witness=logged("ERROR", "config_options.c", "Unable to load config file 'prometheus.conf'"),
    ),
    LoadRule(
        id="record-writer-idle",
        title="Not there any more, and never told what to write: {old}",
        severity=Severity.INFO,
        why="The old release starts it without a configuration file of its own; it wrote nothing.",
        advice="Nothing to do.",
        sections=frozenset({"CDR"}),
        kind="unused",
        witness=only("CDR", "CDR backend cdr-custom", check="preflight/records"),
    ),
    LoadRule(
        id="feature-renamed",
        title="The code {old} belongs to {candidate} now, and not to {item}",
        severity=Severity.INFO,
        why="The code that people know does the same work under another name.",
        advice="Nothing to do.",
        sections=frozenset({"feature"}),
        kind="replaced",
        witness=LoadWitness(
            "preflight/features",
            tiny({"feature": {"One Touch Monitor": {"code": "*1"}}}),
            tiny({"feature": {"One Touch MixMonitor": {"code": "*1"}}}),
        ),
    ),
    LoadRule(
        id="load-added",
        title="New on the candidate: {item} ({candidate})",
        severity=Severity.ADDITIVE,
        why="The candidate has more than the old release.",
        advice="Nothing to do.",
        sections=_ANY,
        kind="added",
        witness=LoadWitness("preflight/modules", tiny(), tiny({"module": {"app_new": {}}})),
    ),
    LoadRule(
        id="setting-unshown",
        title="The candidate does not show settings that the old release shows: {old}",
        severity=Severity.INFO,
        why="An option that is gone, or that has another name; nothing can be compared.",
        advice="Nothing to do unless one of them is set on purpose.",
        sections=_ANY,
        kind="unshown",
        witness=LoadWitness(
            "preflight/parking",
            tiny({"parking lot": {"default": {"Time": "1", "Odd": "1"}}}),
            tiny({"parking lot": {"default": {"Time": "1"}}}),
        ),
    ),
)
