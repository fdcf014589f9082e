"""NoCDR() → Set(CDR_PROP(disable)=1), SetAMAFlags(x) → Set(CHANNEL(amaflags)=x)."""

from __future__ import annotations

from harness.migrate.dialplan import invocations
from harness.migrate.model import Change, Edit, Found, Subject, Witness

__all__ = ["AMA_FLAGS", "NO_CDR"]

_NO_CDR = "NoCDR went in Asterisk 21: the property disable does the same"
_AMA = "SetAMAFlags went in Asterisk 21: CHANNEL(amaflags) does the same"


def _no_cdr(subject: Subject) -> Found:
    edits = tuple(
        call.edit(call.start, call.end, "Set(CDR_PROP(disable)=1)", _NO_CDR)
        for call in invocations(subject, "nocdr")
    )
    return Found(edits, needs=frozenset({"func_cdr"} if edits else ()))


def _ama_flags(subject: Subject) -> Found:
    edits: list[Edit] = []
    for call in invocations(subject, "setamaflags"):
        if call.inner and call.arguments.strip():  # without a flag it does nothing but warn
            edits.append(call.edit(call.start, call.inner.start, "Set(CHANNEL(amaflags)=", _AMA))
    return Found(tuple(edits), needs=frozenset({"func_channel"} if edits else ()))


NO_CDR = Change(
    "no-cdr",
    _no_cdr,
    Witness(
        {"extensions.conf": "[a]\nexten => 1,1,ExecIf($[1 = 1]?NoCDR())\n same => n,NoCDR\n"},
        {"extensions.conf": "[a]\nexten => 1,1,ExecIf($[1 = 1]?Set(CDR_PROP(disable)=1))\n"
         " same => n,Set(CDR_PROP(disable)=1)\n"},
    ),
)  # fmt: skip
AMA_FLAGS = Change(
    "ama-flags",
    _ama_flags,
    Witness(
        {"extensions.conf": "[a]\nexten => 1,1(x),SetAMAFlags(billing)\n"},
        {"extensions.conf": "[a]\nexten => 1,1(x),Set(CHANNEL(amaflags)=billing)\n"},
    ),
)
