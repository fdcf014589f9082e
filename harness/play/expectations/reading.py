"""An entry of `expect:` → what it asks for, how long it has time, and what was got instead of what is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from harness.play.expectations.evidence import Ask, Evidence
from harness.play.expectations.kinds import KINDS
from harness.site.reading.document import Node

__all__ = ["Expectation"]

_NEVER_LATE = frozenset({"not_applications", "not_dialed", "not_played", "no_log"})
_IN_THE_LOG = frozenset({"played", "not_played", "log", "no_log"})


@dataclass(frozen=True, slots=True)
class Expectation:
    """An entry that the schema has found to be one."""

    entry: Node

    def failure(self, evidence: Evidence) -> str:
        """What was got instead; empty when it holds."""
        return KINDS[self._kind](evidence, self.entry)

    @property
    def words(self) -> str:
        """What is wanted, as it is written."""
        return ", ".join(f"{key}: {_written(value)}" for key, value in self.entry.fields.items())

    @property
    def ask(self) -> Ask:
        """What has to be asked for."""
        below = tuple(self.entry.fields[self._kind].fields)
        return Ask(
            astdb=below if self._kind == "astdb" else (),
            mailboxes=below if self._kind == "mailbox" else (),
            files=self._kind == "file",
            log=self._kind in _IN_THE_LOG,
        )

    @property
    def patience(self) -> float:
        """For how many seconds what is wanted may still come after the last step.

        Records come from a thread of their own after the call, later than all else.
        """
        if self._kind in _NEVER_LATE or (
            self._kind == "answered" and self.entry.fields["answered"].plain is False
        ):
            return 0.0
        return 5.0 if self._kind == "cdr" else 2.0

    @property
    def uses(self) -> tuple[str, ...]:
        """What the scenario shares with others because of it."""
        return tuple(f"mailbox/{name.removesuffix('@default')}" for name in self.ask.mailboxes)

    @property
    def _kind(self) -> str:
        return next(key for key in self.entry.fields if key in KINDS)


def _written(node: Node) -> str:
    if node.fields:
        return f"{{{', '.join(f'{key}: {_written(below)}' for key, below in node.fields.items())}}}"
    if node.items:
        return f"[{', '.join(item.text for item in node.items)}]"
    return node.text or ("null" if node.plain is None else '""')
