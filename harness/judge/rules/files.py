"""Rules about what Asterisk writes into files: messages, recordings, mails, queue_log.

Lines of CDR and CEL files are records as those that come over AMI are.
"""

from __future__ import annotations

from harness.asterisk.written_files import MAIL, MESSAGE, QUEUE_LOG, SOUND
from harness.judge.rules.rule import ADDED, CHANGED, REMOVED, Match, Rule, Witness, one_of
from harness.model import Change, Held, Severity

__all__ = ["RULES"]

_FILE = frozenset({"file"})
_ADVICE = "See who reads the file: a program, a person, a bill."


def _wrote(kind: str, path: str, *lines: str) -> str:
    return "\n".join((f"Written: {kind}", f"Path: {path}", *lines))


def _message(*lines: str) -> str:
    path = "voicemail/default/201/INBOX/msg0000.txt"
    return _wrote(MESSAGE, path, "origmailbox: 201", *lines)


def _sound(*lines: str) -> str:
    return _wrote(SOUND, "monitor/call.wav", "Format: wav", *lines)


def _queue(event: str, *data: str) -> str:
    numbered = (f"Data{number}: {value}" for number, value in enumerate(data, 1))
    return _wrote(QUEUE_LOG, QUEUE_LOG, f"Event: {event}", "Queue: desk", "Agent: ann", *numbered)


def _mail(*lines: str) -> str:
    return _wrote(MAIL, "mail.out", "To: ann@example.org", *lines)


def _is_nothing(held: Held) -> bool:
    return held in ("", "NONE")


def _was_nothing(change: Change) -> bool:
    return _is_nothing(change.old)


RULES = (
    Rule(
        "file-line-lost-empty",
        "{event} has no line {field} any more, which said nothing",
        Severity.INFO,
        "Nobody read anything from it.",
        "Nothing, unless a program fails without the line.",
        match=Match(_FILE, REMOVED, whole=False, values=_was_nothing),
        witness=Witness(_message("rdnis: "), _message()),
        shared=True,
    ),
    Rule(
        "file-place-changed",
        "{event} {subject} names another place of the dialplan ({field})",
        Severity.INFO,
        "Context and extension say by which way a call went, which a migration changes on purpose.",
        "Nothing, unless a program reads the line.",
        match=Match(_FILE, layer="path"),
        witness=Witness(_message("exten: 1"), _message("exten: 2")),
        shared=True,
    ),
    Rule(
        "file-line-lost",
        "{event} has no {field} any more: {old}",
        Severity.REVIEW,
        "A program that reads it finds nothing.",
        _ADVICE,
        match=Match(_FILE, REMOVED, whole=False),
        witness=Witness(_message("category: work"), _message()),
        shared=True,
    ),
    Rule(
        "file-line-added",
        "{event} has {field} as well now: {candidate}",
        Severity.ADDITIVE,
        "Programs that ignore what they do not know do not notice.",
        "Check programs that count lines or columns.",
        match=Match(_FILE, ADDED, whole=False),
        witness=Witness(_message(), _message("category: work")),
        shared=True,
    ),
    Rule(
        "queue-log-added",
        "queue_log tells more of {subject}: {event}",
        Severity.ADDITIVE,
        "Reports that know the event have more to count; others ignore it.",
        "Check that reports of queues do not count it twice.",
        match=Match(_FILE, ADDED, frozenset({QUEUE_LOG}), whole=True),
        witness=Witness("", _queue("PAUSED", "lunch")),
    ),
    Rule(
        "queue-log-lost",
        "queue_log does not tell of {subject} any more: {event}",
        Severity.BREAKING,
        "Reports of the queue count it.",
        "Compare what the queue did (its events), and queue_log's settings in logger.conf.",
        match=Match(_FILE, REMOVED, frozenset({QUEUE_LOG}), whole=True),
        witness=Witness(_queue("PAUSED", "lunch"), ""),
    ),
    Rule(
        "queue-log-filled",
        "{event} of {subject} says {field} as well now: {candidate}",
        Severity.ADDITIVE,
        "There was nothing before.",
        "Nothing, unless reports go by it.",
        match=Match(_FILE, CHANGED, frozenset({QUEUE_LOG}), values=_was_nothing),
        witness=Witness(_queue("UNPAUSED", ""), _queue("UNPAUSED", "lunch is over")),
    ),
    Rule(
        "recording-silent",
        "The recording {subject} is silent now",
        Severity.BREAKING,
        "There is nothing to hear.",
        "Listen to both; look at codecs, at MixMonitor's arguments and at who is bridged when it begins.",
        match=Match(_FILE, CHANGED, fields=frozenset({"Silent", "Attachment Silent"}), candidate=one_of("yes")),
        witness=Witness(_sound("Silent: no"), _sound("Silent: yes")),
    ),
    Rule(
        "file-lost",
        "{event} {subject} is not written any more",
        Severity.BREAKING,
        "Who reads it finds nothing.",
        "See what was to write it (an application, a module, a setting), and whether the candidate has that.",
        match=Match(_FILE, REMOVED | frozenset({"moved"}), whole=True),
        witness=Witness(_sound("Silent: no"), ""),
    ),
    Rule(
        "mail-added",
        "A further mail is sent to {subject}",
        Severity.REVIEW,
        "People notice.",
        "Compare voicemail.conf, and what the call did before.",
        match=Match(_FILE, ADDED, frozenset({MAIL}), whole=True),
        witness=Witness("", _mail("Subject: a message")),
    ),
    Rule(
        "file-added",
        "{event} {subject} is written now",
        Severity.ADDITIVE,
        "There was none before.",
        "Nothing, unless the disk fills, or somebody takes it for something else.",
        match=Match(_FILE, ADDED, whole=True),
        witness=Witness("", _sound("Silent: no")),
    ),
    Rule(
        "file-changed",
        "{event} {subject}: {field} is {candidate} instead of {old}",
        Severity.REVIEW,
        "A person or a program reads something else.",
        _ADVICE,
        match=Match(_FILE),
        witness=Witness(_mail("Subject: a message"), _mail("Subject: one message")),
    ),
)
