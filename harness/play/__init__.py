"""Playing: the scenario language, what scenarios act on, and who plays when."""

from __future__ import annotations

from harness.play.scenario import Scenario
from harness.play.scheduler import Played, Scheduler, open_scheduler
from harness.play.sources.loader import load_scenarios

__all__ = ["Played", "Scenario", "Scheduler", "load_scenarios", "open_scheduler"]
