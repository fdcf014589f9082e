"""Expectations: an entry of `expect:` → a pure function over the evidence that says what was got instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.play.expectations import calls, records
from harness.play.expectations.evidence import Ask, Evidence
from harness.site.reading.document import Node

__all__ = ["Expectation", "expectation_of"]

Failure = Callable[[Evidence], str]

_NEVER_LATE = frozenset({"not_applications", "not_dialed", "not_played", "no_log"})


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is wanted in words, its line, what to ask for, and what was got instead (empty when it holds).

    `patience` is for how many seconds what is wanted may still come after the last step. `uses` is what the
    scenario shares with others because of it.
    """

    words: str
    line: int
    failure: Failure
    ask: Ask = field(default_factory=Ask)
    patience: float = 0.0
    uses: tuple[str, ...] = ()


def expectation_of(node: Node) -> Expectation:
    """The expectation that an entry is, which the schema has found to be one."""
    kind = next(key for key in node.fields if key in _MAKERS)
    value = node.fields[kind]
    return Expectation(
        words=_words(node),
        line=node.line,
        failure=_MAKERS[kind](node, value),
        ask=_ask(kind, value),
        patience=_patience(kind, value),
        uses=_mailboxes(value) if kind == "mailbox" else (),
    )


def _words(node: Node) -> str:
    return ", ".join(f"{key}: {_written(value)}" for key, value in node.fields.items())


def _written(node: Node) -> str:
    if node.fields:
        return f"{{{', '.join(f'{key}: {_written(below)}' for key, below in node.fields.items())}}}"
    if node.items:
        return f"[{', '.join(item.text for item in node.items)}]"
    return node.text or ("null" if node.plain is None else '""')


def _mailboxes(value: Node) -> tuple[str, ...]:
    return tuple(f"mailbox/{name.removesuffix('@default')}" for name in value.fields)


def _patience(kind: str, value: Node) -> float:
    """Records come from a thread of their own after the call, later than all else."""
    if kind in _NEVER_LATE or (kind == "answered" and value.plain is False):
        return 0.0
    return 5.0 if kind == "cdr" else 2.0


def _ask(kind: str, value: Node) -> Ask:
    return Ask(
        astdb=tuple(value.fields) if kind == "astdb" else (),
        mailboxes=tuple(value.fields) if kind == "mailbox" else (),
        files=kind == "file",
        log=kind in ("played", "not_played", "log", "no_log"),
    )


_MAKERS: Mapping[str, Callable[[Node, Node], Failure]] = {
    "answered": calls.answered,
    "applications": calls.applications,
    "not_applications": calls.not_applications,
    "dialed": calls.dialed,
    "not_dialed": calls.not_dialed,
    "played": calls.played,
    "not_played": calls.not_played,
    "hangup_cause": calls.hangup_cause,
    "variable": calls.variable,
    "userevent": calls.userevent,
    "event": calls.event,
    "astdb": records.astdb,
    "cdr": records.cdr,
    "mailbox": records.mailbox,
    "file": records.file,
    "log": records.log,
    "no_log": records.no_log,
}
