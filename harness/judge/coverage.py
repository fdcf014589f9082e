"""Which scenarios run the places, and use the things, that findings are about. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from harness.asterisk.dialplan.show import Dialplan
from harness.judge.causes import Maps
from harness.model import (
    AgiLine,
    AmiPacket,
    AppSaid,
    AriEvent,
    AriRequest,
    Finding,
    InstanceName,
    Outcome,
    Place,
    ScenarioResult,
    Seen,
    Step,
    Trace,
)

__all__ = ["Coverage", "Covered", "covered_by", "places_run", "things_in"]

_SHOWN = 5
_ID = re.compile(r"\{\w+\}")
_Uses = Callable[[Seen], bool]
_Spoken = tuple[str, str]
"""What an observation of the interfaces' traffic is found by: `("event", "hangup")`, `("ari", "")`."""
_Wanted = Mapping[_Spoken, Mapping[str, _Uses]]
_PRIORITY = "Newexten"


@dataclass(frozen=True, slots=True)
class Covered:
    """What one scenario covers: places of the dialplans that it ran, and what of AMI, AGI and ARI it used."""

    places: frozenset[Place] = frozenset()
    used: frozenset[str] = frozenset()


class Coverage:
    """Gathers from traces, scenario by scenario, who covers what the findings of `results` are about.

    A place of the dialplans in `maps` is covered by the scenarios that run it. What AMI, AGI or ARI has no more
    (`about`) is covered by those in whose recorded traffic it is used: by a program of the site, a script, or the
    scenario.
    """

    def __init__(self, results: Iterable[ScenarioResult], maps: Maps) -> None:
        self._maps = maps
        self._files = maps.old.files | maps.candidate.files
        self._played: set[str] = set()
        self._places: dict[Place, set[str]] = {}
        self._used: dict[str, set[str]] = {about: set() for about in things_in(results)}

    def add(self, id_: str, traces: Mapping[InstanceName, Trace]) -> None:
        """Take one play of a scenario on each instance."""
        self.take(id_, covered_by(traces, self._maps, frozenset(self._used)))

    def take(self, id_: str, covered: Covered) -> None:
        """Take what a scenario covers."""
        self._played.add(id_)
        for place in covered.places:
            self._places.setdefault(place, set()).add(id_)
        for about in covered.used & self._used.keys():
            self._used[about].add(id_)

    def without_effect(self, finding: Finding, outcomes: Mapping[str, Outcome]) -> bool:
        """Whether every place of a finding was played, and all scenarios that ran one were the same."""
        ran = [self._places.get(place, set()) for place in finding.places]
        return bool(ran) and all(ids and all(outcomes.get(id_) is Outcome.SAME for id_ in ids) for ids in ran)

    def result(self, result: ScenarioResult) -> ScenarioResult:
        """The result, with its findings as `finding` has them."""
        return replace(result, findings=tuple(map(self.finding, result.findings)))

    def finding(self, finding: Finding) -> Finding:
        """The finding, saying who covers it; as it is where that is no question, or nothing was played."""
        places = [place for place in finding.places if place.file in self._files]
        if not self._played or not (places or finding.about in self._used):
            return finding
        shown = self._played.intersection(finding.scenarios)
        ids = shown.union(self._used.get(finding.about, ()), *(self._places.get(place, ()) for place in places))
        more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
        none = f"by none of the scenarios that were played ({len(self._played)})"
        return replace(finding, covered=f"by {', '.join(sorted(ids)[:_SHOWN])}{more}" if ids else none)


def things_in(results: Iterable[ScenarioResult]) -> frozenset[str]:
    """What of AMI, AGI and ARI findings are about."""
    abouts = {finding.about for result in results for finding in result.findings}
    return frozenset(about for about in abouts if about.partition(": ")[0] in _READERS)


def covered_by(traces: Mapping[InstanceName, Trace], maps: Maps, things: frozenset[str]) -> Covered:
    """What one play of a scenario on each instance covers, and which of the things it uses on the old release."""
    places: set[Place] = set()
    used: frozenset[str] = frozenset()
    if "old" in traces:
        ran, used = _places_and_uses(traces["old"], maps.old, _wanted_of(things))
        places |= ran
    if "candidate" in traces:
        places |= places_run(traces["candidate"], maps.candidate)
    return Covered(frozenset(places), used)


@lru_cache(maxsize=1)
def _wanted_of(things: frozenset[str]) -> _Wanted:
    wanted: dict[_Spoken, dict[str, _Uses]] = {}
    for about in things:
        section, _, item = about.partition(": ")
        spoken, uses = _READERS[section](item)
        wanted.setdefault(spoken, {})[about] = uses
    return wanted


