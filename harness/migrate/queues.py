"""What queues had of Macro and Monitor: an argument of Queue(), and `monitor-type` of queues.conf."""

from __future__ import annotations

from collections.abc import Iterator

from harness.migrate.dialplan import contexts_of, invocations
from harness.migrate.model import BeforeAfter, Edit, Left, Rewrite, Subject

__all__ = ["ARGUMENTS", "MONITOR_TYPE"]

_MOVED = "Queue has no argument for a macro since Asterisk 21: those after it move to the left"
_TYPE = "monitor-type went in Asterisk 21: queues always record with MixMonitor"
_WITH_MONITOR = (
    "Queues record with MixMonitor since Asterisk 21: one file a call, where Monitor wrote two or mixed them"
)
_ADVICE = "Look at what fetches the recordings (monitor-format, MONITOR_FILENAME, MONITOR_EXEC)."


def _arguments(subject: Subject) -> Iterator[Edit]:
    """Queue(…,AGI,macro,gosub,rule,position) → Queue(…,AGI,gosub,rule,position)."""
    contexts = contexts_of(subject)
    for call in invocations(subject, "queue"):
        arguments = call.sure_parts() or ()
        if len(arguments) < 8 or arguments[6].text.strip():
            continue  # with a macro it is the macro's change
        texts = [argument.text.strip() for argument in arguments]
        # As it is called since 21 the eighth is a rule, and the ninth, the last, a number.
        gosub = texts[7].partition("^")[0] in contexts
        if gosub or len(texts) == 10 or (len(texts) == 9 and texts[8] and not texts[8].isdecimal()):
            yield call.edit(arguments[6].end, arguments[7].start, "", _MOVED)


def _monitor_type(subject: Subject) -> Iterator[Edit | Left]:
    """`monitor-type = MixMonitor` goes: there is no other way of recording."""
    conf = subject.conf("queues.conf")
    general = conf.get("general", "monitor-type")
    for section in conf.usable:
        mixed = section.get("monitor-type", general).lower().startswith("mix")
        for option in section.options:
            if option.name.lower() == "monitor-type":
                yield Edit(option.place, 0, 0, ";", _TYPE)
            elif option.name.lower() == "monitor-format" and option.value and not mixed:
                yield Left(option.place, _WITH_MONITOR, _ADVICE)


ARGUMENTS = Rewrite(
    "queue-arguments",
    _arguments,
    BeforeAfter(
        {"extensions.conf": "[a]\nexten => 1,1,Queue(q,t,,,20,,,greet)\n same => n,Queue(q,,,,,,,,urgent)\n"
         " same => n,Queue(q,t,,,20,,greet)\n same => n,Queue(q,,,,,,,urgent)\n"
         "[greet]\nexten => s,1,Return()\n"},
        {"extensions.conf": "[a]\nexten => 1,1,Queue(q,t,,,20,,greet)\n same => n,Queue(q,,,,,,,urgent)\n"
         " same => n,Queue(q,t,,,20,,greet)\n same => n,Queue(q,,,,,,,urgent)\n"
         "[greet]\nexten => s,1,Return()\n"},
    ),
)  # fmt: skip

MONITOR_TYPE = Rewrite(
    "queue-monitor-type",
    _monitor_type,
    BeforeAfter(
        {"queues.conf": "[general]\nmonitor-type = MixMonitor ; one file\n[q]\nmonitor-format = wav\n"},
        {"queues.conf": "[general]\n;monitor-type = MixMonitor ; one file\n[q]\nmonitor-format = wav\n"},
    ),
)
