"""Whether a hangup in a macro may run an extension `h` of a caller: then its subroutine needs one as well.

Where nobody who calls it has an `h`, one of its own would only change what the records of those calls say.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import chain

from harness.migrate.dialplan import Reach
from harness.migrate.macro.finding import PREFIX, Macros, macro_uses_of
from harness.migrate.model import Subject

__all__ = ["Hangups"]

_AEL_H = re.compile(r"^\s*h\s*=>", re.MULTILINE)
_OTHERS = (".ael", ".lua")


class Hangups:
    """Who calls each macro, and where an `h` is found from there."""

    def __init__(self, subject: Subject, dialplan: Macros, elsewhere: Collection[str]) -> None:
        """`elsewhere` are macros that something else runs than a step of the dialplan."""
        self._elsewhere = elsewhere
        self._texts = [text for name, text in subject.files.items() if name.endswith(_OTHERS)]
        self._is_any = any("h" in context.blocks for context in dialplan.outside()) or any(
            map(_AEL_H.search, self._texts)
        )
        self._reach = Reach(dialplan.contexts)
        self._callers: dict[str, set[str]] = {}
        for call in dialplan.calls():
            for site in macro_uses_of(call):
                self._callers.setdefault(site.name.text, set()).add(call.step.context)
        unknown = (contexts for name, contexts in self._callers.items() if "$" in name)
        self._of_any = set(chain.from_iterable(unknown))

    def may_run_h(self, macro: str) -> bool:
        """Whether one of its callers has an `h`, or may have one that is not read here."""
        if not self._is_any or macro in self._elsewhere:
            return self._is_any
        contexts = self._contexts_of(macro)
        if any(self._reach.finds(context, "h") for context in contexts):
            return True
        named = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, (macro, *sorted(contexts))))})(?![\w-])")
        return any(map(named.search, self._texts))

    def _contexts_of(self, macro: str) -> set[str]:
        """The contexts from which it is called, by itself or within another macro; a name in a variable is any."""
        found, seen, todo = set[str](), set[str](), {macro}
        while todo:
            name = todo.pop()
            seen.add(name)
            for context in self._callers.get(name, set()) | self._of_any:
                if context.startswith(PREFIX):
                    todo |= {context.removeprefix(PREFIX)} - seen
                else:
                    found.add(context)
        return found
