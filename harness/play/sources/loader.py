"""All scenarios of a site, from its YAML and its Python files."""

from __future__ import annotations

from collections.abc import Iterable

from harness.errors import reason_of
from harness.play.scenario import Scenario
from harness.play.sources.language import read_scenarios
from harness.play.sources.pyscenarios import read_python
from harness.site.model import Site
from harness.site.reading.problems import Problems

__all__ = ["load_scenarios"]


def load_scenarios(site: Site) -> tuple[Scenario, ...]:
    """The scenarios of a site, sorted by file and line. Raises SiteError with everything that is wrong."""
    problems = Problems()
    found: list[Scenario] = []
    for file in site.scenario_files:
        try:
            source = file.read_bytes()
        except OSError as problem:
            problems.add(file.name, 0, f"cannot be read: {reason_of(problem)}")
            continue
        found.extend(read_scenarios(source, file, site, problems))
    found.extend(read_python(site, problems))
    _add_repeated_ids(found, problems)
    problems.raise_if_any()
    return tuple(sorted(found, key=lambda scenario: (scenario.file, scenario.line)))


def _add_repeated_ids(scenarios: Iterable[Scenario], problems: Problems) -> None:
    """One id in two files: `ivr.yaml` and `ivr.yml`; or of two cases: `a-b` with `c`, and `a` with `b-c`."""
    first: dict[str, Scenario] = {}
    for scenario in scenarios:
        other = first.setdefault(scenario.id, scenario)
        if other is not scenario:
            what = "files" if scenario.file != other.file else "cases, with `ids=`"
            text = f"{scenario.id} is in {other.file.name}:{other.line} already; rename one of the {what}"
            problems.add(scenario.file.name, scenario.line, text)
