"""What a line of Asterisk's log says: when two say the same, and when they speak of one thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["COMPLAINTS", "MILD", "is_of_a_busy_machine", "is_of_a_hangup", "likeness", "plain_text", "weight"]

COMPLAINTS = frozenset({"WARNING", "ERROR"})
"""The levels of what Asterisk complains of."""
MILD = "NOTICE"
"""A level that is no complaint: read only to know what another release says at a louder one."""

_WEIGHTS = {"NOTICE": 1, "WARNING": 2, "ERROR": 3}
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,10}://[^\s'\"<>]+")
# Folders move from build to build (/usr/lib/x86_64-linux-gnu/asterisk/modules); what lies in them does not.
_FOLDERS = re.compile(r"(?<![\w.@:/-])/(?:[\w.+@-]+/)+(?=[\w.+@-])")
_POINTER = re.compile(r"\b0x[0-9a-f]+\b")
# Words before a number that is a name or a code, and no count.
_NAMED = frozenset(
    """extension exten cause code peer endpoint mailbox number caller user queue context status error response
    priority pin room conference agent member channel port sip""".split()
)
# What stands alone: no part of a name (PJSIP/101), of an address, of something quoted, of (context, exten, 1).
_COUNT = re.compile(
    r"(?P<before>\b[A-Za-z]+\W{0,2} )?(?<![\w/.@'\"`:+(=-])(?P<number>\d+(?:\.\d+)?)"
    r"(?=(?:ms|s|%)?(?:[\s.,;:)\]%]|$))"
)
_LINE = re.compile(r"(?<=\w)(\.[A-Za-z]\w{0,4}:)\d+\b")  # queues.conf:12, pbx.c:4113
_OF_A_THREAD = re.compile(r"\b(tid|pid|lwp|thread|line|count)=\d+", re.IGNORECASE)
# Beside these a number of three digits is an answer (404), and no count.
_ANSWERED = re.compile(
    r"\b(?:sip|response|register|registration|invite|http|status|answer(?:ed)?|reject(?:ed)?)\b", re.I
)
_ANSWER = re.compile(r"[1-6]\d\d")
_BRACKETED = re.compile(r"\[\d+\]")
_PLACE = re.compile(r"\([^()]*,[^()]*\)")
_MARKS = re.compile(r"[,.;:!?\"'`()\[\]<>]+(?=\s|$)|(?<!\S)[\"'`(\[<]+|\s-+(?=\s)")
_GAPS = re.compile(r"\s+")
_WORD = re.compile(r"[^\s,;:!?\"'`()\[\]<>=]*[^\s,;:!?\"'`()\[\]<>=.]")
_QUOTED = re.compile(r"'([^'\s]+)'|\"([^\"\s]+)\"|`([^'`\s]+)['`]")
_NAME = re.compile(r"[\d_/@]|\w\.\w")
_LITTLE = frozenset(
    """the and for not was with that this from has have are been will can could cannot unable failed fail into
    does did its any all but you your use using used now more than when while there which being""".split()
)
# What a thread says that was writing to a channel when it was hung up (main/file.c, main/channel.c, app_*.c).
_WRITING = re.compile(r"(?:failed|unable|could ?n[o']t) to (?:write|forward)\b.*\bframe\b", re.IGNORECASE)
# What a thread without processor time makes others say (main/channel.c, taskprocessor.c, res_timing_timerfd.c).
_BUSY = re.compile(
    r"exceptionally long (?:voice )?queue length|discarded \d+ frames? due to queue overload|"
    r"(?:the '[^']*' task processor|taskprocessor '[^']*') queue reached|"
    r"taskprocessor overload|expected to acknowledge \d+ ticks",
    re.IGNORECASE,
)
_ALIKE, _ALIKE_OF_NAMED, _FEWEST = 0.7, 0.55, 2
_LONGEST = 2_000


def weight(level: str) -> int:
    """How loud a level is: 3 an error, 2 a warning, 1 a notice, 0 all else."""
    return _WEIGHTS.get(level, 0)


def is_of_a_hangup(message: str) -> bool:
    """Whether a line says no more than that a channel was hung up while something was written to it."""
    return _WRITING.match(message) is not None


def is_of_a_busy_machine(message: str) -> bool:
    """Whether a line says no more than that something had to wait for processor time."""
    return _BUSY.match(message) is not None


@lru_cache(4096)
def plain_text(message: str) -> str:
    """A line without folders, addresses of the web, counts, pointers, marks and capitals.

    Two lines with the same plain text say the same. Numbers that name something (an extension, a cause) stay.
    """
    text = _POINTER.sub("#", _FOLDERS.sub("", _URL.sub("<url>", message[:_LONGEST])))
    text = _OF_A_THREAD.sub(r"\1=#", _BRACKETED.sub("[#]", _LINE.sub(r"\1#", text)))
    places = [found.span() for found in _PLACE.finditer(text)]
    has_answer = _ANSWERED.search(text) is not None
    text = _COUNT.sub(lambda found: _counted(found, places, has_answer=has_answer), text)
    return _GAPS.sub(" ", _MARKS.sub(" ", text)).strip().lower()


def likeness(one: str, other: str) -> float:
    """How much of two lines is the same, from 0 to 1, where they speak of one thing in other words; else 0.

    Neither may name what the other does not, unless one says less; and many of their words have to be the same.
    """
    mine, theirs = _words(one), _words(other)
    names, their_names = _names(one, mine), _names(other, theirs)
    if not (names <= their_names or their_names <= names) or len(mine & theirs) < _FEWEST:
        return 0.0
    share = len(mine & theirs) / max(len(mine), len(theirs))
    return share if share >= (_ALIKE_OF_NAMED if names & their_names else _ALIKE) else 0.0


def _counted(found: re.Match[str], places: Sequence[tuple[int, int]], *, has_answer: bool) -> str:
    before, number = found["before"] or "", found["number"]
    if any(start < found.start("number") < end for start, end in places):
        return found[0]
    named = before.strip(" :=#").lower() in _NAMED or (has_answer and _ANSWER.fullmatch(number))
    return found[0] if named else f"{before}#"


def _words(message: str) -> frozenset[str]:
    words = _WORD.findall(plain_text(message))
    return frozenset(word for word in words if (len(word) > 2 or word.isdigit()) and word not in _LITTLE)


def _names(message: str, words: frozenset[str]) -> frozenset[str]:
    """Words that name something: quoted, or with a digit, a slash and the like in them."""
    quoted = (next(filter(None, found)).lower() for found in _QUOTED.findall(message))
    return frozenset(word for word in words if _NAME.search(word)).union(words.intersection(quoted))
