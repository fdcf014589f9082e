"""What a scenario raised → how its play ended, in a line for people with the line of its file. Pure."""

from __future__ import annotations

import traceback
import unittest
from collections.abc import Iterable
from traceback import FrameSummary

import pytest

from harness.errors import NotPlayable, ScenarioError
from harness.model import EXPECTED, Ending
from harness.play.scenario import Scenario
from harness.play.watchdog import HeldUp

__all__ = ["Raised", "ending_of", "place_in"]

_SKIPS = (pytest.skip.Exception, unittest.SkipTest)
# What says by its words alone that the scenario does not hold.
_PLAIN = (ScenarioError, AssertionError, pytest.fail.Exception)
_HELD_UP = "use `await asterisk.pause(seconds)`, or `await asyncio.to_thread(function)` for what takes long"


class Raised(Exception):
    """What a scenario raised and no program expects of it: pytest's outcomes, SystemExit, a CancelledError."""

    def __init__(self, problem: BaseException) -> None:
        super().__init__(str(problem))
        self.problem = problem


def ending_of(problem: Exception, scenario: Scenario) -> tuple[Ending, str]:
    """The ending, and the problem. Whatever a scenario raises is its own outcome: it skips, or it fails."""
    cause = problem.problem if isinstance(problem, Raised) else problem
    frames = traceback.extract_tb(cause.__traceback__)
    if isinstance(cause, _SKIPS):
        return Ending.SKIPPED, _first_line(str(cause)) or "no reason given"
    if isinstance(cause, pytest.xfail.Exception):
        return Ending.PLAYED, f"{EXPECTED}: {_first_line(str(cause)) or 'no reason given'}"
    ending = Ending.UNPLAYABLE if isinstance(cause, NotPlayable) else Ending.UNMET
    place = place_in(scenario, frames)
    if not place:
        return ending, str(cause) if isinstance(cause, ScenarioError) else _words(cause)
    return ending, f"{_words(cause)} ({place})"


def place_in(scenario: Scenario, frames: Iterable[FrameSummary]) -> str:
    """File, line and text of the innermost frame that is in a scenario's own file; empty when none is."""
    own = [frame for frame in frames if frame.filename == str(scenario.file)]
    return f"{scenario.file.name}:{own[-1].lineno}: {own[-1].line}" if own else ""


def _words(problem: BaseException) -> str:
    if isinstance(problem, HeldUp):
        return f"it does not give way: {problem}; {_HELD_UP}"
    text = _first_line(str(problem))
    if isinstance(problem, _PLAIN):
        return text or "assertion failed"
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
