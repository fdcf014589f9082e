"""Expectations about what happens in calls: what ran, rang, was played, set and sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from harness.play.conditions import device, is_dial
from harness.play.expectations.evidence import Evidence
from harness.play.expectations.words import listed, shown
from harness.play.matching import like, matches
from harness.site.reading.document import Node

__all__ = [
    "answered",
    "applications",
    "dialed",
    "event",
    "hangup_cause",
    "not_applications",
    "not_dialed",
    "not_played",
    "played",
    "userevent",
    "variable",
]

Failure = Callable[[Evidence], str]


def _texts(node: Node) -> tuple[str, ...]:
    return tuple(item.text for item in node.items) if isinstance(node.plain, list) else (node.text,)


def _missing_in_order(wanted: Sequence[str], got: Sequence[str], same: Callable[[str, str], bool]) -> str:
    """The first of `wanted` that does not come after those before it; others may be between."""
    rest = iter(got)
    return next((one for one in wanted if not any(same(there, one) for there in rest)), "")


def answered(_node: Node, value: Node) -> Failure:
    """The first call was, or was not."""

    def failure(evidence: Evidence) -> str:
        first = evidence.first_channel
        changes = (*evidence.packets("Newchannel"), *evidence.packets("Newstate"))
        up = any(seen.get("Uniqueid") == first and seen.get("ChannelStateDesc") == "Up" for seen in changes)
        if not first:
            return "no call"
        if up == value.plain:
            return ""
        return "an answer" if up else "no answer"

    return failure


def applications(_node: Node, value: Node) -> Failure:
    """They ran in that order."""
    wanted = _texts(value)

    def failure(evidence: Evidence) -> str:
        missing = _missing_in_order(wanted, evidence.applications, lambda ran, name: ran.lower() == name.lower())
        return f"no {missing} in its place; these ran: {listed(evidence.applications)}" if missing else ""

    return failure


def not_applications(_node: Node, value: Node) -> Failure:
    """None of them ran."""
    unwanted = {name.lower() for name in _texts(value)}

    def failure(evidence: Evidence) -> str:
        ran = dict.fromkeys(name for name in evidence.applications if name.lower() in unwanted)
        return listed(ran) if ran else ""

    return failure


def dialed(node: Node, value: Node) -> Failure:
    """Each was dialled, and ended so where there is a `result`."""
    wanted, result = _texts(value), node.string("result")

    def failure(evidence: Evidence) -> str:
        for target in wanted:
            if not evidence.dials(target):
                others = sorted({device(seen.get("DestChannel")) for seen in evidence.packets("DialBegin")})
                return f"no {target}; these were dialled: {listed(others)}"
            ends = [seen.get("DialStatus") for seen in evidence.packets("DialEnd") if is_dial(seen, target)]
            if result and not any(like(end, result) for end in ends):
                return f"for {target}: {listed(ends)}"
        return ""

    return failure


def not_dialed(_node: Node, value: Node) -> Failure:
    """None of them was dialled."""
    unwanted = _texts(value)

    def failure(evidence: Evidence) -> str:
        found = [target for target in unwanted if evidence.dials(target)]
        return listed(found) if found else ""

    return failure


def played(_node: Node, value: Node) -> Failure:
    """These sounds were played in that order."""
    wanted = _texts(value)

    def failure(evidence: Evidence) -> str:
        missing = _missing_in_order(wanted, evidence.sounds, like)
        return f"no {missing} in its place; these were played: {listed(evidence.sounds)}" if missing else ""

    return failure


def not_played(_node: Node, value: Node) -> Failure:
    """None of these sounds was played."""
    unwanted = _texts(value)

    def failure(evidence: Evidence) -> str:
        found = [sound for sound in evidence.sounds if any(like(sound, pattern) for pattern in unwanted)]
        return listed(dict.fromkeys(found)) if found else ""

    return failure


def hangup_cause(_node: Node, value: Node) -> Failure:
    """The first call ended with it."""

    def failure(evidence: Evidence) -> str:
        first = evidence.first_channel
        causes = [seen.get("Cause") for seen in evidence.packets("Hangup") if seen.get("Uniqueid") == first]
        if not causes:
            return "a call that has not ended" if first else "no call"
        return "" if causes[-1] == str(value.plain) else causes[-1]

    return failure


def variable(_node: Node, value: Node) -> Failure:
    """The last value set on any channel."""
    wanted = value.texts()

    def failure(evidence: Evidence) -> str:
        last = evidence.variables
        for name, pattern in wanted.items():
            if name not in last:
                return f"{name} was never set"
            if not like(last[name], pattern):
                return f"{name} is {last[name]!r}"
        return ""

    return failure


def userevent(_node: Node, value: Node) -> Failure:
    """A user event of that name with these headers."""
    headers = {key: text for key, text in value.texts().items() if key != "name"}
    return _seen("UserEvent", {"UserEvent": value.string("name"), **headers}, "UserEvent")


def event(_node: Node, value: Node) -> Failure:
    """An event of that name with these headers."""
    headers = {key: text for key, text in value.texts().items() if key != "name"}
    return _seen(value.string("name"), headers, "")


def _seen(kind: str, wanted: Mapping[str, str], name: str) -> Failure:
    """An event with all that is wanted; what comes nearest is those with the same `name` header."""

    def failure(evidence: Evidence) -> str:
        found = evidence.events(kind)
        if any(matches(one.headers, wanted) for one in found):
            return ""
        alike = [one for one in found if not name or like(one.get(name), wanted[name])]
        if alike:
            these = (shown({key: one.get(key, "(none)") for key in wanted}) for one in alike)
            return " / ".join(sorted(dict.fromkeys(these))[:3])
        others = sorted({one.get(name) for one in found}) if name else ()
        return f"none; of that kind there were: {listed(others)}" if others else "none"

    return failure
