"""Expectations: an entry of `expect:` → a pure function over the evidence that says what was got instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.scenario.conditions import device
from harness.scenario.evidence import Ask, Evidence
from harness.scenario.matching import like, matches, shown
from harness.site.document import Node

__all__ = ["Expectation", "expectation_of"]

_MOST = 8
Failure = Callable[[Evidence], str]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is wanted in words, its line, what to ask for, and what was got instead (empty when it holds).

    `late` is whether what is wanted may still come after the last step: records, messages, files.
    """

    words: str
    line: int
    failure: Failure
    ask: Ask = field(default_factory=Ask)
    late: bool = True
    uses: tuple[str, ...] = ()


def expectation_of(node: Node) -> Expectation:
    """The expectation that an entry is, which the schema has found to be one."""
    kind = next(key for key in node.fields if key in _MAKERS)
    value = node.fields[kind]
    make = _MAKERS[kind]
    failure = make(node, value)
    return Expectation(
        words=_words(node),
        line=node.line,
        failure=failure,
        ask=_ask(kind, value),
        late=kind not in _AT_ONCE and not (kind == "answered" and value.plain is False),
        uses=tuple(f"mailbox/{name.removesuffix('@default')}" for name in value.fields)
        if kind == "mailbox"
        else (),
    )


def _words(node: Node) -> str:
    parts = []
    for key, value in node.fields.items():
        if value.fields:
            parts.append(f"{key}: {{{', '.join(f'{k}: {v.text or _empty(v)}' for k, v in value.fields.items())}}}")
        elif value.items:
            parts.append(f"{key}: [{', '.join(item.text for item in value.items)}]")
        else:
            parts.append(f"{key}: {value.text}")
    return ", ".join(parts)


def _empty(node: Node) -> str:
    return "null" if node.plain is None else '""'


def _ask(kind: str, value: Node) -> Ask:
    return Ask(
        astdb=tuple(value.fields) if kind == "astdb" else (),
        mailboxes=tuple(value.fields) if kind == "mailbox" else (),
        files=kind == "file",
        log=kind in ("played", "not_played", "log", "no_log"),
    )


def _listed(things: Iterable[str]) -> str:
    found = list(things)
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return ", ".join(found[-_MOST:]) + more if found else "nothing"


def _texts(node: Node) -> tuple[str, ...]:
    return tuple(item.text for item in node.items) if isinstance(node.plain, list) else (node.text,)


def _missing_in_order(wanted: Sequence[str], got: Sequence[str], same: Callable[[str, str], bool]) -> str:
    """The first of `wanted` that does not come after those before it; others may be between."""
    rest = iter(got)
    return next((one for one in wanted if not any(same(there, one) for there in rest)), "")


def _answered(_node: Node, value: Node) -> Failure:
    def failure(evidence: Evidence) -> str:
        first = evidence.first_channel
        changes = (*evidence.events("Newchannel"), *evidence.events("Newstate"))
        up = any(seen.get("Uniqueid") == first and seen.get("ChannelStateDesc") == "Up" for seen in changes)
        if up == value.plain:
            return ""
        return "it was answered" if up else "it was not answered" if first else "there was no call"

    return failure


def _applications(_node: Node, value: Node) -> Failure:
    wanted = _texts(value)

    def failure(evidence: Evidence) -> str:
        missing = _missing_in_order(wanted, evidence.applications, lambda ran, name: ran.lower() == name.lower())
        return f"no {missing} in its place; these ran: {_listed(evidence.applications)}" if missing else ""

    return failure


def _not_applications(_node: Node, value: Node) -> Failure:
    unwanted = {name.lower() for name in _texts(value)}

    def failure(evidence: Evidence) -> str:
        ran = [name for name in evidence.applications if name.lower() in unwanted]
        return f"{_listed(dict.fromkeys(ran))} ran" if ran else ""

    return failure


def _is_dial(seen: Mapping[str, str], target: str) -> bool:
    return like(device(seen.get("DestChannel", "")), target) or like(seen.get("DialString", ""), target)


def _dials(evidence: Evidence) -> str:
    return _listed(dict.fromkeys(device(seen.get("DestChannel", "")) for seen in evidence.events("DialBegin")))


def _dialed(node: Node, value: Node) -> Failure:
    wanted, result = _texts(value), node.string("result")

    def failure(evidence: Evidence) -> str:
        for target in wanted:
            if not any(_is_dial(seen, target) for seen in evidence.events("DialBegin")):
                return f"{target} was not dialled; these were: {_dials(evidence)}"
            ends = [s.get("DialStatus", "") for s in evidence.events("DialEnd") if _is_dial(s, target)]
            if result and not any(like(end, result) for end in ends):
                return f"the dial to {target} ended with {_listed(ends)}"
        return ""

    return failure


def _not_dialed(_node: Node, value: Node) -> Failure:
    unwanted = _texts(value)

    def failure(evidence: Evidence) -> str:
        begun = evidence.events("DialBegin")
        found = [target for target in unwanted if any(_is_dial(seen, target) for seen in begun)]
        return f"{_listed(found)} was dialled" if found else ""

    return failure


