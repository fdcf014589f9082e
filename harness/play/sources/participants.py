"""Who takes part in a scenario: which leg each step acts on, and which phones and shared things it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.play.steps import LEG, ScenarioStep, step_of
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

    steps: list[ScenarioStep] = field(default_factory=list)
    phones: dict[str, None] = field(default_factory=dict)
    calls: dict[str, None] = field(default_factory=dict)
    uses: set[str] = field(default_factory=set)
    wrong: list[tuple[int, str]] = field(default_factory=list)

    def add_phone(self, name: str, line: int, known: set[str]) -> None:
        """One takes part, if it is known."""
        if name not in known:
            self.wrong.append((line, _unknown(name, known)))
        self.phones[name] = None


def participants_of(scenario: Node, site: Site) -> Participants:
    """Go through a scenario's steps, which the schema has found to be such."""
    participants = Participants()
    phones = {phone.name for phone in site.phones}
    reachable = phones | set(site.trunks)
    if named := scenario.get("phones"):
        for name in named.fields:
            participants.add_phone(name, named.lines[name], reachable)
        participants.wrong.extend(_second_trunks(named, reachable - phones))
    newest = ""
    for node in scenario.fields["steps"].items:
        step = step_of(node, newest)
        for name, line in _phones_in(step, phones):
            participants.add_phone(name, line, phones if step.kind == "call" else reachable)
        if step.kind == "call":
            newest = _new_leg(node, participants)
            if newest in phones and not node.get("from"):
                participants.wrong.append(
                    (node.line, f'"{newest}" is a phone; name the call something else with `as:`')
                )
        else:
            participants.wrong.extend(_wrong_leg(step, participants))
            participants.wrong.extend(_wrong_parameters(step, participants))
        participants.uses.update(_shared_families(step))
        participants.steps.append(step)
    return participants


def _second_trunks(named: Node, trunks: set[str]) -> Iterator[tuple[int, str]]:
    """The lab has one voice for all providers: what it does for one would be done for another, silently."""
    first, *others = [name for name in named.fields if name in trunks] or [""]
    for name in others:
        line = f'"{first}" and "{name}" are both trunks, and the lab stands in for one of them in a scenario'
        yield named.lines[name], f"{line}; write a scenario for each"


def _unknown(name: str, known: set[str]) -> str:
    if not known:
        return f'"{name}" is no phone: the configuration has none that logs in with a password'
    hint = did_you_mean(name, known)
    listed = "" if "known are" in hint else f" phones are {one_of(sorted(known))}"
    return f'the site has no phone "{name}"{hint}{listed}'


def _phones_in(step: ScenarioStep, phones: set[str]) -> Iterator[tuple[str, int]]:
    """Names of phones in a step that can be nothing else, with their lines."""
    named = None
    if step.kind == "call":
        named = step.node.get("from")
    elif step.kind == "wait":
        named = step.value.get("ringing")
    elif step.kind in _NAMES_A_PHONE:
        named = step.value
    elif step.kind == "callfile" and (called := step.value.string("Channel").partition("/")[2]) in phones:
        yield called, step.value.lines["Channel"]
    if named:
        yield named.text, named.line


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


def _wrong_leg(step: ScenarioStep, participants: Participants) -> Iterator[tuple[int, str]]:
    """What is wrong with whose step it is."""
    node, kind = step.node, step.kind
    if not _is_of_a_leg(step):
        if "by" in node.fields:
            yield node.lines["by"], "`by:` says whose step it is, and this one is nobody's: leave it out"
        return
    key = "by" if "by" in node.fields else kind
    name = node.string("by") or node.string("hangup") or step.leg
    if not name:
        yield node.line, f'nobody is there to do "{kind}": a `call:` comes before it, or `by:` names a phone'
    elif problem := _no_leg(name, participants):
        yield node.lines[key], f'"{name}" {problem}'
    elif kind == "transfer" and name not in participants.phones:
        yield node.lines[key], "only a phone transfers: name it with `by:`"


def _wrong_parameters(step: ScenarioStep, participants: Participants) -> Iterator[tuple[int, str]]:
    """Legs that a parameter of ARI names and the scenario has not."""
    for below in _leaves(step.value) if step.kind == "ari" else ():
        for name in LEG.findall(below.text) if isinstance(below.plain, str) else ():
            if problem := _no_leg(name, participants):
                yield below.line, f'"{{{name}}}" {problem}'


def _no_leg(name: str, participants: Participants) -> str:
    known = {*participants.calls, *participants.phones}
    return "" if name in known else f"is no call or phone of this scenario{did_you_mean(name, known)}"


def _leaves(node: Node) -> Iterator[Node]:
    """All that stands in a node, at whatever depth."""
    for below in (*node.fields.values(), *node.items):
        yield below
        yield from _leaves(below)


def _is_of_a_leg(step: ScenarioStep) -> bool:
    if step.kind == "wait":
        return not step.value.fields
    return step.kind in _BY_A_LEG or (step.kind in ("set", "read") and "variable" in step.value.fields)


def _shared_families(step: ScenarioStep) -> Iterator[str]:
    """Keys of astdb that a scenario changes are shared with all who use that family."""
    if step.kind in ("set", "delete") and (key := step.value.string("astdb")):
        yield f"astdb/{key.partition('/')[0]}"
