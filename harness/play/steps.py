"""A step of a scenario file: what it does on an instance, and the line that it stands in.

The schema has checked each entry, and `sources/participants.py` which leg acts, before anything is played.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from harness.asterisk.ari import leaves
from harness.errors import ExpectationFailed, ScenarioError
from harness.model import Headers, Json, like
from harness.play.conditions import Wanted, condition
from harness.play.leg import Leg
from harness.site.reading.document import Node

if TYPE_CHECKING:
    from harness.play.asterisk import Asterisk

__all__ = ["LEG", "ScenarioStep", "step_of"]

LEG = re.compile(r"\{([\w.+-]+(?: [\w.+-]+)*)\}")
"""A leg's name in a parameter of ARI."""

_GAP = 0.25
_PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One step. `kind` is the key of its entry that says what it is, `leg` the call or phone that acts."""

    kind: str
    node: Node
    leg: str

    @property
    def value(self) -> Node:
        """What stands behind the key that says what it is."""
        return self.node.fields[self.kind]

    def seconds(self, key: str) -> float | None:
        """Another key of the entry, None where it is not there."""
        node = self.node.get(key)
        return None if node is None else float(node.text)

    def texts(self, key: str) -> Mapping[str, str]:
        """The texts below another key of the entry."""
        node = self.node.get(key)
        return node.texts() if node else {}

    async def play(self, asterisk: Asterisk, file: str) -> None:
        """Do it. A ScenarioError says in the end which line of which file could not be played."""
        asterisk.promises.place = f"{file}:{self.node.line}"
        try:
            await _KINDS[self.kind](asterisk, self)
        except ScenarioError as problem:
            located = type(problem)(f"{problem} ({file}:{self.node.line})")
            for note in getattr(problem, "__notes__", ()):
                located.add_note(note)
            raise located from problem


def step_of(node: Node, newest: str) -> ScenarioStep:
    """The step that an entry is. `newest` is the leg that acts unless the entry names one."""
    return ScenarioStep(next(kind for kind in _KINDS if kind in node.fields), node, node.string("by", newest))


async def _call(asterisk: Asterisk, step: ScenarioStep) -> None:
    """A call enters the dialplan at `extension@context`, or a phone of the site dials a number."""
    within = step.seconds("answered_within")
    leg: Leg
    if phone := step.node.string("from"):
        leg = asterisk.phone(phone)
        await leg.call(step.value.text)
    else:
        leg = await asterisk.call(
            step.value.text,
            name=step.node.string("as", "caller"),
            caller_id=step.node.string("caller_id"),
            variables=step.texts("variables") or None,
            answered_within=within,
        )
    if within is not None:
        await leg.wait("answered", within=within)


async def _callfile(asterisk: Asterisk, step: ScenarioStep) -> None:
    """A call file in the outgoing spool, with its keys."""
    await asterisk.callfile(_lists(step.value))


async def _wait(asterisk: Asterisk, step: ScenarioStep) -> None:
    """Until a leg is answered, ended or ringing, or something is seen on any channel of the scenario."""
    within = step.seconds("within")
    texts = step.value.texts()
    if not texts:
        await asterisk.leg(step.leg).wait(step.value.text, within=within)
        return
    event = next((key for key in ("userevent", "event", "ari") if key in texts), "")
    wanted = {event: texts.pop(event), "headers": texts} if event else texts
    await asterisk.meet(condition(**cast(Wanted, wanted)), within)


async def _pause(asterisk: Asterisk, step: ScenarioStep) -> None:
    await asterisk.pause(float(step.value.text))


async def _dtmf(asterisk: Asterisk, step: ScenarioStep) -> None:
    await asterisk.leg(step.leg).dtmf(step.value.text, gap=step.node.number("gap", _GAP))


async def _talk(asterisk: Asterisk, step: ScenarioStep) -> None:
    await asterisk.leg(step.leg).talk(float(step.value.text))


async def _react(asterisk: Asterisk, step: ScenarioStep) -> None:
    """A person does something with a phone that rings."""
    phone = asterisk.phone(step.value.text)
    await {"answer": phone.answer, "busy": phone.busy, "decline": phone.decline}[step.kind]()


async def _hangup(asterisk: Asterisk, step: ScenarioStep) -> None:
    """The leg that is named hangs up, otherwise the one that acts."""
    await asterisk.leg(step.leg if step.value.plain is None else step.value.text).hangup()


async def _transfer(asterisk: Asterisk, step: ScenarioStep) -> None:
    """A phone transfers its call blindly."""
    await asterisk.phone(step.leg).transfer(step.value.text)


async def _set(asterisk: Asterisk, step: ScenarioStep) -> None:
    """A key of astdb, or a channel variable of a leg, gets a value."""
    key, value = step.value.string("astdb"), step.value.string("value")
    if key:
        await asterisk.astdb_put(key, value)
    else:
        await asterisk.leg(step.leg).set_variable(step.value.string("variable"), value)


async def _delete(asterisk: Asterisk, step: ScenarioStep) -> None:
    """A key is removed from astdb; it need not be there."""
    await asterisk.astdb_delete(step.value.string("astdb"))


async def _read(asterisk: Asterisk, step: ScenarioStep) -> None:
    """A variable of a leg, a key of astdb or a function is asked for and kept in the trace, to be compared."""
    ((kind, name),) = step.value.texts().items()
    if kind == "variable":
        value = await asterisk.leg(step.leg).read_variable(name)
    elif kind == "astdb":
        found = await asterisk.astdb_get(name)
        value = "(none)" if found is None else found
    else:
        value = await asterisk.function(name)
    asterisk.remember(f"{kind} {name}", value)


async def _ami(asterisk: Asterisk, step: ScenarioStep) -> None:
    """A manager action. `answer` are shell patterns for headers of its response."""
    fields = _lists(step.value)
    headers = await asterisk.ami(fields)
    _check(step.texts("answer"), headers, f"answer to {fields.get('Action', '')}")
    if "Response" in step.texts("answer"):
        asterisk.attempts.expect_the_last()


def _lists(value: Node) -> Mapping[str, str | tuple[str, ...]]:
    """Texts by key, several where a list is written."""
    return {
        key: value.strings(key) if isinstance(below.plain, list) else below.text
        for key, below in value.fields.items()
    }


async def _ari(asterisk: Asterisk, step: ScenarioStep) -> None:
    """An ARI operation. `{caller}` in a parameter is the id of that leg's channel; `answer` are shell patterns."""

    def fill(value: Json) -> Json:
        if isinstance(value, dict):
            return {key: fill(part) for key, part in value.items()}
        if isinstance(value, list):
            return [fill(part) for part in value]
        return LEG.sub(lambda leg: asterisk.leg(leg[1]).id, value) if isinstance(value, str) else value

    operation = step.value.string("operation")
    answer = await asterisk.ari(
        operation, **{name: fill(plain) for name, plain in _parameters(step.value).items()}
    )
    what = f"answer to {operation}" + (f" ({answer.problem})" if answer.problem else "")
    _check(step.texts("answer"), (("Status", str(answer.status)), *leaves(answer.body)), what)
    if "Status" in step.texts("answer"):
        asterisk.attempts.expect_the_last()


