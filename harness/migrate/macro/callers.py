"""What runs macros, with the edits that make it run a subroutine: Macro, MacroIf, M() of Dial, queues, keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from harness.asterisk.conf import Option
from harness.asterisk.dialplan.arguments import Letter, Span, split
from harness.asterisk.dialplan.invocations import key_invocations
from harness.migrate.dialplan import StepInvocation
from harness.migrate.macro.finding import PREFIX, Macros, MacroUse, macro_uses_of, without_variables
from harness.migrate.model import Edit, Left, Subject
from harness.model import Place

__all__ = ["CALLERS", "Caller"]

_WHY = "Macro went in Asterisk 21: Gosub does the same"
_DIAL = "M() of Dial went in Asterisk 21: U() does the same"
_MEMBER = "membermacro went in Asterisk 21: membergosub does the same"
_KEY = "Macro went in Asterisk 21: a key runs a Gosub as well"
_ADVICE = (
    "Use Gosub(context,s,1(arguments)) and Return(). MACRO_EXTEN and MACRO_CONTEXT become arguments, or "
    "${STACK_PEEK(1,e)} and ${STACK_PEEK(1,c)}; M() of Dial becomes U()."
)
_BRACKETS = "its arguments may have brackets or quotes in them"
_CALLED = re.compile(r"_?(?:[0-9*#+]|(?<=_)[XxZzNn]|(?<=_)\[[0-9*#+-]+\])")
# A Macro takes its arguments apart at every comma, a Gosub heeds brackets and quotes.
_PLAIN = re.compile(r"[^()\[\]{}\"\\|]*")
_GROUPED = re.compile(r"(?:[^()\[\]{}\"\\|]|\([^()\[\]{}\"\\|,]*\))*")  # without a comma both take them alike
# `T${X}M(name^argument)` in a value, and what looks for that in one: `M[(]name[)]`.
_IN_A_VALUE = re.compile(r"M(?P<open>\(|\[\(\])(?P<name>[\w.-]+)(?P<arguments>\^[^()]*)?(?:\)|\[\)\])")
_FUNCTION = re.compile(r"\$\{\w*\Z")
_FREE = re.compile(r"(?:CALLERID|CONNECTEDLINE|REDIRECTING)\((?:\w+-)?(?:name|all)")


@dataclass(frozen=True, slots=True)
class Caller:
    """One place that runs a macro. `macro` is its name; `edits` are empty where `unsure` says why."""

    macro: str
    place: Place
    what: str
    edits: tuple[Edit, ...] = ()
    unsure: str = ""

    @property
    def left(self) -> Left:
        """The finding, where nothing is changed."""
        what = f"{self.what} went in Asterisk 21; not changed: {self.unsure}"
        return Left(self.place, what, _ADVICE)


def _steps(_subject: Subject, dialplan: Macros) -> Iterator[Caller]:
    for call in dialplan.calls():
        sites = tuple(macro_uses_of(call))
        reasons = [_unsure(site, dialplan) for site in sites]
        for site, reason in zip(sites, reasons, strict=True):
            unsure = reason or next(filter(None, reasons), "")  # of MacroIf either both branches or none
            edits = () if unsure else tuple(_use_edits(site, dialplan, first=site is sites[0]))
            yield Caller(site.name.text, call.step.place, f"{call.name}({site.name.text})", edits, unsure)
        if call.key == "macroexclusive":
            yield Caller("", call.step.place, "MacroExclusive()", unsure="a Gosub excludes nobody; use LOCK()")
        elif call.key == "macroexit" and not call.step.context.startswith(PREFIX):
            yield Caller("", call.step.place, "MacroExit()", unsure="it stands in no macro")


def _unsure(site: MacroUse, dialplan: Macros) -> str:
    name, step = site.name.text, site.call.step
    if not re.fullmatch(r"[\w.-]+", name):
        return "which macro it runs is not known before the call"
    if reason := dialplan.unsure(name):
        return reason
    macro = dialplan.macros[name]
    text = site.arguments or ""
    if not _GROUPED.fullmatch(without_variables(text)) or _FREE.search(text):
        return f"{_BRACKETS}, which Gosub heeds"
    if step.context.startswith(PREFIX):
        if macro.reads_caller:
            return f"[{macro.context.name}] reads where it was called from, which is a macro here"
        if macro.dials and step.extension != "s":
            return f"[{macro.context.name}] dials, as an extension that is not known here"
    elif macro.dials and not _CALLED.match(step.extension) and step.extension.startswith("_"):
        return f"[{macro.context.name}] dials, and {step.extension} may be an extension of any name"
    return ""


def _is_plain(arguments: str) -> bool:
    return bool(_PLAIN.fullmatch(without_variables(arguments)))


def _use_edits(site: MacroUse, dialplan: Macros, *, first: bool) -> Iterator[Edit]:
    call, macro = site.call, dialplan.macros[site.name.text]
    inside = call.step.context.startswith(PREFIX)
    called = inside or _CALLED.match(call.step.extension)
    target = f"{macro.context.name},{'${EXTEN}' if macro.dials and called else 's'},1"
    # What is not given is that of the macro outside; a Gosub empties it.
    missing = range(site.given + 1, macro.arguments + 1) if call.step.context in dialplan.with_arguments else ()
    outer = ",".join(f"${{ARG{number}}}" for number in missing)
    if first:
        yield call.edit(call.start, call.name_end, "Gosub" if call.key == "macro" else "GosubIf", _WHY)
    if site.arguments is None:
        yield call.edit(site.whole.start, site.whole.end, f"{target}({outer})" if outer else target, _WHY)
    else:
        yield call.edit(site.name.start, site.name.end + 1, f"{target}(", _WHY)
        yield call.edit(site.whole.end, site.whole.end, f",{outer})" if outer else ")", _WHY)


def _dial_options(_subject: Subject, dialplan: Macros) -> Iterator[Caller]:
    """M(name^arguments) of Dial, run on the channel of the one who answers."""
    for call in dialplan.calls():
        for letter in _letters(call):
            if letter.name != "M" or letter.inner is None:
                continue
            name, inner = letter.inner.text.partition("^")[0], letter.inner
            unsure = "" if re.fullmatch(r"[\w.-]+", name) else "which macro it runs is not known before the call"
            unsure = unsure or dialplan.unsure_elsewhere(name)
            unsure = unsure or ("" if _is_plain(inner.text) else _BRACKETS)
            edits = (
                call.edit(letter.column, letter.column + 1, "U", _DIAL),
                call.edit(inner.start, inner.start, PREFIX, _DIAL),
            )
            what = f"M({name}) of {call.name}()"
            yield Caller(name, call.step.place, what, () if unsure else edits, unsure)


def _values(subject: Subject, dialplan: Macros) -> Iterator[Caller]:
    """M(name) in a value, of a variable say, which becomes options of Dial."""
    options = {(call.step.place, letter.column) for call in dialplan.calls() for letter in _letters(call)}
    steps = [step for context in dialplan.contexts.values() for step in context.steps if step.column >= 0]
    texts = [(step.place, step.column, step.text) for step in steps]
    for section in subject.conf("extensions.conf").usable:
        if section.name.lower() == "globals":
            lines = [(option.place, subject.line(option.place), option.value) for option in section.options]
            texts += [(place, line.find(value), value) for place, line, value in lines if value in line]
    for place, column, text in dict.fromkeys(texts):
        for found in _IN_A_VALUE.finditer(text):
            name, at = found["name"], column + found.start()
            is_function = _FUNCTION.search(text, 0, found.start())
            if f"{PREFIX}{name}" in dialplan.contexts and (place, at) not in options and not is_function:
                unsure = dialplan.unsure_elsewhere(name)
                unsure = unsure or ("" if _is_plain(found["arguments"] or "") else _BRACKETS)
                edit = Edit(place, at, column + found.start("name"), f"U{found['open']}{PREFIX}", _DIAL)
                yield Caller(name, place, f"M({name}) in a value", () if unsure else (edit,), unsure)


def _letters(call: StepInvocation) -> Iterator[Letter]:
    """The options of Dial, and of what is like it, as far as they are known."""
    options = call.options()
    return iter(options.letters if options.known and "M" in call.takes.by_option else ())


def _queue_arguments(_subject: Subject, dialplan: Macros) -> Iterator[Caller]:
    """The seventh argument of Queue, run on the agent's channel: that of a Gosub now, and the eighth is gone."""
    for call in dialplan.calls():
        arguments = call.sure_parts() or ()
        if call.key != "queue" or len(arguments) < 7 or not arguments[6].text.strip():
            continue
        name = arguments[6].text
        if name.partition(",")[0].partition("^")[0] in dialplan.contexts:
            continue  # a context of a Gosub already
        unsure = dialplan.unsure_elsewhere(name)
        if len(arguments) > 7 and arguments[7].text.strip():
            unsure = "it runs a Gosub as well, and can run one only"
        edits = [call.edit(arguments[6].start, arguments[6].start, PREFIX, "Queue runs a Gosub since Asterisk 21")]
        if len(arguments) > 7:
            edits.append(
                call.edit(arguments[6].end, arguments[7].start, "", "Queue has one argument less since then")
            )
        yield Caller(name, call.step.place, f"The macro {name} of Queue()", () if unsure else tuple(edits), unsure)


