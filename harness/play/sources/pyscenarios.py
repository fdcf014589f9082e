"""Scenarios in Python: `async def test_…(asterisk)` in the site's `test_*.py` files, one for each case."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from harness.play.fixtures import Fixture, Fixtures, Shared, fixtures_in, in_order
from harness.play.scenario import Scenario
from harness.play.sources.language import read_entry
from harness.play.sources.parametrize import Case, cases_of
from harness.play.sources.written import ARGUMENT, Written, written_in
from harness.play.xfail import xfail_of
from harness.site.model import Site
from harness.site.reading.document import Node, Plain
from harness.site.reading.problems import Problems

if TYPE_CHECKING:
    from harness.play.asterisk import Asterisk

__all__ = ["read_python"]

_MARK = "scenario"
# Marks of pytest's own say how a test runs; any other is a tag.
_PYTEST = frozenset("scenario skip skipif xfail usefixtures parametrize filterwarnings".split())
# A scenario in Python has no steps: the schema is given one in their place.
_NO_STEPS: dict[str, Plain] = {"steps": [{"pause": 1}]}


def read_python(site: Site, problems: Problems) -> tuple[Scenario, ...]:
    """The scenarios in a site's Python files. What is wrong goes to `problems`, an error of the import as well."""
    conftest, shared, found = site.root / "conftest.py", Shared(), list[Scenario | None]()
    own = _import(conftest, problems) if site.python_files and conftest.is_file() else None
    for file in site.python_files:
        if module := _import(file, problems):
            source = _Source(file, site, {**_fixtures(own), **_fixtures(module)}, shared)
            for written in written_in(module):
                found += _scenarios(written, source, problems)
    return tuple(filter(None, found))


@dataclass(frozen=True, slots=True)
class _Source:
    """A file, the fixtures of all that is in it, and what its scenarios share with others."""

    file: Path
    site: Site
    fixtures: Mapping[str, Fixture]
    shared: Shared


def _fixtures(module: ModuleType | None) -> Mapping[str, Fixture]:
    return fixtures_in(vars(module)) if module else {}


def _import(file: Path, problems: Problems) -> ModuleType | None:
    """The file as a module; None where that raises."""
    try:
        return _module_of(file)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # pytest's outcomes, as skip(), are no Exception
        problems.add(file.name, _line(problem, file), f"cannot be imported: {type(problem).__name__}: {problem}")
        return None


def _module_of(file: Path) -> ModuleType:
    """The file as a module of its own name; nothing is written beside it."""
    name = f"harness_site_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    with _importing_from(file.parent):
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return module


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """Modules beside the file can be imported, as pytest lets them, and no bytecode is left in the site."""
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes
        sys.path.remove(str(folder))


def _line(problem: BaseException, file: Path) -> int:
    if isinstance(problem, SyntaxError) and problem.filename == str(file):
        return problem.lineno or 1
    frames = traceback.extract_tb(problem.__traceback__)
    return next((frame.lineno or 1 for frame in reversed(frames) if frame.filename == str(file)), 1)


def _scenarios(written: Written, source: _Source, problems: Problems) -> Iterator[Scenario | None]:
    """One a case; none where something is wrong with all of them."""
    file = source.file
    if written.refused:
        problems.add(file.name, written.line, f"{written.name} cannot be played: {written.refused}")
        return
    try:
        cases = cases_of(chain.from_iterable(written.marks))
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # what makes ids is code of the site
        problems.add(file.name, written.line, f"{written.name}: parametrize: {_first_line(problem)}")
        return
    for case in cases:
        try:
            fixtures = _fixtures_for(written, case, source)
            xfail = xfail_of((*written.marks[0], *case.marks, *chain.from_iterable(written.marks[1:])))
        except ValueError as problem:
            problems.add(file.name, written.line, f"{written.name} {problem}")
            return
        scenario = _scenario(written, case, fixtures, source, problems)
        yield scenario and replace(scenario, xfail=xfail)


def _fixtures_for(written: Written, case: Case, source: _Source) -> Fixtures:
    """What it takes to call it. Raises ValueError for an argument that it does not take, or that nothing gives."""
    if ARGUMENT in case.values:
        raise ValueError(f"is given `{ARGUMENT}` by the harness, and not by parametrize")
    marks = (mark for mark in chain.from_iterable(written.marks) if mark.name == "usefixtures")
    asked = (*(name for mark in marks for name in mark.args), *written.arguments)
    every = in_order(asked, {**source.fixtures, **written.fixtures}, {ARGUMENT, *case.values})
    taken = {*written.arguments, *(name for fixture in every for name in fixture.arguments)}
    if unknown := ", ".join(sorted(case.values.keys() - taken)):
        raise ValueError(f"takes no {unknown}, which parametrize gives")
    return Fixtures(every, source.shared, source.file)


def _scenario(
    written: Written, case: Case, fixtures: Fixtures, source: _Source, problems: Problems
) -> Scenario | None:
    """What the nearest mark says counts, and that of the case above all."""
    file, (function, *outer) = source.file, written.marks
    marks = ((*function, *case.marks), *outer)
    ours = [mark for mark in chain.from_iterable(reversed(marks)) if mark.name == _MARK]
    if any(mark.args for mark in ours):
        text = 'pytest.mark.scenario takes keywords only, as uses=["queue/sales"]'
        problems.add(file.name, written.line, text)
        return None
    keywords = {key: value for mark in ours for key, value in mark.kwargs.items()}
    for key in ("name", "steps"):
        if key in keywords:
            text = f'"{key}" is for YAML; in Python the function itself says it'
            problems.add(file.name, written.line, text)
            return None
    which = f" [{case.id}]" if case.values else ""
    title = ((inspect.getdoc(written.function) or "").partition("\n")[0] or written.name) + which
    tags: list[Plain] = [it.name for it in chain.from_iterable(marks) if it.name not in _PYTEST]
    plain: dict[str, Plain] = {"name": written.name, "title": title, **_NO_STEPS, **_plain(keywords)}
    entry = Node.of({**plain, "tags": [*_as_list(plain.get("tags")), *dict.fromkeys(tags)]}, written.line)

    async def play(asterisk: Asterisk) -> None:
        owner = written.object()
        async with fixtures.made({**case.values, ARGUMENT: asterisk}, owner) as values:
            await written.play(owner, values)

    scenario = read_entry(entry, file, source.site, problems, play=play)
    id_ = f"{file.name}/{written.name}{which.lstrip()}"
    marked = tuple(chain.from_iterable(marks))
    return scenario and replace(scenario, id=id_, marks=marked, close=source.shared.close)


def _as_list(plain: Plain) -> list[Plain]:
    return plain if isinstance(plain, list) else []


def _plain(value: Any) -> Any:
    """A keyword's value as JSON has it; names of phones may be numbers here as well."""
    if isinstance(value, dict):
        return {str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(below) for below in value]
    return value if isinstance(value, bool | int | float | str) or value is None else str(value)


def _first_line(problem: BaseException) -> str:
    return str(problem).strip().partition("\n")[0] or type(problem).__name__
