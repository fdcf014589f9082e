"""One changed fact, one finding: what follows from a lost module, or from a refused file, is folded into it. Pure.

A check sees its own sections alone, so the same loss is found by several: chan_sip by its module, its peers, what
the dialplan dials, its applications and manager actions. Here they become one, the *root*: for a channel driver
the module; for other modules the first application or function that the site uses, where a person begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from harness.asterisk.modules import ACTIONS, BRINGS_OPTIONS, CHANNELS, EVENTS, brought_by, file_of
from harness.judge.checks.changes import FILES
from harness.judge.checks.voicemail import CLASH
from harness.judge.gate import outcome_of
from harness.model import Finding, ScenarioResult

__all__ = ["folded", "folded_findings"]

_LOST = frozenset(
    {"module-missing", "module-load-failed", "module-third-party", "module-not-compiled", "module-configured"}
)
_USED = frozenset({"application-unavailable", "function-unavailable"})
_REFUSED = "config-file-rejected"
_OPTIONS = frozenset({"config-option-gone", "config-object-gone"})
_LINK = "lost with it"
_SAID = frozenset({"load-error-new", "load-warning-new"})
_EXTENSION = re.compile(r"The extension (\S+)@")

_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "app_queue": ("queue", "queue member"),
    "app_confbridge": ("conference bridge", "conference user", "conference menu"),
    "res_parking": ("parking lot",),
    "res_musiconhold": ("music class",),
    "res_pjsip": ("endpoint", "aor", "transport", "registration"),
    "res_ari": ("ARI", "ARI user"),
}
"""Module → what is configured for it."""

_Follows = Callable[[Finding], bool]


def folded(results: Sequence[ScenarioResult]) -> list[ScenarioResult]:
    """The results, each root with what follows from it, in whichever check that was found."""
    kept = folded_findings([finding for result in results for finding in result.findings])
    return [_with(result, tuple(kept[f] for f in map(_key, result.findings) if f in kept)) for result in results]


def folded_findings(findings: Sequence[Finding]) -> dict[tuple[str, str], Finding]:
    """The findings that are left, by check and fingerprint."""
    left = {_key(finding): finding for finding in findings}
    for cause in findings:
        follows = _followers(cause, findings)
        if follows is None:
            continue
        others = [finding for key, finding in left.items() if key != _key(cause) and follows(finding)]
        if _key(cause) in left and others:
            root, *rest = _root_first(cause, others)
            left = {key: finding for key, finding in left.items() if finding not in rest}
            left[_key(root)] = _with_consequences(root, rest)
    return left


def _followers(cause: Finding, findings: Sequence[Finding]) -> _Follows | None:
    """What tells the findings that follow from one; None for one that nothing follows from."""
    if cause.rule == _REFUSED:
        return _refusal(cause)
    if cause.rule in _LOST:
        return _loss(cause, findings)
    if cause.rule == "module-same-binary":
        return _said_of(cause.subject)
    if cause.event in FILES and cause.rule.endswith("-missing"):
        return _same_file(cause)
    if cause.rule in _USED and CLASH in cause.cause and cause.subject.lower() in brought_by("app_voicemail"):
        return _voicemail(cause)
    return None


def _key(finding: Finding) -> tuple[str, str]:
    return finding.scenario, finding.fingerprint


def _with(result: ScenarioResult, findings: tuple[Finding, ...]) -> ScenarioResult:
    if findings == result.findings:
        return result
    return replace(result, findings=findings, outcome=outcome_of(findings))


def _root_first(cause: Finding, others: Sequence[Finding]) -> list[Finding]:
    used = [finding for finding in others if finding.rule in _USED]
    if cause.rule not in _LOST or cause.subject in CHANNELS or not used:
        return [cause, *others]
    return [used[0], cause, *(finding for finding in others if finding is not used[0])]


def _with_consequences(root: Finding, rest: Sequence[Finding]) -> Finding:
    places = dict.fromkeys(place for finding in (root, *rest) for place in finding.places)
    notes = dict.fromkeys(note for finding in (root, *rest) for note in finding.notes)
    whole = replace(
        root,
        where=root.where or next((finding.where for finding in rest if finding.where), None),
        places=tuple(places),
        notes=tuple(notes),
    )
    return whole.following((*root.consequences, *(replace(finding, link=_LINK) for finding in rest)))


def _refusal(cause: Finding) -> _Follows:
    """What was set in a file that the candidate ignores, and the option that it does not know."""
    sections = {section for section, file in FILES.items() if f"{file}.conf" == cause.subject}

    def follows(finding: Finding) -> bool:
        option = finding.rule in _OPTIONS and finding.subject.startswith(f"{cause.subject} ")
        return option or (finding.event in sections and finding.severity.holds)

    return follows


def _said_of(module: str) -> _Follows:
    """What the log says of a module, or of the applications that it brings."""
    named = re.compile(rf"(?i)\b(?:{'|'.join(map(re.escape, (module, *brought_by(module))))})\b")

    def follows(finding: Finding) -> bool:
        return finding.rule in _SAID and named.search(finding.title) is not None

    return follows


def _same_file(cause: Finding) -> _Follows:
    """What else of the same file is not loaded, for the same reason or of the same names (aor and endpoint)."""
    file, names = FILES[cause.event], set(cause.subject.split(", "))

    def follows(finding: Finding) -> bool:
        if FILES.get(finding.event) != file or not finding.rule.endswith("-missing") or not finding.severity.holds:
            return False
        said = finding.cause.startswith("Asterisk's log says") and finding.cause == cause.cause
        return said or set(finding.subject.split(", ")) <= names

    return follows


def _loss(cause: Finding, findings: Iterable[Finding]) -> _Follows:
    """What a module brought, was configured for, or made."""
    module = cause.subject
    brings, manager = brought_by(module), {*ACTIONS.get(module, ()), *EVENTS.get(module, ())}
    peers = {name for f in findings if f.rule == "sip-peer-missing" for name in f.subject.split(", ")}

    said_of_it = _said_of(module)

    def follows(finding: Finding) -> bool:
        name = finding.subject
        if finding.rule in _SAID:
            return said_of_it(finding)
        match finding.rule:
            case "application-unavailable" | "function-unavailable":
                return name.lower() in brings
            case "script-uses-gone":
                return name.rpartition(" ")[2].lower() in brings
            case "application-option-gone" | "application-argument-gone":
                return name in BRINGS_OPTIONS.get(module, ())
            case "build-gone":
                return name == module
            case "technology-unavailable":
                return name == CHANNELS.get(module)
            case "sip-peer-missing":
                return module == "chan_sip"
            case "context-missing" | "extension-missing" | "hint-missing" if module == "chan_sip":
                return finding.where is None and bool(numbers := _numbers(finding)) and numbers <= peers
            case "config-option-gone" | "config-object-gone":
                return name.startswith(f"{file_of(module)} ") or name in BRINGS_OPTIONS.get(module, ())
        if finding.event.startswith("AMI"):
            return finding.severity.holds and re.split(r"[:\s,]", name, maxsplit=1)[0] in manager
        return finding.severity.holds and finding.event in _SECTIONS.get(module, ())

    return follows


def _voicemail(cause: Finding) -> _Follows:
    """What does not work as two modules bring voicemail; `cause` is about the first application that is missed."""
    brings = brought_by("app_voicemail")

    def follows(finding: Finding) -> bool:
        if finding.rule in _USED:
            return finding.subject.lower() in brings
        if finding.rule == "table-not-written":
            return f"the table {finding.subject.rpartition('.')[2]} " in cause.advice
        named = finding.subject.startswith("Voicemail") or finding.event == "mailbox"
        return named and finding.severity.holds

    return follows


def _numbers(finding: Finding) -> set[str]:
    """The extensions that a finding about the dialplan is about."""
    within = (match[1] for each in finding.consequences if (match := _EXTENSION.match(each.title)))
    return set(within) if finding.event == "context" else {finding.subject.partition("@")[0]}
