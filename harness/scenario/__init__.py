"""Playing: the scenario language, what scenarios act on, and who plays when."""

from __future__ import annotations

from harness.scenario.loader import load_scenarios
from harness.scenario.model import Scenario
from harness.scenario.scheduler import Company, Played, open_company

__all__ = ["Company", "Played", "Scenario", "load_scenarios", "open_company"]
