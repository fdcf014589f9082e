"""What expectations look at: what was seen, and what Asterisk and the disk answer when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from harness.lab.instance.overlay import TALK
from harness.model import AmiPacket, LogLine, Playback, Seen
from harness.play.conditions import is_dial

__all__ = ["Evidence"]


@dataclass(frozen=True)
class Evidence:
    """What was seen of a scenario on one instance, in order, and what was answered.

    `astdb` has None for keys that are not there; `mailboxes` the new messages that came meanwhile; `files` those
    written meanwhile, with their size; `in_vain` what of the scenario was (`unreachable`, `refused`, `nothing`).
    """

    observations: Sequence[Seen] = ()
    astdb: Mapping[str, str | None] = field(default_factory=dict)
    mailboxes: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    in_vain: frozenset[str] = frozenset()

    @cached_property
    def _packets(self) -> Mapping[str, Sequence[AmiPacket]]:
        found: dict[str, list[AmiPacket]] = {}
        for seen in self.observations:
            if isinstance(seen, AmiPacket):
                found.setdefault(seen.event, []).append(seen)
        return found

    def packets(self, event: str) -> Sequence[AmiPacket]:
        """The events of a name that the manager interface told of."""
        return self._packets.get(event, ())

    def events(self, name: str) -> Sequence[AmiPacket | Playback]:
        """The same, and for `Playback` what the log told."""
        playbacks = self._playbacks if name == "Playback" else ()
        return (*self.packets(name), *playbacks)

    @property
    def _playbacks(self) -> Sequence[Playback]:
        return [seen for seen in self.observations if isinstance(seen, Playback)]

    @property
    def log(self) -> Sequence[LogLine]:
        """Notices, warnings and errors."""
        return tuple(seen for seen in self.observations if isinstance(seen, LogLine))

    @property
    def first_channel(self) -> str:
        """Unique id of the first call's own leg; empty when no call came about."""
        return next((seen.get("Uniqueid") for seen in self.packets("Newchannel")), "")

    @property
    def applications(self) -> list[str]:
        """What the site's dialplan ran, in order."""
        ran = self.packets("Newexten")
        return [seen.get("Application") for seen in ran if not seen.get("Context").startswith("harness-")]

    @property
    def sounds(self) -> list[str]:
        """What was played, in order; without what a caller of the harness says."""
        return [seen.sound for seen in self._playbacks if seen.sound != TALK]

    def dials(self, target: str) -> Sequence[AmiPacket]:
        """How dialling a device (or what was dialled on it) began each time."""
        return [seen for seen in self.packets("DialBegin") if is_dial(seen, target)]

    @property
    def variables(self) -> Mapping[str, str]:
        """Variables with the value that each was set to last, on any channel."""
        return {seen.get("Variable"): seen.get("Value") for seen in self.packets("VarSet")}
