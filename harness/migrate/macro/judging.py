"""Which macros a Gosub can run with nothing lost, and why not the others.

What a Macro does that a Gosub does not (measured on 16.28): running off its end, or to an extension that is not
there, returns; a digit pressed in Background returns to the caller's context; the caller's `h` runs at a hangup;
Dial and Queue show the extension that was called, not `s`; transfers by the caller, and keys in VoiceMail, look in
the caller's context; arguments that are not given are those of the macro outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from harness.asterisk.conf import Option
from harness.asterisk.dialplan.applications import JOIN
from harness.asterisk.dialplan.show import Include
from harness.asterisk.loading import loading_of
from harness.migrate.dialplan import Context, DialplanStep, Reach, StepInvocation, contexts_of, invocations_of
from harness.migrate.macro.finding import PREFIX, Macro, Macros, Problem, macro_uses_of
from harness.migrate.macro.flow import flow_problems, goes_to, open_targets, reader_of_arguments
from harness.migrate.model import Subject
from harness.model import Place

__all__ = ["dialplan_of"]

_ARGUMENT = re.compile(r"\$\{ARG(\d+)")
_UNKNOWN_ARGUMENT = re.compile(r"\$\{ARG[^\d]")
_CALLER = re.compile(r"(?<!\w)MACRO_(?:EXTEN|CONTEXT|PRIORITY)\b")
_MACRO_ONLY = re.compile(r"(?<!\w)MACRO_(?!(?:EXTEN|CONTEXT|PRIORITY|RESULT)\b)\w+")
_KEYS = re.compile(r"^\s*[ao]\s*=>|\[[\"']?[ao][\"']?\]", re.MULTILINE)
_REACHES = re.compile(r"\binclude|\bmacro\(", re.IGNORECASE)  # what leads from AEL or Lua to contexts of others
_WORD = re.compile(r"[\w-]+")
_NAMES_H = re.compile(r"([\w-]+),h,")
_OWN_PLACE = re.compile(r"\$\{(?:EXTEN|PRIORITY)\b")
_BY_MODULES = frozenset({"parkedcalls"})
_DIALS = frozenset({"dial", "queue", "followme", "retrydial", "page"})

# The same in a Macro and in a Gosub: none returns a digit, asks where it was called from, or goes anywhere.
_SAFE = frozenset(
    """
    addqueuemember agi answer authenticate busy celgenuserevent chanisavail confbridge congestion
    controlplayback datetime dbdel dbdeltree dial eagi echo execif execiftime followme forkcdr gosub gosubif goto
    gotoif gotoiftime hangup importvar log macro macroexit macroif mailboxexists milliwatt mixmonitor monitor mset
    musiconhold nocdr noop originate page pausequeuemember pickup pickupchan playback playtones proceeding
    progress queue queuelog read record removequeuemember resetcdr retrydial ringing sayalpha saydigits saynumber
    sayphonetic sayunixtime senddtmf sendtext set setamaflags setmusiconhold softhangup startmusiconhold
    stopmixmonitor stopmonitor stopmusiconhold stopplaytones system transfer trysystem unpausequeuemember userevent
    verbose voicemail voicemailmain wait zapateller
    """.split()
)
_LOGS = frozenset({"log", "noop", "verbose"})
"""What they are given is for people alone."""
_TO_CALLERS_CONTEXT = {"dial": frozenset("deFG"), "queue": frozenset("F")}
"""Options that go on in the context of the caller, or run its h."""

_DIALLED = re.compile(r"[0-9*#+]|_[0-9*#+XxZzNn.!\[]|_s!")


def dialplan_of(subject: Subject) -> Macros:
    """What extensions.conf and its includes hold."""
    dialplan = Macros(contexts_of(subject), {})
    judge = _Judge(subject, dialplan)
    found = {
        name.removeprefix(PREFIX): judge.macro(context)
        for name, context in dialplan.contexts.items()
        if name.startswith(PREFIX)
    }
    inner = {name: _inner(macro) & found.keys() for name, macro in found.items()}
    dials = _with_callers(inner, {name for name, macro in found.items() if macro.dials})
    transfers = _with_callers(inner, {name for name, macro in found.items() if macro.transfers})
    arguments = _arguments(found)
    macros = {
        name: _with_entry(
            replace(macro, dials=name in dials, transfers=name in transfers, arguments=arguments[name])
        )
        for name, macro in found.items()
    }
    return Macros(dialplan.contexts, macros)


def _with_callers(inner: Mapping[str, set[str]], these: set[str]) -> set[str]:
    """What a macro inside dials, it dials for the macro outside."""
    while more := {name for name, others in inner.items() if name not in these and others & these}:
        these |= more
    return these


def _arguments(macros: Mapping[str, Macro]) -> Mapping[str, int]:
    """How many each macro needs: where one does not give all to a macro inside, that reads its own."""
    needs = {name: macro.arguments for name, macro in macros.items()}
    sites = [
        (name, site)
        for name, macro in macros.items()
        for call in macro.context.invocations()
        for site in macro_uses_of(call)
        if site.name.text in macros
    ]
    while more := {
        name: needs[site.name.text] for name, site in sites if max(site.given, needs[name]) < needs[site.name.text]
    }:
        needs |= more
    return needs


def _inner(macro: Macro) -> set[str]:
    return {site.name.text for call in macro.context.invocations() for site in macro_uses_of(call)}


def _with_entry(macro: Macro) -> Macro:
    """With what is unsure because its first steps get the extension that was called, and a step before them."""
    if not macro.dials:
        return macro
    entry = macro.context.blocks.get("s", ())
    unsure = [(s.place, "it reads ${EXTEN} or ${PRIORITY}") for s in entry if _OWN_PLACE.search(s.text)]
    unsure += [
        (s.place, "it goes to s, another extension by then") for s in macro.context.steps if goes_to(s, "s")
    ]
    own = [(steps[0].place, name) for name, steps in macro.context.blocks.items() if _DIALLED.match(name)]
    own += [(entry[0].place, name) for name in open_targets(macro.context) if entry and _DIALLED.match(name)]
    unsure += [(place, f"its own extension {name} may be the one that was called") for place, name in own]
    if macro.transfers:
        unsure += [(s.place, "its priorities have numbers") for s in entry[1:] if s.priority.lower() != "n"]
    return replace(macro, unsure=(*macro.unsure, *unsure))


class _Judge:
    """Judges macros, with what it has to know of all other contexts."""

    def __init__(self, subject: Subject, dialplan: Macros) -> None:
        self._subject, self._contexts = subject, dialplan.contexts
        self._own = {step.place.file for context in dialplan.contexts.values() for step in context.steps}
        self._no_gosub = loading_of(subject.conf("modules.conf")).refuses("app_stack")
        self._reach = Reach(dialplan.contexts)
        self._reader = reader_of_arguments(dialplan.contexts)
        self._callers: dict[str, set[str]] = {}
        for call in dialplan.calls():
            for site in macro_uses_of(call):
                self._callers.setdefault(site.name.text, set()).add(call.step.context)
        others = [text for name, text in subject.files.items() if name.endswith((".ael", ".lua"))]
        self._unread = any(_KEYS.search(text) and _REACHES.search(text) for text in others)
        self._dialling = {call.step.context for call in dialplan.calls() if call.key in _DIALS}

    def macro(self, context: Context) -> Macro:
        """A macro, judged by itself: what its inner macros do is not known yet."""
        dead = () if self._goes_to_h(context) else context.blocks.get("h", ())
        if dead:
            alive = {name: steps for name, steps in context.blocks.items() if name != "h"}
            context = replace(context, steps=tuple(s for s in context.steps if s.extension != "h"), blocks=alive)
        calls = list(context.invocations())
        text = "\n".join(step.text for step in context.steps)
        unsure = [*self._context(context), *flow_problems(context, self._contexts, reader=self._reader)]
        unsure += [(call.step.place, problem) for call in calls if (problem := self._call(call))]
        return Macro(
            context.name.removeprefix(PREFIX),
            context,
            tuple(unsure),
            dials=any(call.key in _DIALS for call in calls),
            transfers=any(_transfers(call) for call in calls),
            arguments=max((int(number[:3]) for number in _ARGUMENT.findall(text)), default=0),
            reads_caller=bool(_CALLER.search(text)),
            dead=dead,
        )

    def _goes_to_h(self, context: Context) -> bool:
        """Whether a step goes to an extension `h` of this context, or may."""
        return context.name in self._with_h_named or any(goes_to(step, "h") for step in context.steps)

    @cached_property
    def _with_h_named(self) -> frozenset[str]:
        """Contexts whose `h` some step names: `Goto(macro-name,h,1)`."""
        texts = (step.text for context in self._contexts.values() for step in context.steps)
        return frozenset(name for text in texts for name in _NAMES_H.findall(text))

    def _context(self, context: Context) -> Iterator[Problem]:
        top = context.steps[0].place if context.steps else Place("extensions.conf", 0)
        if self._no_gosub:
            yield top, "modules.conf keeps app_stack, which brings Gosub, from loading"
        if not context.plain:
            yield top, "it inherits from a template"
        if "s" not in context.blocks:
            yield top, "it has no extension s"
        for option in context.others:
            if option.name.lower() != "ignorepat" and not self._brings_nothing(option):
                yield option.place, f"{option.name} => {option.value[:40]}"
        for step in context.steps:
            if problem := _step(step):
                yield step.place, problem

    def _brings_nothing(self, option: Option) -> bool:
        """Whether it includes a context that is nowhere, or empty: FreePBX has one for each macro."""
        if option.name.lower() != "include":
            return False
        name = Include.of(option.value).context
        if context := self._contexts.get(name):
            return not context.steps and all(map(self._brings_nothing, context.others))
        return name not in _BY_MODULES and not self._elsewhere(name)

    def _elsewhere(self, name: str) -> bool:
        """Whether a context may come from what is not read here: AEL, Lua, `regcontext`, `#exec`."""
        if any(problem.directive for problem in self._subject.conf("extensions.conf").problems):
            return True
        if _WORD.fullmatch(name):
            return name in self._other_words
        word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        return any(word.search(text) for text in self._other_texts())

    def _other_texts(self) -> Iterator[str]:
        return (text for file, text in self._subject.files.items() if file not in self._own)

    @cached_property
    def _other_words(self) -> frozenset[str]:
        return frozenset(word for text in self._other_texts() for word in _WORD.findall(text))

    def _call(self, call: StepInvocation) -> str:
        """Why an application may do something else in a Gosub, empty when it does the same."""
        if call.key == "return":
            return "it has a subroutine of its own: where its Return() leads is not followed here"
        if call.key not in _SAFE:
            return f"{call.name}() may ask where it was called from"
        arguments = call.sure_parts()
        if call.key in _TO_CALLERS_CONTEXT:
            options = call.options()
            if odd := sorted((options.names if options.known else frozenset()) & _TO_CALLERS_CONTEXT[call.key]):
                return f"option {odd[0]} of {call.name}() is about the context it was called from"
        if call.key in ("gosub", "gosubif"):
            return self._gosub(call)
        if call.key in ("voicemail", "voicemailmain"):
            own = self._contexts[call.step.context].blocks
            for key in ("a", "o"):
                if key not in own and (self._unread or self._finds_outside(call.step.context, key, frozenset())):
                    return f"a key that leaves {call.name}() goes to {key} of the context it was called from"
            if arguments is None or (len(arguments) > 1 and re.search(r"d|\$\{", arguments[1].text)):
                return f"keys that leave {call.name}() may go to the context it was called from"
        return ""

    def _finds_outside(self, context: str, extension: str, seen: frozenset[str]) -> bool:
        """Whether an extension may be found where a macro's callers are."""
        callers = self._callers.get(context.removeprefix(PREFIX), set()) - seen
        return any(
            self._finds_outside(caller, extension, seen | callers)
            if caller.startswith(PREFIX)
            else self._reach.finds(caller, extension)
            for caller in callers
        )

    def _gosub(self, call: StepInvocation) -> str:
        """A subroutine inside that dials would show the extension `s`."""
        text = call.inner.text if call.inner else ""
        if re.match(r"\s*\$\{", text) and call.key == "gosub":
            return "where Gosub() goes is not known before the call"
        words = set(re.split(r"[^\w-]+", text))
        inside = sorted(words & self._dialling)
        return f"Gosub() dials in [{inside[0]}], as the extension that was called" if inside else ""


def _step(step: DialplanStep) -> str:
    if step.column < 0 or step.shared or step.priority.lower() == "hint" or not any(invocations_of(step)):
        return "this line is not understood"
    if step.priority.lower() != "n" and not step.priority.isdecimal():
        return f"priority {step.priority}"
    if _UNKNOWN_ARGUMENT.search(step.text):
        return "it chooses among its arguments, or counts them"
    found = _MACRO_ONLY.search(step.text)
    return found[0] if found and not all(call.key in _LOGS for call in invocations_of(step)) else ""


def _transfers(call: StepInvocation) -> bool:
    options = call.options()
    return call.key in JOIN and (not options.known or "T" in options.names)
