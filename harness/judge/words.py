"""Words for people: what a change is called, by the template of the rule that names it. The one place for that."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

import msgspec

from harness.model import ABSENT, Change, Held, Thing, Value, shown

__all__ = ["LONGEST", "cut", "fill", "held_words", "start_of", "thing_words", "title_of"]

LONGEST = 160
"""Characters of one value in a title."""

_PARTS = 6
# What of a thing says it all, without the name of the header.
_TELLING = {
    "AGI answer": ("Code", "Result", "Data"),
    "AGI command": ("Command",),
    "DeviceStateChange": ("State",),
    "ExtensionStatus": ("StatusText",),
    "QueueMemberStatus": ("Status",),
    "Cdr": ("Channel", "Destination", "Disposition"),
    "Hangup": ("Cause",),
    "Newexten": ("Context", "Extension", "Priority", "Application", "AppData"),
    "Newstate": ("ChannelStateDesc",),
    "Playback": ("Sound",),
    "VarSet": ("Value",),
    "expectation": ("Result",),
    "log": ("Message",),
}
_TELLING_OF_PROGRAMS = {
    "broken": ("Problem",),
    "exited": ("Result",),
    "greeting": ("Version",),
    "ready": ("Result",),
    "stopped": ("Result",),
    "traceback": ("Exception", "Where"),
}
# For changes of a whole thing where a rule's own words are about a value.
_WHOLE = {"removed": "{event} of {subject} does not come any more", "added": "{event} of {subject} comes now"}
_MOVED = "{event} of {subject} comes in another order"
# What may not be parted: an escape that stands for one byte or one character.
_HALF_AN_ESCAPE = re.compile(r"\\+(?:x[0-9a-fA-F]?|u(?:[0-9a-fA-F]{0,3}|\{[0-9a-fA-F]*))?$")


def title_of(template: str, change: Change) -> str:
    """A rule's template about a change. Names in it: subject, event, field, name (the event's last word), old,
    candidate."""
    old, candidate = (held_words(side, change) for side in change.sides)
    template = _template_for(template, change)
    for name, words in (("old", old), ("candidate", candidate)):
        template = template if words else template.replace(f": {{{name}}}", "")
    return fill(
        template,
        subject=change.subject or "Asterisk",
        event=change.event,
        field=change.field,
        name=change.event.rpartition(" ")[2],
        old=old,
        candidate=candidate,
    )


def fill(template: str, **values: str) -> str:
    """A template with its values, each cut to a length that a person reads."""
    return template.format(**{name: cut(value, LONGEST) for name, value in values.items()})


def held_words(held: Held, change: Change) -> str:
    """What one side has: a value; of a whole thing what says most of it, else its fields."""
    if not isinstance(held, Thing):
        return "nothing" if held is ABSENT else _typed_value(held, change)
    return "something" if change.field else thing_words(held, change.event, change.part)


def thing_words(thing: Thing, event: str, part: str = "") -> str:
    """What says most of a thing; empty where it holds nothing."""
    telling = _TELLING_OF_PROGRAMS.get(part) or _telling(event)
    if words := [_value(value) for value in map(thing.get, telling) if value is not ABSENT and value != ""]:
        return ", ".join(words)
    parts = (
        f"{name} {_value(value)}"
        for name, value in thing.fields
        if value not in ("", None) and not event.endswith(f" {value}")
    )
    return ", ".join(islice(parts, _PARTS))


def cut(text: str, longest: int) -> str:
    """A text, or its start and how many characters it has. Never in the middle of an escape (`\\x1b`)."""
    if len(text) <= longest:
        return text
    return f"{start_of(text, longest)}... ({len(text):,} characters)"


def start_of(text: str, longest: int) -> str:
    """A text as far as that, without half an escape at its end."""
    return _HALF_AN_ESCAPE.sub("", text[:longest]) if len(text) > longest else text


def _value(value: Value) -> str:
    return "empty" if value == "" else shown(value)


def _typed_value(value: Value, change: Change) -> str:
    """A text is quoted where the other side has a number that would be written the same."""
    twins = (side for side in change.sides if not isinstance(side, str | Thing | msgspec.UnsetType))
    quoted = isinstance(value, str) and value in map(shown, twins)
    return f'"{value}"' if quoted else _value(value)


@lru_cache(maxsize=4096)
def _telling(event: str) -> tuple[str, ...]:
    family = next((family for family in _TELLING if event == family or event.startswith(f"{family} ")), "")
    return _TELLING.get(family, ())


def _template_for(template: str, change: Change) -> str:
    if change.kind == "moved" and "{old}" in template:
        return _MOVED
    return _WHOLE.get(change.kind, template) if not change.field and "{field}" in template else template
