"""What the site's own programs and Asterisk said to each other → facts, and what became of the programs.

AGI is not read here: Asterisk's log shows it for servers and scripts alike, and it is compared from there. AMI's
events are compared as the harness gets them; here only whether the program gets them too, which depends on its
user's privileges and filters. ARI's answers and events are read as those that scenarios get themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from harness.judge.normalise.ari import AriReader
from harness.judge.normalise.catalogue import answer_kind, kind_of
from harness.judge.normalise.facts import NOWHERE, Fact, Facts, Pairs, Standing, fact
from harness.judge.normalise.packets import layout_of, plan_of, values_of
from harness.judge.normalise.reader import Reader
from harness.model import AmiPacket, AppLife, AppSaid, AriAnswer, AriEvent, AriRequest

__all__ = ["AppReader"]

_OBJECT_ID = re.compile(r"(/(?:channels|bridges|playbacks|recordings/(?:live|stored)))/[^/]+")
_KEEPS_ALIVE = frozenset({"Ping", "Login", "Logoff"})
_CHANNELS = ("Uniqueid", "Channel")
# The field of an id that Asterisk made up: no two runs share it.
_MADE_UP = "id"


@dataclass(slots=True)
class AppReader(Reader):
    """Reads what the taps recorded."""

    _asked: dict[tuple[str, int, str], tuple[str, int]] = field(default_factory=dict)
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _variables: dict[tuple[str, str], str] = field(default_factory=dict)
    _happened: set[str] = field(default_factory=set)
    _told: dict[str, set[str]] = field(default_factory=dict)
    _ari: dict[str, AriReader] = field(default_factory=dict)
    _greeted: set[str] = field(default_factory=set)

    def happened(self, event: str) -> None:
        """An event that Asterisk sent to the harness, which is told of everything."""
        self._happened.add(event)

    def read(self, number: int, seen: AppSaid) -> Facts:
        """The facts that something said amounts to, if any."""
        if seen.kind == "broken":
            problem = (("Problem", self.masks.text(dict(seen.details).get("Problem", ""))),)
            yield self._fact(number, seen.app, "broken", f"{seen.app} broken", problem), True
        elif seen.kind == "greeting":
            yield from self._greeting(number, seen)
        elif isinstance(seen.said, AmiPacket):
            yield from self._packet(number, seen, seen.said)
        elif read := _OF_SAID.get(type(seen.said)):
            yield from read(self, number, seen.app, seen.said)

    def _greeting(self, number: int, seen: AppSaid) -> Facts:
        """The first one that a program gets: how many connections it makes is its own affair."""
        if seen.app not in self._greeted:
            self._greeted.add(seen.app)
            version = (("Version", self.masks.text(dict(seen.details).get("Version", ""))),)
            yield self._fact(number, seen.app, "greeting", f"{seen.app} is greeted", version), False

    def life(self, number: int, seen: AppLife) -> Facts:
        """What became of a program."""
        pairs = ((name, self.masks.text(value)) for name, value in seen.details)
        yield self._fact(number, seen.app, seen.kind, f"{seen.app} {seen.kind}", pairs), seen.kind == "traceback"

    def end(self) -> Facts:
        """Which events each program was told of, and which not."""
        for app, told in sorted(self._told.items()):
            for event in sorted(self._happened):
                if event and kind_of(event) is not None:
                    heard = (("Told", "yes" if event in told else "no"),)
                    yield self._fact(-1, app, f"hears {event}", f"{app} hears {event}", heard), False

    def _packet(self, number: int, seen: AppSaid, said: AmiPacket) -> Facts:
        app = seen.app
        layout = layout_of(said.headers)
        asked = app, seen.connection, seen.refers or layout.value(said.headers, "ActionID")
        if seen.kind == "action":
            action = said.get("Action")
            self._counts[app, action] += 1
            self._asked[asked] = action, self._counts[app, action]
            stream, label = "asks", f"{app} asks {action}"
        elif asked[2] and (found := self._asked.get(asked)):
            # Each answer has an order of its own, whatever comes in between.
            action, count = found
            stream, label = f"answers {action} {count}", f"{app} is answered {action}"
            if said.event:  # what is listed has no order
                stream, label = f"{stream} list", f"{label} with {said.event}"
        else:
            if said.event:
                self._told.setdefault(app, set()).add(said.event)
            return
        if action not in _KEEPS_ALIVE:
            plan = plan_of(said.event or action, said.event, answer_kind(said.event), layout)
            at = self.whereabouts.of(*map(self.masks.aliases.name, filter(None, map(said.get, _CHANNELS))))
            yield (
                self._fact(number, app, stream, label, values_of(said.headers, plan, self.masks), at),
                stream.endswith(" list"),
            )

    def _request(self, number: int, app: str, said: AriRequest) -> Facts:
        """A request by its path without the ids in it, which stand in a field."""
        request, query = f"{said.method} {said.path}", dict(said.query)
        self._variables[app, request] = query.get("variable", "")
        path = (self.masks.aliases.text(part) for part in request.split("/"))
        asked = ((f"query.{name}", self.masks.text(value)) for name, value in said.query)
        body = self.masks.body("", said.body, "body") if said.body is not None else ()
        pairs = (("Path", "/".join(path)), *asked, *body)
        at = self.whereabouts.of(*self._channels(said.path))
        yield self._fact(number, app, "asks", f"{app} asks {_general(request)}", pairs, at), False

    def _answer(self, number: int, app: str, said: AriAnswer) -> Facts:
        path, variable = _general(said.to), self._variables.get((app, said.to), "")
        pairs = (pair for pair in self._reader(app).pairs(said, variable=variable) if pair[0] != _MADE_UP)
        at = self.whereabouts.of(*self._channels(said.to), self._reader(app).channel_in(said.body))
        yield self._fact(number, app, f"answers {path}", f"{app} is answered {path}", pairs, at), False

    def _event(self, number: int, app: str, said: AriEvent) -> Facts:
        for told, bag in self._reader(app).event(number, said):
            label = f"{app} gets {told.event}"
            yield replace(told, stream=label, event=label, surface="app"), bag

    def _channels(self, path: str) -> Iterator[str]:
        """The channels, bridges and playbacks whose ids stand in a path."""
        return (name for part in path.split("/") if (name := self.masks.aliases.names.get(part)))

    def _reader(self, app: str) -> AriReader:
        return self._ari.setdefault(app, AriReader(self.masks, self.whereabouts))

    @staticmethod
    def _fact(number: int, app: str, stream: str, event: str, pairs: Pairs, at: Standing = NOWHERE) -> Fact:
        return fact(app, f"app {stream}", event, pairs, "app", seen=number, at=at)


# Each is given what its key says, which no type can express.
_OF_SAID: Mapping[type, Callable[..., Facts]] = {
    AriRequest: AppReader._request,
    AriAnswer: AppReader._answer,
    AriEvent: AppReader._event,
}


def _general(request: str) -> str:
    """A request without the ids in its path."""
    return _OBJECT_ID.sub(r"\1/{id}", request)
