"""A site's scenarios from all of its files, those in Python among them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.play.scenario import Behaviour, Scenario
from harness.play.sources.loader import load_scenarios
from harness.site import load_site

Load = Callable[..., Mapping[str, Scenario]]
Complaints = Callable[..., list[str]]

SITES = Path(__file__).parents[2]
PLAIN = "scenarios: [{name: one, steps: [{call: 600@in}]}]\n"


@pytest.mark.parametrize("folder", ["scenarios/demo", "tests/known/site"])
def test_the_sites_of_the_project_load(folder: str) -> None:
    found = load_scenarios(load_site(SITES / folder))
    assert found
    assert len({scenario.id for scenario in found}) == len(found)
    assert list(found) == sorted(found, key=lambda scenario: (scenario.file, scenario.line))


def test_one_id_in_two_files_is_refused(complaints: Complaints) -> None:
    found = complaints(PLAIN, **{"a.yml": PLAIN})
    assert found == ["a.yml:1: a/one is in a.yaml:1 already; rename one of the files"]


def test_a_python_scenario_is_one_of_the_site(load: Load) -> None:
    text = (
        "import pytest\n\n\n"
        "@pytest.mark.engine\n"
        '@pytest.mark.scenario(uses=["queue/sales"], phones={101: "ring"}, deadline=5, tags=["smoke"],\n'
        '                      compare={"seconds": 3})\n'
        "async def test_it(asterisk):\n"
        '    """It rings.\n\n    And more."""\n'
        "    asterisk.append(1)\n"
    )
    scenario = load(**{"test_x.py": text})["test_x.py/test_it"]
    assert (scenario.title, scenario.line, scenario.deadline) == ("It rings.", 4, 5)
    assert scenario.uses == {"queue/sales", "phone/101"}
    assert scenario.phones == {"101": Behaviour("ring")}
    assert (scenario.tags, scenario.tolerances.seconds) == (("smoke", "engine"), 3)
    played: list[int] = []
    asyncio.run(scenario.play(played))  # type: ignore[arg-type] # the function asks for nothing more
    assert played == [1]


def test_other_functions_are_none(load: Load) -> None:
    text = "def test_plain(): pass\nasync def helper(asterisk): pass\nasync def test_more(): pass\n"
    assert load(PLAIN, **{"test_x.py": text}).keys() == {"a/one"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            "class TestMenu:\n    x = 1\n    async def test_sales(self, asterisk): pass\n",
            3,
            "write `async def test_sales(asterisk)` outside of the class TestMenu",
        ),
        (
            "import pytest\n@pytest.mark.scenario(deadline=float('nan'))\nasync def test_x(asterisk): pass\n",
            2,
            "a number that ends",
        ),
        (
            "import pytest\n@pytest.mark.scenario(deadline=-1)\nasync def test_x(asterisk): pass\n",
            2,
            "more than 0",
        ),
        ("import json\n\n\ndef f(:\n", 4, "SyntaxError"),
        ("import json\n\nraise SystemExit(3)\n", 3, "SystemExit"),
        ("import not_there_at_all\n", 1, "No module named 'not_there_at_all'"),
        ("import pytest\npytest.skip('no', allow_module_level=True)\n", 2, "Skipped"),
        ("x = 1\n\ndef test_x(asterisk): pass\n", 3, "write `async def test_x(asterisk)`"),
        ("async def test_x(asterisk, tmp_path): pass\n", 1, "leave out tmp_path"),
        ("import pytest\n@pytest.mark.scenario(phone={})\nasync def test_x(asterisk): pass\n", 2, '"phones"'),
        ("import pytest\n@pytest.mark.scenario('x')\nasync def test_x(asterisk): pass\n", 2, "keywords only"),
        ("import pytest\n@pytest.mark.scenario(steps=[])\nasync def test_x(asterisk): pass\n", 2, "is for YAML"),
        ("import pytest\n@pytest.mark.scenario(phones={9: 'ring'})\nasync def test_x(asterisk): pass\n", 2, "101"),
        (
            "import pytest\n@pytest.mark.scenario(clock='now')\nasync def test_x(asterisk): pass\n",
            2,
            "date and time",
        ),
    ],
)
def test_what_is_wrong_in_python_is_said_with_its_line(
    complaints: Complaints, text: str, line: int, words: str
) -> None:
    (told,) = complaints(**{"test_x.py": text})
    assert told.startswith(f"test_x.py:{line}: ")
    assert words in told


def test_importing_leaves_nothing_behind(load: Load, tmp_path: Path) -> None:
    files = {
        "beside.py": "VALUE = 1\n",
        "test_x.py": "from beside import VALUE\nasync def test_x(asterisk): pass\n",
    }
    before = list(sys.path)
    assert load(**files).keys() == {"test_x.py/test_x"}
    assert sys.path == before
    assert {path.name for path in tmp_path.iterdir()} == files.keys()
