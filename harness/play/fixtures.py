"""Fixtures of a site for its Python scenarios: what a scenario asks for besides `asterisk`.

pytest makes fixtures for tests, one test after the other. A scenario is played on three instances at the same
time, and again in replays, so its fixtures are made in each play: who asks for others after them, and what yields
goes on in reverse order when the play is over. Those of scope `module` and `session` are made when the first play
needs them, and end when the last one is over.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.lab.housekeeping.scratch import scratch

__all__ = ["Fixture", "Fixtures", "Shared", "arguments_of", "fixtures_in", "in_order"]

_KIND = type(pytest.fixture(lambda: None))
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_SCOPES = ("function", "module", "session")
_END = object()


@dataclass(frozen=True, slots=True)
class Fixture:
    """One as it is written. `arguments` are without the `self` of a method, `scope` is as pytest calls it."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    scope: object = "function"
    autouse: bool = False
    has_params: bool = False
    is_method: bool = False

    @property
    def is_async(self) -> bool:
        """Whether it is awaited."""
        return inspect.iscoroutinefunction(self.function) or inspect.isasyncgenfunction(self.function)

    @property
    def refused(self) -> str:
        """Why it cannot be made for a scenario; empty where it can."""
        if self.has_params:
            return "it has `params`: give the scenario its cases with pytest.mark.parametrize"
        if self.scope not in _SCOPES:
            return f"its scope is {self.scope!r}, and is one of {', '.join(_SCOPES)}"
        if self.scope != "function" and (self.is_async or self.is_method):
            return f"what is made once for {self.scope} is a plain function or generator, and no method"
        return ""

    @property
    def place(self) -> tuple[str, int]:
        """The name of its file, and its line."""
        code = inspect.unwrap(self.function).__code__
        return Path(code.co_filename).name, int(code.co_firstlineno)


def fixtures_in(names: Mapping[str, Any], *, is_class: bool = False) -> Mapping[str, Fixture]:
    """The fixtures of a module or of a class, by their names."""
    found = (_fixture(name, it, is_class=is_class) for name, it in names.items() if isinstance(it, _KIND))
    return {fixture.name: fixture for fixture in found}


def _fixture(name: str, written: Any, *, is_class: bool) -> Fixture:
    marker, function = written._fixture_function_marker, inspect.unwrap(written, stop=inspect.isfunction)
    return Fixture(
        marker.name or name,
        function,
        arguments_of(function)[1 if is_class else 0 :],
        marker.scope,
        marker.autouse,
        marker.params is not None,
        is_class,
    )


def _tmp_path() -> Iterator[Path]:
    with scratch() as folder:
        yield Path(folder)


_BUILT_IN = {"tmp_path": Fixture("tmp_path", _tmp_path, ())}


def arguments_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """Names of what a call has to give: as in pytest, what has a default is not asked for."""
    every = inspect.signature(function).parameters.values()
    return tuple(it.name for it in every if it.kind in _NAMED and it.default is inspect.Parameter.empty)


def in_order(asked: Iterable[str], known: Mapping[str, Fixture], given: Iterable[str]) -> tuple[Fixture, ...]:
    """The fixtures that it takes, each after those that it asks for; `given` are names of what is there already.

    Raises ValueError, which names what is not there or cannot be made, and where.
    """
    every, found = {**_BUILT_IN, **known}, dict[str, Fixture]()
    wanted = [fixture.name for fixture in every.values() if fixture.autouse]
    for name in (*sorted(wanted, key=lambda name: _rank(every[name])), *asked):
        _add(name, every, frozenset(given), (), found)
    return tuple(sorted(found.values(), key=_rank))  # wide scopes first, as in pytest; they ask for no narrow one


def _rank(fixture: Fixture) -> int:
    return -_SCOPES.index(str(fixture.scope)) if fixture.scope in _SCOPES else 0


