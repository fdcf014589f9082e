"""For tests of rules and of programs built on the harness: traces from a few lines of text."""

from __future__ import annotations

from harness.model import Ending, InstanceName, Observation, Trace, Via

__all__ = ["trace"]

_VIA: dict[str, Via] = {
    "Agi": "agi",
    "App": "app",
    "Ari": "ari",
    "Level": "log",
    "Name": "state",
    "Step": "step",
}


def trace(
    text: str = "",
    *,
    instance: InstanceName = "old",
    scenario: str = "test/one",
    roles: tuple[tuple[str, str], ...] = (),
    began: float = 0.0,
) -> Trace:
    """A trace from blocks of `Header: value` lines parted by empty lines.

    A block's first header says what it is: `Level` a line of the log, `Agi` a line of an AGI conversation, `Ari`
    an answer or an event of ARI, `App` something of the site's own programs, `Name` a state asked after the
    scenario, `Step` something the harness did, `Ending` (with `Problem`) how the play ended; all else is AMI.
    """
    ending, problem = Ending.PLAYED, ""
    observations: list[Observation] = []
    for number, block in enumerate(part.strip() for part in text.split("\n\n") if part.strip()):
        first, _, value = block.partition("\n")[0].partition(":")
        observation = Observation(number / 10, _VIA.get(first, "ami"), block.replace("\n", "\r\n") + "\r\n")
        if first == "Ending":
            ending, problem = Ending(value.strip()), observation.get("Problem")
        else:
            observations.append(observation)
    return Trace(scenario, instance, tuple(observations), roles, ending, problem, began=began)
