"""A step of a scenario file → what it does, with the line that it stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from harness.errors import ScenarioError
from harness.play.leg import Wanted
from harness.play.steps.operations import (
    AgiScript,
    AmiAction,
    AriOperation,
    CallFile,
    DeleteAstdb,
    Dial,
    Dtmf,
    Hangup,
    MakeSound,
    Move,
    Operation,
    Pause,
    PlaceCall,
    PutAstdb,
    Read,
    SetVariable,
    Transfer,
    Wait,
    WaitForState,
)
from harness.site.reading.document import Node

if TYPE_CHECKING:
    from harness.play.asterisk import Asterisk

__all__ = ["ScenarioStep", "kind_of", "step_of"]

_GAP = 0.25
_PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One step, and its line in the file."""

    line: int
    operation: Operation

    async def play(self, asterisk: Asterisk, file: str) -> None:
        """Do it. A ScenarioError says in the end which line of which file could not be played."""
        try:
            await self.operation.play(asterisk)
        except ScenarioError as problem:
            located = type(problem)(f"{problem} ({file}:{self.line})")
            for note in getattr(problem, "__notes__", ()):
                located.add_note(note)
            raise located from problem


def kind_of(node: Node) -> str:
    """The key that says what a step is; empty when there is none."""
    return next((kind for kind in _MAKERS if kind in node.fields), "")


def step_of(node: Node, newest: str) -> ScenarioStep:
    """The step that an entry is. `newest` is the leg that acts unless the entry names one."""
    kind = kind_of(node)
    return ScenarioStep(node.line, _MAKERS[kind](node, node.fields[kind], node.string("by", newest)))


def _seconds(node: Node, key: str) -> float | None:
    value = node.get(key)
    return None if value is None else float(value.text)


def _call(node: Node, value: Node, _leg: str) -> Operation:
    answered_within = _seconds(node, "answered_within")
    phone = node.string("from")
    if phone:
        return Dial(phone, value.text, answered_within)
    variables = node.get("variables")
    return PlaceCall(
        target=value.text,
        leg=node.string("as", "caller"),
        caller_id=node.string("caller_id"),
        variables=variables.texts() if variables else {},
        answered_within=answered_within,
    )


def _wait(node: Node, value: Node, leg: str) -> Operation:
    within = _seconds(node, "within")
    if not value.fields:
        return WaitForState(leg, value.text, within)
    texts = value.texts()
    named = next((key for key in ("userevent", "event", "ari") if key in texts), "")
    if not named:
        return Wait(cast(Wanted, texts), within)
    headers = {key: text for key, text in texts.items() if key != named}
    return Wait(cast(Wanted, {named: texts[named], "headers": headers}), within)


def _hangup(_node: Node, value: Node, leg: str) -> Operation:
    return Hangup(leg if value.plain is None else value.text)


def _move(what: Literal["answer", "busy", "decline"]) -> Callable[[Node, Node, str], Operation]:
    return lambda _node, value, _leg: Move(value.text, what)


def _set(_node: Node, value: Node, leg: str) -> Operation:
    key = value.string("astdb")
    if key:
        return PutAstdb(key, value.string("value"))
    return SetVariable(leg, value.string("variable"), value.string("value"))


def _read_value(_node: Node, value: Node, leg: str) -> Operation:
    ((kind, name),) = value.texts().items()
    return Read(cast(Literal["variable", "astdb", "function"], kind), name, leg if kind == "variable" else "")


def _ami(node: Node, value: Node, _leg: str) -> Operation:
    answer = node.get("answer")
    return AmiAction(_lists(value), answer.texts() if answer else {})


def _lists(value: Node) -> Mapping[str, str | tuple[str, ...]]:
    """Texts by key, several where a list is written."""
    return {
        key: tuple(item.text for item in below.items) if isinstance(below.plain, list) else below.text
        for key, below in value.fields.items()
    }


def _ari(node: Node, value: Node, _leg: str) -> Operation:
    more = value.get(_PARAMETERS)  # for one that has the name of a key of ours
    fields = {**value.fields, **(more.fields if more else {})}
    own = {"operation", _PARAMETERS} - set(more.fields if more else ())
    parameters = {name: below.plain for name, below in fields.items() if name not in own}
    answer = node.get("answer")
    return AriOperation(value.string("operation"), parameters, answer.texts() if answer else {})


def _agi(node: Node, value: Node, _leg: str) -> Operation:
    commands = node.get("commands")
    return AgiScript(
        script=value.text,
        commands=tuple(_command(item) for item in (commands.items if commands else ())),
        stays=(node.get("stays") or Node(0, False)).plain is True,
        within=_seconds(node, "within"),
    )


def _command(item: Node) -> tuple[str, str]:
    if not item.fields:
        return item.text, "*"
    return item.string("command"), item.string("answer", "*")


# `ami` and `ari` come before `answer`, which says what to expect there and is a step of its own elsewhere.
_MAKERS: Mapping[str, Callable[[Node, Node, str], Operation]] = {
    "ami": _ami,
    "ari": _ari,
    "agi": _agi,
    "call": _call,
    "callfile": lambda _node, value, _leg: CallFile(_lists(value)),
    "wait": _wait,
    "pause": lambda _node, value, _leg: Pause(float(value.text)),
    "dtmf": lambda node, value, leg: Dtmf(leg, value.text, node.number("gap", _GAP)),
    "talk": lambda _node, value, leg: MakeSound(leg, float(value.text)),
    "answer": _move("answer"),
    "busy": _move("busy"),
    "decline": _move("decline"),
    "hangup": _hangup,
    "transfer": lambda _node, value, leg: Transfer(leg, value.text),
    "set": _set,
    "delete": lambda _node, value, _leg: DeleteAstdb(value.string("astdb")),
    "read": _read_value,
}
