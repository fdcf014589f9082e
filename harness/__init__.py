"""Plays a site's calls on the old and on the candidate Asterisk, compares, and says whether to promote.

    from harness import Settings, collect, run

    settings = Settings(Path("scenarios/demo"), report=Path("out"))
    collected = collect(settings)
    every = frozenset(scenario.id for scenario in collected.scenarios)
    report = run(collected, settings, scenarios=every, checks=frozenset(collected.checks), progress=print)

Scenarios in Python annotate their argument with `Asterisk`. Names are loaded when they are first used: pytest
imports this package in every run of the environment it is installed in.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.errors import ExpectationFailed, HarnessError
    from harness.model import Finding, Outcome, Report, ScenarioResult, Severity, Verdict
    from harness.play.asterisk import Asterisk
    from harness.stages.collect import Settings, collect
    from harness.stages.rejudge import rejudge
    from harness.stages.run import run

__all__ = [
    "Asterisk",
    "ExpectationFailed",
    "Finding",
    "HarnessError",
    "Outcome",
    "Report",
    "ScenarioResult",
    "Settings",
    "Severity",
    "Verdict",
    "collect",
    "rejudge",
    "run",
]

_HOMES = {
    "harness.errors": ("ExpectationFailed", "HarnessError"),
    "harness.model": ("Finding", "Outcome", "Report", "ScenarioResult", "Severity", "Verdict"),
    "harness.stages.collect": ("Settings", "collect"),
    "harness.stages.rejudge": ("rejudge",),
    "harness.stages.run": ("run",),
    "harness.play.asterisk": ("Asterisk",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
