"""Whether the site uses what an interface offers: its programs name it, and a user is let do it or told it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from harness.asterisk.modules import EVENTS
from harness.facts.inventory import Inventory
from harness.model import Place

__all__ = ["uses_of_offer"]

_AGI = frozenset({"agi", "eagi", "deadagi"})
_NOBODY = "<none>"
_Patterns = tuple[str, ...]
"""All have to be in a program's text; its places are those of the last."""


def uses_of_offer(old: Inventory, section: str, item: str) -> tuple[Place, ...]:
    """Where the site's programs name a thing, none where the old release cannot have sent or taken it for them."""
    if not _could(old, section, item):
        return ()
    wanted = tuple(map(_compiled, _SPOKEN[section](item)))
    texts = ((name, text) for name, text in old.programs.items() if all(each.search(text) for each in wanted))
    return tuple(place for name, text in texts for place in _places(name, text, wanted[-1]))


@lru_cache(maxsize=4_096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _places(name: str, text: str, wanted: re.Pattern[str]) -> Iterator[Place]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.lstrip().startswith(("#", "//")) and wanted.search(line):
            yield Place(name, number)


def _could(old: Inventory, section: str, item: str) -> bool:
    """Whether anybody of the site can ask for it, or be told of it, on the old release."""
    interface, whole = section.partition(" ")[0], re.split(r"[:\s]", item, maxsplit=1)[0]
    if interface == "AGI":
        return any(name.lower() in _AGI for name in old.uses().applications)
    if not old.section(f"{interface} client").items:
        return False
    if interface == "ARI":
        return not section.endswith(("operation", "parameter")) or _may_write(old, item)
    if section.startswith("AMI event"):
        return _is_sent(old, item) and any(_is_told(old, user, whole) for user in old.section("AMI client").items)
    return _may_do(old, whole)


def _may_write(old: Inventory, operation: str) -> bool:
    users = old.section("ARI user").items
    return operation.startswith("GET ") or any(users.get(u, {}).get("read only") != "Yes" for u in _ari_users(old))


def _ari_users(old: Inventory) -> Mapping[str, object]:
    return old.section("ARI client").items


def _may_do(old: Inventory, action: str) -> bool:
    """Whether a user's rights let it do an action; what is not known of them is no hindrance."""
    needed = old.section("AMI action").items.get(action, {}).get("privilege", "")
    return any(_has_right(old, user, "write perm", needed) for user in old.section("AMI client").items)


def _is_sent(old: Inventory, item: str) -> bool:
    """False for an event of a module that does not run, and for a header that its events come without."""
    event, _, header = item.partition(": ")
    module = next((module for module, events in EVENTS.items() if event in events), "")
    if module and not old.has("module", module):
        return False
    answered = {name.partition(" ")[2] for name in old.section("AMI answer header").items}
    seen = {name for name in answered if name.startswith(f"{event}: ")}
    return not header or not seen or item in answered or "(" in header


def _is_told(old: Inventory, user: str, event: str) -> bool:
    classes = old.section("AMI event").items.get(event, {}).get("class", "")
    return _has_right(old, user, "read perm", classes) and _passes(old, user, event)


def _has_right(old: Inventory, user: str, right: str, needed: str) -> bool:
    held = old.section("manager user").items.get(user, {}).get(right)
    wanted = {name for name in needed.split(",") if name}
    return held is None or not wanted or _NOBODY in wanted or not wanted.isdisjoint(held.split(","))


def _passes(old: Inventory, user: str, event: str) -> bool:
    """Whether the user's filters may let an event through: by `Event: NAME`, with which each begins."""
    section = next(iter(old.file("manager.conf").named(user)), None)
    filters = section.values("eventfilter") if section else ()
    held_back = [each[1:].strip() for each in filters if each.startswith("!")]
    let_through = [each.strip() for each in filters if not each.startswith("!")]
    if any(_speaks_of(each, event) for each in held_back):
        return False
    return not let_through or any("Event:" not in each or _speaks_of(each, event) for each in let_through)


def _speaks_of(pattern: str, event: str) -> bool:
    try:
        return re.search(pattern, f"Event: {event}") is not None
    except re.error:
        return pattern == f"Event: {event}"


def _named(kind: str, name: str) -> str:
    """`Action: Park`, `"Park"`, `ParkAction`, `.park(`, `->Park(`."""
    plain = re.escape(name)
    return rf"\b{kind}\b\W{{1,8}}{plain}\b|[\"'`]{plain}[\"'`]|\b{plain}{kind}\b|(?:\.|->){plain}\("


def _member(name: str) -> str:
    """`"Cause"`, `Cause: `, `Cause=`, `.cause`."""
    plain = re.escape(name)
    return rf"[\"'`]{plain}[\"'`:]|\b{plain}\s*[:=]|\.{plain}\b"


def _packet(item: str, *, kind: str) -> _Patterns:
    """`Park`, `Park: Timeout`, `QueueStatus QueueParams sales`, `CoreStatus: CoreCurrentCalls`."""
    whole, _, header = item.partition(": ")
    named = _named(kind, whole.partition(" ")[0])
    return (named, _member(header)) if header and "(" not in header else (named,)


def _command(item: str) -> _Patterns:
    return (rf"\b{'[ _]'.join(map(re.escape, item.split()))}\b",)


def _operation(item: str) -> _Patterns:
    """`GET /channels/{channelId}/play (channels.play)`, or the same without its name and with a parameter."""
    asked, _, parameter = item.partition(": ")
    path, _, called = asked.removeprefix(asked.partition("/")[0]).partition(" ")
    resource, _, name = called.strip("()").partition(".")
    literal = [part for part in path.split("/") if part and not part.startswith("{")]
    last = rf"/{re.escape(literal[-1])}\b" if literal else rf"\b{re.escape(asked)}\b"
    spoken = rf"{last}|\.{re.escape(name)}\(|\b{re.escape(resource)}\.{re.escape(name)}\b" if name else last
    return (spoken, _member(parameter)) if parameter else (spoken,)


def _model(item: str) -> _Patterns:
    model, _, field = item.partition(".")
    return (_member(field),) if field else (_named("event", model),)


def _resource(item: str) -> _Patterns:
    """`GET /asterisk/info`, with an entry or `: leaf` behind it."""
    asked, _, leaf = item.partition(": ")
    path = re.escape(asked.split()[1].lstrip("/")) if " " in asked else re.escape(asked)
    names = re.findall(r"\w+", leaf)
    return (path, _member(names[-1])) if names else (path,)


_SPOKEN: Mapping[str, Callable[[str], _Patterns]] = {
    **dict.fromkeys(
        ("AMI action", "AMI argument", "AMI answer", "AMI answer header"),
        lambda item: _packet(item, kind="action"),
    ),
    **dict.fromkeys(("AMI event", "AMI event header"), lambda item: _packet(item, kind="event")),
    "AGI command": _command,
    **dict.fromkeys(("ARI operation", "ARI parameter"), _operation),
    **dict.fromkeys(("ARI model", "ARI field"), _model),
    **dict.fromkeys(("ARI answer", "ARI answer field"), _resource),
}
