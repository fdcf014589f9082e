"""What expectations look at: what was seen, and what Asterisk and the disk answer when asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from harness.model import Observation

__all__ = ["Ask", "Evidence"]


@dataclass(frozen=True, slots=True)
class Ask:
    """What an expectation needs besides events: `astdb` keys, `mailboxes`, the spool's `files`, the `log`."""

    astdb: tuple[str, ...] = ()
    mailboxes: tuple[str, ...] = ()
    files: bool = False
    log: bool = False

    @staticmethod
    def all_of(asks: Iterable[Ask]) -> Ask:
        """What all of them need together."""
        several = tuple(asks)
        return Ask(
            astdb=tuple(dict.fromkeys(key for ask in several for key in ask.astdb)),
            mailboxes=tuple(dict.fromkeys(name for ask in several for name in ask.mailboxes)),
            files=any(ask.files for ask in several),
            log=any(ask.log for ask in several),
        )


@dataclass(frozen=True)
class Evidence:
    """What was seen of a scenario on one instance, in order, and what was answered.

    `astdb` has None for keys that are not there; `mailboxes` the new messages that came meanwhile; `files` those
    written meanwhile, with their size.
    """

    observations: Sequence[Observation] = ()
    astdb: Mapping[str, str | None] = field(default_factory=dict)
    mailboxes: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def _by_event(self) -> Mapping[str, Sequence[Mapping[str, str]]]:
        found: dict[str, list[Mapping[str, str]]] = {}
        for seen in self.observations:
            # The first of repeated headers counts: an expectation is about one value.
            headers = dict(reversed(seen.headers))
            name = headers.get("Event", "")
            if seen.via == "ami" or name == "Playback":
                found.setdefault(name, []).append(headers)
        return found

    def events(self, name: str) -> Sequence[Mapping[str, str]]:
        """The AMI events of a name."""
        return self._by_event.get(name, ())

    @property
    def log(self) -> Iterator[str]:
        """Messages of notices, warnings and errors."""
        return (seen.get("Message") for seen in self.observations if seen.via == "log" and seen.get("Level"))

    @property
    def first_channel(self) -> str:
        """Unique id of the first call's own leg; empty when no call came about."""
        return next((seen.get("Uniqueid", "") for seen in self.events("Newchannel")), "")

    @property
    def applications(self) -> list[str]:
        """What the site's dialplan ran, in order."""
        ran = self.events("Newexten")
        return [seen.get("Application", "") for seen in ran if not seen.get("Context", "").startswith("harness-")]

    @property
    def sounds(self) -> list[str]:
        """What was played, in order."""
        return [seen.get("Sound", "") for seen in self.events("Playback")]
