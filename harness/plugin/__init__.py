"""The pytest plugin: plays a site when `--site` is given, and does nothing in every other run.

    pytest suites/ --site scenarios/demo --report report

Everything that costs time is imported only when a site is played, so that the plugin can be installed
next to other people's tests. `harness.plugin.player` does the work.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.model.run_options import RUN_OPTIONS
from harness.plugin.items import marks_of
from harness.plugin.selection import misnamed, play_everything
from harness.plugin.shards import Shard, measured, shard_of, weights

if TYPE_CHECKING:
    from harness.plugin.player import Player

__all__ = ["PLAYER"]

PLAYER = "harness-player"

_NO_SITE = "these tests play a site: name it, for instance `pytest suites/ --site scenarios/demo`"
_UNSITED: pytest.StashKey[bool] = pytest.StashKey()
_SECONDS: pytest.StashKey[Mapping[str, float]] = pytest.StashKey()
_SCENARIO, _CHECK = "harness_scenario", "harness_check"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options; all are about a site, so none has an effect without `--site`."""
    group = parser.getgroup("harness", "asterisk upgrade harness")
    group.addoption("--site", dest="harness_site", metavar="DIR", help="the site folder to play")
    group.addoption(
        "--report",
        dest="harness_report",
        metavar="DIR",
        default="report",
        help="where report.json and the traces of this run go, replacing those of the run before"
        " (default: ./report)",
    )
    group.addoption(
        "--shard",
        dest="harness_shard",
        metavar="K/N",
        type=shard_of,
        help="play one of N parts of what is selected, each on a machine of its own; `harness merge` joins them",
    )
    group.addoption(
        "--shard-times",
        dest="harness_shard_times",
        metavar="DIR",
        type=Path,
        help="make the parts equally long, by the times of an earlier run: its report's folder or report.json,"
        " the same for all parts (default: as many tests in each)",
    )
    group.addoption(
        "--sign-key",
        dest="harness_sign_key",
        metavar="KEY.pem",
        type=Path,
        help="write the run's statement, signed with this key, beside the report (as `harness sign` does)",
    )
    for name, details in RUN_OPTIONS.items():
        group.addoption(name, dest=f"harness_{name.strip('-').replace('-', '_')}", **details)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and, when a site is given, what plays it."""
    config.addinivalue_line(
        "markers",
        "scenario(title, uses, exclusive, clock, deadline, phones, ...): how a Python scenario is played",
    )
    site, is_worker = config.getoption("harness_site"), hasattr(config, "workerinput")
    if not is_worker and (words := misnamed(config)):
        raise pytest.UsageError(words)
    if site:
        play_everything(config)
        config.stash[_SECONDS] = _measured(config)
        from harness.play.process_exit import keeping_the_process
        from harness.plugin.player import Player

        kept = ExitStack()
        kept.enter_context(keeping_the_process(Path(config.invocation_params.dir, site)))
        config.add_cleanup(kept.close)
        config.pluginmanager.register(Player(config), PLAYER)


def _measured(config: pytest.Config) -> Mapping[str, float]:
    """What scenarios took in an earlier run, read before its folder may become this run's."""
    from harness.errors import SiteError

    path: Path | None = config.getoption("harness_shard_times")
    if path is None:
        return {}
    if config.getoption("harness_shard") is None:
        raise pytest.UsageError("--shard-times divides what --shard K/N plays: give both")
    try:
        return measured(Path(config.invocation_params.dir, path))
    except SiteError as problem:
        raise pytest.UsageError(f"--shard-times: {problem}") from None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a scenario, one a check."""
    for argument in (_SCENARIO, _CHECK):
        if argument in metafunc.fixturenames:
            _parametrize(metafunc, argument)


def _parametrize(metafunc: pytest.Metafunc, argument: str) -> None:
    player = _player(metafunc.config)
    if player is None:
        metafunc.config.stash[_UNSITED] = True
        metafunc.parametrize(argument, [pytest.param("", id="no-site")])
        return
    if argument == _SCENARIO:
        cases = [pytest.param(one.id, id=one.id, marks=marks_of(one)) for one in player.collected.scenarios]
    else:
        suite = f"{metafunc.definition.path.parent.name}/"
        checks = [check for check in player.collected.checks if check.startswith(suite)]
        cases = [pytest.param(check, id=check.removeprefix(suite)) for check in checks]
    metafunc.parametrize(argument, cases)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of a site without a site are a mistake on the command line, told once; of a site, a shard's share."""
    is_worker = hasattr(config, "workerinput")
    if config.stash.get(_UNSITED, False) and items and not is_worker:
        raise pytest.UsageError(_NO_SITE)
    shard: Shard | None = config.getoption("harness_shard")
    if shard and (player := _player(config)):
        scenarios = {scenario.id for scenario in player.collected.scenarios}
        weighed = weights(items, config.stash[_SECONDS], scenarios)
        share = shard.share(weighed)
        config.hook.pytest_deselected(items=[item for item in items if item not in share])
        items[:] = [item for item in items if item in share]


@pytest.fixture
def harness_judge(request: pytest.FixtureRequest) -> Any:
    """A function of a scenario's or check's id that fails the test when that holds the promotion."""
    player = _player(request.config)
    if player is None:
        pytest.fail(_NO_SITE, pytrace=False)
    return lambda target: player.judge(request.node, target)


@pytest.fixture
def asterisk(request: pytest.FixtureRequest) -> Any:
    """Stands where a Python scenario is collected as an ordinary test: says what is missing."""
    if _player(request.config) is None:
        pytest.fail("a scenario needs its site: pytest FILE --site DIR", pytrace=False)
    pytest.fail(f"{request.path} is no scenario file of the site given with --site", pytrace=False)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n`, each worker has a trio and plays its share of the scenarios as one batch."""
    if _player(config) is None or config.getoption("dist", "no") == "each":
        return None
    from harness.plugin.workers import make_scheduler

    return make_scheduler(config, log)


def _player(config: pytest.Config) -> Player | None:
    player: Player | None = config.pluginmanager.get_plugin(PLAYER)
    return player
