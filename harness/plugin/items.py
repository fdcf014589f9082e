"""Which test stands for which scenario or check, in the suites and in Python scenario files."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.play import Scenario
    from harness.plugin.player import Player

__all__ = ["ScenarioItem", "by_name", "marks_of", "python_scenario", "skip_reason", "target_of"]

_SKIPS = ("skip", "skipif")


class ScenarioItem(pytest.Item):
    """An `async def test_…(asterisk)` of a site's file: the same scenario as the suite's test of it."""

    def __init__(self, *, target: str, line: int, player: Player, marks: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target = target
        self._line = line
        self._player = player
        for mark in marks:
            self.own_markers.append(getattr(mark, "mark", mark))
            self.keywords[mark.name] = mark

    def runtest(self) -> None:
        """Fail when the scenario holds the promotion."""
        self._player.judge(self, self.target)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the scenario is written."""
        return self.path, self._line - 1, self.name


def marks_of(scenario: Scenario) -> list[pytest.MarkDecorator | pytest.Mark]:
    """Its tags as marks, and of a Python scenario those that may skip it."""
    written = getattr(scenario.play, "pytestmark", ())
    skips = [mark for mark in written if mark.name in _SKIPS]
    return [*(getattr(pytest.mark, tag) for tag in sorted(scenario.tags)), *skips]


def skip_reason(item: pytest.Item) -> str | None:
    """Why a mark skips this test, as pytest will: empty where it does not say; None where nothing skips it.

    A condition that is a text is pytest's alone: only it can evaluate one.
    """
    for mark in (mark for name in _SKIPS for mark in item.iter_markers(name)):
        conditions = mark.args if mark.name == "skipif" else ()
        if mark.name == "skip" or any(it for it in conditions if not isinstance(it, str)):
            said = mark.kwargs.get("reason") or (mark.args[0] if mark.name == "skip" and mark.args else "")
            return str(said)
    return None


def target_of(item: pytest.Item) -> str:
    """The id of the result that this test shows; empty for tests that are none of the harness's."""
    if isinstance(item, ScenarioItem):
        return item.target
    callspec = getattr(item, "callspec", None)
    if callspec is None:
        return ""
    params = callspec.params
    return str(params.get("harness_scenario") or params.get("harness_check") or "")


def by_name(scenarios: Iterable[Scenario]) -> Mapping[str, Sequence[Scenario]]:
    """Scenarios by the second half of their ids."""
    found: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        found.setdefault(scenario.id.rpartition("/")[2], []).append(scenario)
    return found


def python_scenario(
    path: Path, name: str, obj: object, scenarios: Mapping[str, Sequence[Scenario]]
) -> Scenario | None:
    """The site's scenario (`by_name`) that this function of this file is, or None when it is an ordinary test."""
    if not inspect.iscoroutinefunction(obj):
        return None
    names = {way.replace("_", by) for way in (name, name.removeprefix("test_")) for by in "_-"}
    of_its_name = chain.from_iterable(scenarios.get(each, ()) for each in names)
    found = (scenario for scenario in of_its_name if scenario.file.resolve() == path.resolve())
    return min(found, key=lambda scenario: scenario.line, default=None)
