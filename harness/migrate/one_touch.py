"""One-touch recording: `automon` of features.conf → `automixmon`, and w and W of Dial and Queue → x and X."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.asterisk.conf import Option
from harness.asterisk.dialplan.applications import JOIN
from harness.migrate.dialplan import StepInvocation, invocations_of, steps_of
from harness.migrate.model import BeforeAfter, Edit, Left, Rewrite, Subject

__all__ = ["CHANGE"]

_KEY = "automon went in Asterisk 21 and makes it drop the whole file: automixmon does the same, in one file"
_OPTION = "one-touch recording is MixMonitor's since Asterisk 21: x and X in place of w and W"
_GONE = "Queue knows no w and W since Asterisk 21, and no key starts a recording here"
_BOTH = "automon went in Asterisk 21 and makes it drop the whole file; automixmon has a key of its own here"
_NAMES = "TOUCH_MONITOR variables name recordings of automon, which went in Asterisk 21"
_NAMES_ADVICE = "Set those of MixMonitor: TOUCH_MIXMONITOR, TOUCH_MIXMONITOR_FORMAT, TOUCH_MIXMONITOR_PREFIX."
_UNKNOWN = "w and W have no effect since Asterisk 21, and these options are not known before the call"
_VARIABLE = re.compile(r"(?<!\w)_{0,2}TOUCH_MONITOR\w*")
_FEATUREMAP = re.compile(r"((?<!\w)FEATUREMAP\(\s*)automon(\s*\))", re.IGNORECASE)


def _find(subject: Subject) -> Iterator[Edit | Left]:
    keys = list(_keys(subject))
    mixed = any(option.name.lower() == "automixmon" for option in keys)
    automon = [option for option in keys if option.name.lower() == "automon"]
    mapped = [edit for step in steps_of(subject) for edit in step.edits(_FEATUREMAP, r"\1automixmon\2", _KEY)]
    for option in automon:
        yield Edit(option.place, 0, 0, ";", _BOTH) if mixed else _rename(subject, option)
    yield from _endpoints(subject)
    yield from mapped
    swap = bool(automon or mapped) and not mixed
    for step in steps_of(subject):
        for call in invocations_of(step):
            yield from _options(call, swap=swap) if call.key in JOIN else ()
        if _VARIABLE.search(step.text):
            yield step.left(_NAMES, _NAMES_ADVICE)


def _keys(subject: Subject) -> Iterator[Option]:
    """Keys of features.conf that start something during a call: of [featuremap] and of groups."""
    for section in subject.conf("features.conf").usable:
        if section.name.lower() not in ("general", "applicationmap"):
            yield from section.options


def _endpoints(subject: Subject) -> Iterator[Edit]:
    """Endpoints whose phones have a key of their own for it."""
    for option in subject.conf("pjsip.conf").everywhere("record_on_feature", "record_off_feature"):
        if option.value == "automon":
            yield _rename(subject, option, after="=")


def _rename(subject: Subject, option: Option, *, after: str = "") -> Edit:
    """The first `automon` of an option's line, behind `after`, by its new name."""
    line = subject.line(option.place).lower()
    start = line.find("automon", line.find(after) + len(after))
    return Edit(option.place, start, start + len("automon"), "automixmon", _KEY)


def _options(call: StepInvocation, *, swap: bool) -> Iterator[Edit | Left]:
    """w and W → x and X; without a key for it they are taken from Queue, which refuses them, and stay in Dial."""
    options = call.options()
    if call.sure_parts() is None:
        return
    if not options.known and swap:
        yield call.step.left(_UNKNOWN, f"{_OPTION}.")
    for letter in options.letters if options.known and (swap or call.key == "queue") else ():
        if letter.name in ("w", "W"):
            new = {"w": "x", "W": "X"}[letter.name] if swap else ""
            new = "" if new in options.names else new
            yield call.edit(letter.column, letter.column + 1, new, _OPTION if swap else _GONE)


CHANGE = Rewrite(
    "one-touch-recording",
    _find,
    BeforeAfter(
        {"features.conf": "[general]\n[featuremap]\nblindxfer => *2\nautomon => *1 ; record\n",
         "extensions.conf": "[a]\nexten => 1,1,Dial(PJSIP/1,20,tTkwM(w^x)W)\n same => n,Queue(q,tw,,,20)\n"},
        {"features.conf": "[general]\n[featuremap]\nblindxfer => *2\nautomixmon => *1 ; record\n",
         "extensions.conf": "[a]\nexten => 1,1,Dial(PJSIP/1,20,tTkxM(w^x)X)\n same => n,Queue(q,tx,,,20)\n"},
    ),
)  # fmt: skip
