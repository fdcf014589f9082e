"""What a Python file holds that is played: what asks for `asterisk`, in the module and in its classes."""

from __future__ import annotations

import inspect
import unittest
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from harness.play.fixtures import Fixture, arguments_of, fixtures_in

__all__ = ["ARGUMENT", "Written", "written_in"]

ARGUMENT = "asterisk"
_OF_MODULES = ("setup_module", "teardown_module", "setup_function", "teardown_function")
_OF_CLASSES = ("setup_class", "teardown_class", "setup_method", "teardown_method")

Marks = tuple[pytest.Mark, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A scenario as it is written. `name` is `test_x`, or `TestMenu.test_x` of a method of the class `owner`.

    `arguments` are the names of what it has to be given, without `self`. `marks` are those of the function, of
    its classes, the innermost first, and of its module. `refused` says why it cannot be played, and is empty where
    it can.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    line: int
    owner: type | None
    marks: tuple[Marks, ...]
    refused: str = ""

    def object(self) -> Any:
        """A new object of the class that a method is of, else None."""
        return self.owner() if self.owner else None

    async def play(self, owner: Any, values: Mapping[str, Any]) -> None:
        """Call it with its arguments, out of `values` by name; a method on its object."""
        call = getattr(owner, self.name.rpartition(".")[2]) if self.owner else self.function
        await call(**{name: values[name] for name in self.arguments})

    @property
    def fixtures(self) -> Mapping[str, Fixture]:
        """Those of its class, and of what that inherits from."""
        classes = reversed(self.owner.__mro__) if self.owner else ()
        return {name: it for one in classes for name, it in fixtures_in(vars(one), is_class=True).items()}


def written_in(module: ModuleType) -> Iterator[Written]:
    """All that ask for `asterisk`, also what cannot be played: none is left out silently."""
    names, outer = vars(module), (_marks_of(vars(module)),)
    own = {name: thing for name, thing in names.items() if getattr(thing, "__module__", "") == module.__name__}
    setups = _setups(names, _OF_MODULES)
    yield from _asking(own.items(), setups, outer=outer)
    classes = _classes(own)
    bases = {base for one in classes if not _why_not(one) for base in one.__mro__[1:]}
    for one in classes:
        if not (one in bases and _why_not(one)):
            yield from _in_class(one, "", setups, outer)


def _in_class(owner: type, path: str, refused: str, outer: tuple[Marks, ...]) -> Iterator[Written]:
    """Those of a class, of the classes that it inherits from, and of the classes in it.

    A class that says of itself that it holds no tests (`__test__`) has none.
    """
    if not getattr(owner, "__test__", True):
        return
    path, outer = f"{path}{owner.__name__}.", (_marks_of_class(owner), *outer)
    names = {name: thing for one in reversed(owner.__mro__) for name, thing in vars(one).items()}
    refused = refused or _why_not(owner)
    yield from _asking(names.items(), refused or _setups(names, _OF_CLASSES), path=path, owner=owner, outer=outer)
    for inner in _classes(vars(owner)):
        if inner.__qualname__.startswith(f"{owner.__qualname__}."):
            yield from _in_class(inner, path, refused, outer)


def _why_not(owner: type) -> str:
    """Why pytest takes a class for none of tests; empty where it is one."""
    name = owner.__name__
    if not name.startswith("Test"):
        return f"call its class Test{name}: pytest takes no test from another one"
    if issubclass(owner, unittest.TestCase):
        return f"{name} is a unittest.TestCase: write `class {name}:`"
    if owner.__init__ is not object.__init__ or owner.__new__ is not object.__new__:
        return f"{name} has an __init__ or __new__: pytest takes no test from such a class"
    return ""


def _setups(names: Mapping[str, Any], known: Iterable[str]) -> str:
    """Why what pytest would call before or after a test stands in the way; empty where there is none."""
    found = next((name for name in known if callable(getattr(names.get(name), "__func__", names.get(name)))), "")
    return found and f"{found} is not called for a scenario: do in the scenario what it does"


def _asking(
    named: Iterable[tuple[str, Any]],
    refused: str,
    *,
    path: str = "",
    owner: type | None = None,
    outer: tuple[Marks, ...],
) -> Iterator[Written]:
    """Those that ask for `asterisk`; tests that do not are pytest's alone."""
    for name, thing in named:
        function = getattr(thing, "__func__", thing)  # of a static or class method
        if not name.startswith("test_") or not inspect.isfunction(function):
            continue
        every = arguments_of(function)
        arguments = every if owner is None or isinstance(thing, staticmethod) else every[1:]
        if ARGUMENT not in arguments:
            continue
        wanted = f"write `async def {name}({', '.join(every)})`"
        why_not = (
            refused if inspect.iscoroutinefunction(function) else f"what plays calls is a coroutine: {wanted}"
        )
        marks = (_marks_of(vars(function)), *outer)
        yield Written(f"{path}{name}", function, arguments, _line(function, owner), owner, marks, why_not)


def _classes(names: Mapping[str, Any]) -> list[type]:
    return list(dict.fromkeys(thing for thing in names.values() if inspect.isclass(thing)))


def _line(function: Callable[..., Any], owner: type | None) -> int:
    """Line of the `def`'s first decorator, or its own; that of the class where another file has it."""
    code = inspect.unwrap(function).__code__
    if owner is not None and function.__module__ != owner.__module__:
        return inspect.getsourcelines(owner)[1]
    return int(code.co_firstlineno)


def _marks_of(names: Mapping[str, Any]) -> Marks:
    """The marks of a function, class or module by its names: a list of them, or one."""
    written = names.get("pytestmark") or ()
    every = written if isinstance(written, list | tuple) else (written,)
    return tuple(mark for it in every if isinstance(mark := getattr(it, "mark", it), pytest.Mark))


def _marks_of_class(owner: type) -> Marks:
    return tuple(mark for one in reversed(owner.__mro__) for mark in _marks_of(vars(one)))
