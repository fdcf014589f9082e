"""What a note speaks of: names of applications, functions, modules, files and the like. Pure.

Only names that releases really have are looked for. Those that are English words as well (Dial, Queue, Read) count
only where the note says that it means them: `Dial()`, `the Queue application`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from harness.asterisk.notes import Note
from harness.facts.release import ReleaseFacts

__all__ = ["Topic", "Vocabulary", "topics_of", "vocabulary_of"]

Topic = tuple[str, str]
"""Kind and name: `("application", "Macro")`, `("option", "pjsip.conf direct_media")`."""

_CALLED: Mapping[str, str] = {
    "application": "app(?:lication)?",
    "function": "function",
    "AMI action": "action|command",
    "AMI event": "event",
    "AGI command": "command",
}
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:\.conf)?")
_SHORTEST = 4


class Vocabulary:
    """The names of both releases, by the words in which they would stand in a text."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._by_word: dict[str, list[Topic]] = {}
        for kind, all_names in names.items():
            for name in sorted(set(all_names)):
                self._by_word.setdefault(name.rpartition(" ")[2], []).append((kind, name))

    def in_text(self, text: str) -> Iterator[Topic]:
        """Every name that stands in a text, whether it is meant or not."""
        for word in sorted(set(_WORD.findall(text))):
            yield from self._by_word.get(word, ())


def vocabulary_of(*releases: ReleaseFacts) -> Vocabulary:
    """What releases have, all together."""
    names: dict[str, set[str]] = {}
    for facts in releases:
        for kind in ("application", "function", "module", "technology", "AMI action", "AMI event"):
            names.setdefault(kind, set()).update(facts.names(kind))
        for item in facts.names("config option"):
            whole, _, option = item.partition(": ")
            names.setdefault("option", set()).add(f"{whole.partition(' ')[0]} {option}")
        names.setdefault("file", set()).update(facts.names("sample file"))
    return Vocabulary(names)


def topics_of(note: Note, vocabulary: Vocabulary) -> tuple[Topic, ...]:
    """What the note means, sorted."""
    text = f"{note.heading}: {note.text}"
    return tuple(sorted(topic for topic in vocabulary.in_text(text) if _is_meant(*topic, text)))


def _is_meant(kind: str, name: str, text: str) -> bool:
    match kind:
        case "module" if "_" not in name:  # of the core: http, manager, logger
            return re.search(rf"(?<![\w./]){re.escape(name)}(?:\.c\b|:(?!/)| module\b)", text) is not None
        case "module" | "file":
            return True
        case "technology":
            return f"{name}/" in text
        case "option":
            return "_" in name.rpartition(" ")[2]
        case "AMI action" | "AMI event" if not re.search(r"\bAMI\b|(?i:manager)", text):
            return False
    return (kind not in ("AMI action", "AMI event") and _stands_out(name)) or _is_called(kind, name, text)


def _stands_out(name: str) -> bool:
    """Whether a name is no word of English: MixMonitor, CALLERID, PJSIP_HEADER."""
    return len(name) >= _SHORTEST and ("_" in name or sum(map(str.isupper, name)) > 1)


def _is_called(kind: str, name: str, text: str) -> bool:
    what, word = _CALLED[kind], re.escape(name)
    return (
        re.search(rf"\b{word}\(|\b{word}['\"]?\s+(?:{what})s?\b|\b(?:{what})\s+['\"]?{word}\b", text) is not None
    )
