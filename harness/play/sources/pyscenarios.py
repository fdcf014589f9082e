"""Scenarios in Python: `async def test_…(asterisk)` in the site's `test_*.py` files."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from harness.play.scenario import Scenario
from harness.play.sources.language import read_entry
from harness.site.model import Site
from harness.site.reading.document import Node, Plain
from harness.site.reading.problems import Problems

__all__ = ["read_python"]

_MARK = "scenario"
_ARGUMENT = "asterisk"
# Marks of pytest's own say how a test runs; any other is a tag.
_PYTEST = frozenset("scenario skip skipif xfail usefixtures parametrize filterwarnings".split())
# A scenario in Python has no steps: the schema is given one in their place.
_NO_STEPS: dict[str, Plain] = {"steps": [{"pause": 1}]}


def read_python(file: Path, site: Site, problems: Problems) -> tuple[Scenario, ...]:
    """The scenarios in a Python file. What is wrong goes to `problems`, an error of the import as well."""
    try:
        module = _import(file)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # pytest's outcomes, as skip(), are no Exception
        problems.add(file.name, _line(problem, file), f"cannot be imported: {type(problem).__name__}: {problem}")
        return ()
    problems.extend(file.name, _in_classes(module))
    functions = _functions(module, file, problems)
    return tuple(filter(None, (_scenario(name, it, file, site, problems) for name, it in functions)))


def _import(file: Path) -> ModuleType:
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


def _functions(module: ModuleType, file: Path, problems: Problems) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Coroutines of the file that ask for `asterisk`; tests that do not are pytest's alone."""
    for name, thing in list(vars(module).items()):
        if not name.startswith("test_") or not inspect.isfunction(thing) or thing.__module__ != module.__name__:
            continue
        parameters = _parameters(thing)
        if _ARGUMENT not in parameters:
            continue
        if not inspect.iscoroutinefunction(thing):
            problems.add(file.name, _first_line(thing), f"{name} plays calls: write `async def {name}(asterisk)`")
        elif parameters != [_ARGUMENT]:
            others = ", ".join(one for one in parameters if one != _ARGUMENT)
            problems.add(file.name, _first_line(thing), f"{name} takes `asterisk` alone; leave out {others}")
        else:
            yield name, thing


def _in_classes(module: ModuleType) -> Iterator[tuple[int, str]]:
    """Methods that would be scenarios. They are refused: to leave one out without a word would prove less."""
    for thing in vars(module).values():
        if not inspect.isclass(thing) or thing.__module__ != module.__name__:
            continue
        for name, method in vars(thing).items():
            if name.startswith("test_") and inspect.isfunction(method) and _ARGUMENT in _parameters(method):
                wanted = f"write `async def {name}({_ARGUMENT})` outside of the class {thing.__name__}"
                yield _first_line(method), f"{name} is a method, and a scenario is a function: {wanted}"


def _parameters(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


def _first_line(function: Callable[..., Any]) -> int:
    """Line of the `def`'s first decorator, or its own."""
    return int(inspect.unwrap(function).__code__.co_firstlineno)


def _scenario(
    name: str, function: Callable[..., Any], file: Path, site: Site, problems: Problems
) -> Scenario | None:
    line = _first_line(function)
    marks = [mark for mark in getattr(function, "pytestmark", ()) if hasattr(mark, "kwargs")]
    ours = [mark for mark in marks if mark.name == _MARK]
    if any(mark.args for mark in ours):
        problems.add(file.name, line, 'pytest.mark.scenario takes keywords only, as uses=["queue/sales"]')
        return None
    title = (inspect.getdoc(function) or name).partition("\n")[0]
    keywords = {key: value for mark in ours for key, value in mark.kwargs.items()}
    for key in ("name", "steps"):
        if key in keywords:
            text = f'"{key}" is for YAML; in Python the function itself says it'
            problems.add(file.name, line, text)
            return None
    tags: list[Plain] = [mark.name for mark in marks if mark.name not in _PYTEST]
    plain: dict[str, Plain] = {"name": name, "title": title or name, **_NO_STEPS, **_plain(keywords)}
    entry = Node.of({**plain, "tags": [*_as_list(plain.get("tags")), *tags]}, line)
    return read_entry(entry, file, site, problems, play=function, suite=file.name)


def _as_list(plain: Plain) -> list[Plain]:
    return plain if isinstance(plain, list) else []


def _plain(value: Any) -> Any:
    """A keyword's value as JSON has it; names of phones may be numbers here as well."""
    if isinstance(value, dict):
        return {str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(below) for below in value]
    return value if isinstance(value, bool | int | float | str) or value is None else str(value)
