"""Applications and functions that went, and that another does the work of in the same place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.migrate.dialplan import invocations, steps_of
from harness.migrate.model import BeforeAfter, Edit, Left, Rewrite, Subject

__all__ = ["CHANGES"]

_IMPORT = "ImportVar went in Asterisk 21: Set with the function IMPORT does the same"
_PRESENTATION = "CALLERPRES is gone: CALLERID(pres) does the same"
_NO_CDR = "NoCDR went in Asterisk 21: the property disable does the same"
_AMA = "SetAMAFlags went in Asterisk 21: CHANNEL(amaflags) does the same"
_MAILBOX = "MailboxExists and MAILBOX_EXISTS are gone: VM_INFO tells the same"
_SLOT = "PARKINGSLOT is set no more: PARKING_SPACE, which 16 sets as well, holds the same"
_CALLERPRES = re.compile(r"(?<!\w)CALLERPRES\(\s*\)")
_MAILBOX_EXISTS = re.compile(r"(?<=\$\{)MAILBOX_EXISTS\(([^(),]+)\)(?=\})")
_PARKING_SLOT = re.compile(r"(?<=\$\{)PARKINGSLOT(?=[}:])")
_STATUS = "Set(VMBOXEXISTSSTATUS=${IF(${VM_INFO("


def _import_var(subject: Subject) -> Iterator[Edit | Left]:
    """ImportVar(new=channel,variable) → Set(new=${IMPORT(channel,variable)})."""
    for call in invocations(subject, "importvar"):
        arguments = call.sure_parts() or ()
        name, sign, channel = arguments[0].text.partition("=") if arguments else ("", "", "")
        if len(arguments) != 2 or not (sign and name.strip() and channel.strip() and call.inner):
            yield call.step.left("ImportVar() that is not understood", _IMPORT)
            continue
        from_channel = arguments[0].start + len(name) + 1
        yield call.edit(call.start, call.name_end, "Set", _IMPORT)
        yield call.edit(from_channel, from_channel, "${IMPORT(", _IMPORT)
        yield call.edit(call.inner.end, call.inner.end, ")}", _IMPORT)


def _presentation(subject: Subject) -> Iterator[Edit]:
    """CALLERPRES() → CALLERID(pres): the same values, of name and number together."""
    for step in steps_of(subject):
        yield from step.edits(_CALLERPRES, "CALLERID(pres)", _PRESENTATION)


def _parking_slot(subject: Subject) -> Iterator[Edit]:
    """${PARKINGSLOT} → ${PARKING_SPACE}."""
    for step in steps_of(subject):
        yield from step.edits(_PARKING_SLOT, "PARKING_SPACE", _SLOT)


def _no_cdr(subject: Subject) -> Iterator[Edit]:
    """NoCDR() → Set(CDR_PROP(disable)=1)."""
    for call in invocations(subject, "nocdr"):
        yield call.edit(call.start, call.end, "Set(CDR_PROP(disable)=1)", _NO_CDR)


def _ama_flags(subject: Subject) -> Iterator[Edit]:
    """SetAMAFlags(x) → Set(CHANNEL(amaflags)=x)."""
    for call in invocations(subject, "setamaflags"):
        if call.inner and call.arguments.strip():  # without a flag it does nothing but warn
            yield call.edit(call.start, call.inner.start, "Set(CHANNEL(amaflags)=", _AMA)


def _mailbox_exists(subject: Subject) -> Iterator[Edit | Left]:
    """MailboxExists() and MAILBOX_EXISTS() → VM_INFO(…,exists)."""
    for step in steps_of(subject):
        yield from step.edits(_MAILBOX_EXISTS, r"VM_INFO(\1,exists)", _MAILBOX)
    for call in invocations(subject, "mailboxexists"):
        arguments = call.sure_parts() or ()
        if len(arguments) == 1 and arguments[0].text.strip() and call.inner:
            yield call.edit(call.start, call.inner.start, _STATUS, _MAILBOX)
            yield call.edit(call.inner.end, call.inner.end, ",exists)}?SUCCESS:FAILED)}", _MAILBOX)
        else:
            yield call.step.left("MailboxExists() with options", _MAILBOX)


CHANGES = (
    Rewrite(
        "import-var",
        _import_var,
        BeforeAfter(
            {"extensions.conf": "[a]\nexten => 1,1,ImportVar(X=${PEER},CALLERNAME) ; of the other\n"},
            {"extensions.conf": "[a]\nexten => 1,1,Set(X=${IMPORT(${PEER},CALLERNAME)}) ; of the other\n"},
        ),
        frozenset({"func_import"}),
    ),
    Rewrite(
        "caller-presentation",
        _presentation,
        BeforeAfter(
            {"extensions.conf": "[a]\nexten => 1,1,Set(CALLERPRES()=prohib)\n same => n,NoOp(${CALLERPRES()})\n"},
            {"extensions.conf": "[a]\nexten => 1,1,Set(CALLERID(pres)=prohib)\n"
             " same => n,NoOp(${CALLERID(pres)})\n"},
        ),
        frozenset({"func_callerid"}),
    ),
    Rewrite(
        "parking-slot",
        _parking_slot,
        BeforeAfter(
            {"extensions.conf": "[a]\nexten => 1,1,SayDigits(${PARKINGSLOT})\n"
             " same => n,NoOp(${PARKINGSLOT:1})\n"},
            {"extensions.conf": "[a]\nexten => 1,1,SayDigits(${PARKING_SPACE})\n"
             " same => n,NoOp(${PARKING_SPACE:1})\n"},
        ),
        frozenset({"res_parking"}),
    ),
    Rewrite(
        "no-cdr",
        _no_cdr,
        BeforeAfter(
            {"extensions.conf": "[a]\nexten => 1,1,ExecIf($[1 = 1]?NoCDR())\n same => n,NoCDR\n"},
            {"extensions.conf": "[a]\nexten => 1,1,ExecIf($[1 = 1]?Set(CDR_PROP(disable)=1))\n"
             " same => n,Set(CDR_PROP(disable)=1)\n"},
        ),
        frozenset({"func_cdr"}),
    ),
    Rewrite(
        "ama-flags",
        _ama_flags,
        BeforeAfter(
            {"extensions.conf": "[a]\nexten => 1,1(x),SetAMAFlags(billing)\n"},
            {"extensions.conf": "[a]\nexten => 1,1(x),Set(CHANNEL(amaflags)=billing)\n"},
        ),
        frozenset({"func_channel"}),
    ),
    Rewrite(
        "mailbox-exists",
        _mailbox_exists,
        BeforeAfter(
            {"extensions.conf": "[a]\nexten => 1,1,MailboxExists(${EXTEN}@default)\n"
             " same => n,GotoIf(${MAILBOX_EXISTS(${EXTEN}@default)}?x)\n"},
            {"extensions.conf": "[a]\n"
             "exten => 1,1,Set(VMBOXEXISTSSTATUS=${IF(${VM_INFO(${EXTEN}@default,exists)}?SUCCESS:FAILED)})\n"
             " same => n,GotoIf(${VM_INFO(${EXTEN}@default,exists)}?x)\n"},
        ),
        frozenset({"app_voicemail", "func_logic"}),
    ),
)  # fmt: skip
