"""Texts, durations and JSON as they are compared: one mask for values, whatever surface they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from harness.asterisk.volatile import (
    is_call_id,
    is_chance,
    is_statistic,
    masked_line,
    seconds_in,
    variable_seconds_in,
)
from harness.judge.normalise.aliases import Aliases
from harness.judge.normalise.facts import MASKED
from harness.model import Fields, Json, Seconds, Value, shown

__all__ = ["Masks"]

# Lists of JSON in which order means something, by the last part of their names. All others are sets.
_ORDERED = frozenset({"args"})
_WHOLE = "body"  # the name of a value outside any object
_HARNESS = "@harness-"
_EARLIEST = 1e9  # seconds since 1970
_BRIDGES_INSIDE = frozenset({"technology", "video_mode", "creator"})  # as of BridgeTechnology
_OF_THE_SITE = ("userevent.", "body.")


class _Texts(dict[str, Value]):
    """Texts of one trace as they are compared: with aliases, and in lines where they have several."""

    __slots__ = ("_aliases",)

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases

    def __missing__(self, text: str) -> Value:
        plain = self._aliases.text(text)
        value: Value = tuple(plain.split("\n")) if "\n" in plain else plain
        self[text] = value
        return value


class _Pairs(dict[tuple[str, str], tuple[str, Value]]):
    """The same of headers that hold a text."""

    __slots__ = ("_texts",)

    def __init__(self, texts: _Texts) -> None:
        self._texts = texts

    def __missing__(self, pair: tuple[str, str]) -> tuple[str, Value]:
        name, text = pair
        found = self[pair] = name, self._texts[text]
        return found


@dataclass(frozen=True, slots=True)
class Masks:
    """Masks what is volatile in the values of one trace. `own` are halves of calls that the harness placed."""

    aliases: Aliases
    own: frozenset[str] = frozenset()
    texts: _Texts = field(init=False, repr=False, compare=False)
    pairs: _Pairs = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", _Texts(self.aliases))
        object.__setattr__(self, "pairs", _Pairs(self.texts))

    def is_own(self, token: str) -> bool:
        """Whether a name or an id is that of a channel which only the harness made."""
        return bool(token) and self.aliases.names.get(token) in self.own

    def text(self, value: str) -> Value:
        """A text with its volatile tokens replaced; lines, where it has several."""
        return self.texts[value]

    def header(self, event: str, name: str, value: str) -> Value:
        """What a header of an event holds: a duration, or a text."""
        seconds = seconds_in(event, name, value)
        return self.text(value) if seconds is None else Seconds(seconds)

    def variable(self, name: str, value: str) -> Value:
        """What a channel variable holds, on whatever surface: a duration, a text, or a mask."""
        if value and (is_statistic(name) or is_call_id(name)):
            return "<statistics>" if is_statistic(name) else "<call>"
        seconds = variable_seconds_in(name, value)
        return self.text(value) if seconds is None else Seconds(seconds)

    def output(self, lines: Iterable[str]) -> tuple[str, ...]:
        """Lines that a command printed, without clocks and counters."""
        return tuple(masked_line(self.aliases.text(line)) for line in lines if _HARNESS not in line)

    def body(self, event: str, body: Json, name: str = "") -> Fields:
        """The leaves of a JSON value by their ways (`channel.caller.number`); what is chance is `MASKED`.

        A list is one leaf of lines, sorted where it is a set; an object in it is one line.
        """
        return tuple(self._leaves(event, body, name))

    def _leaves(self, event: str, value: Json, name: str) -> Iterator[tuple[str, Value]]:
        if name and is_chance(event, name) and not name.startswith(_OF_THE_SITE):
            yield name, MASKED
        elif isinstance(value, dict) and value:
            hidden = _BRIDGES_INSIDE if "bridge_type" in value else ()
            for key, part in value.items():
                way = f"{name}.{key}" if name else key
                yield from ((way, MASKED),) if key in hidden else self._leaves(event, part, way)
        elif isinstance(value, list):
            lines = [self._line(event, part) for part in value if not self._is_own_thing(part)]
            ordered = name.rpartition(".")[2] in _ORDERED or name.startswith(_OF_THE_SITE)
            yield name or _WHOLE, tuple(lines if ordered else sorted(lines))
        else:
            yield name or _WHOLE, self._leaf(event, name, value)

    def _is_own_thing(self, part: Json) -> bool:
        """A channel of the harness's in a list, by its snapshot or its id."""
        id_ = part.get("id") if isinstance(part, dict) else part
        return isinstance(id_, str) and self.is_own(id_)

    def _leaf(self, event: str, name: str, value: Json) -> Value:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bool) or value is None:
            return value
        if not isinstance(value, int | float):
            return "{}"
        seconds = seconds_in(event, name.rpartition(".")[2], str(value))
        if seconds is not None:
            return Seconds(seconds)
        return "<epoch>" if value >= _EARLIEST and self.aliases.is_now(value) else value

    def _line(self, event: str, value: Json) -> str:
        if not isinstance(value, dict | list):
            return shown(self._leaf(event, "", value))
        parts = (part for part in self._leaves(event, value, "") if part[1] is not MASKED)
        return ", ".join(sorted(f"{name}={'<time>' if isinstance(v, Seconds) else shown(v)}" for name, v in parts))
