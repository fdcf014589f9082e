"""Which test stands for which scenario or check, in the suites and in Python scenario files."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.play import Scenario
    from harness.plugin.player import Player

__all__ = [
    "ScenarioItem",
    "as_configured",
    "by_function",
    "marks_of",
    "python_scenarios",
    "skip_reason",
    "target_of",
]

_SKIPS = ("skip", "skipif")
_OF_TESTS = frozenset("scenario parametrize usefixtures filterwarnings xfail".split())


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

    @classmethod
    def of(cls, scenario: Scenario, *, name: str, parent: pytest.Collector, player: Player) -> ScenarioItem:
        """The test of a scenario. Its node id is told: pytest compares those it read with what is in brackets."""
        item: ScenarioItem = cls.from_parent(
            parent,
            name=name,
            nodeid=f"{parent.nodeid}::{name}",
            target=scenario.id,
            line=scenario.line,
            player=player,
            marks=marks_of(scenario),
        )
        return item

    def iter_markers_with_node(self, name: str | None = None) -> Iterator[tuple[Any, Any]]:
        """All but `xfail`, also of its class and module: pytest would take each difference for what it expects."""
        for node, mark in super().iter_markers_with_node(name):
            if mark.name != "xfail":
                yield node, mark

    def runtest(self) -> None:
        """Fail when the scenario holds the promotion."""
        self._player.judge(self, self.target)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the scenario is written."""
        return self.path, self._line - 1, self.name


def marks_of(scenario: Scenario) -> list[pytest.MarkDecorator | pytest.Mark]:
    """Its tags as marks, and those written in Python, but for what is of pytest's own tests."""
    written = [mark for mark in scenario.marks if mark.name not in _OF_TESTS]
    names = {mark.name for mark in written}
    return [*written, *(getattr(pytest.mark, tag) for tag in sorted(scenario.tags) if tag not in names)]


def as_configured(scenario: Scenario, config: pytest.Config) -> Scenario:
    """A scenario whose `xfail` is as pytest is told: `--runxfail` knows none, `xfail_strict` is the rule."""
    if scenario.xfail is None or config.option.runxfail:
        return replace(scenario, xfail=None)
    if scenario.xfail.strict is not None:
        return scenario
    return replace(scenario, xfail=replace(scenario.xfail, strict=bool(config.getini("xfail_strict"))))


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


def by_function(scenarios: Iterable[Scenario]) -> Mapping[tuple[Path, str], Sequence[Scenario]]:
    """Python scenarios by their file and the name in it (`TestMenu.test_sales`): one a case."""
    found: dict[tuple[Path, str], list[Scenario]] = {}
    for scenario in scenarios:
        if scenario.file.suffix == ".py":
            found.setdefault((scenario.file.resolve(), _name(scenario).partition("[")[0]), []).append(scenario)
    return found


def python_scenarios(
    collector: pytest.Collector, name: str, obj: object, known: Mapping[tuple[Path, str], Sequence[Scenario]]
) -> Iterator[tuple[str, Scenario]]:
    """What of the site's scenarios (`by_function`) this function is: one a case, each with its test's name."""
    if not inspect.iscoroutinefunction(getattr(obj, "__func__", obj)):
        return
    classes = [f"{node.name}." for node in collector.listchain() if isinstance(node, pytest.Class)]
    for scenario in known.get((collector.path.resolve(), "".join((*classes, name))), ()):
        yield _name(scenario).removeprefix("".join(classes)), scenario


def _name(scenario: Scenario) -> str:
    return scenario.id.partition("/")[2]