def _parameters(value: Node) -> Mapping[str, Json]:
    """Those of an ARI operation. One that has the name of a key of ours stands below `parameters`."""
    below = value.get(_PARAMETERS)
    more = below.fields if below else {}
    own = {"operation", _PARAMETERS} - set(more)
    return {name: node.plain for name, node in {**value.fields, **more}.items() if name not in own}


async def _agi(asterisk: Asterisk, step: ScenarioStep) -> None:
    """The scenario is an AGI script: its commands in order, each with a pattern for its answer.

    The script ends with its last command, unless it `stays`.
    """
    conversation = await asterisk.agi(step.value.text, within=step.seconds("within"))
    commands = step.node.get("commands")
    for item in commands.items if commands else ():
        command, pattern = item.string("command", item.text), item.string("answer", "*")
        answer = str(await conversation.command(command))
        if not like(answer, pattern):
            raise ExpectationFailed(f"answer to {command}: wanted {pattern}, got {answer}")
    stays = step.node.get("stays")
    if stays is None or stays.plain is not True:
        conversation.end()


def _check(wanted: Mapping[str, str], headers: Headers, what: str) -> None:
    """Raises ExpectationFailed when an answer is not as the scenario says."""
    for name, pattern in wanted.items():
        values = [value for header, value in headers if header.lower() == name.lower()]
        if not any(like(value, pattern) for value in values):
            got = ", ".join(values) or "nothing of that name"
            raise ExpectationFailed(f"{what}: {name}: wanted {pattern}, got {got}")


# `ami` and `ari` come before `answer`, which says what to expect there and is a step of its own elsewhere.
_KINDS: Mapping[str, Callable[[Asterisk, ScenarioStep], Awaitable[None]]] = {
    "ami": _ami,
    "ari": _ari,
    "agi": _agi,
    "call": _call,
    "callfile": _callfile,
    "wait": _wait,
    "pause": _pause,
    "dtmf": _dtmf,
    "talk": _talk,
    "answer": _react,
    "busy": _react,
    "decline": _react,
    "hangup": _hangup,
    "transfer": _transfer,
    "set": _set,
    "delete": _delete,
    "read": _read,
}
