"""Which scenarios run the places, and use the things, that findings are about. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from harness.asterisk.dialplan.show import Dialplan
from harness.judge.causes import Maps
from harness.model import Finding, InstanceName, Observation, Place, ScenarioResult, Trace

__all__ = ["Coverage", "places_run"]

_SHOWN = 5
_ID = re.compile(r"\{\w+\}")
_Uses = Callable[[Observation], bool]
_Spoken = tuple[str, str]
"""What an observation of the interfaces' traffic is found by: `("event", "Hangup")`, `("ari", "")`."""


class Coverage:
    """Gathers from traces, scenario by scenario, who covers what the findings of `results` are about.

    A place of the dialplans in `maps` is covered by the scenarios that run it. What AMI, AGI or ARI has no more
    (`about`) is covered by those in whose recorded traffic it is used: by a program of the site, a script, or the
    scenario.
    """

    def __init__(self, results: Iterable[ScenarioResult], maps: Maps) -> None:
        self._maps: Mapping[InstanceName, Dialplan] = {"old": maps.old, "candidate": maps.candidate}
        self._files = frozenset().union(*(dialplan.files for dialplan in self._maps.values()))
        self._played: set[str] = set()
        self._places: dict[Place, set[str]] = {}
        self._used: dict[str, set[str]] = {}
        self._wanted: dict[_Spoken, dict[str, _Uses]] = {}
        for about in {finding.about for result in results for finding in result.findings}:
            section, _, item = about.partition(": ")
            if section in _READERS:
                spoken, uses = _READERS[section](item)
                self._wanted.setdefault(spoken, {})[about] = uses
                self._used[about] = set()

    def add(self, id_: str, traces: Mapping[InstanceName, Trace]) -> None:
        """Take one play of a scenario on each instance."""
        self._played.add(id_)
        for name, dialplan in self._maps.items():
            if name in traces:
                for place in places_run(traces[name], dialplan):
                    self._places.setdefault(place, set()).add(id_)
        if "old" in traces and self._wanted:
            for about in self._uses_in(traces["old"]):
                self._used[about].add(id_)

    def result(self, result: ScenarioResult) -> ScenarioResult:
        """The result, with its findings as `finding` has them."""
        return replace(result, findings=tuple(map(self.finding, result.findings)))

    def finding(self, finding: Finding) -> Finding:
        """The finding, saying who covers it; as it is where that is no question, or nothing was played."""
        places = [place for place in finding.places if place.file in self._files]
        if not self._played or not (places or finding.about in self._used):
            return finding
        ids = self._used.get(finding.about, set()).union(*(self._places.get(place, ()) for place in places))
        more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
        none = f"by none of the scenarios that were played ({len(self._played)})"
        return replace(finding, covered=f"by {', '.join(sorted(ids)[:_SHOWN])}{more}" if ids else none)

    def _uses_in(self, trace: Trace) -> Iterator[str]:
        for seen in trace.observations:
            for about, uses in self._wanted.get(_spoken(seen), {}).items():
                if uses(seen):
                    yield about


def places_run(trace: Trace, dialplan: Dialplan) -> frozenset[Place]:
    """File and line of every priority that ran; of several that may have, the one whose application did."""
    ran = {
        (seen.get("Context"), seen.get("Extension"), seen.get("Priority"), _application(seen))
        for seen in trace.observations
        if seen.via == "ami" and seen.raw.startswith("Event: Newexten\r")
    }
    places = (dialplan.place(*spot, ran=application) for *spot, application in ran)
    return frozenset(place for place in places if place is not None)


def _application(seen: Observation) -> str:
    return f"{seen.get('Application')}({seen.get('AppData')})"


def _spoken(seen: Observation) -> _Spoken:
    if seen.via == "ami":  # most are, and their first header says it all
        return ("event", seen.raw[7 : seen.raw.find("\r")]) if seen.raw.startswith("Event: ") else ("", "")
    if seen.via == "step":
        what = seen.get("Step")
        return ("action", seen.get("Action").lower()) if what == "action" else (what, "")
    if seen.via == "agi":
        return ("agi", seen.get("Line").partition(" ")[0].lower()) if seen.get("Agi") == "script" else ("", "")
    if seen.via == "ari":
        return ("told", seen.get("Type"))
    return _spoken_by_program(seen) if seen.via == "app" else ("", "")


def _spoken_by_program(seen: Observation) -> _Spoken:
    interface, kind = seen.get("Interface"), seen.get("Kind")
    if interface == "ami":
        return ("action", seen.get("Action").lower()) if kind == "action" else ("event", seen.get("Event"))
    if interface == "ari":
        return ("ari", "") if kind == "request" else ("told", seen.get("Type"))
    return "", ""


def _action(item: str) -> tuple[_Spoken, _Uses]:
    """`Park`, or `Park: Timeout`."""
    action, _, argument = item.partition(": ")
    return ("action", action.lower()), lambda seen: not argument or _has(seen, argument)


def _event(item: str) -> tuple[_Spoken, _Uses]:
    """`Hangup`, or `Hangup: Cause`."""
    event, _, header = item.partition(": ")
    return ("event", event), lambda seen: not header or _has(seen, header)


def _command(item: str) -> tuple[_Spoken, _Uses]:
    """`say number`."""
    words = item.lower()
    return ("agi", words.partition(" ")[0]), lambda seen: f"{seen.get('Line').lower()} ".startswith(f"{words} ")


def _operation(item: str) -> tuple[_Spoken, _Uses]:
    """`GET /channels/{channelId} (channels.get)`, or `GET /channels/{channelId}: name`."""
    asked, _, parameter = item.partition(": ")
    method, path, *named = asked.split()
    request = re.compile(f"{method} .*/ari{_ID.sub('[^/]+', path)}")

    def uses(seen: Observation) -> bool:
        if operation := seen.get("Operation"):  # a scenario's step, which calls it by its name
            return f"({operation})" in named
        has = not parameter or _has(seen, f"query.{parameter}") or parameter in _body(seen)
        return has and request.fullmatch(seen.get("Request")) is not None

    return ("ari", ""), uses


def _model(item: str) -> tuple[_Spoken, _Uses]:
    """`ChannelHangupRequest`, or `ChannelHangupRequest.cause`: of models, those that are events."""
    model, _, name = item.partition(".")
    return ("told", model), lambda seen: not name or name in _body(seen)


_READERS: Mapping[str, Callable[[str], tuple[_Spoken, _Uses]]] = {
    "AMI action": _action,
    "AMI argument": _action,
    "AMI event": _event,
    "AMI event header": _event,
    "AGI command": _command,
    "ARI operation": _operation,
    "ARI parameter": _operation,
    "ARI model": _model,
    "ARI field": _model,
}


def _has(seen: Observation, header: str) -> bool:
    return any(name.lower() == header.lower() for name, _ in seen)


def _body(seen: Observation) -> Mapping[str, object]:
    try:
        value = json.loads(seen.get("Body") or "{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
