"""Prompts that neither release has: the site's own sounds are missing in the lab, and a release has nothing to do with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.model import Change, Finding, InstanceName, LogLine, Severity, Trace, text_of

__all__ = ["PROMPT_RULE", "prompt_findings", "prompts_missing", "without_prompts"]

PROMPT_RULE = "prompt-nowhere"
_MISSING = re.compile(r"File (?P<sound>\S+) does not exist in any ")
# What Asterisk says after that: that it cannot open the file, and that it was not played.
_AFTER = re.compile(r"Unable to open (?P<sound>\S+) \(format|Playback failed on \S+ for (?P<sounds>\S+)")


def prompts_missing(traces: Mapping[InstanceName, Sequence[Trace]]) -> frozenset[str]:
    """The sounds that were asked for and are there on neither release."""
    old, candidate = (
        {sound for trace in traces[name] for sound in _missing(trace)} for name in ("old", "candidate")
    )
    return frozenset(old & candidate)


def without_prompts(found: Iterable[Change], missing: frozenset[str]) -> tuple[Change, ...]:
    """The changes, without how often and in which words the log tells of sounds that neither release has."""
    return tuple(change for change in found if not (change.surface == "log" and _tells_of(change, missing)))


def prompt_findings(scenario: str, missing: frozenset[str]) -> Iterator[Finding]:
    """One for each sound. It holds nothing: the scenario is compared without it."""
    for sound in sorted(missing):
        yield Finding(
            rule=PROMPT_RULE,
            severity=Severity.INFO,
            surface="call",
            scenario=scenario,
            title=f"Neither release has the sound {sound}: nobody hears it, and it is not compared",
            advice="Bring the site's own sounds (`sounds` in [data] of site.toml), if production has it.",
            fingerprint=f"{PROMPT_RULE}-{sound}",
            about=f"sound: {sound}",
            event="Playback",
        )


def _missing(trace: Trace) -> Iterator[str]:
    for seen in trace.observations:
        if isinstance(seen, LogLine) and (match := _MISSING.search(seen.message)):
            yield match["sound"]


def _tells_of(change: Change, missing: frozenset[str]) -> bool:
    texts = [text_of(side) for side in change.sides]
    told = [match for text in texts for match in (_MISSING.search(text) or _AFTER.search(text),) if match]
    return bool(told) and all(_sounds(match) <= missing for match in told)


def _sounds(match: re.Match[str]) -> set[str]:
    named = match.groupdict()
    return set((named.get("sound") or named["sounds"] or "").split("&"))
