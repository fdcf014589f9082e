"""Which settings of channel variables are compared, whatever surface shows them."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.asterisk.volatile import argument_of, is_kept_up, is_mechanism, is_statistic
from harness.model import Layer

__all__ = ["Variables"]


@dataclass(slots=True)
class Variables:
    """Follows the variables of channels.

    The arguments of a subroutine are an effect, and the same whether Macro or Gosub passes them. When it ends,
    each of the two removes them and restores the outer ones in its own way: only the first time that an argument
    is set to a value counts. Of what Asterisk sets anew whenever a bridge moves, only another value does.
    """

    _bridged: dict[tuple[str, str], str] = field(default_factory=dict)
    _given: set[tuple[str, str, str]] = field(default_factory=set)

    def take(self, subject: str, name: str, value: str) -> tuple[str, Layer] | None:
        """The variable's name and layer; None where the setting means nothing."""
        if is_statistic(name):
            return None
        if argument := argument_of(name):
            given = (subject, argument, value)
            if not value or given in self._given:
                return None
            self._given.add(given)
            return argument, "effect"
        if is_kept_up(name):
            had, self._bridged[subject, name] = self._bridged.get((subject, name)), value
            if value == had:
                return None
        return name, "path" if is_mechanism(name, value) else "effect"
