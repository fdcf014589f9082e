"""Lines of AGI conversations → facts: the environment, each command, each answer, channel by channel."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from harness.asterisk.volatile import is_chance
from harness.judge.normalise.facts import Fact, Facts, Pairs, Standing, fact
from harness.judge.normalise.reader import Reader
from harness.model import AgiLine, Seconds, Value

__all__ = ["AgiReader"]

_ENVIRONMENT = re.compile(r"(agi_\w+): ?(.*)", re.DOTALL)
_ANSWER = re.compile(r"(?P<code>\d{3})[ -](?:result=(?P<result>\S+) ?)?(?P<data>.*)")
# Commands whose second word says what they do.
_FAMILIES = frozenset(
    "ASYNCAGI CHANNEL CONTROL DATABASE EXEC GET RECEIVE RECORD SAY SEND SET SPEECH STREAM TDD WAIT".split()
)
_ASKS_VARIABLE = re.compile(r'(?i)\s*GET\s+(?:VARIABLE\s+"?|FULL\s+VARIABLE\s+"?\$\{)(?P<name>[^"}]+)')


@dataclass(slots=True)
class AgiReader(Reader):
    """Reads what Asterisk and scripts say to each other.

    Left out: the usage that Asterisk explains after a 520, and `HANGUP`, of which it is chance whether it comes
    before a script has ended.
    """

    _environments: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    _asked: dict[str, str] = field(default_factory=dict)

    def read(self, number: int, seen: AgiLine) -> Facts:
        """The fact that a line amounts to, if any."""
        subject, line = self.masks.aliases.name(seen.channel), seen.line
        at = self.whereabouts.logged(seen.channel, seen.spot, subject)
        if seen.who == "script":
            self._asked[subject] = line
            command = (("Command", self.masks.text(line)),)
            yield self._fact(number, subject, f"AGI command {_verb(line)}", command, at), False
        elif found := _ENVIRONMENT.fullmatch(line):
            self._environments.setdefault(subject, []).append((found[1], found[2]))
        elif not line:
            yield from self._environment(number, subject, at)
        elif answer := _ANSWER.fullmatch(line.partition("\n")[0]):
            yield from self._answer(number, subject, answer, at)

    def _environment(self, number: int, subject: str, at: Standing) -> Facts:
        told = self._environments.pop(subject, [])
        if told:
            compared = [(name, value) for name, value in told if not is_chance("AGI environment", name)]
            pairs = ((name, self.masks.text(value)) for name, value in compared)
            yield self._fact(number, subject, "AGI environment", pairs, at), False

    def _answer(self, number: int, subject: str, answer: re.Match[str], at: Standing) -> Facts:
        if answer["data"].startswith("End of proper usage"):
            return
        asked = self._asked.get(subject)
        code, result = self.masks.text(answer["code"]), self.masks.text(answer["result"] or "")
        pairs = (("Code", code), ("Result", result), ("Data", self._data(asked or "", answer["data"])))
        event = f"AGI answer to {'nothing' if asked is None else _verb(asked)}"
        yield self._fact(number, subject, event, pairs, at), False

    def _data(self, asked: str, data: str) -> Value:
        """What comes with an answer: `(value)` of the variable that was asked for, or a text."""
        found = _ASKS_VARIABLE.match(asked) if data.startswith("(") else None
        if found is None:
            return self.masks.text(data)
        value = self.masks.variable(found["name"].strip(), data[1:].removesuffix(")"))
        return value if isinstance(value, Seconds | tuple) else f"({value})"

    @staticmethod
    def _fact(number: int, subject: str, event: str, pairs: Pairs, at: Standing) -> Fact:
        return fact(subject, "agi", event, pairs, "agi", seen=number, at=at)


def _verb(command: str) -> str:
    """A command's name, as the documentation writes it: `GET VARIABLE`, `EXEC DIAL`, `ANSWER`."""
    first, *rest = command.upper().split(maxsplit=2) or ("nothing",)
    return f"{first} {rest[0]}" if rest and first in _FAMILIES else first
