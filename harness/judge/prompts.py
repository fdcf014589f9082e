"""Prompts that neither release has: sounds of the site's own that the lab was not given. Pure.

They say nothing of a release: calls are compared without them, and a person is told which they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from harness.judge.rules.rule import NamedRule
from harness.model import ABSENT, Change, Finding, InstanceName, LogLine, Severity, Trace, held_value

__all__ = ["PROMPT_RULE", "is_of_a_prompt", "prompt_findings", "prompts_missing"]

PROMPT_RULE = NamedRule(
    "prompt-nowhere",
    "Neither release has the sound {sound}: nobody hears it, and it is not compared",
    Severity.INFO,
    "Calls are compared without it.",
    "Bring the site's own sounds (`sounds` in [data] of site.toml), if production has it.",
)
_MISSING = re.compile(r"File (?P<sound>\S+) does not exist in any ")
# What Asterisk says after that: that it cannot open the file, and that it was not played.
_AFTER = re.compile(r"Unable to open (?P<sound>\S+) \(format|Playback failed on \S+ for (?P<sounds>\S+)")


def prompts_missing(traces: Mapping[InstanceName, Sequence[Trace]]) -> frozenset[str]:
    """The sounds that were asked for and are there on neither release."""
    old, candidate = (
        {sound for trace in traces[name] for sound in _missing(trace)} for name in ("old", "candidate")
    )
    return frozenset(old & candidate)


def is_of_a_prompt(change: Change, missing: frozenset[str]) -> bool:
    """Whether it is how often, or in which words, the log tells of sounds that neither release has."""
    return change.surface == "log" and _tells_of(change, missing)


def prompt_findings(scenario: str, missing: frozenset[str]) -> Iterator[Finding]:
    """One for each sound. It holds nothing: the scenario is compared without it."""
    for sound in sorted(missing):
        yield Finding(
            rule=PROMPT_RULE.id,
            severity=PROMPT_RULE.severity,
            surface="call",
            scenario=scenario,
            title=PROMPT_RULE.title.format(sound=sound),
            advice=PROMPT_RULE.advice,
            fingerprint=f"{PROMPT_RULE.id}-{sound}",
            about=f"sound: {sound}",
            event="Playback",
        )


def _missing(trace: Trace) -> Iterator[str]:
    for seen in trace.observations:
        if isinstance(seen, LogLine) and (match := _MISSING.search(seen.message)):
            yield match["sound"]


def _tells_of(change: Change, missing: frozenset[str]) -> bool:
    texts = [str(held_value(side, "Message")) for side in change.sides if side is not ABSENT]
    told = [match for text in texts for match in (_MISSING.search(text) or _AFTER.search(text),) if match]
    return bool(told) and all(_sounds(match) <= missing for match in told)


def _sounds(match: re.Match[str]) -> set[str]:
    named = match.groupdict()
    return set((named.get("sound") or named["sounds"] or "").split("&"))
