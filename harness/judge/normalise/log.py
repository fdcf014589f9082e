"""Asterisk's log → facts: warnings, errors and notices, and the sounds that are played."""

from __future__ import annotations

import re

from harness.asterisk.log_text import MILD
from harness.judge.normalise.facts import DEPRECATED, Facts, fact
from harness.judge.normalise.reader import Reader
from harness.model import LogLine, Playback

__all__ = ["LogReader", "is_deprecation"]

_LEVELS = ("WARNING", "ERROR", MILD)
_DEPRECATED = re.compile(r"(?i)\bdeprecated\b|should be updated to use")
_HARNESS = "harness-"
_OURS = re.compile(r"@harness-|'upgrade-harness'")


def is_deprecation(message: str) -> bool:
    """Whether a line says that something will go. Asterisk says so once in its life."""
    return _DEPRECATED.search(message) is not None


class LogReader(Reader):
    """Reads lines of the log, and what they say of sounds."""

    def line(self, number: int, seen: LogLine) -> Facts:
        """A warning, an error or a notice."""
        if seen.level in _LEVELS and not _OURS.search(seen.message):
            once = seen.level != MILD and is_deprecation(seen.message)
            kind = DEPRECATED if once else f"log {seen.level}"
            message = (("Message", self.masks.aliases.text(seen.message)),)  # causes are looked for in one text
            at = self.whereabouts.logged(seen.channel, seen.spot)
            yield fact("", "log", kind, message, "log", seen=number, at=at), True

    def playback(self, number: int, seen: Playback) -> Facts:
        """A sound that a channel hears, unless it is one of the harness's."""
        if _HARNESS not in seen.sound:
            subject = self.masks.aliases.name(seen.channel)
            sound = (("Sound", self.masks.text(seen.sound)), ("Language", seen.language))
            at = self.whereabouts.logged(seen.channel, seen.spot, subject)
            yield fact(subject, "played", "Playback", sound, "call", seen=number, at=at), False
