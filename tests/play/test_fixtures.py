"""Fixtures of a site: made for each play, ended in reverse order, or made once for all."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.play.code import Code
from harness.play.scenario import Scenario

Load = Callable[..., Mapping[str, Scenario]]
Complaints = Callable[..., list[str]]

CONFTEST = """
import pytest

LOG = []

@pytest.fixture(scope="session")
def server():
    LOG.append("server")
    yield len(LOG)
    LOG.append("server ends")

@pytest.fixture(scope="module")
def book(server):
    LOG.append("book")
    yield [server]
    LOG.append("book ends")

@pytest.fixture
def number():
    return "101"

@pytest.fixture(name="line")
async def line_of_it(asterisk, number):
    asterisk.append(f"line of {number}")
    yield f"line {number}"
    asterisk.append("line ends")

@pytest.fixture(autouse=True)
def noted(asterisk):
    asterisk.append("noted")
    yield
    asterisk.append("noted ends")
"""
SCENARIOS = """
import pytest

@pytest.fixture
def number(book):
    return "102"

@pytest.fixture
async def waited():
    return "waited"

async def test_all(asterisk, line, book, waited):
    asterisk.append((line, waited, len(book)))
    book.append(line)

@pytest.mark.parametrize("number", ["103"])
async def test_given(asterisk, line): asterisk.append(line)

async def test_fails(asterisk, line): assert 0

async def test_other(asterisk): asterisk.append("other")

@pytest.mark.usefixtures("line")
class TestMenu:
    @pytest.fixture
    def mine(self, number):
        self.number = number
        return id(self)

    async def test_own(self, asterisk, mine): asterisk.append((mine == id(self), self.number))
"""


def played(scenario: Scenario) -> list[object]:
    """What one play of a scenario and its fixtures append to `asterisk`."""
    given: list[object] = []
    asyncio.run(scenario.play(given))  # type: ignore[arg-type] # they ask for nothing more
    return given


def log_of(scenario: Scenario) -> list[str]:
    """What shared fixtures have noted in the site's conftest.py."""
    log: list[str] = sys.modules["harness_site_conftest"].LOG
    return log


@pytest.fixture
def site(load: Load) -> Mapping[str, Scenario]:
    found = load(**{"conftest.py": CONFTEST, "test_x.py": SCENARIOS})
    return {id_.removeprefix("test_x.py/"): scenario for id_, scenario in found.items()}


def test_they_are_made_for_each_play_and_ended_in_reverse_order(site: Mapping[str, Scenario]) -> None:
    around = ["noted", "line of 102", "line ends", "noted ends"]
    assert played(site["test_all"]) == [*around[:2], ("line 102", "waited", 1), *around[2:]]
    assert played(site["test_all"]) == [*around[:2], ("line 102", "waited", 2), *around[2:]]
    assert played(site["test_other"]) == ["noted", "other", "noted ends"]


def test_what_is_parametrized_is_given_to_fixtures(site: Mapping[str, Scenario]) -> None:
    assert played(site["test_given[103]"]) == ["noted", "line of 103", "line 103", "line ends", "noted ends"]


def test_those_of_a_class_are_made_on_the_object_of_the_play(site: Mapping[str, Scenario]) -> None:
    assert played(site["TestMenu.test_own"])[2] == (True, "102")


def test_a_scenario_that_fails_ends_them_as_well(site: Mapping[str, Scenario]) -> None:
    given: list[object] = []
    with pytest.raises(AssertionError):
        asyncio.run(site["test_fails"].play(given))  # type: ignore[arg-type] # as above
    assert given == ["noted", "line of 102", "line ends", "noted ends"]


def test_plays_at_the_same_time_have_fixtures_of_their_own(site: Mapping[str, Scenario]) -> None:
    async def all_three() -> list[list[object]]:
        given: list[list[object]] = [[], [], []]
        await asyncio.gather(*(site["test_given[103]"].play(one) for one in given))  # type: ignore[arg-type]
        return given

    assert asyncio.run(all_three()) == [["noted", "line of 103", "line 103", "line ends", "noted ends"]] * 3


def test_wide_scopes_are_made_once_and_end_when_all_is_played(site: Mapping[str, Scenario]) -> None:
    scenario = site["test_all"]
    played(scenario)
    played(scenario)
    assert log_of(scenario) == ["server", "book"]
    for each in site.values():
        each.close()
    assert log_of(scenario) == ["server", "book", "book ends", "server ends"]


