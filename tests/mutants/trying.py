"""Runs tests of a copy of the tree, each time in a fork of a process that has the libraries already."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

__all__ = ["fails"]

_SECONDS = 300
_PYTEST = ("-x", "-q", "-m", "not engine", "-p", "no:cacheprovider", "-p", "no:xdist")
_LIBRARIES = "pytest msgspec ruamel.yaml jsonschema docker requests tests.mutants.trying".split()
_PASSED, _NONE_SELECTED = 0, 5


def fails(copy: Path, tests: Sequence[str]) -> bool:
    """Whether tests (files below `copy`) fail, cannot be collected, or have no end."""
    run = _forks().Process(target=_run, args=(copy, tests))
    run.start()
    run.join(_SECONDS)
    if run.exitcode is None:
        run.kill()
        run.join()
    return run.exitcode not in (_PASSED, _NONE_SELECTED)


@cache
def _forks() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LIBRARIES)
    return context


def _run(copy: Path, tests: Sequence[str]) -> None:
    """From the copy alone; the process ends with pytest's exit code."""
    here = str(Path.cwd())
    os.chdir(copy)
    sys.path[:] = [str(copy), *(entry for entry in sys.path if entry not in ("", here))]
    for name in [name for name in sys.modules if name.partition(".")[0] in ("harness", "tests")]:
        del sys.modules[name]
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    sys.dont_write_bytecode = True
    raise SystemExit(int(pytest.main([*_PYTEST, *tests])))
