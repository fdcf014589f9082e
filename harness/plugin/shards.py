"""Which part of what is selected one of several machines plays (`--shard K/N`)."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path
from statistics import median

import pytest

from harness.plugin.items import target_of

__all__ = ["Shard", "measured", "shard_of", "weights"]


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `of` parts of what is selected, `number` from 1 on."""

    number: int
    of: int

    def share(self, weights: Mapping[pytest.Item, float]) -> Collection[pytest.Item]:
        """The tests of this part; the same ids and weights give the same parts on every machine.

        The heaviest first, each goes to the part that is the lightest so far: where all weigh the same, they go
        round.
        """
        parts = [(0.0, number) for number in range(1, self.of + 1)]
        mine = set()
        for item in sorted(weights, key=lambda item: (-weights[item], item.nodeid)):
            load, number = heappop(parts)
            heappush(parts, (load + weights[item], number))
            if number == self.number:
                mine.add(item)
        return mine


def shard_of(text: str) -> Shard:
    """`2/5`. Raises ArgumentTypeError."""
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise argparse.ArgumentTypeError(f"{text!r} is no part of a whole: 2/5 is the second of five")
    return Shard(int(number), int(of))


def measured(path: Path) -> Mapping[str, float]:
    """Seconds by scenario, from a run's folder or its `report.json`. Raises SiteError, also where it has none."""
    from harness.errors import SiteError
    from harness.model.run_folder import REPORT
    from harness.report.folder import read_bytes
    from harness.report.json_report import loads

    file = path / REPORT if path.is_dir() else path
    report = loads(read_bytes(file).decode("utf-8", "replace"), source=str(file))
    seconds = {result.id: result.seconds for result in report.results if result.seconds}
    if not seconds:
        raise SiteError(f"{file}: this run has no times of scenarios: name one that played some")
    return seconds


def weights(
    items: Iterable[pytest.Item], seconds: Mapping[str, float], scenarios: Collection[str]
) -> Mapping[pytest.Item, float]:
    """What each test weighs: its scenario's seconds, or the median of those known where it has none.

    Without `seconds` all weigh the same. With them, what is no scenario weighs nothing: checks are asked at once,
    so one part has them all.
    """
    if not seconds:
        return dict.fromkeys(items, 1.0)
    usual = median(seconds.values())
    return {
        item: seconds.get(target, usual) if (target := target_of(item)) in scenarios else 0.0 for item in items
    }
