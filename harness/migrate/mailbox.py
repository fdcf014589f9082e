"""MailboxExists() and MAILBOX_EXISTS() → VM_INFO(…,exists)."""

from __future__ import annotations

import re

from harness.migrate.dialplan import invocations, steps_of
from harness.migrate.model import Change, Edit, Found, Left, Subject, Witness

__all__ = ["CHANGE"]

_WHY = "MailboxExists and MAILBOX_EXISTS went in Asterisk 21: VM_INFO tells the same"
_FUNCTION = re.compile(r"\$\{(MAILBOX_EXISTS\(([^(),]+)\))\}")
_STATUS = "Set(VMBOXEXISTSSTATUS=${IF(${VM_INFO("


def _find(subject: Subject) -> Found:
    edits: list[Edit] = []
    left: list[Left] = []
    for step in steps_of(subject):
        if step.column < 0:
            continue
        for found in _FUNCTION.finditer(step.text):
            start, end = (step.column + at for at in found.span(1))
            edits.append(step.edit(start, end, f"VM_INFO({found[2]},exists)", _WHY))
    for call in invocations(subject, "mailboxexists"):
        arguments = call.sure_parts() or ()
        if len(arguments) == 1 and arguments[0].text.strip() and call.inner:
            edits.append(call.edit(call.start, call.inner.start, _STATUS, _WHY))
            edits.append(call.edit(call.inner.end, call.inner.end, ",exists)}?SUCCESS:FAILED)}", _WHY))
        else:
            left.append(call.step.left("MailboxExists() with options", _WHY))
    return Found(tuple(edits), tuple(left), frozenset({"app_voicemail", "func_logic"} if edits else ()))


CHANGE = Change(
    "mailbox-exists",
    _find,
    Witness(
        {"extensions.conf": "[a]\nexten => 1,1,MailboxExists(${EXTEN}@default)\n"
         " same => n,GotoIf(${MAILBOX_EXISTS(${EXTEN}@default)}?x)\n"},
        {"extensions.conf":
         "[a]\nexten => 1,1,Set(VMBOXEXISTSSTATUS=${IF(${VM_INFO(${EXTEN}@default,exists)}?SUCCESS:FAILED)})\n"
         " same => n,GotoIf(${VM_INFO(${EXTEN}@default,exists)}?x)\n"},
    ),
)  # fmt: skip
