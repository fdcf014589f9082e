"""Which settings of channel variables are compared, on whatever surface they are told."""

from __future__ import annotations

from harness.asterisk.volatile import argument_of, is_mechanism, is_statistic
from harness.model import Layer

__all__ = ["Variables"]


class Variables:
    """Follows the variables of channels.

    What a subroutine is given is an effect, and the same whether Macro or Gosub hands it over. Each of them tells
    in its own way that it takes arguments away again, and gives those of the outer one back: only what is given
    for the first time counts.
    """

    __slots__ = ("_given",)

    def __init__(self) -> None:
        self._given: set[tuple[str, str, str]] = set()

    def take(self, subject: str, name: str, value: str) -> tuple[str, Layer] | None:
        """The variable's name and layer; None where that it is set means nothing."""
        if is_statistic(name):
            return None
        if argument := argument_of(name):
            given = (subject, argument, value)
            if not value or given in self._given:
                return None
            self._given.add(given)
            return argument, "effect"
        return name, "path" if is_mechanism(name, value) else "effect"
