"""What can happen in a scenario: frozen values, each of which plays itself on an instance.

`leg` is the name of a call or a phone; the language has found out whose it is before anything is played.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from harness.asterisk.ari import leaves
from harness.errors import ExpectationFailed
from harness.model import Headers, Json
from harness.play.conditions import condition
from harness.play.leg import Wanted
from harness.play.matching import like

if TYPE_CHECKING:
    from harness.play.asterisk import Asterisk

__all__ = [
    "LEG",
    "AgiScript",
    "AmiAction",
    "AriOperation",
    "CallFile",
    "DeleteAstdb",
    "Dial",
    "Dtmf",
    "Hangup",
    "MakeSound",
    "Move",
    "Operation",
    "Pause",
    "PlaceCall",
    "PutAstdb",
    "Read",
    "SetVariable",
    "Transfer",
    "Wait",
    "WaitForState",
]


LEG = re.compile(r"\{([\w.+-]+(?: [\w.+-]+)*)\}")
"""A leg's name in a parameter of ARI."""


class Operation(Protocol):
    """One of them."""

    async def play(self, asterisk: Asterisk) -> None:
        """Do it. Raises ScenarioError."""
        ...


@dataclass(frozen=True, slots=True)
class PlaceCall:
    """A call enters the dialplan at `extension@context`."""

    target: str
    leg: str
    caller_id: str
    variables: Mapping[str, str]
    answered_within: float | None

    async def play(self, asterisk: Asterisk) -> None:
        """Place it, and wait for the answer where the scenario says how long at most."""
        call = await asterisk.call(
            self.target,
            name=self.leg,
            caller_id=self.caller_id,
            variables=self.variables or None,
            answered_within=self.answered_within,
        )
        if self.answered_within is not None:
            await call.wait("answered", within=self.answered_within)


@dataclass(frozen=True, slots=True)
class Dial:
    """A phone of the site dials a number."""

    phone: str
    number: str
    answered_within: float | None

    async def play(self, asterisk: Asterisk) -> None:
        """Dial, and wait for the answer where the scenario says how long at most."""
        phone = asterisk.phone(self.phone)
        await phone.call(self.number)
        if self.answered_within is not None:
            await phone.wait("answered", within=self.answered_within)


@dataclass(frozen=True, slots=True)
class WaitForState:
    """Until a leg is answered, ended or ringing."""

    leg: str
    state: str
    within: float | None

    async def play(self, asterisk: Asterisk) -> None:
        """Wait."""
        await asterisk.leg(self.leg).wait(self.state, within=self.within)