def places_run(trace: Trace, dialplan: Dialplan) -> frozenset[Place]:
    """File and line of every priority that ran; of several that may have, the one whose application did."""
    return _places_and_uses(trace, dialplan, {})[0]


def _places_and_uses(trace: Trace, dialplan: Dialplan, wanted: _Wanted) -> tuple[frozenset[Place], frozenset[str]]:
    """In one pass: the places that ran, and what of the wanted was used."""
    ran: set[tuple[str, str, str, str]] = set()
    used: set[str] = set()
    for observation in trace.observations:
        if isinstance(observation, AmiPacket) and observation.event == _PRIORITY:
            ran.add(_priority(observation))
        if wanted:
            seen = (observation.said or observation) if isinstance(observation, AppSaid) else observation
            used.update(about for about, uses in wanted.get(_spoken(seen), {}).items() if uses(seen))
    places = (dialplan.place(*spot, ran=application) for *spot, application in ran)
    return frozenset(place for place in places if place is not None), frozenset(used)


def _priority(seen: AmiPacket) -> tuple[str, str, str, str]:
    application = f"{seen.get('Application')}({seen.get('AppData')})"
    return seen.get("Context"), seen.get("Extension"), seen.get("Priority"), application


def _spoken(seen: Seen) -> _Spoken:
    match seen:
        case AmiPacket():
            action = "" if seen.event else seen.get("Action")
            return ("action", action.lower()) if action else ("event", seen.event.lower())
        case AriEvent():
            return "told", seen.kind
        case AriRequest():
            return "ari", ""
        case AgiLine(who="script"):
            return "agi", seen.line.partition(" ")[0].lower()
        case Step(name="action"):
            return "action", dict(seen.details).get("Action", "").lower()
        case Step():
            return seen.name, ""
        case _:
            return "", ""


def _packet(item: str, *, kind: str) -> tuple[_Spoken, _Uses]:
    """`Park` or `Park: Timeout` of actions, `Hangup` or `Hangup: Cause` of events."""
    name, _, header = item.partition(": ")
    return (kind, name.lower()), lambda seen: not header or _has(seen, header)


def _command(item: str) -> tuple[_Spoken, _Uses]:
    """`say number`."""
    words = item.lower()

    def uses(seen: Seen) -> bool:
        return isinstance(seen, AgiLine) and f"{seen.line.lower()} ".startswith(f"{words} ")

    return ("agi", words.partition(" ")[0]), uses


def _operation(item: str) -> tuple[_Spoken, _Uses]:
    """`GET /channels/{channelId} (channels.get)`, or `GET /channels/{channelId}: name`."""
    asked, _, parameter = item.partition(": ")
    method, path, *named = asked.split()
    request = re.compile(f"{method} .*/ari{_ID.sub('[^/]+', path)}")

    def uses(seen: Seen) -> bool:
        if isinstance(seen, Step):  # of a scenario, which calls the operation by its name
            return f"({dict(seen.details).get('Operation')})" in named
        if not isinstance(seen, AriRequest):
            return False
        has = not parameter or _has(seen, parameter) or parameter in _body(seen)
        return has and request.fullmatch(f"{seen.method} {seen.path}") is not None

    return ("ari", ""), uses


def _model(item: str) -> tuple[_Spoken, _Uses]:
    """`ChannelHangupRequest`, or `ChannelHangupRequest.cause`: of models, those that are events."""
    model, _, name = item.partition(".")
    return ("told", model), lambda seen: not name or name in _body(seen)


_READERS: Mapping[str, Callable[[str], tuple[_Spoken, _Uses]]] = {
    "AMI action": partial(_packet, kind="action"),
    "AMI argument": partial(_packet, kind="action"),
    "AMI event": partial(_packet, kind="event"),
    "AMI event header": partial(_packet, kind="event"),
    "AGI command": _command,
    "ARI operation": _operation,
    "ARI parameter": _operation,
    "ARI model": _model,
    "ARI field": _model,
}


def _has(seen: Seen, name: str) -> bool:
    """Whether it has a header, or an argument of the query, whatever its case."""
    match seen:
        case AmiPacket(headers=pairs) | AriRequest(query=pairs) | Step(details=pairs):
            return name.lower() in (key.lower() for key, _ in pairs)
    return False


def _body(seen: Seen) -> Mapping[str, object]:
    body = seen.body if isinstance(seen, AriRequest | AriEvent) else None
    return body if isinstance(body, dict) else {}
