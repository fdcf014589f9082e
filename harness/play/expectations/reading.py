"""An entry of `expect:`: what was got instead of what is wanted, and how long that may still come."""

from __future__ import annotations

from dataclasses import dataclass

from harness.play.expectations.evidence import Evidence
from harness.play.expectations.kinds import KINDS
from harness.site.reading.document import Node

__all__ = ["Expectation"]

_NEVER_LATE = frozenset({"not_applications", "not_dialed", "not_played", "no_log", "nothing"})


@dataclass(frozen=True, slots=True)
class Expectation:
    """An entry that the schema has found to be one."""

    entry: Node

    @property
    def kind(self) -> str:
        """The key that says what is looked at."""
        return next(key for key in self.entry.fields if key in KINDS)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of astdb, the mailboxes, headers or variables that it is about."""
        return tuple(self.entry.fields[self.kind].fields)

    @property
    def words(self) -> str:
        """What is wanted, as it is written."""
        return ", ".join(f"{key}: {_as_text(value)}" for key, value in self.entry.fields.items())

    @property
    def patience(self) -> float:
        """For how many seconds what is wanted may still come after the last step.

        Records come from a thread of their own after the call, later than all else.
        """
        if self.kind in _NEVER_LATE or (self.kind == "answered" and self.entry.fields["answered"].plain is False):
            return 0.0
        return 5.0 if self.kind == "cdr" else 2.0

    @property
    def uses(self) -> tuple[str, ...]:
        """What the scenario shares with others because of it."""
        mailboxes = self.keys if self.kind == "mailbox" else ()
        return tuple(f"mailbox/{name.removesuffix('@default')}" for name in mailboxes)

    def failure(self, evidence: Evidence) -> str:
        """What was got instead; empty when it holds."""
        return KINDS[self.kind](evidence, self.entry)


def _as_text(node: Node) -> str:
    if node.fields:
        return f"{{{', '.join(f'{key}: {_as_text(below)}' for key, below in node.fields.items())}}}"
    if node.items:
        return f"[{', '.join(item.text for item in node.items)}]"
    return node.text or ("null" if node.plain is None else '""')
