"""Which extensions a channel may find while it runs a step: contexts include each other."""

from __future__ import annotations

from collections.abc import Mapping

from harness.asterisk.dialplan.show import Include
from harness.migrate.dialplan import Context

__all__ = ["Reach"]


class Reach:
    """What is found around a context. A channel that runs its steps may be in any context that includes it."""

    def __init__(self, contexts: Mapping[str, Context]) -> None:
        self._contexts = contexts
        self._includes = {name: _included(context) for name, context in contexts.items()}
        self._included_by: dict[str, set[str]] = {}
        for name, inner in self._includes.items():
            for one in inner:
                self._included_by.setdefault(one, set()).add(name)

    def finds(self, name: str, extension: str) -> bool:
        """Whether an extension may be found from a step of a context."""
        outer = _closure({name}, self._included_by)
        every = _closure(outer, self._includes)
        return any(extension in self._contexts[one].blocks for one in every if one in self._contexts)


def _closure(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    found, todo = set(start), list(start)
    while todo:
        fresh = edges.get(todo.pop(), set()) - found
        found |= fresh
        todo += fresh
    return found


def _included(context: Context) -> set[str]:
    options = (option for option in context.others if option.name.lower() == "include")
    return {Include.of(option.value).context for option in options}
