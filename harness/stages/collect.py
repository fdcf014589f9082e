"""The first stage: a site's folder and what the person asked for → what there is to play, and what is selected."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

from harness.judge import RULE_IDS
from harness.judge.checks import CHECKS, PRODUCTION, suite_of
from harness.judge.checks.rollback import ROLLBACK
from harness.model import Outcome, ScenarioResult
from harness.play.scenario import Scenario
from harness.play.sources.loader import load_scenarios
from harness.site import App, Site, load_site
from harness.stages.programs import program_id

__all__ = ["Collected", "Selection", "Settings", "Share", "collect", "select"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the person asked for. Traces go below `report`; overrides are None when not given.

    With `rollback`, the old release is tried on the candidate's configuration as well. `as_of` is the day by which
    support and waivers are judged, None for today.
    """

    site: Path
    report: Path | None = None
    old: str | None = None
    candidate: str | None = None
    old_config: Path | None = None
    candidate_config: Path | None = None
    rollback: bool = False
    as_of: date | None = None

    @property
    def is_planned(self) -> bool:
        """Whether releases and configurations are those that the site is about."""
        return not any((self.old, self.candidate, self.old_config, self.candidate_config))

    @property
    def day(self) -> date:
        """The day by which support and waivers are judged."""
        return self.as_of or datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Collected:
    """A checked site, and everything that can be played and asked on it."""

    site: Site
    scenarios: tuple[Scenario, ...]
    checks: tuple[str, ...]

    @property
    def with_one_trio(self) -> Collected:
        """The same with one trio after the other: other workers have theirs on this machine."""
        return replace(self, site=replace(self.site, limits=replace(self.site.limits, trios=1)))


@dataclass(frozen=True, slots=True)
class Share:
    """What one trio is booted for: scenarios of one `clock` (empty: now) and checks. `programs` run beside it."""

    clock: str = ""
    scenarios: tuple[Scenario, ...] = ()
    checks: tuple[str, ...] = ()
    programs: tuple[App, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be played and asked of a site.

    `skipped` is what came of what was selected and is not to be played. `left_out` are the ids of all that the
    site has besides.
    """

    site: Site
    scenarios: tuple[Scenario, ...]
    checks: tuple[str, ...]
    skipped: tuple[ScenarioResult, ...] = ()
    left_out: tuple[str, ...] = ()
    day: date = field(default_factory=lambda: datetime.now(UTC).date())

    @property
    def shares(self) -> tuple[Share, ...]:
        """The trios that it takes: one for now, with all checks, and one for each other time."""
        clocks = {clock: tuple(group) for clock, group in groupby(self.scenarios, key=lambda s: s.clock)}
        if self.checks:
            clocks.setdefault("", ())
        return tuple(_share(self, clock, clocks[clock]) for clock in sorted(clocks))


def collect(settings: Settings) -> Collected:
    """Read the site. Needs no engine.

    Raises `SiteError` with file and line when something in the folder cannot be used.
    """
    site = load_site(
        settings.site,
        old=settings.old,
        candidate=settings.candidate,
        old_config=settings.old_config,
        candidate_config=settings.candidate_config,
        rules=RULE_IDS,
    )
    back = (ROLLBACK,) if settings.rollback else ()
    checks = (id_ for id_, check in CHECKS.items() if check.applies(site))
    production = (PRODUCTION,) if site.production else ()
    return Collected(site, load_scenarios(site), (*checks, *production, *back, *map(program_id, site.apps)))


def select(
    collected: Collected,
    *,
    scenarios: Collection[str],
    checks: Collection[str],
    skipped: Mapping[str, str] | None = None,
    day: date,
) -> Selection:
    """Those of the ids that the site has. `skipped` are those that are not to be played, with the reason."""
    chosen = (scenario for scenario in collected.scenarios if scenario.id in scenarios)
    every = (*(scenario.id for scenario in collected.scenarios), *collected.checks)
    return Selection(
        collected.site,
        tuple(sorted(chosen, key=lambda scenario: scenario.clock)),
        tuple(sorted(checks)),
        skipped=tuple(_skipped(collected, id_, reason) for id_, reason in sorted((skipped or {}).items())),
        left_out=tuple(sorted({*every} - {*scenarios, *checks, *(skipped or ())})),
        day=day,
    )


def _skipped(collected: Collected, id_: str, reason: str) -> ScenarioResult:
    """What is skipped may be promoted with the rest, if somebody says why."""
    scenario = next((one for one in collected.scenarios if one.id == id_), None)
    suite, title = ("dialplan", scenario.title) if scenario else (suite_of(id_), "")
    if reason:
        return ScenarioResult(id_, suite, Outcome.SKIPPED, title, problem=reason)
    problem = "it is skipped and nothing says why: @pytest.mark.skip(reason=...)"
    return ScenarioResult(id_, suite, Outcome.NOT_COMPARED, title, problem=problem)


def _share(selection: Selection, clock: str, scenarios: tuple[Scenario, ...]) -> Share:
    """All of the site's programs; at another time, those that a scenario names (`uses: [app/NAME]`)."""
    checks, apps = () if clock else selection.checks, selection.site.apps
    if not scenarios and not any(program_id(app) in checks for app in apps):
        apps = ()
    elif clock:
        named = {thing for scenario in scenarios for thing in scenario.uses}
        apps = tuple(app for app in apps if f"app/{app.name}" in named)
    return Share(clock, scenarios, checks, apps)
