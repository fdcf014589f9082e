"""Who takes part in a scenario: which leg each step acts on, and which phones and shared things it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.play.steps import ScenarioStep, kind_of, step_of
from harness.play.steps.operations import LEG
from harness.site.model import Site
from harness.site.reading.document import Node
from harness.site.reading.problems import did_you_mean, one_of

__all__ = ["Participants", "participants_of"]

# Steps that somebody does, those that only a phone does, and those that name the phone.
_BY_A_LEG = frozenset({"dtmf", "talk", "hangup", "transfer"})
_NAMES_A_PHONE = ("answer", "decline", "busy")


@dataclass(slots=True)
class Participants:
    """What reading the steps in order has found. `wrong` has line and words of what cannot be."""

    steps: tuple[ScenarioStep, ...] = ()
    phones: dict[str, None] = field(default_factory=dict)
    calls: dict[str, None] = field(default_factory=dict)
    uses: set[str] = field(default_factory=set)
    wrong: list[tuple[int, str]] = field(default_factory=list)


def participants_of(scenario: Node, site: Site) -> Participants:
    """Go through a scenario's steps, which the schema has found to be such."""
    participants = Participants()
    phones = {phone.name for phone in site.phones}
    trunks = set(site.trunks)
    named = scenario.get("phones")
    for name in named.fields if named else ():
        if name not in phones | trunks:
            participants.wrong.append((named.lines[name] if named else 0, _unknown(name, phones | trunks)))
        participants.phones[name] = None
    leg = ""
    steps: list[ScenarioStep] = []
    for node in scenario.fields["steps"].items:
        kind = kind_of(node)
        for name, line in _phones_in(node, kind, phones):
            if name not in phones and not (name in trunks and kind != "call"):
                participants.wrong.append((line, _unknown(name, phones if kind == "call" else phones | trunks)))
            participants.phones[name] = None
        if kind == "call":
            leg = _new_leg(node, participants)
            if leg in phones and not node.get("from"):
                participants.wrong.append(
                    (node.line, f'"{leg}" is a phone; name the call something else with `as:`')
                )
        else:
            participants.wrong.extend(_wrong_leg(node, kind, leg, participants))
            participants.wrong.extend(_wrong_parameters(node, kind, participants))
        participants.uses.update(_shared_families(node, kind))
        steps.append(step_of(node, leg))
    participants.steps = tuple(steps)
    return participants


def _unknown(name: str, known: set[str]) -> str:
    if not known:
        return f'"{name}" is no phone: the configuration has none that logs in with a password'
    hint = did_you_mean(name, known)
    listed = "" if "known are" in hint else f" phones are {one_of(sorted(known))}"
    return f'the site has no phone "{name}"{hint}{listed}'


def _phones_in(node: Node, kind: str, phones: set[str]) -> Iterator[tuple[str, int]]:
    """Names of phones in a step that can be nothing else, with their lines."""
    if kind == "call" and (phone := node.get("from")):
        yield phone.text, phone.line
    if kind in _NAMES_A_PHONE:
        yield node.fields[kind].text, node.fields[kind].line
    if kind == "callfile" and (called := node.fields[kind].string("Channel").partition("/")[2]) in phones:
        yield called, node.fields[kind].lines["Channel"]
    if kind == "wait" and (phone := node.fields["wait"].get("ringing")):
        yield phone.text, phone.line


def _new_leg(node: Node, participants: Participants) -> str:
    """The name of the leg that a call makes, the newest from now on."""
    target, phone = node.fields["call"], node.string("from")
    if phone:
        for key in ("as", "caller_id", "variables"):
            if key in node.fields:
                text = f'"{key}" is for calls from outside; a phone (`from:`) has a name and a number of its own'
                participants.wrong.append((node.lines[key], text))
        if "@" in target.text:
            text = f'a phone dials a number; write `call: "{target.text.partition("@")[0]}"`'
            participants.wrong.append((target.line, text))
        return phone
    if "@" not in target.text:
        meant = f"`{target.text}@from-trunk`, or which phone dials it (`from: 101`)"
        text = f'"call" is {target.text!r}; say where the call enters the dialplan: {meant}'
        participants.wrong.append((target.line, text))
    name = node.string("as", "caller")
    if name in participants.calls:
        text = f'there is a call "{name}" already; give this one a name of its own with `as:`'
        participants.wrong.append((node.lines.get("as", node.line), text))
    participants.calls[name] = None
    return name


def _wrong_leg(node: Node, kind: str, newest: str, participants: Participants) -> Iterator[tuple[int, str]]:
    """What is wrong with whose step it is."""
    if not _is_of_a_leg(node, kind):
        if "by" in node.fields:
            yield node.lines["by"], "`by:` says whose step it is, and this one is nobody's: leave it out"
        return
    key = "by" if "by" in node.fields else kind
    name = node.string("by") or _who_hangs_up(node, kind) or newest
    if not name:
        yield node.line, f'nobody is there to do "{kind}": a `call:` comes before it, or `by:` names a phone'
    elif name not in participants.calls and name not in participants.phones:
        known = {*participants.calls, *participants.phones}
        yield node.lines[key], f'"{name}" is no call or phone of this scenario{did_you_mean(name, known)}'
    elif kind == "transfer" and name not in participants.phones:
        yield node.lines[key], "only a phone transfers: name it with `by:`"


def _wrong_parameters(node: Node, kind: str, participants: Participants) -> Iterator[tuple[int, str]]:
    """Legs that a parameter of ARI names and the scenario has not."""
    known = {*participants.calls, *participants.phones}
    for below in _leaves(node.fields[kind]) if kind == "ari" else ():
        for name in LEG.findall(below.text) if isinstance(below.plain, str) else ():
            if name not in known:
                yield below.line, f'"{{{name}}}" is no call or phone of this scenario{did_you_mean(name, known)}'


def _leaves(node: Node) -> Iterator[Node]:
    """All that stands in a node, at whatever depth."""
    for below in (*node.fields.values(), *node.items):
        yield below
        yield from _leaves(below)


def _is_of_a_leg(node: Node, kind: str) -> bool:
    value = node.fields[kind]
    if kind == "wait":
        return not value.fields
    return kind in _BY_A_LEG or (kind in ("set", "read") and "variable" in value.fields)


def _who_hangs_up(node: Node, kind: str) -> str:
    value = node.fields[kind]
    return value.text if kind == "hangup" and value.plain is not None else ""


def _shared_families(node: Node, kind: str) -> Iterator[str]:
    """Keys of astdb that a scenario changes are shared with all who use that family."""
    if kind in ("set", "delete") and (key := node.fields[kind].string("astdb")):
        yield f"astdb/{key.partition('/')[0]}"
