"""A step of a scenario file → what it does, with the line that it stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from harness.errors import ScenarioError
from harness.play.leg import Wanted
from harness.play.steps.acts import (
    Act,
    Agi,
    Ami,
    Ari,
    Call,
    DeleteAstdb,
    Dial,
    Dtmf,
    Hangup,
    Move,
    Pause,
    PutAstdb,
    Read,
    SetVariable,
    Talk,
    Transfer,
    Wait,
    WaitForState,
)
from harness.site.reading.document import Node

if TYPE_CHECKING:
    from harness.play.asterisk import Asterisk

__all__ = ["Step", "kind_of", "step_of"]

_GAP = 0.25
_PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and its line in the file."""

    line: int
    act: Act

    async def play(self, asterisk: Asterisk, file: str) -> None:
        """Do it. A ScenarioError says in the end which line of which file could not be played."""
        try:
            await self.act.play(asterisk)
        except ScenarioError as problem:
            told = type(problem)(f"{problem} ({file}:{self.line})")
            for note in getattr(problem, "__notes__", ()):
                told.add_note(note)
            raise told from problem


def kind_of(node: Node) -> str:
    """The key that says what a step is; empty when there is none."""
    return next((kind for kind in _MAKERS if kind in node.fields), "")


def step_of(node: Node, newest: str) -> Step:
    """The step that an entry is. `newest` is the leg that acts unless the entry names one."""
    kind = kind_of(node)
    return Step(node.line, _MAKERS[kind](node, node.fields[kind], node.string("by", newest)))


def _seconds(node: Node, key: str) -> float | None:
    value = node.get(key)
    return None if value is None else float(value.text)


def _call(node: Node, value: Node, _leg: str) -> Act:
    answered_within = _seconds(node, "answered_within")
    phone = node.string("from")
    if phone:
        return Dial(phone, value.text, answered_within)
    variables = node.get("variables")
    return Call(
        target=value.text,
        leg=node.string("as", "caller"),
        caller_id=node.string("caller_id"),
        variables=variables.texts() if variables else {},
        answered_within=answered_within,
    )


def _wait(node: Node, value: Node, leg: str) -> Act:
    within = _seconds(node, "within")
    if not value.fields:
        return WaitForState(leg, value.text, within)
    texts = value.texts()
    named = next((key for key in ("userevent", "event", "ari") if key in texts), "")
    if not named:
        return Wait(cast(Wanted, texts), within)
    headers = {key: text for key, text in texts.items() if key != named}
    return Wait(cast(Wanted, {named: texts[named], "headers": headers}), within)


def _hangup(_node: Node, value: Node, leg: str) -> Act:
    return Hangup(leg if value.plain is None else value.text)


def _move(what: Literal["answer", "busy", "decline"]) -> Callable[[Node, Node, str], Act]:
    return lambda _node, value, _leg: Move(value.text, what)


def _set(_node: Node, value: Node, leg: str) -> Act:
    key = value.string("astdb")
    if key:
        return PutAstdb(key, value.string("value"))
    return SetVariable(leg, value.string("variable"), value.string("value"))


def _read(_node: Node, value: Node, leg: str) -> Act:
    ((kind, name),) = value.texts().items()
    return Read(cast(Literal["variable", "astdb", "function"], kind), name, leg if kind == "variable" else "")


def _ami(node: Node, value: Node, _leg: str) -> Act:
    fields = {
        key: tuple(item.text for item in below.items) if isinstance(below.plain, list) else below.text
        for key, below in value.fields.items()
    }
    answer = node.get("answer")
    return Ami(fields, answer.texts() if answer else {})


def _ari(node: Node, value: Node, _leg: str) -> Act:
    more = value.get(_PARAMETERS)  # for one that has the name of a key of ours
    fields = {**value.fields, **(more.fields if more else {})}
    own = {"operation", _PARAMETERS} - set(more.fields if more else ())
    parameters = {name: below.plain for name, below in fields.items() if name not in own}
    answer = node.get("answer")
    return Ari(value.string("operation"), parameters, answer.texts() if answer else {})


def _agi(node: Node, value: Node, _leg: str) -> Act:
    commands = node.get("commands")
    return Agi(
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
_MAKERS: Mapping[str, Callable[[Node, Node, str], Act]] = {
    "ami": _ami,
    "ari": _ari,
    "agi": _agi,
    "call": _call,
    "wait": _wait,
    "pause": lambda _node, value, _leg: Pause(float(value.text)),
    "dtmf": lambda node, value, leg: Dtmf(leg, value.text, node.number("gap", _GAP)),
    "talk": lambda _node, value, leg: Talk(leg, float(value.text)),
    "answer": _move("answer"),
    "busy": _move("busy"),
    "decline": _move("decline"),
    "hangup": _hangup,
    "transfer": lambda _node, value, leg: Transfer(leg, value.text),
    "set": _set,
    "delete": lambda _node, value, _leg: DeleteAstdb(value.string("astdb")),
    "read": _read,
}
