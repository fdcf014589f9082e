"""One phone on one instance, as the far end sees it: its calls, and waiting for them to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from harness.errors import ScenarioError
from harness.far_end.changes import Changes

__all__ = ["FarCall", "Handset"]


@dataclass(slots=True)
class FarCall:
    """A call on the far end. `channel` is empty until the far end has made one; `pressed` counts `dtmf`s done.

    `cause` is the hangup cause that it ended with, `transfer` how its transfer ended (SUCCESS, FAILURE).
    """

    handset: Handset
    unique: str
    channel: str = ""
    rings: bool = False
    talks: bool = False
    ended: bool = False
    pressed: int = 0
    cause: str = ""
    transfer: str = ""


@dataclass(slots=True)
class Handset:
    """A phone, what it does by itself when it rings, and its calls, oldest first."""

    phone: str
    kind: str = "ring"
    after: float = 0.0
    calls: dict[str, FarCall] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)

    async def call(self, fits: Callable[[FarCall], bool], what: str, *, within: float) -> FarCall:
        """The newest call that fits; waits for one. Raises ScenarioError (`phone 101 never rings`)."""
        if not await self.changes.until(lambda: any(map(fits, self.calls.values())), within=within):
            raise ScenarioError(f"waited {within:g} s until phone {self.phone} {what}, and it never does")
        return next(call for call in reversed(self.calls.values()) if fits(call))
