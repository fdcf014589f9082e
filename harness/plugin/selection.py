"""What is named on the command line to play a site: which part of it, and what was meant where that is nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import pytest

from harness.model.packaged import packaged

__all__ = ["Shard", "misnamed", "play_everything", "shard_of"]

_SITE = "site.toml"
_SCENARIOS = (".yaml", ".yml")


def play_everything(config: pytest.Config) -> None:
    """Where nothing says which tests, all suites are meant, and not what happens to lie in the working folder."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = [str(packaged("suites"))]


def misnamed(config: pytest.Config) -> str:
    """What to write instead of these arguments; empty where they can be meant as they are."""
    return next(filter(None, (_of_a_site(config, argument) for argument in config.args)), "")


def _of_a_site(config: pytest.Config, argument: str) -> str:
    """A file that pytest cannot collect and that belongs to a site: others may have plugins for theirs."""
    path = Path(config.invocation_params.dir, argument.partition("::")[0])
    is_scenarios = path.suffix in _SCENARIOS
    if not (is_scenarios or path.name == _SITE) or not path.is_file() or not (path.parent / _SITE).is_file():
        return ""
    folder = Path(argument).parent
    which = f" -k {path.stem}/" if is_scenarios else ""
    return f"{argument} is no test file: `pytest suites/ --site {folder}{which}` plays what is in it"


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `of` parts of what is selected, `number` from 1 on."""

    number: int
    of: int

    def share(self, items: Iterable[pytest.Item]) -> Sequence[pytest.Item]:
        """Every so-manieth of the tests, by their ids in order: the same on every machine."""
        return sorted(items, key=attrgetter("nodeid"))[self.number - 1 :: self.of]


def shard_of(text: str) -> Shard:
    """`2/5`. Raises ArgumentTypeError."""
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise argparse.ArgumentTypeError(f"{text!r} is no part of a whole: 2/5 is the second of five")
    return Shard(int(number), int(of))
