"""Code of a site that ends the process would end the whole run, and with 0 it would say that all is well."""

from __future__ import annotations

import os
import posix
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NoReturn

__all__ = ["ProcessExit", "keeping_the_process"]

# Whatever else leaves without a word comes down to one of these.
_WAYS_OUT = ("_exit", "execv", "execve")


class ProcessExit(BaseException):
    """Code of the site tried to end this process. No Exception, as SystemExit is none."""


@contextmanager
def keeping_the_process(folder: Path) -> Iterator[None]:
    """In the block, code below a folder cannot end this process: it gets a ProcessExit where it tries to.

    Whoever else does ends it with another code than 0. Processes that are forked end as they like.
    """
    with ExitStack() as stack:
        for module in (os, posix):
            for name in _WAYS_OUT:
                stack.enter_context(_replaced(module, name, f"{folder.resolve()}{os.sep}"))
        yield


@contextmanager
def _replaced(module: ModuleType, name: str, folder: str) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, partial(_leave, before, name, folder, os.getpid()))
    try:
        yield
    finally:
        setattr(module, name, before)


def _leave(leave: Callable[..., NoReturn], name: str, folder: str, process: int, *args: Any, **named: Any) -> None:
    if os.getpid() != process:
        leave(*args, **named)
    if _is_asked_by(folder, sys._getframe()):
        raise ProcessExit(f"os.{name}() would end the whole run, and not this scenario alone")
    if name == "_exit" and args == (0,):
        leave(1)
    leave(*args, **named)


def _is_asked_by(folder: str, frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(folder):
            return True
        frame = frame.f_back
    return False
