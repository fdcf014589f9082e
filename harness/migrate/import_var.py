"""ImportVar(new=channel,variable) → Set(new=${IMPORT(channel,variable)})."""

from __future__ import annotations

from harness.migrate.dialplan import invocations
from harness.migrate.model import Change, Edit, Found, Left, Subject, Witness

__all__ = ["CHANGE"]

_WHY = "ImportVar went in Asterisk 21: Set with the function IMPORT does the same"


def _find(subject: Subject) -> Found:
    edits: list[Edit] = []
    left: list[Left] = []
    for call in invocations(subject, "importvar"):
        arguments = call.sure_parts() or ()
        name, sign, channel = arguments[0].text.partition("=") if arguments else ("", "", "")
        if len(arguments) != 2 or not (sign and name.strip() and channel.strip() and call.inner):
            left.append(call.step.left("ImportVar() that is not understood", _WHY))
            continue
        from_channel = arguments[0].start + len(name) + 1
        edits.append(call.edit(call.start, call.name_end, "Set", _WHY))
        edits.append(call.edit(from_channel, from_channel, "${IMPORT(", _WHY))
        edits.append(call.edit(call.inner.end, call.inner.end, ")}", _WHY))
    return Found(tuple(edits), tuple(left), frozenset({"func_import"} if edits else ()))


CHANGE = Change(
    "import-var",
    _find,
    Witness(
        {"extensions.conf": "[a]\nexten => 1,1,ImportVar(X=${PEER},CALLERNAME) ; of the other\n"},
        {"extensions.conf": "[a]\nexten => 1,1,Set(X=${IMPORT(${PEER},CALLERNAME)}) ; of the other\n"},
    ),
)
