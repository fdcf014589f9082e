"""Rules about what lamps show: states of devices, hints and members of queues, as far as they last."""

from __future__ import annotations

from harness.judge.rules.rule import ADDED, CHANGED, REMOVED, Match, Rule, Witness
from harness.model import Severity

__all__ = ["RULES"]

_LAMP = frozenset({"lamp"})
_WHY = "Whoever looks at the lamp, a queue and what the dialplan asks of the device (DEVICE_STATE) go by it."
_ADVICE = "Look at what the device's section says of calls and states (device_state_busy_at), and at its hints."


def _state(*states: str) -> str:
    return "\n\n".join(f"Event: DeviceStateChange\nDevice: PJSIP/ann\nState: {state}" for state in states)


RULES = (
    Rule(
        "lamp-changed",
        "The lamp of {subject} shows {candidate} instead of {old}",
        Severity.BREAKING,
        _WHY,
        _ADVICE,
        match=Match(_LAMP, CHANGED),
        witness=Witness(_state("RINGING"), _state("BUSY")),
    ),
    Rule(
        "lamp-lost",
        "The lamp of {subject} does not show this any more: {old}",
        Severity.BREAKING,
        _WHY,
        _ADVICE,
        match=Match(_LAMP, REMOVED | frozenset({"moved"})),
        witness=Witness(_state("INUSE"), ""),
    ),
    Rule(
        "lamp-added",
        "The lamp of {subject} shows this now: {candidate}",
        Severity.REVIEW,
        _WHY,
        _ADVICE,
        match=Match(_LAMP, ADDED),
        witness=Witness("", _state("INUSE")),
    ),
)
