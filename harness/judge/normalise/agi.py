"""Lines of AGI conversations → facts: the environment, each command, each answer, channel by channel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.judge.normalise.aliases import Aliases
from harness.judge.normalise.catalogue import never_compared
from harness.judge.normalise.facts import Fact, Whereabouts
from harness.model import Headers, Observation

__all__ = ["AgiReader"]

_ENVIRONMENT = re.compile(r"(agi_\w+): ?(.*)")
_ANSWER = re.compile(r"(?P<code>\d{3})[ -](?:result=(?P<result>\S+) ?)?(?P<data>.*)")
# Commands whose second word says what they do.
_FAMILIES = frozenset(
    "ASYNCAGI CHANNEL CONTROL DATABASE EXEC GET RECEIVE RECORD SAY SEND SET SPEECH STREAM TDD WAIT".split()
)


class AgiReader:
    """Reads what Asterisk and scripts say to each other.

    Left out: the usage that Asterisk explains after a 520, and `HANGUP`, of which it is chance whether it comes
    before a script has ended.
    """

    __slots__ = ("_aliases", "_asked", "_environments", "_whereabouts")

    def __init__(self, aliases: Aliases, whereabouts: Whereabouts) -> None:
        self._aliases = aliases
        self._whereabouts = whereabouts
        self._environments: dict[str, list[tuple[str, str]]] = {}
        self._asked: dict[str, str] = {}

    def read(self, observation: Observation) -> Iterator[tuple[Fact, bool]]:
        """What a line says, if anything."""
        subject = self._aliases.name(observation.get("Channel"))
        line = observation.get("Line")
        if observation.get("Agi") == "script":
            self._asked[subject] = verb = _verb(line)
            yield self._fact(subject, f"AGI command {verb}", (("Command", self._aliases.text(line)),)), False
        elif found := _ENVIRONMENT.fullmatch(line):
            self._environments.setdefault(subject, []).append((found[1], found[2]))
        elif not line:
            yield from self._environment(subject)
        elif answer := _ANSWER.fullmatch(line):
            yield from self._answer(subject, answer)

    def _environment(self, subject: str) -> Iterator[tuple[Fact, bool]]:
        said = self._environments.pop(subject, [])
        if said:
            kept = ((name, value) for name, value in said if not never_compared("AGI environment", name))
            fields = tuple((name, self._aliases.text(value)) for name, value in kept)
            yield self._fact(subject, "AGI environment", fields), False

    def _answer(self, subject: str, answer: re.Match[str]) -> Iterator[tuple[Fact, bool]]:
        if answer["data"].startswith("End of proper usage"):
            return
        parts = (("Code", answer["code"]), ("Result", answer["result"] or ""), ("Data", answer["data"]))
        fields = tuple((name, self._aliases.text(value)) for name, value in parts)
        yield self._fact(subject, f"AGI answer to {self._asked.get(subject, 'nothing')}", fields), False

    def _fact(self, subject: str, event: str, fields: Headers) -> Fact:
        names = frozenset(name for name, _ in fields)
        return Fact(subject, "agi", event, fields, "agi", "effect", names, spot=self._whereabouts.of(subject))


def _verb(command: str) -> str:
    """A command's name, as the documentation writes it: `GET VARIABLE`, `EXEC DIAL`, `ANSWER`."""
    first, *rest = command.upper().split(maxsplit=2) or ("nothing",)
    return f"{first} {rest[0]}" if rest and first in _FAMILIES else first
