"""What the site's own programs and Asterisk said to each other → facts, and what became of the programs.

AGI is not read here: what Asterisk's log has of it is compared for servers and scripts alike. Of AMI's events,
which are compared as such, it only counts whether the program is told of them: that is up to its user's privileges
and filters. An object of ARI comes whole with each event: it is compared by the fields that it has, and by the
values that are the event's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from harness.compare.aliases import Aliases
from harness.compare.catalogue import Layer, kind_of, never_compared, variable_layer
from harness.compare.facts import Fact, Whereabouts
from harness.compare.read_ami import seconds_of
from harness.model import Headers, Observation

__all__ = ["AppReader"]

_WHO = frozenset({"App", "Interface", "Kind"})
# Say when and which, or are counted by what happens to be there at that moment.
_NEVER_ARI = re.compile(
    r"timestamp|asterisk_id|(?:.*\.)?(?:creationtime|protocol_id|channelvars\..*|id)|.*\.channels\.\d+|duration_ms"
)
_NEVER_AMI = frozenset({"Action", "Event", "ActionID", "Secret"})
# Of the objects that an event carries, what the event is about.
_OWN = re.compile(r"[^.]+|args\.\d+|(?:playback|recording)\.(?:media_uri|state|format|cause)")
_OBJECT_ID = re.compile(r"(/(?:channels|bridges|playbacks|recordings/(?:live|stored)))/[^/]+")
# Whether it has begun already when the answer is written is chance.
_BEGIN = ("/play", "/record")
_KEEPS_ALIVE = frozenset({"Ping", "Login", "Logoff"})
_SUBJECTS = ("channel.id", "peer.id")
_TARGETS = ("playback.target_uri", "recording.target_uri")
_LIFE = {"ready": "ready", "exited": "exited", "stopped": "stopped", "traceback": "traceback"}

_Facts = Iterator[tuple[Fact, bool]]


class AppReader:
    """Reads what the taps have written down."""

    def __init__(self, aliases: Aliases, whereabouts: Whereabouts) -> None:
        self._aliases = aliases
        self._whereabouts = whereabouts
        self._asked: dict[tuple[str, str], str] = {}
        self._happened: set[str] = set()
        self._told: dict[str, set[str]] = {}
        self._kinds: Mapping[str, Callable[[str, str, Observation], _Facts]] = {
            "ami": self._ami,
            "ari": self._ari,
            "process": self._process,
        }

    def happened(self, observation: Observation) -> None:
        """An event that Asterisk sent to the harness, which is told of everything."""
        self._happened.add(observation.get("Event"))

    def read(self, observation: Observation) -> _Facts:
        """The facts that something said amounts to, if any."""
        app, kind = observation.get("App"), observation.get("Kind")
        if kind == "broken":
            yield self._fact(app, "broken", f"{app} broken", (("Problem", observation.get("Problem")),)), True
        elif read := self._kinds.get(observation.get("Interface")):
            yield from read(app, kind, observation)

    def end(self) -> _Facts:
        """Which events each program was told of, and which not."""
        for app, told in sorted(self._told.items()):
            for event in sorted(self._happened | told):
                if event and kind_of(event) is not None:
                    heard = (("Told", "yes" if event in told else "no"),)
                    yield self._fact(app, f"hears {event}", f"{app} hears {event}", heard), False

    def _process(self, app: str, kind: str, observation: Observation) -> _Facts:
        fields = self._fields((name, value) for name, value in observation.headers if name not in _WHO)
        yield self._fact(app, _LIFE[kind], f"{app} {_LIFE[kind]}", fields), kind == "traceback"

    def _ami(self, app: str, kind: str, observation: Observation) -> _Facts:
        asked = (app, observation.get("ActionID"))
        if kind == "action":
            action = self._asked[asked] = observation.get("Action")
            if action not in _KEEPS_ALIVE:
                yield self._packet(app, "asks", f"{app} asks {action}", observation), False
        elif (action := self._asked.get(asked, "")) and action not in _KEEPS_ALIVE:
            event = observation.get("Event")
            name = f"{app} is answered {action}" + (f" with {event}" if event else "")
            yield self._packet(app, "answers", name, observation), False
        if kind == "event" and not action:
            self._told.setdefault(app, set()).add(observation.get("Event"))

    def _ari(self, app: str, kind: str, observation: Observation) -> _Facts:
        if kind in ("request", "response"):
            yield self._exchange(app, kind, observation), False
        elif kind == "event":
            values = dict(observation.headers)
            yield self._event(app, values), False

    def _exchange(self, app: str, kind: str, observation: Observation) -> Fact:
        """A request by its path without the ids in it, which stand in a field."""
        path = observation.get("Request")
        general = _OBJECT_ID.sub(r"\1/{id}", path)
        pairs = [pair for pair in observation.headers if pair[0] not in _WHO and pair[0] != "Request"]
        fields = self._fields(p for p in pairs if not _NEVER_ARI.fullmatch(p[0]))
        if kind == "request":
            ids = "/".join(map(self._aliases.text, path.split("/")))
            return self._fact(app, "asks", f"{app} asks {general}", (("Path", ids), *fields))
        if general.endswith(_BEGIN):
            fields = tuple(pair for pair in fields if pair[0] != "body.state")
        return self._fact(app, "answers", f"{app} is answered {general}", fields)

    def _event(self, app: str, values: Mapping[str, str]) -> Fact:
        kind = values.get("type", "nothing")
        subject = self._subject(values)
        label, stream, layer = f"{app} gets {kind}", "gets", "effect"
        if kind == "ChannelVarset":
            variable = values.get("variable", "")
            label, stream, layer = f"{label} {variable}", f"gets {variable}", variable_layer(variable)
        elif kind.startswith(("Playback", "Recording")):
            stream = f"gets {kind[:8]}"  # they come from threads of their own
        elif "bridge.id" in values:
            stream, layer = "gets Bridge", "path"
        counting = {name: value for name, value in values.items() if not _NEVER_ARI.fullmatch(name)}
        fields = self._fields((name, value) for name, value in counting.items() if _OWN.fullmatch(name))
        names = frozenset(counting)
        spot = self._whereabouts.of(subject)
        return Fact(subject, f"{app} {stream}", label, fields, "app", _layer(layer), names, spot=spot)

    def _subject(self, values: Mapping[str, str]) -> str:
        for name in _SUBJECTS:
            if name in values:
                return self._aliases.name(values[name])
        for name in _TARGETS:
            if name in values:
                return self._aliases.name(values[name].partition(":")[2])
        return self._aliases.text(values.get("bridge.id", ""))

    def _packet(self, app: str, stream: str, event: str, observation: Observation) -> Fact:
        left_out = _WHO | _NEVER_AMI
        pairs = [p for p in observation.headers if p[0] not in left_out and not never_compared("", p[0])]
        measured = [(name, seconds_of(name, value)) for name, value in pairs]
        durations = tuple((name, seconds) for name, seconds in measured if seconds is not None)
        fields = self._fields(p for p, (_, seconds) in zip(pairs, measured, strict=True) if seconds is None)
        return replace(self._fact(app, stream, event, fields), durations=durations)

    def _fields(self, pairs: Iterator[tuple[str, str]]) -> Headers:
        return tuple((name, self._aliases.text(value)) for name, value in pairs)

    def _fact(self, app: str, stream: str, event: str, fields: Headers) -> Fact:
        names = frozenset(name for name, _ in fields)
        return Fact(app, f"app {stream}", event, fields, "app", "effect", names)


def _layer(name: str) -> Layer:
    return "path" if name == "path" else "effect"