def _add(
    name: str,
    every: Mapping[str, Fixture],
    given: frozenset[str],
    way: Sequence[Fixture],
    found: dict[str, Fixture],
) -> None:
    if name in found or (name in given and not way):
        return
    by = "{} of {}:{} ".format(way[-1].name, *way[-1].place) if way else ""
    if name in given:
        if way[-1].scope != "function":
            raise ValueError(
                f"{by}is made once for {way[-1].scope}, and asks for {name}, which each play has anew"
            )
        return
    fixture = every.get(name)
    if fixture is None:
        raise ValueError(
            f"{by}asks for {name}, which neither the file nor its class nor conftest.py has as a fixture;"
            " of pytest's own, scenarios have tmp_path"
        )
    if fixture in way:
        raise ValueError(f"{by}asks for itself, or for what it replaces: {name}")
    if fixture.refused:
        raise ValueError("asks for {} of {}:{}: {}".format(name, *fixture.place, fixture.refused))
    if way and _rank(way[-1]) < _rank(fixture):
        raise ValueError(
            f"{by}is made once for {way[-1].scope}, and asks for {name}, which is made for {fixture.scope}"
        )
    for argument in fixture.arguments:
        _add(argument, every, given, (*way, fixture), found)
    found[name] = fixture


@dataclass(slots=True)
class Shared:
    """What is made once: values of fixtures, and what they raised. It is closed when all is played."""

    values: dict[object, Any] = field(default_factory=dict)
    problems: dict[object, BaseException] = field(default_factory=dict)
    ends: ExitStack = field(default_factory=ExitStack)

    def value(self, key: object, make: Callable[[ExitStack], Any]) -> Any:
        """The value of a fixture, made now if it was not yet. Raises what it raised when it was made."""
        if problem := self.problems.get(key):
            raise problem
        if key not in self.values:
            try:
                self.values[key] = make(self.ends)
            except BaseException as problem:
                self.problems[key] = problem
                raise
        return self.values[key]

    def close(self) -> None:
        """End them, the newest first. Raises what one of them raises."""
        ends, self.ends = self.ends, ExitStack()
        self.values.clear()
        self.problems.clear()
        ends.close()


@dataclass(frozen=True, slots=True)
class Fixtures:
    """Those of one scenario in order (`in_order`). `file` is its module."""

    every: tuple[Fixture, ...]
    shared: Shared
    file: Path

    @asynccontextmanager
    async def made(self, given: Mapping[str, Any], owner: object = None) -> AsyncIterator[dict[str, Any]]:
        """The values by name, and what is `given`, for one play. `owner` is what a method is called on."""
        values = dict(given)
        async with AsyncExitStack() as ends:
            for fixture in self.every:
                function = fixture.function.__get__(owner) if fixture.is_method else fixture.function
                call = partial(function, **{name: values[name] for name in fixture.arguments})
                if fixture.scope != "function":
                    key = (fixture.function, self.file if fixture.scope == "module" else None)
                    values[fixture.name] = self.shared.value(key, partial(_make, call))
                elif fixture.is_async:
                    values[fixture.name] = await _make_async(call, ends)
                else:
                    values[fixture.name] = _make(call, ends)
            yield values


def _make(call: Callable[[], Any], ends: ExitStack | AsyncExitStack) -> Any:
    """Call it; of a generator it is what it yields first, and its rest is done at the end."""
    made = call()
    if not inspect.isgenerator(made):
        return made
    value = next(made, _END)
    if value is _END:
        raise ValueError(f"the fixture {made.__name__} yields nothing")
    ends.callback(_end, made)
    return value


def _end(made: Iterator[Any]) -> None:
    if next(made, _END) is not _END:
        raise ValueError(f"the fixture {getattr(made, '__name__', '')} yields more than once")


async def _make_async(call: Callable[[], Any], ends: AsyncExitStack) -> Any:
    made = call()
    if not inspect.isasyncgen(made):
        return await made
    value = await anext(made, _END)
    if value is _END:
        raise ValueError(f"the fixture {made.__name__} yields nothing")
    ends.push_async_callback(_end_async, made)
    return value


async def _end_async(made: AsyncIterator[Any]) -> None:
    if await anext(made, _END) is not _END:
        raise ValueError(f"the fixture {getattr(made, '__name__', '')} yields more than once")
