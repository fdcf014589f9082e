"""Monitor(format,name,options) → MixMonitor, which writes the same files; StopMonitor() → StopMixMonitor()."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.migrate.dialplan import StepInvocation, invocations
from harness.migrate.model import BeforeAfter, Edit, Left, Rewrite, Subject

__all__ = ["CHANGE"]

_WHY = "Monitor went in Asterisk 21: MixMonitor writes the same files (and says MixMonitorStart and -Stop to AMI)"
_STOP = "StopMonitor went in Asterisk 21, with Monitor"
_ADVICE = "Use MixMonitor: r() and t() write what is heard and what is said to files of their own."
# One name for format and file's ending. wav49 is not: its files end in .WAV.
_FORMATS = frozenset({"wav", "gsm", "ulaw", "alaw", "sln", "sln16", "g722", "wav16"})
_VARIABLES = re.compile(r"(?<!\w)MONITOR_(EXEC|EXEC_ARGS|FILENAME)\b")
_PLAIN = re.compile(r"\$\{(?:STRFTIME\([^()]*\)|CALLERID\(num\)|\w+(?::-?\d+){0,2})\}")
# What people choose may have the parentheses and commas in it that options are made of.
_FREE = re.compile(r"CALLERID\((?:name|all)|CONNECTEDLINE\((?:name|all)|[()\"\\,]")


def _find(subject: Subject) -> Iterator[Edit | Left]:
    calls = list(invocations(subject))
    obstacle = _obstacle(subject, calls)
    for call in calls:
        if call.key == "monitor":
            if reason := obstacle or _unsure(call):
                yield call.step.left(f"Monitor() went in Asterisk 21; not changed: {reason}", _ADVICE)
            else:
                yield _edit(call)
        elif call.key == "stopmonitor":
            if obstacle:
                yield call.step.left(f"StopMonitor() went in Asterisk 21; not changed: {obstacle}", _ADVICE)
            else:
                yield call.edit(call.start, call.end, "StopMixMonitor()", _STOP)


def _obstacle(subject: Subject, calls: list[StepInvocation]) -> str:
    """What makes it unsure for the whole dialplan."""
    if any(call.key == "mixmonitor" for call in calls):
        return "MixMonitor records as well, and StopMixMonitor would stop either"
    for file, lines in subject.lines.items():
        for number, line in enumerate(lines, 1):
            if _VARIABLES.search(line.partition(";")[0]):
                return f"{file}:{number} runs or reads what Monitor alone does"
    return ""


def _unsure(call: StepInvocation) -> str:
    arguments = call.sure_parts()
    if arguments is None or len(arguments) < 2 or len(arguments) > 3:
        return "its arguments are not understood, or it names no file"
    form, name = arguments[0].text.strip(), arguments[1].text
    if form and form not in _FORMATS:
        return f"{form} is no format of which the file's ending is known"
    if not name.strip() or name != name.strip() or _FREE.search(_PLAIN.sub("", name)):
        return "its file's name may have characters in it that options of MixMonitor cannot"
    if len(arguments) == 3 and not set(arguments[2].text) <= set("bm"):
        return f"its options {arguments[2].text} have no counterpart"
    return ""


def _edit(call: StepInvocation) -> Edit:
    arguments = call.sure_parts() or ()
    options = arguments[2].text if len(arguments) == 3 else ""
    form, name = arguments[0].text.strip() or "wav", arguments[1].text
    both = "b" if "b" in options else ""
    if "m" in options:
        new = f"MixMonitor({name}.{form}{',b' if both else ''})"
    else:
        new = f"MixMonitor(,{both}r({name}-in.{form})t({name}-out.{form}))"
    return call.edit(call.start, call.end, new, _WHY)


CHANGE = Rewrite(
    "monitor",
    _find,
    BeforeAfter(
        {"extensions.conf": "[a]\nexten => 1,1,Monitor(wav,${UNIQUEID})\n same => n,Monitor(gsm,in/${FILE},mb)\n"
         " same => n,StopMonitor\n same => n,Monitor(wav,${CALLERID(name)})\n same => n,Monitor(wav49,x)\n"},
        {"extensions.conf": "[a]\nexten => 1,1,MixMonitor(,r(${UNIQUEID}-in.wav)t(${UNIQUEID}-out.wav))\n"
         " same => n,MixMonitor(in/${FILE}.gsm,b)\n same => n,StopMixMonitor()\n"
         " same => n,Monitor(wav,${CALLERID(name)})\n same => n,Monitor(wav49,x)\n"},
        left=2,
    ),
    frozenset({"app_mixmonitor"}),
)  # fmt: skip
