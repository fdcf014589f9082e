"""What Asterisk itself complained of in a play that failed: often the reason, and else only in the trace. Pure."""

from __future__ import annotations

from typing import TypeGuard

from harness.asterisk.log_text import COMPLAINTS
from harness.judge.normalise.log import is_deprecation
from harness.model import LogLine, Seen, Trace

__all__ = ["complained"]

_MOST = 3


def complained(trace: Trace) -> str:
    """The first warnings and errors of the play and how many more there are; empty where there is none.

    What is deprecated works still, and is no reason.
    """
    loud = dict.fromkeys(" ".join(seen.message.split()) for seen in trace.observations if _is_loud(seen))
    if not loud:
        return ""
    more = f" (and {len(loud) - _MOST} more)" if len(loud) > _MOST else ""
    return f"Asterisk's log says then: {'; '.join(list(loud)[:_MOST])}{more}"


def _is_loud(seen: Seen) -> TypeGuard[LogLine]:
    return isinstance(seen, LogLine) and seen.level in COMPLAINTS and not is_deprecation(seen.message)
