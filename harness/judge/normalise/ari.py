"""Answers and events of ARI → facts, leaf by leaf of their JSON, whoever got them: a scenario or a program."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from harness.asterisk.volatile import asks_statistics
from harness.judge.normalise.catalogue import kind_of
from harness.judge.normalise.facts import MASKED, Fact, Facts, Pairs, fact
from harness.judge.normalise.reader import Reader
from harness.judge.normalise.variables import Variables
from harness.model import AriAnswer, AriEvent, Json, Layer, Step, Value

__all__ = ["AriReader"]

# Every event carries a snapshot of its channel, bridge or endpoint. Which leaves a snapshot has is compared on
# every event; their values only on the event that is about them.
_SNAPSHOT = re.compile(
    r"(channel|peer|replace_channel|bridge|replace_bridge|endpoint|transferee|transfer_target)\."
)
_SHOWS = {
    "StasisStart": (
        "channel.name",
        "channel.state",
        "channel.caller.*",
        "channel.language",
        "channel.accountcode",
    ),
    "ChannelStateChange": ("channel.state",),
    "ChannelCallerId": ("channel.caller.*",),
    "ChannelConnectedLine": ("channel.connected.*",),
    "ChannelEnteredBridge": ("bridge.bridge_type",),
    "BridgeCreated": ("bridge.bridge_type", "bridge.name"),
    "EndpointStateChange": ("endpoint.*",),
}
# Whether a playback or recording has begun already when the answer is written is chance.
_BEGINS = re.compile(r"[./](?:play|playWithId|record)\b")
_EFFECT: Layer = "effect"
_TARGET = re.compile(r"^(channel|bridge):")


@dataclass(slots=True)
class AriReader(Reader):
    """Reads what an operation was answered, and what a Stasis application was told."""

    _variables: Variables = field(default_factory=Variables)
    _asked: dict[str, str] = field(default_factory=dict)

    def ask(self, step: Step) -> None:
        """Remember which channel variable, if any, an operation of the scenario asks for."""
        details = dict(step.details)
        parameters = json.loads(details.get("Parameters") or "{}")
        self._asked[details.get("Operation", "")] = str(parameters.get("variable", ""))

    def answer(self, number: int, seen: AriAnswer) -> Facts:
        """The fact that an answer amounts to."""
        problem = ("Problem", self.masks.text(seen.problem))
        status, *body = self.pairs(seen, variable=self._asked.get(seen.to, ""))
        pairs = (status, problem, *body)
        names = frozenset(name for name, _ in pairs)
        label, channel = f"ARI answer to {seen.to}", self.channel_in(seen.body)
        yield self._fact(number, "", "ari", label, pairs, names, _EFFECT, channel), False

    def channel_in(self, body: Json) -> str:
        """The channel that an answer is, or is about; else nothing."""
        named = body.get("id") if isinstance(body, dict) else None
        return self._subject(body) or (self.masks.aliases.names.get(named, "") if isinstance(named, str) else "")

    def pairs(self, seen: AriAnswer, *, variable: str = "") -> tuple[tuple[str, Value], ...]:
        """Status and leaves of an answer; `variable` is the one that was asked for."""
        body, status = seen.body, ("Status", seen.status)
        if variable and isinstance(body, dict) and isinstance(body.get("value"), str):
            return status, ("value", self.masks.variable(variable, str(body["value"])))
        leaves = self.masks.body(f"ARI {seen.to}", body) if body is not None else ()
        chance, begins = asks_statistics(seen.to), _BEGINS.search(seen.to)
        return status, *(
            (name, MASKED if chance or (begins and name == "state") else value) for name, value in leaves
        )

    def event(self, number: int, seen: AriEvent) -> Facts:
        """The fact that an event amounts to, if any."""
        if kind_of(seen.kind) is None:
            return
        body, label, stream = seen.body, f"ARI {seen.kind}", f"ari {seen.kind}"
        pairs, subject, layer = self.masks.body(label, body), self._subject(body), _EFFECT
        if seen.kind == "ChannelVarset" and isinstance(body, dict):
            name, text = str(body.get("variable", "")), str(body.get("value", ""))
            found = self._variables.take(subject, name, text)
            if found is None:
                return
            variable, layer = found
            label, stream = f"{label} {variable}", f"{stream} {variable}"
            own = {"variable": variable, "value": self.masks.variable(name, text)}
            pairs = tuple((leaf, own.get(leaf, value)) for leaf, value in pairs)
        names = frozenset(name for name, _ in pairs)
        shows = _SHOWS.get(seen.kind, ())
        shown = (pair for pair in pairs if not _SNAPSHOT.match(pair[0]) or _any(pair[0], shows))
        yield self._fact(number, subject, stream, label, shown, names, layer), False

    def _fact(
        self,
        number: int,
        subject: str,
        stream: str,
        label: str,
        pairs: Pairs,
        names: frozenset[str],
        layer: Layer,
        channel: str = "",
    ) -> Fact:
        """`channel` is the one that it is about, where that is no subject. `names` are all leaves that there are,
        `pairs` those whose values are compared.
        """
        at = self.whereabouts.of(channel or subject)
        return fact(subject, stream, label, pairs, "ari", layer, seen=number, names=names, at=at)

    def _subject(self, body: Json) -> str:
        """The channel that an event is about, else nothing."""
        if not isinstance(body, dict):
            return ""
        channel = body.get("channel")
        if isinstance(channel, dict):
            return self.masks.aliases.name(str(channel.get("id", "")))
        for thing in (body.get("playback"), body.get("recording")):
            if isinstance(thing, dict):
                return self.masks.aliases.name(_TARGET.sub("", str(thing.get("target_uri", ""))))
        return ""


def _any(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
