"""Rules about files that the dialplan and the configuration name."""

from __future__ import annotations

from dataclasses import replace

from harness.judge.checks.rule import LoadWitness, rule, tiny
from harness.model import Severity

__all__ = ["FILE_RULES"]

_HEARD = ("music", "prompt")
_BRING = (
    "Bring it into the site: data.agi_bin, data.sounds and data.keys of site.toml, or data.machine by its path; "
    "what a Debian package has, by `packages`."
)


def _witness(kind: str, old: str | None, candidate: str) -> LoadWitness:
    """A file of this kind, in the state in which either has it; None where the old release does not name it."""
    before, now = ({"kind": kind, "state": state} for state in (old or "", candidate))
    named = {"named file": {"hello.php": before}} if old else {}
    return LoadWitness(replace(tiny(named), version="16.28.0"), tiny({"named file": {"hello.php": now}}))


FILE_RULES = (
    rule("missing", "named-file-missing", "named file",
         "The site names what is {candidate} on the candidate ({attribute}): {item}",
         "It is there on the old release. What runs, reads or plays it fails.",
         _BRING, witness=_witness("AGI script", "there", "not there")),
    rule("own", "named-file-unheard", "named file",
         "The site names what neither release can use ({attribute}, {candidate}): {item}",
         "Nobody hears it in the lab, and calls are compared without it.",
         _BRING, attributes=_HEARD, witness=_witness("music", "not there", "not there")),
    rule("own", "named-file-nowhere", "named file",
         "The site names what neither release can use ({attribute}, {candidate}): {item}",
         "What needs it fails on both, which is the same and proves nothing.",
         f"{_BRING} If production lacks it as well, waive this.",
         severity=Severity.REVIEW, witness=_witness("AGI script", "not there", "not there")),
    rule("unproved", "named-file-new", "named file",
         "The candidate's configuration names what is {candidate} on it ({attribute}): {item}",
         "The old configuration does not name it. What runs, reads or plays it fails.",
         _BRING, witness=_witness("AGI script", None, "not there")),
)  # fmt: skip
"""The first that matches names a change."""
