"""A scenario as it is after loading: checked, frozen, ready to be played on any instance."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from harness.model import Tolerances
from harness.play.xfail import Xfail

if TYPE_CHECKING:
    import pytest

    from harness.play.asterisk import Asterisk

__all__ = ["Behaviour", "Doing", "Play", "Scenario"]

Doing = Literal["answer", "busy", "decline", "ring", "offline"]
Play = Callable[["Asterisk"], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a phone does by itself when it rings, `after` so many seconds.

    `ring` declines then, and never when `after` is 0.
    """

    kind: Doing = "ring"
    after: float = 0.0


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Scenario:
    """One thing that happens on the site's phone system.

    `id` is `file/name` (`queue/first-agent`; Python: `test_demo.py/test_name`, with the class and the case of it
    `test_demo.py/TestMenu.test_name[1-sales]`), `line` where it begins in `file`.
    `uses` names the state that it shares with others, its phones among it (`phone/101`). `clock` is the time that
    it is on the instance (`2026-12-24 23:30:00`), empty for now. `deadline` is in seconds. `phones` are all that
    take part, `stasis` the Stasis applications that the harness is for it.
    `expects` are the kinds of its expectations, `marks` those of pytest in Python, the nearest first, `xfail`
    says that it is expected to fail. `close` ends what it shares with other scenarios, when all are played.
    `play` raises ScenarioError, or AssertionError from Python scenarios.
    """

    id: str
    title: str
    file: Path
    line: int
    play: Play
    uses: frozenset[str] = frozenset()
    exclusive: bool = False
    clock: str = ""
    deadline: float = 30.0
    phones: Mapping[str, Behaviour] = field(default_factory=lambda: MappingProxyType({}))
    stasis: tuple[str, ...] = ()
    tolerances: Tolerances = field(default_factory=Tolerances)
    tags: tuple[str, ...] = ()
    expects: frozenset[str] = frozenset()
    marks: tuple[pytest.Mark, ...] = ()
    xfail: Xfail | None = None
    close: Callable[[], None] = _nothing
