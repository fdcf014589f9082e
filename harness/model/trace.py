"""What was seen while one scenario ran once on one instance."""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.observations import Seen
from harness.model.outcomes import Ending, InstanceName

__all__ = ["Trace"]


@dataclass(frozen=True, slots=True)
class Trace:
    """What was observed while one scenario ran once on one instance, in order.

    `roles` maps what the harness knows beforehand to the part it plays: unique ids that it chose (`caller`),
    the instance's own address (`asterisk`).
    `play` counts the plays of this scenario on this instance: 0 is the first, replays follow.
    `problem` is empty when `ending` is played, else one line for a person.
    `began` is the instance's own wall clock at the start (seconds since 1970), by which values that are
    times are told from values that only look like one.
    """

    scenario: str
    instance: InstanceName
    observations: tuple[Seen, ...]
    roles: tuple[tuple[str, str], ...] = ()
    ending: Ending = Ending.PLAYED
    problem: str = ""
    play: int = 0
    began: float = 0.0
