"""Rules about how the old instance of the lab differs from production, in whose name it is asked."""

from __future__ import annotations

from dataclasses import replace

from harness.judge.checks.rule import LoadWitness, rule, tiny
from harness.model import Attributes, Severity

__all__ = ["PRODUCTION_RULES"]

_FILES = (
    "codec", "context", "extension", "include", "hint", "endpoint", "aor", "transport", "registration", "sip peer",
    "queue", "queue member", "mailbox", "conference bridge", "conference user", "conference menu", "manager user",
    "ARI user", "parking lot", "music class", "feature", "CDR", "CEL", "setting", "realtime family", "astdb entry",
)  # fmt: skip
_ALIKE = (
    "Compare the site's old/ with production's files. If production is to be as the files are, reload it and "
    "collect again; else mend old/ and candidate/. If the lab cannot have it, waive this."
)


def _witness(section: str, there: dict[str, Attributes], here: dict[str, Attributes]) -> LoadWitness:
    """Production has one, the old instance the other."""
    return LoadWitness(tiny({section: there}), tiny({section: here}))


PRODUCTION_RULES = (
    rule("unlike", "production-version", "release",
         "Production runs another version than the old instance of the lab: {old}",
         "What the old instance does is not what production does.",
         "Name the release that production runs in site.toml ([old] release), or waive this.",
         severity=Severity.REVIEW,
         witness=LoadWitness(replace(tiny(), version="16.30.1"), replace(tiny(), version="16.28.0"))),
    rule("absent", "production-module-only", "module",
         "Production runs modules that the old instance of the lab does not: {old}",
         "What they do is not compared.",
         "Give the lab what they need: a module of your own in data.modules, a Debian package in `packages`, "
         "hardware that it cannot have. What no call needs is waived.",
         severity=Severity.REVIEW, witness=_witness("module", {"app_vendor": {}}, {})),
    rule("surplus", "production-module-unloaded", "module",
         "The old instance of the lab runs modules that production does not: {old}",
         "The release in the lab has more modules than production's build; the configuration is the same.",
         "Nothing to do; `noload` in modules.conf of both sides makes them alike.",
         witness=_witness("module", {}, {"app_more": {}})),
    rule("absent", "production-only", "context",
         "Production has what the old instance of the lab has not ({item}): {old}",
         "It is in production's memory and not in the site's files, or what it takes is not in the lab.", _ALIKE,
         severity=Severity.REVIEW, also=_FILES, witness=_witness("endpoint", {"101": {}}, {})),
    rule("surplus", "production-without", "context",
         "The old instance of the lab has what production has not loaded ({item}): {old}",
         "The files were changed after production read them, or production refused them.", _ALIKE,
         severity=Severity.REVIEW, also=_FILES, witness=_witness("extension", {}, {"600@in": {}})),
    rule("unlike", "production-value", "setting",
         "{section} {item}: {attribute} is {old}",
         "The files were changed after production read them, or the lab's release has another default.", _ALIKE,
         severity=Severity.REVIEW, also=_FILES,
         witness=_witness("queue", {"sales": {"strategy": "linear"}}, {"sales": {"strategy": "ringall"}})),
)  # fmt: skip
