"""Rules about ARI: operations, their answers, and events."""

from __future__ import annotations

from harness.judge.rules.rule import ADDED, CHANGED, REMOVED, Match, Rule, Witness, is_retyped
from harness.model import Severity

__all__ = ["RULES"]
_ARI, _ANSWER, _PROBLEM = frozenset({"ari"}), frozenset({"ARI answer"}), frozenset({"Problem"})


def _answer(status: int = 200, body: str = "", problem: str = "") -> str:
    return f"Ari: answer\nOperation: bridges.create\nStatus: {status}\nProblem: {problem}\nBody: {body}"


def _event(kind: str, body: str = "{}") -> str:
    return f"Ari: event\nType: {kind}\nBody: {body}"


RULES = (
    Rule(
        id="ari-operation-refused",
        title="{event}: {candidate}",
        severity=Severity.BREAKING,
        why="The operation, or one of its parameters, is not there, or ARI itself is not.",
        advice="See the candidate's API declarations, and whether res_ari and its parts are loaded.",
        match=Match(_ARI, CHANGED, _ANSWER, _PROBLEM, candidate=bool),
        witness=Witness(_answer(200), _answer(0, problem="the release has no operation bridges.create")),
    ),
    Rule(
        id="ari-operation-taken",
        title="{event}: it is taken now, and was not: {old}",
        severity=Severity.REVIEW,
        why="A program that counted on the refusal does something now.",
        advice="Check that it means to.",
        match=Match(_ARI, CHANGED, _ANSWER, _PROBLEM),
        witness=Witness(_answer(0, problem="no such parameter"), _answer(0)),
    ),
    Rule(
        id="ari-status-changed",
        title="{event} is {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="A program takes it for a failure, or for a success.",
        advice="Look at what the program does with the status.",
        match=Match(_ARI, CHANGED, _ANSWER, frozenset({"Status"})),
        witness=Witness(_answer(200), _answer(409)),
    ),
    Rule(
        id="ari-field-lost",
        title="{event} has no {field} any more",
        severity=Severity.BREAKING,
        why="A program that reads it fails.",
        advice="Search the site's programs for it.",
        match=Match(_ARI, REMOVED, whole=False),
        witness=Witness(_answer(body='{"id": "a", "name": "b"}'), _answer(body='{"id": "a"}')),
        shared=True,
    ),
    Rule(
        id="ari-field-added",
        title="{event} has a new {field}",
        severity=Severity.ADDITIVE,
        why="Programs that ignore what they do not know do not notice.",
        advice="Check programs that refuse what they do not know.",
        match=Match(_ARI, ADDED, whole=False),
        witness=Witness(_answer(body='{"id": "a"}'), _answer(body='{"id": "a", "name": "b"}')),
        shared=True,
    ),
    Rule(
        id="ari-event-lost",
        title="{event} does not come any more for {subject}",
        severity=Severity.BREAKING,
        why="A program that waits for it waits in vain.",
        advice="Search the site's programs for it.",
        match=Match(_ARI, REMOVED),
        witness=Witness(_event("PlaybackFinished"), ""),
    ),
    Rule(
        id="ari-event-added",
        title="{event} comes now for {subject}",
        severity=Severity.ADDITIVE,
        why="Programs that ignore what they do not know do not notice.",
        advice="Check programs that refuse what they do not know.",
        match=Match(_ARI, ADDED),
        witness=Witness("", _event("PlaybackFinished")),
    ),
    Rule(
        id="ari-type-changed",
        title="{event}: {field} is of another type: {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="A program that compares it, or calculates with it, fails.",
        advice="Search the site's programs for it.",
        match=Match(_ARI, CHANGED, values=is_retyped),
        witness=Witness(_answer(body='{"cause": 16}'), _answer(body='{"cause": "16"}')),
    ),
    Rule(
        id="ari-value-changed",
        title="{event}: {field} is {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="A program reads another value.",
        advice="Look at what the program does with it.",
        match=Match(_ARI),
        witness=Witness(_event("ChannelDestroyed", '{"cause": 0}'), _event("ChannelDestroyed", '{"cause": 19}')),
    ),
)
