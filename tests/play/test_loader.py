"""A site's scenarios from all of its files, those in Python among them."""

from __future__ import annotations

import asyncio
import re
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
        ("async def test_x(asterisk, request): pass\n", 1, "test_x asks for request, which neither"),
        ("class Menu:\n    x = 1\n    async def test_x(self, asterisk): pass\n", 3, "call its class TestMenu"),
        ("class TestMenu:\n    def test_x(self, asterisk): pass\n", 2, "`async def test_x(self, asterisk)`"),
        (
            "import unittest\nclass TestMenu(unittest.TestCase):\n    async def test_x(self, asterisk): pass\n",
            3,
            "write `class TestMenu:`",
        ),
        (
            "class TestMenu:\n    def __init__(self): pass\n    async def test_x(self, asterisk): pass\n",
            3,
            "TestMenu has an __init__",
        ),
        (
            "class TestMenu:\n    def setup_method(self): pass\n    async def test_x(self, asterisk): pass\n",
            3,
            "setup_method is not called",
        ),
        ("def setup_module(): pass\nasync def test_x(asterisk): pass\n", 2, "setup_module is not called"),
        (
            "class Menu:\n    class TestIn:\n        async def test_x(self, asterisk): pass\n",
            3,
            "Menu.TestIn.test_x cannot be played: call its class TestMenu",
        ),
        ("import pytest\n@pytest.mark.scenario(phone={})\nasync def test_x(asterisk): pass\n", 2, '"phones"'),
        ("import pytest\n@pytest.mark.scenario('x')\nasync def test_x(asterisk): pass\n", 2, "keywords only"),
        ("import pytest\n@pytest.mark.scenario(steps=[])\nasync def test_x(asterisk): pass\n", 2, "is for YAML"),
        ("import pytest\n@pytest.mark.scenario(phones={9: 'ring'})\nasync def test_x(asterisk): pass\n", 2, "101"),
        (
            "import pytest\n@pytest.mark.scenario(clock='now')\nasync def test_x(asterisk): pass\n",
            2,
            "date and time",
        ),
        *(
            (f"import pytest\n@pytest.mark.parametrize({mark})\nasync def test_x(asterisk, a): pass\n", 2, words)
            for mark, words in [
                ("'a', []", "there is no value for a"),
                ("'b', [1]", "asks for a, which neither"),
                ("'a, b', [(1, 2)]", "takes no b, which parametrize gives"),
                ("'asterisk,a', [(1, 2)]", "is given `asterisk` by the harness"),
                ("'a, b', [1]", "len()"),
                ("'a, b', [(1,)]", "2 names (a, b), and (1,)"),
                ("'a', [1], indirect=True", "`indirect` is not supported"),
                ("'a', [1], ids=['x', 'y']", "another number of ids"),
                ("'a', [1], ids=[object()]", "cannot be an id"),
                ("'a', [1], ids=lambda value: 1 // 0", "by zero"),
                ("'a', [1], ids=lambda value: pytest.skip('no')", "no"),
                ("'a', [1], idds=['x']", "idds"),
                ("'a'", "argvalues"),
            ]
        ),
        (
            "import pytest\n@pytest.mark.parametrize('a', [1])\n@pytest.mark.parametrize('a', [1])\n"
            "async def test_x(asterisk, a): pass\n",
            2,
            "'a' is given twice",
        ),
        (
            "import pytest\n@pytest.mark.parametrize('a', ['a', 'b-a'])\n"
            "@pytest.mark.parametrize('b', ['c-b', 'c'])\nasync def test_x(asterisk, a, b): pass\n",
            2,
            "test_x.py/test_x[c-b-a] is in test_x.py:2 already; rename one of the cases, with `ids=`",
        ),
    ],
)
def test_what_is_wrong_in_python_is_said_with_its_line(
    complaints: Complaints, text: str, line: int, words: str
) -> None:
    (told,) = complaints(**{"test_x.py": text})
    assert told.startswith(f"test_x.py:{line}: ")
    assert words in told


def played_by(scenario: Scenario) -> list[object]:
    """What a scenario that appends to its `asterisk` has appended."""
    given: list[object] = []
    asyncio.run(scenario.play(given))  # type: ignore[arg-type] # the function asks for nothing more
    return given


def test_each_case_is_a_scenario_of_its_own(load: Load) -> None:
    text = (
        "import pytest\n"
        "@pytest.mark.parametrize('digit, who', [(1, 'sales'), pytest.param(2, 'support', id='night',\n"
        "    marks=[pytest.mark.engine, pytest.mark.scenario(clock='2026-12-24 23:30:00')])])\n"
        "@pytest.mark.scenario(deadline=5)\n"
        "async def test_menu(asterisk, who, digit):\n"
        '    """It rings."""\n'
        "    asterisk.append((digit, who))\n"
    )
    sales, night = load(**{"test_x.py": text}).values()
    assert (sales.id, night.id) == ("test_x.py/test_menu[1-sales]", "test_x.py/test_menu[night]")
    assert (sales.title, night.title) == ("It rings. [1-sales]", "It rings. [night]")
    assert (sales.clock, night.clock, night.deadline) == ("", "2026-12-24 23:30:00", 5)
    assert (sales.tags, night.tags) == ((), ("engine",))
    assert (played_by(sales), played_by(night)) == ([(1, "sales")], [(2, "support")])


