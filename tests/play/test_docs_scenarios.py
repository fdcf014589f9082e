"""docs/scenarios.md: its examples are scenarios of the demo site, and no key is left out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.model import Outcome
from harness.play.sources.loader import load_scenarios
from harness.site import load_site
from harness.site.reading.schema import load_schema
from harness.stages.collect import Settings, collect
from harness.stages.run import run

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "scenarios" / "demo"
PAGE = (ROOT / "docs" / "scenarios.md").read_text()
SCHEMA = load_schema("harness.play.sources", "scenarios.schema.json")


def write_examples(folder: Path) -> tuple[list[Path], list[Path]]:
    """The page's examples as files: YAML, Python."""
    written: dict[str, list[Path]] = {"yaml": [], "python": []}
    for number, (language, text) in enumerate(re.findall(r"```(yaml|python)\n(.*?)```", PAGE, re.DOTALL)):
        path = folder / (f"page{number}.yaml" if language == "yaml" else f"test_page{number}.py")
        path.write_text(text)
        written[language].append(path)
    return written["yaml"], written["python"]


def test_the_examples_load(tmp_path: Path) -> None:
    documents, modules = write_examples(tmp_path)
    site = replace(load_site(DEMO), scenario_files=tuple(documents), python_files=tuple(modules))
    found = load_scenarios(site)
    assert documents
    assert modules
    assert {scenario.file for scenario in found} == {*documents, *modules}


def keys() -> Iterator[str]:
    """Every key that the schema knows, where a person writes one."""
    kinds: dict[str, Any] = SCHEMA["$defs"]
    for name in (
        "scenario",
        "step",
        "condition",
        "set",
        "delete",
        "read",
        "callfile",
        "expectation",
        "compare",
        "cdr",
    ):
        yield from kinds[name]["properties"]
    yield from kinds["compare"]["properties"]["ignore"]["items"]["properties"]


@pytest.mark.parametrize("key", sorted(set(keys())))
def test_every_key_is_in_the_page(key: str) -> None:
    assert re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`", PAGE), key


@pytest.mark.parametrize("step", sorted(SCHEMA["$defs"]["step"]["properties"]))
def test_every_key_of_a_step_is_in_an_example(step: str) -> None:
    examples = "".join(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
    assert re.search(rf"^ +(- )?{step}:", examples, re.MULTILINE)


@pytest.mark.parametrize("key", sorted(SCHEMA["$defs"]["expectation"]["properties"]))
def test_every_expectation_is_in_an_example(key: str) -> None:
    examples = "".join(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
    assert re.search(rf"^ +(- )?{key}:", examples, re.MULTILINE)


@pytest.mark.engine
def test_the_examples_play(tmp_path: Path) -> None:
    """On the old release against itself: none of them fails, and none is left out."""
    folder = tmp_path / "demo"
    shutil.copytree(DEMO, folder)
    for path in (*folder.glob("*.yaml"), *folder.glob("test_*.py")):
        path.unlink()
    write_examples(folder)
    settings = Settings(site=folder, candidate="debian:bullseye", candidate_config=Path("old"))
    collected = collect(settings)
    ids = frozenset(scenario.id for scenario in collected.scenarios)
    report = run(collected, settings, scenarios=ids, checks=frozenset(), progress=print)
    wrong = {
        result.id: result.problem
        for result in report.results
        if result.outcome in (Outcome.FAILED, Outcome.NOT_COMPARED)
    }
    assert not wrong
    assert {result.id for result in report.results} >= ids