def _members(subject: Subject, dialplan: Macros) -> Iterator[Caller]:
    """membermacro of queues.conf."""
    for section in subject.conf("queues.conf").usable:
        for option in section.options:
            if option.name.lower() != "membermacro" or not option.value:
                continue
            unsure = dialplan.unsure_elsewhere(option.value)
            if section.get("membergosub"):
                unsure = "the queue has a membergosub as well, and can run one only"
            edits = tuple(_member_edits(subject, option))
            unsure = unsure or ("" if edits else "its line is not understood")
            what = f"membermacro = {option.value}"
            yield Caller(option.value, option.place, what, () if unsure else edits, unsure)


def _member_edits(subject: Subject, option: Option) -> Iterator[Edit]:
    line = subject.line(option.place)
    key, value = line.lower().find("membermacro"), line.find(option.value, line.find("=") + 1)
    if 0 <= key < value and ";--" not in line:
        yield Edit(option.place, key, key + len("membermacro"), "membergosub", _MEMBER)
        yield Edit(option.place, value, value, PREFIX, _MEMBER)


def _keys(subject: Subject, dialplan: Macros) -> Iterator[Caller]:
    """Keys of features.conf that run a macro: `code => *1,self,Macro(name)`, or `…,Macro,name,music`."""
    for option, text, invocation in key_invocations(subject.conf("features.conf")):
        if invocation.key != "macro":
            continue
        parts = split(option.value)
        name, _, given = _key_argument(parts).partition(",")
        start = subject.line(option.place).find(option.value)
        end = start + (parts[2] if "(" in parts[2].text or len(parts) < 4 else parts[3]).end
        arguments = f"({given})" if given else ""
        edits = (Edit(option.place, start + parts[2].start, end, f"Gosub({PREFIX}{name},s,1{arguments})", _KEY),)
        unsure = _unsure_key(name, given, dialplan) if start >= 0 else "its line is not understood"
        yield Caller(name, option.place, f"The key {option.name}: {text}", () if unsure else edits, unsure)


def _key_argument(parts: Sequence[Span]) -> str:
    """What a key's Macro gets: in its parentheses, or up to the next comma, in quotes or not."""
    inner = parts[2].text.partition("(")[2]
    if inner or len(parts) < 4:
        return inner.rpartition(")")[0].strip()
    return parts[3].text.strip().strip('"')


def _unsure_key(name: str, given: str, dialplan: Macros) -> str:
    if not _PLAIN.fullmatch(given) or "$" in given:
        return _BRACKETS
    macro = dialplan.macros.get(name)
    if macro and macro.arguments > (given.count(",") + 1 if given else 0):
        return f"[{macro.context.name}] reads an argument that is not given, and so one of the call's own"
    return dialplan.unsure_elsewhere(name)


CALLERS: tuple[Callable[[Subject, Macros], Iterator[Caller]], ...] = (
    _steps,
    _dial_options,
    _values,
    _queue_arguments,
    _members,
    _keys,
)
"""Everything that runs macros."""
