"""Rules about ARI: operations, their answers, and events."""

from __future__ import annotations

from harness.judge.rules.rule import ADDED, CHANGED, REMOVED, Match, Rule, Witness, is_filled, is_retyped
from harness.model import Severity

__all__ = ["RULES"]
_ARI, _ANSWER, _PROBLEM = frozenset({"ari"}), frozenset({"ARI answer"}), frozenset({"Problem"})


def _answer(status: int = 200, body: str = "", problem: str = "") -> str:
    return f"Ari: answer\nOperation: bridges.create\nStatus: {status}\nProblem: {problem}\nBody: {body}"


def _event(kind: str, body: str = "{}") -> str:
    return f"Ari: event\nType: {kind}\nBody: {body}"


_MACRO = _event("ChannelVarset", '{{"variable": "MACRO_EXTEN", "value": "{}"}}')

RULES = (
    Rule(
        "ari-operation-refused",
        "{event}: {candidate}",
        Severity.BREAKING,
        "The operation, or one of its parameters, is not there, or ARI itself is not.",
        "See the candidate's API declarations, and whether res_ari and its parts are loaded.",
        match=Match(_ARI, CHANGED, _ANSWER, _PROBLEM, candidate=bool),
        witness=Witness(_answer(200), _answer(0, problem="the release has no operation bridges.create")),
    ),
    Rule(
        "ari-operation-taken",
        "{event}: it is taken now, and was not: {old}",
        Severity.REVIEW,
        "A program that counted on the reason_of does something now.",
        "Check that it means to.",
        match=Match(_ARI, CHANGED, _ANSWER, _PROBLEM),
        witness=Witness(_answer(0, problem="no such parameter"), _answer(0)),
    ),
    Rule(
        "ari-status-changed",
        "{event} is {candidate} instead of {old}",
        Severity.BREAKING,
        "A program takes it for a failure, or for a success.",
        "Look at what the program does with the status.",
        match=Match(_ARI, CHANGED, _ANSWER, frozenset({"Status"})),
        witness=Witness(_answer(200), _answer(409)),
    ),
    Rule(
        "ari-field-lost",
        "{event} has no {field} any more",
        Severity.BREAKING,
        "A program that reads it fails.",
        "Search the site's programs for it.",
        match=Match(_ARI, REMOVED, whole=False),
        witness=Witness(_answer(body='{"id": "a", "name": "b"}'), _answer(body='{"id": "a"}')),
        shared=True,
    ),
    Rule(
        "ari-field-added",
        "{event} has a new {field}",
        Severity.ADDITIVE,
        "Programs that ignore what they do not know do not notice.",
        "Check programs that refuse what they do not know.",
        match=Match(_ARI, ADDED, whole=False),
        witness=Witness(_answer(body='{"id": "a"}'), _answer(body='{"id": "a", "name": "b"}')),
        shared=True,
    ),
    Rule(
        "ari-path-changed",
        "{event} of {subject} differs",
        Severity.INFO,
        "What a mechanism of the dialplan leaves behind, or where in the dialplan a channel is.",
        "Nothing, unless a program reads it.",
        match=Match(_ARI, layer="path"),
        witness=Witness(_MACRO.format("a"), _MACRO.format("b")),
    ),
    Rule(
        "ari-event-lost",
        "{event} does not come any more for {subject}",
        Severity.BREAKING,
        "A program that waits for it waits in vain.",
        "Search the site's programs for it.",
        match=Match(_ARI, REMOVED),
        witness=Witness(_event("PlaybackFinished"), ""),
    ),
    Rule(
        "ari-event-added",
        "{event} comes now for {subject}",
        Severity.ADDITIVE,
        "Programs that ignore what they do not know do not notice.",
        "Check programs that refuse what they do not know.",
        match=Match(_ARI, ADDED),
        witness=Witness("", _event("PlaybackFinished")),
    ),
    Rule(
        "ari-type-changed",
        "{event}: {field} is of another type: {candidate} instead of {old}",
        Severity.BREAKING,
        "A program that compares it, or calculates with it, fails.",
        "Search the site's programs for it.",
        match=Match(_ARI, CHANGED, values=is_retyped),
        witness=Witness(_answer(body='{"cause": 16}'), _answer(body='{"cause": "16"}')),
    ),
    Rule(
        "ari-value-filled",
        "{event}: {field} is {candidate} where it was empty",
        Severity.ADDITIVE,
        "A field that held nothing holds something now.",
        "Check programs that take the empty value for an answer.",
        match=Match(_ARI, CHANGED, layer="effect", values=is_filled),
        witness=Witness(_answer(body='{"name": ""}'), _answer(body='{"name": "b"}')),
    ),
    Rule(
        "ari-value-changed",
        "{event}: {field} is {candidate} instead of {old}",
        Severity.REVIEW,
        "A program reads another value.",
        "Look at what the program does with it.",
        match=Match(_ARI),
        witness=Witness(_event("ChannelDestroyed", '{"cause": 0}'), _event("ChannelDestroyed", '{"cause": 19}')),
    ),
)
