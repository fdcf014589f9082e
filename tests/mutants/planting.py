"""Which faults can be planted in a module, and the module's text with one of them. Cosmic Ray knows the kinds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

__all__ = ["Mutant", "mutants_of"]

# Below these nothing happens at run time (annotations), or how fast and how small alone (decorators).
_QUIET = frozenset({"annassign", "decorator", "tfpdef", "param"})
# `==` and `is` are one for the short texts and numbers that are compared here.
_NO_FAULTS = frozenset({"core/ReplaceComparisonOperator_Eq_Is", "core/ReplaceComparisonOperator_NotEq_IsNot"})
_KINDS = tuple(n for n in operator_names() if not get_operator(n).arguments() and n not in _NO_FAULTS)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: the `occurrence`-th place in `file` where its kind can be planted, at line and column."""

    file: Path
    kind: str
    occurrence: int
    at: tuple[int, int]

    def text(self) -> str:
        """The module with the fault in it; empty where that is no Python any more, which is no fault to notice."""
        try:
            code = str(mutate_code(self.file.read_text(), get_operator(self.kind)(), self.occurrence) or "")
            compile(code, str(self.file), "exec")
        except (SyntaxError, AttributeError):  # the second: an exception of a dotted name cannot be replaced
            return ""
        return code

    def __str__(self) -> str:
        return f"{self.file}:{self.at[0]} {self.kind.partition('/')[2]}"


def mutants_of(file: Path) -> Iterator[Mutant]:
    """Every fault that can be planted in a module where it could change what the module does."""
    tree = get_ast(file.read_text())
    for kind in _KINDS:
        operator = get_operator(kind)()
        places = ((node, start) for node in ast_nodes(tree) for start, _ in operator.mutation_positions(node))
        for occurrence, (node, at) in enumerate(places):
            if not _is_quiet(node):
                yield Mutant(file, kind, occurrence, at)


def _is_quiet(node: Any) -> bool:  # a node of parso, which has no types
    """Whether a place is in an annotation, a decorator, the list of public names, or for type checkers alone."""
    below = node
    while (above := below.parent) is not None:
        if above.type in _QUIET and not _is_value(below, above):
            return True
        if above.type == "funcdef" and above.annotation is below:
            return True
        if above.type == "if_stmt" and above.children[1].get_code().strip() == "TYPE_CHECKING":
            return True
        if above.type == "expr_stmt" and above.get_first_leaf().value == "__all__":
            return True
        below = above
    return False


def _is_value(node: Any, above: Any) -> bool:
    """Whether it stands behind the `=` of an annotated name."""
    equals = [child for child in above.children if child.type == "operator" and child.value == "="]
    return above.type in ("annassign", "param") and bool(equals) and node.start_pos > equals[0].start_pos
