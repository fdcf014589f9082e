"""Rules about AGI: what a script is told, what it asks, how it is answered."""

from __future__ import annotations

from harness.judge.rules.rule import ADDED, CHANGED, REMOVED, Match, Rule, Witness, one_of
from harness.model import Severity

__all__ = ["RULES"]


def _talk(*lines: str) -> str:
    """A conversation: `> line` is the script's, all else Asterisk's. One line `.` stands for the empty one."""
    blocks = []
    for line in lines:
        who, text = ("script", line[2:]) if line.startswith("> ") else ("asterisk", "" if line == "." else line)
        blocks.append(f"Agi: {who}\nChannel: PJSIP/ann-00000001\nLine: {text}")
    return "\n\n".join(blocks)


_AGI = frozenset({"agi"})
_ANSWER, _ENVIRONMENT = frozenset({"AGI answer"}), frozenset({"AGI environment"})
_ASK = "> GET VARIABLE X"

RULES = (
    Rule(
        "agi-place-changed",
        "A script is started from another place of the dialplan on {subject}",
        Severity.INFO,
        "agi_context, agi_extension and agi_priority say where AGI() stands: migrations change that.",
        "Nothing, unless the script reads them.",
        match=Match(_AGI, CHANGED, _ENVIRONMENT, layer="path"),
        witness=Witness(_talk("agi_context: macro-in", "."), _talk("agi_context: sub-in", ".")),
    ),
    Rule(
        "agi-command-unknown",
        "{event}: the candidate does not know the command, or does not take it so: {candidate}",
        Severity.BREAKING,
        "The script gets an error where it got a result.",
        "See `agi show commands topic` of the candidate for the command and its syntax.",
        match=Match(_AGI, CHANGED, _ANSWER, frozenset({"Code"}), candidate=one_of("510", "520")),
        witness=Witness(_talk(_ASK, "200 result=1 (a)"), _talk(_ASK, "510 Invalid or unknown command")),
    ),
    Rule(
        "agi-result-changed",
        "{event} of {subject}: {field} is {candidate} instead of {old}",
        Severity.BREAKING,
        "The script goes another way.",
        "Look at what the script does with the result.",
        match=Match(_AGI, CHANGED, _ANSWER, frozenset({"Code", "Result"})),
        witness=Witness(_talk(_ASK, "200 result=1 (a)"), _talk(_ASK, "200 result=0")),
    ),
    Rule(
        "agi-answer-changed",
        "{event} of {subject} says {candidate} instead of {old}",
        Severity.REVIEW,
        "The script reads another value.",
        "Look at what the script does with the value.",
        match=Match(_AGI, CHANGED, _ANSWER),
        witness=Witness(_talk(_ASK, "200 result=1 (a)"), _talk(_ASK, "200 result=1 (b)")),
    ),
    Rule(
        "agi-environment-lost",
        "AGI scripts are not told {field} any more",
        Severity.BREAKING,
        "A script that reads it finds nothing.",
        "Search the site's scripts for it; most of it can be asked for with GET VARIABLE.",
        match=Match(_AGI, REMOVED, _ENVIRONMENT, whole=False),
        witness=Witness(_talk("agi_request: x", "agi_dnid: 1", "."), _talk("agi_request: x", ".")),
        shared=True,
    ),
    Rule(
        "agi-environment-added",
        "AGI scripts are told {field}",
        Severity.ADDITIVE,
        "Scripts that ignore what they do not know do not notice.",
        "Nothing, as a rule.",
        match=Match(_AGI, ADDED, _ENVIRONMENT, whole=False),
        witness=Witness(_talk("agi_request: x", "."), _talk("agi_request: x", "agi_new: 1", ".")),
        shared=True,
    ),
    Rule(
        "agi-environment-changed",
        "A script on {subject} is told {field} {candidate} instead of {old}",
        Severity.REVIEW,
        "The script starts from something else.",
        "Look at what the script does with it.",
        match=Match(_AGI, CHANGED, _ENVIRONMENT),
        witness=Witness(_talk("agi_dnid: 1", "."), _talk("agi_dnid: unknown", ".")),
    ),
    Rule(
        "agi-command-lost",
        "{event} on {subject} does not come any more: {old}",
        Severity.BREAKING,
        "It ends earlier, or goes another way.",
        "See what it was answered before, and whether it runs at all on the candidate.",
        match=Match(_AGI, REMOVED, whole=True),
        witness=Witness(_talk(_ASK, "200 result=1 (a)"), ""),
    ),
    Rule(
        "agi-command-added",
        "{event} on {subject} comes now: {candidate}",
        Severity.REVIEW,
        "It goes another way.",
        "See what it was answered before.",
        match=Match(_AGI, ADDED, whole=True),
        witness=Witness("", _talk(_ASK, "200 result=1 (a)")),
    ),
    Rule(
        "agi-command-changed",
        "A script on {subject} says {candidate} instead of {old}",
        Severity.REVIEW,
        "Something that it was told made it say another thing.",
        "See what it was answered before.",
        match=Match(_AGI, CHANGED, frozenset({"AGI command"})),
        witness=Witness(_talk("> VERBOSE a"), _talk("> VERBOSE b")),
    ),
)
