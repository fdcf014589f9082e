"""Queue(…,AGI,macro,gosub,rule,position) → Queue(…,AGI,gosub,rule,position)."""

from __future__ import annotations

from harness.migrate.dialplan import contexts_of, invocations
from harness.migrate.model import Change, Edit, Found, Subject, Witness

__all__ = ["CHANGE"]

_WHY = "Queue has no argument for a macro since Asterisk 21: those after it move to the left"


def _find(subject: Subject) -> Found:
    contexts = contexts_of(subject)
    edits: list[Edit] = []
    for call in invocations(subject, "queue"):
        arguments = call.sure_parts() or ()
        if len(arguments) < 8 or arguments[6].text.strip():
            continue  # with a macro it is the macro's change
        texts = [argument.text.strip() for argument in arguments]
        # As it is called since 21 the eighth is a rule, and the ninth, the last, a number.
        gosub = texts[7].partition("^")[0] in contexts
        if gosub or len(texts) == 10 or (len(texts) == 9 and texts[8] and not texts[8].isdecimal()):
            edits.append(call.edit(arguments[6].end, arguments[7].start, "", _WHY))
    return Found(tuple(edits))


CHANGE = Change(
    "queue-arguments",
    _find,
    Witness(
        {"extensions.conf": "[a]\nexten => 1,1,Queue(q,t,,,20,,,greet)\n same => n,Queue(q,,,,,,,,urgent)\n"
         " same => n,Queue(q,t,,,20,,greet)\n same => n,Queue(q,,,,,,,urgent)\n"
         "[greet]\nexten => s,1,Return()\n"},
        {"extensions.conf": "[a]\nexten => 1,1,Queue(q,t,,,20,,greet)\n same => n,Queue(q,,,,,,,urgent)\n"
         " same => n,Queue(q,t,,,20,,greet)\n same => n,Queue(q,,,,,,,urgent)\n"
         "[greet]\nexten => s,1,Return()\n"},
    ),
)  # fmt: skip
