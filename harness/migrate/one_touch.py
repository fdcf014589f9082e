"""One-touch recording: `automon` of features.conf → `automixmon`, and w and W of Dial and Queue → x and X."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.asterisk.conf import Option
from harness.asterisk.dialplan.applications import JOIN
from harness.migrate.dialplan import Step, StepInvocation, invocations_of, steps_of
from harness.migrate.model import Change, Edit, Found, Subject, Witness, combined

__all__ = ["CHANGE"]

_KEY = "automon went in Asterisk 21 and makes it drop the whole file: automixmon does the same, in one file"
_OPTION = "one-touch recording is MixMonitor's since Asterisk 21: x and X in place of w and W"
_GONE = "Queue knows no w and W since Asterisk 21, and no key starts a recording here"
_BOTH = "automon went in Asterisk 21 and makes it drop the whole file; automixmon has a key of its own here"
_NAMES = "TOUCH_MONITOR variables name recordings of automon, which went in Asterisk 21"
_NAMES_ADVICE = "Set those of MixMonitor: TOUCH_MIXMONITOR, TOUCH_MIXMONITOR_FORMAT, TOUCH_MIXMONITOR_PREFIX."
_UNKNOWN = "w and W have no effect since Asterisk 21, and these options are not known before the call"
_VARIABLE = re.compile(r"(?<!\w)_{0,2}TOUCH_MONITOR\w*")
_FEATUREMAP = re.compile(r"(?<!\w)FEATUREMAP\(\s*(automon)\s*\)", re.IGNORECASE)


def _find(subject: Subject) -> Found:
    keys = list(_keys(subject))
    mixed = any(option.name.lower() == "automixmon" for option in keys)
    automon = [option for option in keys if option.name.lower() == "automon"]
    mapped = [edit for step in steps_of(subject) if step.column >= 0 for edit in _mapped(step)]
    found = [Found((*(_key(subject, option, mixed=mixed) for option in automon), *_endpoints(subject), *mapped))]
    swap = bool(automon or mapped) and not mixed
    for step in steps_of(subject):
        found += [_options(call, swap=swap) for call in invocations_of(step) if call.key in JOIN]
        if _VARIABLE.search(step.text):
            found.append(Found(left=(step.left(_NAMES, _NAMES_ADVICE),)))
    return combined(found)


def _mapped(step: Step) -> Iterator[Edit]:
    for found in _FEATUREMAP.finditer(step.text):
        start, end = (step.column + at for at in found.span(1))
        yield step.edit(start, end, "automixmon", _KEY)


def _keys(subject: Subject) -> Iterator[Option]:
    """Keys of features.conf that start something during a call: of [featuremap] and of groups."""
    for section in subject.conf("features.conf").usable:
        if section.name.lower() not in ("general", "applicationmap"):
            yield from section.options


def _key(subject: Subject, option: Option, *, mixed: bool) -> Edit:
    line = subject.line(option.place)
    file, number = option.place.file, option.place.line
    if mixed:
        return Edit(file, number, 0, 0, ";", _BOTH)
    start = line.lower().find("automon")
    return Edit(file, number, start, start + len("automon"), "automixmon", _KEY)


def _endpoints(subject: Subject) -> Iterator[Edit]:
    """Endpoints whose phones have a key of their own for it."""
    for section in subject.conf("pjsip.conf").usable:
        for option in section.options:
            if option.name.lower() in ("record_on_feature", "record_off_feature") and option.value == "automon":
                line = subject.line(option.place)
                start = line.find("automon", line.find("=") + 1)
                yield Edit(option.place.file, option.place.line, start, start + len("automon"), "automixmon", _KEY)


def _options(call: StepInvocation, *, swap: bool) -> Found:
    """w and W → x and X; without a key for it they are taken from Queue, which refuses them, and stay in Dial."""
    options = call.options()
    if call.sure_parts() is None:
        return Found()
    if not options.known:
        return Found(left=(call.step.left(_UNKNOWN, f"{_OPTION}."),) if swap else ())
    edits: list[Edit] = []
    for letter in options.letters:
        if letter.name not in ("w", "W") or (not swap and call.key != "queue"):
            continue
        new = {"w": "x", "W": "X"}[letter.name] if swap else ""
        new = "" if new in options.names else new
        edits.append(call.edit(letter.column, letter.column + 1, new, _OPTION if swap else _GONE))
    return Found(tuple(edits))


CHANGE = Change(
    "one-touch-recording",
    _find,
    Witness(
        {"features.conf": "[general]\n[featuremap]\nblindxfer => *2\nautomon => *1 ; record\n",
         "extensions.conf": "[a]\nexten => 1,1,Dial(PJSIP/1,20,tTkwM(w^x)W)\n same => n,Queue(q,tw,,,20)\n"},
        {"features.conf": "[general]\n[featuremap]\nblindxfer => *2\nautomixmon => *1 ; record\n",
         "extensions.conf": "[a]\nexten => 1,1,Dial(PJSIP/1,20,tTkxM(w^x)X)\n same => n,Queue(q,tx,,,20)\n"},
    ),
)  # fmt: skip
