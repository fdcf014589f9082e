"""What the site's own programs and Asterisk said to each other → facts, and what became of the programs.

AGI is not read here: what Asterisk's log has of it is compared for servers and scripts alike. Of AMI's events,
which are compared as such, it only counts whether the program is told of them: that is up to its user's privileges
and filters. ARI's answers and events are read as those that scenarios get themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from harness.asterisk.leaves import leaves
from harness.judge.normalise.aliases import Aliases
from harness.judge.normalise.ami import seconds_of
from harness.judge.normalise.ari import AriReader
from harness.judge.normalise.catalogue import kind_of, never_compared, variable_layer
from harness.judge.normalise.facts import Fact, Whereabouts
from harness.model import Headers, Observation, Seconds

__all__ = ["AppReader"]

_WHO = frozenset({"App", "Interface", "Kind"})
# `Available` follows device states, which come late.
_NEVER_AMI = frozenset({"Action", "Event", "ActionID", "Secret", "Available"})
# Who is in a bridge when the event is written is chance.
_MEMBERS = re.compile(r"(?:replace_)?bridge\.channels.*")
_OBJECT_ID = re.compile(r"(/(?:channels|bridges|playbacks|recordings/(?:live|stored)))/[^/]+")
_KEEPS_ALIVE = frozenset({"Ping", "Login", "Logoff"})
_QUERY = "query."
_NO_ANSWER = frozenset({"Problem", "id"})
_LIFE = {"ready": "ready", "exited": "exited", "stopped": "stopped", "traceback": "traceback"}

_Facts = Iterator[tuple[Fact, bool]]


class AppReader:
    """Reads what the taps have written down."""

    def __init__(self, aliases: Aliases, whereabouts: Whereabouts) -> None:
        self._aliases = aliases
        self._asked: dict[tuple[str, str], tuple[str, int]] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._happened: set[str] = set()
        self._told: dict[str, set[str]] = {}
        self._kinds: Mapping[str, Callable[[str, str, Observation], _Facts]] = {
            "ami": self._ami,
            "ari": self._ari,
            "process": self._process,
        }
        self._read_ari = AriReader(aliases, whereabouts).read

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
            for event in sorted(self._happened):
                if event and kind_of(event) is not None:
                    heard = (("Told", "yes" if event in told else "no"),)
                    yield self._fact(app, f"hears {event}", f"{app} hears {event}", heard), False

    def _process(self, app: str, kind: str, observation: Observation) -> _Facts:
        fields = self._fields((name, value) for name, value in observation.headers if name not in _WHO)
        yield self._fact(app, _LIFE[kind], f"{app} {_LIFE[kind]}", fields), kind == "traceback"

    def _ami(self, app: str, kind: str, observation: Observation) -> _Facts:
        asked = (app, observation.get("ActionID"))
        if kind == "action":
            action = observation.get("Action")
            number = self._counts[app, action] = self._counts.get((app, action), 0) + 1
            self._asked[asked] = action, number
            if action not in _KEEPS_ALIVE:
                yield self._packet(app, "asks", f"{app} asks {action}", observation), False
        elif found := self._asked.get(asked):
            action, number = found
            event = observation.get("Event")
            name = f"{app} is answered {action}" + (f" with {event}" if event else "")
            if action not in _KEEPS_ALIVE:  # each answer has an order of its own, whatever comes in between
                yield self._packet(app, f"answers {action} {number}", name, observation), False
        elif kind == "event":
            self._told.setdefault(app, set()).add(observation.get("Event"))

    def _ari(self, app: str, kind: str, observation: Observation) -> _Facts:
        if kind == "request":
            yield self._request(app, observation), False
        elif kind in ("response", "event"):
            told = self._of_ari("answer" if kind == "response" else "event", observation)
            yield self._answer(app, told, observation) if kind == "response" else self._event(app, told), False

    def _of_ari(self, kind: str, observation: Observation) -> Fact:
        """An answer or an event as it is compared for all."""
        raw = observation.raw.replace("\r\nRequest: ", "\r\nOperation: ", 1)
        ((fact, _),) = self._read_ari(Observation(observation.at, "ari", f"Ari: {kind}\r\n{raw}"))
        return fact

    def _request(self, app: str, observation: Observation) -> Fact:
        """A request by its path without the ids in it, which stand in a field."""
        path = observation.get("Request")
        body = leaves(json.loads(observation.get("Body", "null")), "body") if observation.get("Body") else ()
        query = (pair for pair in observation.headers if pair[0].startswith(_QUERY))
        ids = "/".join(map(self._aliases.text, path.split("/")))
        fields = (("Path", ids), *self._fields((*query, *body)))
        return self._fact(app, "asks", f"{app} asks {_general(path)}", fields)

    def _answer(self, app: str, told: Fact, observation: Observation) -> Fact:
        path = _general(observation.get("Request"))
        fields = tuple(pair for pair in told.fields if pair[0] not in _NO_ANSWER)
        names = told.names - _NO_ANSWER
        event = f"{app} is answered {path}"
        return replace(
            told, subject=app, stream=f"app answers {path}", event=event, fields=fields, surface="app", names=names
        )

    def _event(self, app: str, told: Fact) -> Fact:
        variable = str(dict(told.fields).get("variable", ""))
        event, stream, layer = f"{app} gets {told.event}", f"{app} gets {told.event}", told.layer
        if told.event == "ARI ChannelVarset":
            event, stream, layer = f"{event} {variable}", f"{stream} {variable}", variable_layer(variable)
        names = frozenset(name for name in told.names if not _MEMBERS.fullmatch(name))
        return replace(told, stream=stream, event=event, surface="app", layer=layer, names=names)

    def _packet(self, app: str, stream: str, event: str, observation: Observation) -> Fact:
        left_out = _WHO | _NEVER_AMI
        pairs = [p for p in observation.headers if p[0] not in left_out and not never_compared("", p[0])]
        measured = [(name, seconds_of(name, value)) for name, value in pairs]
        durations = tuple((name, Seconds(seconds)) for name, seconds in measured if seconds is not None)
        fields = self._fields(p for p, (_, seconds) in zip(pairs, measured, strict=True) if seconds is None)
        return replace(self._fact(app, stream, event, fields), durations=durations)

    def _fields(self, pairs: Iterable[tuple[str, str]]) -> Headers:
        return tuple((name, self._aliases.text(value)) for name, value in pairs)

    def _fact(self, app: str, stream: str, event: str, fields: Headers) -> Fact:
        names = frozenset(name for name, _ in fields)
        return Fact(app, f"app {stream}", event, fields, "app", "effect", names)


def _general(request: str) -> str:
    """A request without the ids in its path."""
    return _OBJECT_ID.sub(r"\1/{id}", request)
