"""Macros as values: their contexts, and the places that run them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.asterisk.dialplan.arguments import Span
from harness.migrate.dialplan import Context, DialplanStep, StepInvocation
from harness.model import Place

__all__ = ["PREFIX", "Macro", "MacroUse", "Macros", "Problem", "macro_uses_of", "without_variables"]

PREFIX = "macro-"
_VARIABLE = re.compile(r"\$[{\[](?:[^{}\[\]]|[{\[](?:[^{}\[\]]|[{\[][^{}\[\]]*[}\]])*[}\]])*[}\]]")

Problem = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class Macro:
    """A context `[macro-NAME]`. `unsure` says where and why a Gosub would not be the same, empty when it is.

    `dials`: it has to be entered under the extension that was called. `transfers`: the caller may transfer in it.
    `arguments` is the highest `${ARG}` that it reads, or a macro inside of it reads of its own. `reads_caller` is
    whether it reads `${MACRO_EXTEN}` or such.
    `dead` are the steps of an extension `h` of its own, which never runs in a macro; the context is without them.
    """

    name: str
    context: Context
    unsure: tuple[Problem, ...] = ()
    dials: bool = False
    transfers: bool = False
    arguments: int = 0
    reads_caller: bool = False
    dead: tuple[DialplanStep, ...] = ()


@dataclass(frozen=True, slots=True)
class MacroUse:
    """One `Macro(name,arguments)`, in a step or a branch of MacroIf. `whole` is what stands in the parentheses."""

    call: StepInvocation
    name: Span
    whole: Span

    @property
    def arguments(self) -> str | None:
        """The text of the arguments, None where there are none."""
        rest = self.whole.text[self.name.end - self.name.start :]
        return rest[1:] if rest else None

    @property
    def given(self) -> int:
        """How many arguments: all others are those of the macro outside."""
        return 0 if self.arguments is None else without_variables(self.arguments).count(",") + 1


@dataclass(frozen=True)
class Macros:
    """Contexts, and the macros among them by name."""

    contexts: Mapping[str, Context]
    macros: Mapping[str, Macro]

    def outside(self) -> Iterator[Context]:
        """Contexts that are no macros."""
        return (context for name, context in self.contexts.items() if not name.startswith(PREFIX))

    def calls(self) -> Iterator[StepInvocation]:
        """All applications that are run anywhere."""
        for context in self.contexts.values():
            yield from context.invocations()

    @cached_property
    def with_arguments(self) -> frozenset[str]:
        """Contexts of macros and of subroutines, which have arguments of their own."""
        returning = (call.step.context for call in self.calls() if call.key == "return")
        return frozenset((*returning, *(name for name in self.contexts if name.startswith(PREFIX))))

    def unsure(self, name: str) -> str:
        """Why a macro cannot become a subroutine, empty when it can."""
        macro = self.macros.get(name)
        if macro is None:
            return f"there is no [{PREFIX}{name}]"
        if macro.unsure:
            place, reason = macro.unsure[0]
            return f"[{macro.context.name}] may not do the same as a subroutine: {place}: {reason}"
        return ""

    def unsure_elsewhere(self, name: str) -> str:
        """As `unsure`, for one that is not run by a step of the dialplan: it has no caller's place to read."""
        macro = self.macros.get(name)
        if macro and macro.reads_caller:
            return f"[{macro.context.name}] reads where it was called from"
        return self.unsure(name)


def without_variables(text: str) -> str:
    """What is written besides variables, functions and expressions."""
    return _VARIABLE.sub("", text)


def macro_uses_of(call: StepInvocation) -> Iterator[MacroUse]:
    """The macros that a call runs."""
    if call.inner is None:
        return
    if call.key == "macro":
        yield _site(call, call.inner)
    elif call.key == "macroif":
        for branch in call.branches(sure=True):
            if branch.text.strip():
                yield _site(call, branch)


def _site(call: StepInvocation, whole: Span) -> MacroUse:
    name = whole.text.partition(",")[0]
    return MacroUse(call, Span(whole.start, whole.start + len(name), name), whole)
