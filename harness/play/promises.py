"""What a scenario's code began by a call, and whether it awaited it: where it did not, nothing has happened."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, Protocol, TypeVar

__all__ = ["Promises", "noting_what_is_begun"]

_MANY = 100
_Class = TypeVar("_Class", bound=type)


class _Begins(Protocol):
    @property
    def promises(self) -> Promises: ...


class Promises:
    """Those of one play. `place` is the line of the scenario's file that acts (`menu.yaml:12`), empty at first."""

    def __init__(self, file: Path | None) -> None:
        self.place = ""
        self._file = file if file is not None and file.suffix == ".py" else None
        self._made: list[tuple[Coroutine[Any, Any, Any], str, str]] = []

    def add(self, begun: Coroutine[Any, Any, Any], name: str) -> None:
        """A method was called, which acts only once it is awaited."""
        self.place = self._line() or self.place
        if len(self._made) >= _MANY:
            self._made = [promise for promise in self._made if _is_unbegun(promise[0])]
        self._made.append((begun, name, self.place))

    def forgotten(self) -> str:
        """What was never awaited, in words; empty where all was. It cannot be awaited after that."""
        left = [promise for promise in self._made if _is_unbegun(promise[0])]
        for begun, _, _ in left:
            begun.close()
        self._made = []
        if not left:
            return ""
        _, name, place = left[0]
        return f"{name}(…) was never awaited, so it did nothing; write `await {name}(…)`" + (
            f" ({place})" if place else ""
        )

    def _line(self) -> str:
        """The line of the scenario's own file that is being run."""
        frame = sys._getframe() if self._file else None
        while frame is not None and frame.f_code.co_filename != str(self._file):
            frame = frame.f_back
        return f"{self._file.name}:{frame.f_lineno}" if frame is not None and self._file else ""


def noting_what_is_begun(class_: _Class) -> _Class:
    """A class whose public coroutines are noted in `self.promises` when they are called."""
    for name, method in list(vars(class_).items()):
        if inspect.iscoroutinefunction(method) and not name.startswith("_"):
            setattr(class_, name, _noted(method, name))
    return class_


def _noted(method: Callable[..., Coroutine[Any, Any, Any]], name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
    @wraps(method)
    def begin(self: _Begins, /, *args: Any, **options: Any) -> Coroutine[Any, Any, Any]:
        begun = method(self, *args, **options)
        self.promises.add(begun, name)
        return begun

    return begin


def _is_unbegun(coroutine: Coroutine[Any, Any, Any]) -> bool:
    return inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED
