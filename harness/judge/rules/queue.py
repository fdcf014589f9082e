"""Rules about queues: what happens to callers and agents, and what is told of it."""

from __future__ import annotations

from harness.judge.rules.rule import ADDED, OTHER, REMOVED, Match, Rule, Witness, event_text
from harness.model import Severity

__all__ = ["RULES"]

_QUEUE = frozenset({"queue"})
# What comes with a phone that rings or a caller who is served or gives up, which people notice.
_OF_QUEUE_CALLS = frozenset(
    "AgentCalled AgentRingNoAnswer AgentConnect AgentComplete AgentDump QueueCallerJoin QueueCallerAbandon".split()
)

RULES = (
    Rule(
        "queue-event-lost",
        "{event} of {subject} does not come any more",
        Severity.BREAKING,
        "What happens to a caller or an agent in a queue is not reported, or does not happen.",
        "Look at queues.conf and the Queue() arguments there.",
        match=Match(_QUEUE, REMOVED, layer="effect", whole=True),
        witness=Witness(event_text("QueueCallerJoin", "Queue: support", "Position: 1"), ""),
    ),
    Rule(
        "queue-call-added",
        "{event} of {subject} comes now",
        Severity.REVIEW,
        "A phone of the queue rings, or a caller comes to it or goes, where that was not so.",
        "Look at queues.conf and the Queue() arguments there.",
        match=Match(_QUEUE, ADDED, _OF_QUEUE_CALLS, layer="effect", whole=True),
        witness=Witness("", "Event: AgentCalled\nA: 1"),
    ),
    Rule(
        "queue-event-added",
        "{event} comes now",
        Severity.ADDITIVE,
        "Programs that ignore what they do not know do not notice.",
        "Check programs that refuse unknown events.",
        match=Match(_QUEUE, ADDED, layer="effect", whole=True),
        witness=Witness("", "Event: QueueMemberRinginuse\nMemberName: ann\nRinginuse: 1"),
        shared=True,
    ),
    Rule(
        "queue-changed",
        "{event} of {subject}: {field} is {candidate} instead of {old}",
        Severity.BREAKING,
        "Wallboards and statistics read it.",
        "Look at queues.conf and the Queue() arguments there.",
        match=Match(_QUEUE, OTHER, layer="effect"),
        witness=Witness(
            event_text("QueueCallerJoin", "Queue: support", "Position: 1"),
            event_text("QueueCallerJoin", "Queue: support", "Position: 2"),
        ),
    ),
)