PARAMETRIZED = r"""
import enum, re, pytest

class Colour(enum.Enum):
    RED = 1

@pytest.mark.parametrize("x", [1, 1.5, True, None, "a", b"\x00b", Colour.RED, re.compile("a+"), len, object(), 2j,
    "", "ü", "a/b", "..", "a\n\tb", "\x1b[2J", "<script>", "a b", "[", "]", "a::b", "\\", "\ud800", "y" * 101])
async def test_values(asterisk, x): pass

@pytest.mark.parametrize("x", ["a", "a", "b", "a0", "1", "1", "1_0"])
async def test_repeated(asterisk, x): pass

@pytest.mark.parametrize("x", [1, 2, pytest.param(3, id="own"), 4], ids=["one", None, "three", 4])
async def test_ids(asterisk, x): pass

@pytest.mark.parametrize(("x", "y"), [(1, [2]), ([3], 4)], ids=lambda value: f"<{value}>" if value == 4 else None)
async def test_made(asterisk, x, y): pass

@pytest.mark.parametrize("x", iter("ab"), ids=iter("cd"))
async def test_once(asterisk, x): pass

@pytest.mark.parametrize(["x"], [("a",)], ids=[])
async def test_list(asterisk, x): pass

@pytest.mark.parametrize("x", [1, 2])
@pytest.mark.parametrize("y,", [(3,), (4,)])
async def test_stacked(asterisk, x, y): pass

@pytest.mark.parametrize("x", [1, 2])
class TestMenu:
    @pytest.mark.parametrize("y", ["a", "b"])
    async def test_sales(self, asterisk, x, y): pass

    @staticmethod
    async def test_static(asterisk, x): pass

    class TestIn:
        async def test_it(self, asterisk, x): pass
"""


@pytest.mark.filterwarnings("ignore::pytest.PytestWarning")
def test_ids_are_those_of_pytest(load: Load, pytester: pytest.Pytester) -> None:
    items, _ = pytester.inline_genitems("-p", "no:harness", pytester.makepyfile(PARAMETRIZED))
    wanted = [item.nodeid.partition("::")[2] for item in items]
    found = [id_.removeprefix("test_x.py/") for id_ in load(**{"test_x.py": PARAMETRIZED})]
    assert len(found) > 50
    assert found == [re.sub(r"^[^\[]*", lambda name: name[0].replace("::", "."), each) for each in wanted]


def test_a_method_has_an_object_of_its_own_for_each_play(load: Load) -> None:
    text = (
        "import pytest\n\npytestmark = pytest.mark.scenario(deadline=7, uses=['a'])\n\n"
        "class Calls:\n"
        "    seen = ()\n"
        "    async def test_both(self, asterisk):\n"
        "        self.seen = (*self.seen, type(self).__name__)\n"
        "        asterisk.append(self.seen)\n\n"
        "@pytest.mark.engine\n"
        "@pytest.mark.scenario(uses=['b'])\n"
        "class TestMenu(Calls):\n"
        "    @pytest.mark.scenario(deadline=9)\n"
        "    async def test_own(self, asterisk, unused=3): asterisk.append(unused)\n"
        "    @classmethod\n"
        "    async def test_class(cls, asterisk): asterisk.append(cls)\n"
        "    def test_plain(self): pass\n\n"
        "class TestOthers:\n"
        "    __test__ = False\n"
        "    async def test_x(self, asterisk): pass\n"
    )
    found = load(**{"test_x.py": text})
    both, own, of_class = (found[f"test_x.py/TestMenu.test_{name}"] for name in ("both", "own", "class"))
    assert len(found) == 3
    assert (both.deadline, both.uses, both.tags, both.line) == (7, {"b"}, ("engine",), 7)
    assert own.deadline == 9
    assert played_by(both) == played_by(both) == [("TestMenu",)]
    assert (played_by(own), [it.__name__ for it in played_by(of_class)]) == ([3], ["TestMenu"])  # type: ignore[attr-defined]


def test_importing_leaves_nothing_behind(load: Load, tmp_path: Path) -> None:
    files = {
        "beside.py": "VALUE = 1\n",
        "test_x.py": "from beside import VALUE\nasync def test_x(asterisk): pass\n",
    }
    before = list(sys.path)
    assert load(**files).keys() == {"test_x.py/test_x"}
    assert sys.path == before
    assert {path.name for path in tmp_path.iterdir()} == files.keys()