@dataclass(frozen=True, slots=True)
class Wait:
    """Until something is seen on any channel of the scenario."""

    wanted: Wanted
    within: float | None

    async def play(self, asterisk: Asterisk) -> None:
        """Wait."""
        await asterisk.meet(condition(**self.wanted), self.within)


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds go by."""

    seconds: float

    async def play(self, asterisk: Asterisk) -> None:
        """Let them."""
        await asterisk.pause(self.seconds)


@dataclass(frozen=True, slots=True)
class Dtmf:
    """A leg presses keys, `gap` seconds apart."""

    leg: str
    digits: str
    gap: float

    async def play(self, asterisk: Asterisk) -> None:
        """Press them."""
        await asterisk.leg(self.leg).dtmf(self.digits, gap=self.gap)


@dataclass(frozen=True, slots=True)
class MakeSound:
    """A leg makes sound."""

    leg: str
    seconds: float

    async def play(self, asterisk: Asterisk) -> None:
        """Talk, and be silent again."""
        await asterisk.leg(self.leg).talk(self.seconds)


@dataclass(frozen=True, slots=True)
class Move:
    """A person does something with a phone that rings."""

    phone: str
    what: Literal["answer", "busy", "decline"]

    async def play(self, asterisk: Asterisk) -> None:
        """Do it."""
        phone = asterisk.phone(self.phone)
        if self.what == "answer":
            await phone.answer()
        elif self.what == "busy":
            await phone.busy()
        else:
            await phone.decline()


@dataclass(frozen=True, slots=True)
class Hangup:
    """A leg hangs up."""

    leg: str

    async def play(self, asterisk: Asterisk) -> None:
        """Hang up."""
        await asterisk.leg(self.leg).hangup()


@dataclass(frozen=True, slots=True)
class Transfer:
    """A phone transfers its call blindly."""

    phone: str
    to: str

    async def play(self, asterisk: Asterisk) -> None:
        """Transfer."""
        await asterisk.phone(self.phone).transfer(self.to)


@dataclass(frozen=True, slots=True)
class SetVariable:
    """A channel variable is set on a leg."""

    leg: str
    name: str
    value: str

    async def play(self, asterisk: Asterisk) -> None:
        """Set it."""
        await asterisk.leg(self.leg).set_variable(self.name, self.value)


@dataclass(frozen=True, slots=True)
class PutAstdb:
    """A value is put into astdb."""

    key: str
    value: str

    async def play(self, asterisk: Asterisk) -> None:
        """Put it."""
        await asterisk.astdb_put(self.key, self.value)


@dataclass(frozen=True, slots=True)
class DeleteAstdb:
    """A value is removed from astdb; it need not be there."""

    key: str

    async def play(self, asterisk: Asterisk) -> None:
        """Remove it."""
        await asterisk.astdb_delete(self.key)


@dataclass(frozen=True, slots=True)
class Read:
    """Something is asked and kept in the trace, where it is compared. `leg` is for variables of a channel."""

    kind: Literal["variable", "astdb", "function"]
    name: str
    leg: str = ""

    async def play(self, asterisk: Asterisk) -> None:
        """Ask and keep."""
        if self.kind == "variable":
            value = await asterisk.leg(self.leg).read_variable(self.name)
        elif self.kind == "astdb":
            found = await asterisk.astdb_get(self.name)
            value = "(none)" if found is None else found
        else:
            value = await asterisk.function(self.name)
        asterisk.remember(f"{self.kind} {self.name}", value)


@dataclass(frozen=True, slots=True)
class AmiAction:
    """A manager action. `answer` are shell patterns for headers of its response."""

    fields: Mapping[str, str | tuple[str, ...]]
    answer: Mapping[str, str]

    async def play(self, asterisk: Asterisk) -> None:
        """Send it. Raises ExpectationFailed when the response is not as the scenario says."""
        headers = await asterisk.ami(self.fields)
        _check(self.answer, headers, f"answer to {self.fields.get('Action', '')}")


@dataclass(frozen=True, slots=True)
class CallFile:
    """A call file in the outgoing spool, with its keys."""

    keys: Mapping[str, str | tuple[str, ...]]

    async def play(self, asterisk: Asterisk) -> None:
        """Put it there."""
        await asterisk.callfile(self.keys)


@dataclass(frozen=True, slots=True)
class AriOperation:
    """An ARI operation. `{caller}` in a parameter is the id of that leg's channel; `answer` are shell patterns."""

    operation: str
    parameters: Mapping[str, Json]
    answer: Mapping[str, str]

    async def play(self, asterisk: Asterisk) -> None:
        """Do it. Raises ExpectationFailed when the answer is not as the scenario says."""

        def fill(value: Json) -> Json:
            if isinstance(value, dict):
                return {key: fill(part) for key, part in value.items()}
            if isinstance(value, list):
                return [fill(part) for part in value]
            return LEG.sub(lambda leg: asterisk.leg(leg[1]).id, value) if isinstance(value, str) else value

        answer = await asterisk.ari(self.operation, **{name: fill(v) for name, v in self.parameters.items()})
        what = f"answer to {self.operation}" + (f" ({answer.problem})" if answer.problem else "")
        _check(self.answer, (("Status", str(answer.status)), *leaves(answer.body)), what)


@dataclass(frozen=True, slots=True)
class AgiScript:
    """The scenario is an AGI script: `commands` in order, each with a pattern for its answer, `*` for any.

    `stays` means that the script does not end with its last command.
    """

    script: str
    commands: tuple[tuple[str, str], ...]
    stays: bool
    within: float | None

    async def play(self, asterisk: Asterisk) -> None:
        """Wait for the conversation and have it. Raises ExpectationFailed when an answer is not as said."""
        conversation = await asterisk.agi(self.script, within=self.within)
        for command, pattern in self.commands:
            answer = str(await conversation.command(command))
            if not like(answer, pattern):
                raise ExpectationFailed(f"answer to {command}: wanted {pattern}, got {answer}")
        if not self.stays:
            conversation.end()


def _check(wanted: Mapping[str, str], headers: Headers, what: str) -> None:
    for name, pattern in wanted.items():
        values = [value for header, value in headers if header.lower() == name.lower()]
        if not any(like(value, pattern) for value in values):
            got = ", ".join(values) or "nothing of that name"
            raise ExpectationFailed(f"{what}: {name}: wanted {pattern}, got {got}")
