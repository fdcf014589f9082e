"""Answers and events of ARI → facts, leaf by leaf of their JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from harness.asterisk.leaves import leaves
from harness.judge.normalise.aliases import Aliases
from harness.judge.normalise.facts import Fact, Whereabouts
from harness.model import Headers, Json, Observation, Seconds, Value

__all__ = ["AriReader"]

# Moments, and what says which machine it is: never the behaviour of the release.
_NEVER = ("timestamp", "*.creationtime", "creationtime", "asterisk_id", "*.protocol_id")
# Every event carries a snapshot of its channel, bridge or endpoint. Which leaves that has counts on each of
# them; what they hold counts where the event is about it.
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
_TARGET = re.compile(r"^(channel|bridge):")


class AriReader:
    """Reads what an operation was answered, and what a Stasis application was told."""

    __slots__ = ("_aliases", "_whereabouts")

    def __init__(self, aliases: Aliases, whereabouts: Whereabouts) -> None:
        self._aliases = aliases
        self._whereabouts = whereabouts

    def read(self, observation: Observation) -> Iterator[tuple[Fact, bool]]:
        """The fact that an answer or an event amounts to."""
        body = _json(observation.get("Body"))
        if observation.get("Ari") == "answer":
            yield self._answer(observation, body), False
        else:
            yield self._event(observation.get("Type"), body), False

    def _answer(self, observation: Observation, body: Json) -> Fact:
        said = (("Status", observation.get("Status")), ("Problem", observation.get("Problem")))
        found = said + (self._leaves(body) if body is not None else ())
        operation = observation.get("Operation")
        chance = bool(_BEGINS.search(operation))
        counting = tuple(pair for pair in found if not (chance and pair[0] == "state"))
        return self._fact("", "ari", f"ARI answer to {operation}", found, counting)

    def _event(self, kind: str, body: Json) -> Fact:
        found = self._leaves(body)
        subject = self._subject(body)
        shows = _SHOWS.get(kind, ())
        counting = tuple(pair for pair in found if not _SNAPSHOT.match(pair[0]) or _any(pair[0], shows))
        return self._fact(subject, f"ari {kind}", f"ARI {kind}", found, counting)

    def _fact(self, subject: str, stream: str, event: str, found: Headers, counting: Headers) -> Fact:
        """`found` are all leaves that there are, `counting` those whose values are compared."""
        seconds = tuple((name, Seconds(float(value))) for name, value in counting if _is_duration(name, value))
        fields = tuple((name, _typed(value)) for name, value in counting if not _is_duration(name, value))
        names = frozenset(name for name, _ in found)
        spot = self._whereabouts.of(subject) if subject else self._whereabouts.last
        return Fact(subject, stream, event, fields, "ari", "effect", names, seconds, spot)

    def _leaves(self, body: Json) -> Headers:
        kept = (pair for pair in leaves(body) if not _any(pair[0], _NEVER))
        return tuple((name, self._aliases.text(value)) for name, value in kept)

    def _subject(self, body: Json) -> str:
        """The channel that an event is about, else nothing."""
        if not isinstance(body, dict):
            return ""
        channel = body.get("channel")
        if isinstance(channel, dict):
            return self._aliases.name(str(channel.get("id", "")))
        for thing in (body.get("playback"), body.get("recording")):
            if isinstance(thing, dict):
                return self._aliases.name(_TARGET.sub("", str(thing.get("target_uri", ""))))
        return ""


def _is_duration(name: str, value: str) -> bool:
    """Whether a leaf is a number of seconds (`recording.talking_duration`)."""
    return name.endswith("duration") and value.replace(".", "", 1).isdigit()


def _typed(text: str) -> Value:
    """A leaf as the value that it is."""
    try:
        value: Value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str | int | float | bool | None) else text


def _any(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _json(text: str) -> Json:
    """A body; one that is no JSON is a text."""
    try:
        body: Json = json.loads(text) if text else None
    except ValueError:
        return text
    return body
