"""What was seen while one scenario ran once on one instance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harness.model.outcomes import Ending, InstanceName
from harness.model.values import Headers

__all__ = ["Observation", "Trace", "Via"]

Via = Literal["ami", "agi", "ari", "app", "log", "state", "step"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing seen while a scenario ran.

    `at` is in seconds since the scenario began on that instance. `raw` is what was seen, byte for byte
    (undecodable bytes as surrogates), in lines `Header: value` ended by CRLF. `via` says who saw it:

    - `ami`: an event or a response from the manager interface;
    - `agi`: a line of an AGI conversation (Agi: who says it, asterisk or script; Channel; Line);
    - `ari`: a request with its answer, or an event, of ARI (Request or Type, and the JSON of the body);
    - `log`: a line of Asterisk's log, with Level, File, Function, Line, CallID, Message;
    - `state`: what Asterisk or the disk answered when asked after the scenario (Name, then what it has);
    - `step`: what the harness did (Step, and its details) and how it ended;
    - `app`: what one of the site's own programs and Asterisk said to each other (App, Interface, Kind, then the
      headers of it), or what became of the program (Interface `process`).
    """

    at: float
    via: Via
    raw: str

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Headers in order, repeated and empty ones kept."""
        return iter(self.headers)

    @property
    def headers(self) -> Headers:
        """Headers in order, repeated and empty ones kept."""
        parts = [line.partition(":") for line in self.raw.split("\r\n") if line]
        return tuple([(name, value[1:] if value[:1] == " " else value) for name, _, value in parts])

    def get(self, name: str, default: str = "") -> str:
        """First value of a header (exact name), or `default`."""
        text = f"\r\n{self.raw}"
        found = text.find(f"\r\n{name}:")
        if found < 0:
            return default
        start = found + len(name) + 3
        end = text.find("\r\n", start)
        return text[start : end if end >= 0 else None].removeprefix(" ")


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
    observations: tuple[Observation, ...]
    roles: tuple[tuple[str, str], ...] = ()
    ending: Ending = Ending.PLAYED
    problem: str = ""
    play: int = 0
    began: float = 0.0