def _played(_node: Node, value: Node) -> Failure:
    wanted = _texts(value)

    def failure(evidence: Evidence) -> str:
        missing = _missing_in_order(wanted, evidence.sounds, like)
        return f"no {missing} in its place; these were played: {_listed(evidence.sounds)}" if missing else ""

    return failure


def _not_played(_node: Node, value: Node) -> Failure:
    unwanted = _texts(value)

    def failure(evidence: Evidence) -> str:
        found = [sound for sound in evidence.sounds if any(like(sound, pattern) for pattern in unwanted)]
        return f"{_listed(dict.fromkeys(found))} was played" if found else ""

    return failure


def _hangup_cause(_node: Node, value: Node) -> Failure:
    def failure(evidence: Evidence) -> str:
        first = evidence.first_channel
        causes = [seen.get("Cause", "") for seen in evidence.events("Hangup") if seen.get("Uniqueid") == first]
        if not causes:
            return "the first call has not ended" if first else "there was no call"
        return "" if causes[-1] == value.text else f"cause {causes[-1]}"

    return failure


def _variable(_node: Node, value: Node) -> Failure:
    wanted = value.texts()

    def failure(evidence: Evidence) -> str:
        last = {seen.get("Variable", ""): seen.get("Value", "") for seen in evidence.events("VarSet")}
        for name, pattern in wanted.items():
            if name not in last:
                return f"{name} was never set"
            if not like(last[name], pattern):
                return f"{name} is {last[name]!r}"
        return ""

    return failure


def _event_named(event: str, value: Node) -> Failure:
    headers = {key: text for key, text in value.texts().items() if key != "name"}
    if event:
        headers = {event: value.string("name"), **headers}
    kind = event or value.string("name")

    def failure(evidence: Evidence) -> str:
        seen = evidence.events(kind)
        if any(matches(one.items(), headers) for one in seen):
            return ""
        alike = [one for one in seen if not event or one.get(event) == headers[event]]
        if not alike:
            others = f"; others of the kind: {_listed(one.get(event, '') for one in seen)}" if event else ""
            return f"none{others}"
        return " / ".join(shown({key: one.get(key, "(none)") for key in headers}) for one in alike[-3:])

    return failure


def _userevent(_node: Node, value: Node) -> Failure:
    return _event_named("UserEvent", value)


def _event(_node: Node, value: Node) -> Failure:
    return _event_named("", value)


def _astdb(_node: Node, value: Node) -> Failure:
    def failure(evidence: Evidence) -> str:
        for key, node in value.fields.items():
            wanted, got = (None if node.plain is None else node.text), evidence.astdb.get(key)
            if got is None and wanted is not None:
                return f"{key} is not there"
            if got is not None and (wanted is None or not like(got, wanted)):
                return f"{key} is {got!r}"
        return ""

    return failure


def _cdr(_node: Node, value: Node) -> Failure:
    wanted = {key.lower().replace("_", ""): text for key, text in value.texts().items()}

    def failure(evidence: Evidence) -> str:
        records = [{key.lower(): field for key, field in seen.items()} for seen in evidence.events("Cdr")]
        if any(matches(record.items(), wanted) for record in records):
            return ""
        if not records:
            return "no record (it is written when a call has ended)"
        return " / ".join(shown({key: record.get(key, "(no such field)") for key in wanted}) for record in records)

    return failure


def _mailbox(_node: Node, value: Node) -> Failure:
    def failure(evidence: Evidence) -> str:
        for name, node in value.fields.items():
            came = evidence.mailboxes.get(name, 0)
            if came != node.plain:
                return f"{came} came to {name}"
        return ""

    return failure


def _file(_node: Node, value: Node) -> Failure:
    def failure(evidence: Evidence) -> str:
        alike = {path: size for path, size in evidence.files.items() if like(path, value.text)}
        if any(alike.values()):
            return ""
        return f"{_listed(alike)} is empty" if alike else f"these were written: {_listed(sorted(evidence.files))}"

    return failure


def _log(_node: Node, value: Node) -> Failure:
    def failure(evidence: Evidence) -> str:
        lines = [line.strip() for line in evidence.log]
        return "" if any(like(line, value.text) for line in lines) else f"these were logged: {_listed(lines)}"

    return failure


def _no_log(_node: Node, value: Node) -> Failure:
    def failure(evidence: Evidence) -> str:
        return next((line.strip() for line in evidence.log if like(line.strip(), value.text)), "")

    return failure


_AT_ONCE = frozenset({"not_applications", "not_dialed", "not_played", "no_log"})
_MAKERS: Mapping[str, Callable[[Node, Node], Failure]] = {
    "answered": _answered,
    "applications": _applications,
    "not_applications": _not_applications,
    "dialed": _dialed,
    "not_dialed": _not_dialed,
    "played": _played,
    "not_played": _not_played,
    "hangup_cause": _hangup_cause,
    "variable": _variable,
    "userevent": _userevent,
    "event": _event,
    "astdb": _astdb,
    "cdr": _cdr,
    "mailbox": _mailbox,
    "file": _file,
    "log": _log,
    "no_log": _no_log,
}
