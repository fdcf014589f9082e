"""Rules about AGI: what a script is told, what it asks, how it is answered."""

from __future__ import annotations

from harness.judge.rules.rule import ADDED, CHANGED, REMOVED, Match, Rule, Witness, one_of
from harness.model import Severity

__all__ = ["RULES"]


def _says(*lines: str) -> str:
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
        id="agi-place-changed",
        title="A script is started from another place of the dialplan on {subject}",
        severity=Severity.INFO,
        why="agi_context, agi_extension and agi_priority say where AGI() stands: migrations change that.",
        advice="Nothing, unless the script reads them.",
        match=Match(_AGI, CHANGED, _ENVIRONMENT, layer="path"),
        witness=Witness(_says("agi_context: macro-in", "."), _says("agi_context: sub-in", ".")),
    ),
    Rule(
        id="agi-command-unknown",
        title="{event}: the candidate does not know the command, or does not take it so: {candidate}",
        severity=Severity.BREAKING,
        why="The script gets an error where it got a result.",
        advice="See `agi show commands topic` of the candidate for the command and its syntax.",
        match=Match(_AGI, CHANGED, _ANSWER, frozenset({"Code"}), candidate=one_of("510", "520")),
        witness=Witness(_says(_ASK, "200 result=1 (a)"), _says(_ASK, "510 Invalid or unknown command")),
    ),
    Rule(
        id="agi-result-changed",
        title="{event} of {subject}: {field} is {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="The script goes another way.",
        advice="Look at what the script does with the result.",
        match=Match(_AGI, CHANGED, _ANSWER, frozenset({"Code", "Result"})),
        witness=Witness(_says(_ASK, "200 result=1 (a)"), _says(_ASK, "200 result=0")),
    ),
    Rule(
        id="agi-answer-changed",
        title="{event} of {subject} says {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="The script reads another value.",
        advice="Look at what the script does with the value.",
        match=Match(_AGI, CHANGED, _ANSWER),
        witness=Witness(_says(_ASK, "200 result=1 (a)"), _says(_ASK, "200 result=1 (b)")),
    ),
    Rule(
        id="agi-environment-lost",
        title="AGI scripts are not told {field} any more",
        severity=Severity.BREAKING,
        why="A script that reads it finds nothing.",
        advice="Search the site's scripts for it; most of it can be asked for with GET VARIABLE.",
        match=Match(_AGI, REMOVED, _ENVIRONMENT, whole=False),
        witness=Witness(_says("agi_request: x", "agi_dnid: 1", "."), _says("agi_request: x", ".")),
        shared=True,
    ),
    Rule(
        id="agi-environment-added",
        title="AGI scripts are told {field}",
        severity=Severity.ADDITIVE,
        why="Scripts that ignore what they do not know do not notice.",
        advice="Nothing, as a rule.",
        match=Match(_AGI, ADDED, _ENVIRONMENT, whole=False),
        witness=Witness(_says("agi_request: x", "."), _says("agi_request: x", "agi_new: 1", ".")),
        shared=True,
    ),
    Rule(
        id="agi-environment-changed",
        title="A script on {subject} is told {field} {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="The script starts from something else.",
        advice="Look at what the script does with it.",
        match=Match(_AGI, CHANGED, _ENVIRONMENT),
        witness=Witness(_says("agi_dnid: 1", "."), _says("agi_dnid: unknown", ".")),
    ),
    Rule(
        id="agi-command-lost",
        title="{event} on {subject} does not come any more: {old}",
        severity=Severity.BREAKING,
        why="It ends earlier, or goes another way.",
        advice="See what it was answered before, and whether it runs at all on the candidate.",
        match=Match(_AGI, REMOVED, whole=True),
        witness=Witness(_says(_ASK, "200 result=1 (a)"), ""),
    ),
    Rule(
        id="agi-command-added",
        title="{event} on {subject} comes now: {candidate}",
        severity=Severity.REVIEW,
        why="It goes another way.",
        advice="See what it was answered before.",
        match=Match(_AGI, ADDED, whole=True),
        witness=Witness("", _says(_ASK, "200 result=1 (a)")),
    ),
    Rule(
        id="agi-command-changed",
        title="A script on {subject} says {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="Something that it was told made it say another thing.",
        advice="See what it was answered before.",
        match=Match(_AGI, CHANGED, frozenset({"AGI command"})),
        witness=Witness(_says("> VERBOSE a"), _says("> VERBOSE b")),
    ),
)
