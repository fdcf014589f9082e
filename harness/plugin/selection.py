"""What is named on the command line to play a site: which part of it, and what was meant where that is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.packaged import packaged

__all__ = ["misnamed", "play_everything"]

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
