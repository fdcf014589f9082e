"""Rules over Asterisk's own log: the lines that explain a difference, and new warnings and errors."""

from __future__ import annotations

import re

from harness.asterisk.replacements import APPLICATIONS, FUNCTIONS, TECHNOLOGIES
from harness.judge.rules.rule import ADDED, CHANGED, REMOVED, LogRule, Match, Rule, Witness
from harness.model import Change, Severity, held_value

__all__ = ["CAUSES", "RULES", "explains"]

_LOG = frozenset({"log"})


def _is_of_option(change: Change) -> bool:
    """Whether the candidate complains of an option that it does not know."""
    return "Unrecognized option: '" in str(held_value(change.candidate, "Message"))


CAUSES = (
    LogRule(
        id="application-missing",
        title="The application {thing} does not exist any more: the call ends there",
        severity=Severity.BREAKING,
        why="Asterisk hangs up a call that reaches an application it does not have.",
        advice="Load the module that has {thing}, or rewrite the priority.",
        pattern=re.compile(
            r"No application '(?P<thing>[^']+)' for extension "
            r"\((?P<context>.*), (?P<extension>.*), (?P<priority>\d+)\)"
        ),
        replacements=APPLICATIONS,
        about="application",
        witness=Witness("", "Level: WARNING\nMessage: No application 'Macro' for extension (d01, run, 1)"),
    ),
    LogRule(
        id="script-application-missing",
        title="The application {thing}, which a script runs, does not exist any more",
        severity=Severity.BREAKING,
        why="EXEC is answered with -2, nothing is done, and the call goes on.",
        advice="Load the module that has {thing}, or have the script do it in another way.",
        pattern=re.compile(r"Could not find application \((?P<thing>[^)]+)\)"),
        replacements=APPLICATIONS,
        about="application",
        witness=Witness("", "Level: WARNING\nMessage: Could not find application (MailboxExists)"),
    ),
    LogRule(
        id="function-missing",
        title="The dialplan function {thing} does not exist any more",
        severity=Severity.BREAKING,
        why="Reading it gives an empty value and setting it does nothing: the call runs on, wrongly.",
        advice="Load the module that has {thing}, or use another function.",
        pattern=re.compile(r"Function (?P<thing>\w+) not registered"),
        replacements=FUNCTIONS,
        about="function",
        witness=Witness("", "Level: ERROR\nMessage: Function CALLERPRES not registered"),
    ),
    LogRule(
        id="channel-technology-missing",
        title="The channel technology {thing} does not exist any more: nothing can be dialled through it",
        severity=Severity.BREAKING,
        why="Dial ends at once with CHANUNAVAIL and another hangup cause than an unreachable peer has.",
        advice="Load the module that has {thing}, or dial through another technology.",
        pattern=re.compile(r"No channel type registered for '(?P<thing>[^']+)'"),
        replacements=TECHNOLOGIES,
        about="channel technology",
        witness=Witness("", "Level: WARNING\nMessage: No channel type registered for 'SIP'"),
    ),
    LogRule(
        id="sound-missing",
        title="The sound {thing} is not there or in no format that can be played",
        severity=Severity.BREAKING,
        why="The caller hears nothing where a prompt was played.",
        advice="Copy {thing} to the candidate's sounds, in a format and language that it has.",
        pattern=re.compile(r"File (?P<thing>\S+) does not exist in any format"),
        about="sound",
        witness=Witness("", "Level: WARNING\nMessage: File custom/welcome does not exist in any format"),
    ),
)

RULES = (
    Rule(
        "log-level-changed",
        "A line of the log has another level: {candidate}",
        Severity.INFO,
        "Asterisk says the same as before, louder or less loud.",
        "Nothing, unless a program reads the log by its levels.",
        match=Match(_LOG, CHANGED, frozenset({"log level"})),
        witness=Witness("Level: NOTICE\nMessage: Peer is gone", "Level: WARNING\nMessage: Peer is gone"),
    ),
    Rule(
        "log-wording-changed",
        "The log says it in other words: {candidate}",
        Severity.INFO,
        "One line is gone and one has come that speak of the same thing.",
        "Nothing, unless a program searches the log for the words.",
        match=Match(_LOG, CHANGED, frozenset({"log wording"})),
        witness=Witness(
            "Level: WARNING\nMessage: Attempt to pause interface PJSIP/104, not found",
            "Level: WARNING\nMessage: Could not pause interface PJSIP/104: it is not a member",
        ),
    ),
    Rule(
        "log-option-unrecognized",
        "The candidate passes over an option of an application: {candidate}",
        Severity.BREAKING,
        "Asterisk takes the other options and does nothing for this one, which the old release knew.",
        "Search the dialplan, and the values of its variables, for the option; where it was `M(name)`, write"
        " `U(context^argument)`.",
        match=Match(_LOG, ADDED, values=_is_of_option),
        witness=Witness("", "Level: WARNING\nMessage: Unrecognized option: 'M'"),
    ),
    Rule(
        "log-error-added",
        "New error in the log: {candidate}",
        Severity.REVIEW,
        "Asterisk says that something failed during this scenario which did not fail before.",
        "Read the line; if it is harmless, waive it.",
        match=Match(_LOG, ADDED | CHANGED, frozenset({"log ERROR"})),
        witness=Witness("", "Level: ERROR\nMessage: Unable to open master device"),
    ),
    Rule(
        "log-warning-added",
        "New warning in the log: {candidate}",
        Severity.REVIEW,
        "Asterisk warns of something during this scenario of which it did not warn before.",
        "Read the line; if it is harmless, waive it.",
        match=Match(_LOG, ADDED | CHANGED, frozenset({"log WARNING"})),
        witness=Witness("", "Level: WARNING\nMessage: Unable to find codec"),
    ),
    Rule(
        "log-deprecated",
        "The candidate warns that something used here will go: {candidate}",
        Severity.INFO,
        "What is deprecated still works, and may be gone in the next release.",
        "Plan to replace it.",
        match=Match(_LOG, ADDED | CHANGED, frozenset({"log deprecated"})),
        witness=Witness("", "Level: WARNING\nMessage: CALLERPRES is deprecated."),
    ),
    Rule(
        "log-line-gone",
        "No longer in the log: {old}",
        Severity.INFO,
        "A warning or an error of the old release does not come any more.",
        "Nothing to do.",
        match=Match(_LOG, REMOVED),
        witness=Witness("Level: WARNING\nMessage: Unable to find codec", ""),
    ),
)


def explains(message: str) -> bool:
    """Whether a line of the log names by itself what is missing."""
    return any(rule.pattern.search(message) for rule in CAUSES)
