"""The one seam between pytest and the program: what the plugin asks of `harness.stages.program`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from harness.model import Waiver
from harness.report import Report

__all__ = ["Backend", "CollectedLike", "ScenarioLike", "real_backend"]


class ScenarioLike(Protocol):
    """What the plugin needs to know of a scenario."""

    @property
    def id(self) -> str: ...
    @property
    def file(self) -> Path: ...
    @property
    def line(self) -> int: ...
    @property
    def tags(self) -> Collection[str]: ...


class ReleaseLike(Protocol):
    """One side of a site."""

    @property
    def release(self) -> str: ...


class SiteLike(Protocol):
    """What the plugin needs to know of a site."""

    @property
    def name(self) -> str: ...
    @property
    def root(self) -> Path: ...
    @property
    def old(self) -> ReleaseLike: ...
    @property
    def candidate(self) -> ReleaseLike: ...
    @property
    def waivers(self) -> Sequence[Waiver]: ...


class CollectedLike(Protocol):
    """What there is to play."""

    @property
    def site(self) -> SiteLike: ...
    @property
    def scenarios(self) -> Sequence[ScenarioLike]: ...
    @property
    def checks(self) -> Sequence[str]: ...


class Backend(Protocol):
    """The module `harness.stages.program`, or a fake of it. `Settings` makes the first argument of `collect`."""

    @property
    def Settings(self) -> Callable[..., Any]: ...  # noqa: N802 # the name of a class
    @property
    def collect(self) -> Callable[[Any], CollectedLike]: ...
    @property
    def run(self) -> Callable[..., Report]: ...
    @property
    def cover(self) -> Callable[[Report, Path], Report]: ...


def real_backend() -> Backend:
    """`harness.stages.program` itself, imported when a site is to be played and not before."""
    return cast(Backend, importlib.import_module("harness.stages.program"))