def test_what_is_made_once_fails_once_for_all(load: Load) -> None:
    text = (
        "import pytest\nTRIED = []\n"
        "@pytest.fixture(scope='session')\ndef server():\n    TRIED.append(1)\n    raise OSError(len(TRIED))\n"
        "async def test_x(asterisk, server): pass\n"
    )
    scenario = load(**{"test_x.py": text})["test_x.py/test_x"]
    for _ in range(2):
        with pytest.raises(OSError, match=r"^1$"):
            played(scenario)


def test_tmp_path_is_fresh_for_each_play_and_gone_after_it(load: Load) -> None:
    text = (
        "async def test_x(asterisk, tmp_path): (tmp_path / 'x').touch(exist_ok=False); asterisk.append(tmp_path)\n"
    )
    scenario = load(**{"test_x.py": text})["test_x.py/test_x"]
    (first,), (second,) = played(scenario), played(scenario)
    assert first != second
    assert isinstance(first, Path)
    assert not first.exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("    yield 1\n    yield 2\n", "the fixture f yields more than once"),
        ("    if 0: yield\n", "the fixture f yields nothing"),
    ],
)
@pytest.mark.parametrize("how", ["def", "async def"])
def test_who_yields_yields_once(load: Load, how: str, body: str, words: str) -> None:
    text = f"import pytest\n@pytest.fixture\n{how} f():\n{body}async def test_x(asterisk, f): pass\n"
    with pytest.raises(ValueError, match=words):
        played(load(**{"test_x.py": text})["test_x.py/test_x"])


@pytest.mark.parametrize(
    ("fixture", "words"),
    [
        ("fixture(params=[1])\ndef f(): pass", "test_x asks for f of test_x.py:2: it has `params`"),
        (
            "fixture(scope='package')\ndef f(): pass",
            "its scope is 'package', and is one of function, module, session",
        ),
        ("fixture(scope='module')\nasync def f(): pass", "what is made once for module is a plain function"),
        ("fixture\ndef f(capsys): pass", "f of test_x.py:2 asks for capsys, which neither the file"),
        ("fixture\ndef f(f): pass", "f of test_x.py:2 asks for itself"),
        (
            "fixture(scope='session')\ndef f(asterisk): pass",
            "is made once for session, and asks for asterisk, which",
        ),
        (
            "fixture(scope='session')\ndef f(g): pass\n@pytest.fixture(scope='module')\ndef g(): pass",
            "is made once for session, and asks for g, which is made for module",
        ),
        (
            "fixture(autouse=True)\ndef g(request): pass\n@pytest.fixture\ndef f(): pass",
            "g of test_x.py:2 asks for request",
        ),
    ],
)
def test_what_cannot_be_made_is_told_with_its_place(complaints: Complaints, fixture: str, words: str) -> None:
    (told,) = complaints(
        **{"test_x.py": f"import pytest\n@pytest.{fixture}\nasync def test_x(asterisk, f): pass\n"}
    )
    assert told.startswith("test_x.py:")
    assert words in told


def test_a_conftest_that_cannot_be_imported_is_told(complaints: Complaints) -> None:
    assert complaints(**{"conftest.py": "\n1 / 0\n", "test_x.py": "async def test_x(asterisk): pass\n"}) == [
        "conftest.py:2: cannot be imported: ZeroDivisionError: division by zero"
    ]


def test_they_end_when_the_scenario_is_cancelled_as_at_its_deadline(load: Load) -> None:
    text = (
        "import asyncio, pytest\n"
        "@pytest.fixture\nasync def call(asterisk):\n"
        "    yield\n    await asyncio.sleep(0)\n    asterisk.put_nowait(2)\n"
        "async def test_x(asterisk, call):\n    asterisk.put_nowait(1)\n    await asyncio.Event().wait()\n"
    )
    scenario = load(**{"test_x.py": text})["test_x.py/test_x"]

    async def cancelled() -> list[int]:
        given: asyncio.Queue[int] = asyncio.Queue()
        play = asyncio.create_task(Code(scenario).play(given))  # type: ignore[arg-type] # as above
        begun = await given.get()
        play.cancel()
        await asyncio.wait({play})
        return [begun, given.get_nowait()]

    assert asyncio.run(cancelled()) == [1, 2]
