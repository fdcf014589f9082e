"""Macro → Gosub: the contexts of macros, and all that runs them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from harness.migrate.macro.callers import CALLERS
from harness.migrate.macro.context import context_edits
from harness.migrate.macro.hangups import Hangups
from harness.migrate.macro.judging import dialplan_of
from harness.migrate.model import BeforeAfter, Edit, Left, Rewrite, Subject

__all__ = ["CHANGE"]


def _find(subject: Subject) -> Iterator[Edit | Left]:
    dialplan = dialplan_of(subject)
    steps, *others = (list(kind(subject, dialplan)) for kind in CALLERS)
    elsewhere = list(chain.from_iterable(others))
    callers = [*steps, *elsewhere]
    hangups = Hangups(subject, dialplan, {caller.macro for caller in elsewhere})
    for caller in callers:
        yield from caller.edits
        yield from (caller.left,) if caller.unsure else ()
    value = "${GOSUB_RETVAL}" if any("GOSUB_RETVAL" in text for text in subject.files.values()) else ""
    for name in dict.fromkeys(caller.macro for caller in callers if caller.edits):
        yield from context_edits(subject, dialplan.macros[name], has_h=hangups.may_run_h(name), value=value)


CHANGE = Rewrite(
    "macro",
    _find,
    BeforeAfter(
        {"extensions.conf": """\
[inside]
exten => _1XX,1,Macro(std,${EXTEN},PJSIP/${EXTEN}) ; ring
 same => n,Macro(note)
exten => 200,1,Dial(PJSIP/1,20,gM(greet^${CALLERID(num)}))
 same => n,MacroIf($["${X}" = "1"]?note:std,1,PJSIP/1)
 same => n,Macro(odd)
[macro-std]
exten => s,1(go),Dial(${ARG2},8,T)
 same => n,ExecIf($["${DIALSTATUS}" = "BUSY"]?MacroExit())
exten => s-BUSY,1,VoiceMail(${ARG1})
[macro-note]
exten => s,1,NoOp(${MACRO_EXTEN})
exten => s,2,MacroExit
[macro-greet]
exten => s,1,Set(MACRO_RESULT=CONTINUE)
[macro-odd]
exten => s,1,Background(menu)
"""},
        {"extensions.conf": """\
[inside]
exten => _1XX,1,Gosub(macro-std,${EXTEN},1(${EXTEN},PJSIP/${EXTEN})) ; ring
 same => n,Gosub(macro-note,s,1)
exten => 200,1,Dial(PJSIP/1,20,gU(macro-greet^${CALLERID(num)}))
 same => n,GosubIf($["${X}" = "1"]?macro-note,s,1:macro-std,${EXTEN},1(1,PJSIP/1))
 same => n,Macro(odd)
[macro-std]
exten => _[s0-9*#+]!,1,Set(LOCAL(TRANSFER_CONTEXT)=\
${IF($["${TRANSFER_CONTEXT}" = ""]?${STACK_PEEK(1,c)}:${TRANSFER_CONTEXT})})
 same => n(go),Dial(${ARG2},8,T)
 same => n,ExecIf($["${DIALSTATUS}" = "BUSY"]?Return())
 same => n,Return()
exten => s-BUSY,1,VoiceMail(${ARG1})
 same => n,Return()
[macro-note]
exten => s,1,NoOp(${STACK_PEEK(1,e)})
exten => s,2,Return()
[macro-greet]
exten => s,1,Set(GOSUB_RESULT=CONTINUE)
 same => n,Return()
[macro-odd]
exten => s,1,Background(menu)
"""},
        left=1,
    ),
    frozenset({"app_stack", "func_dialplan", "func_logic"}),
)  # fmt: skip
