"""What a dialplan and a whole site use: applications, functions, channel technologies, and where."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import attrgetter
from typing import Protocol

from msgspec.structs import replace

from harness.asterisk.conf import Conf
from harness.asterisk.dialplan.applications import DEVICE_OPTIONS, FUNCTIONS, NOTHING, RUN_BY_OPTIONS
from harness.asterisk.dialplan.arguments import split
from harness.asterisk.dialplan.invocations import (
    Invocation,
    application_invocations,
    functions_in,
    functions_read,
    key_invocations,
    may_write,
)
from harness.asterisk.dialplan.show import Dialplan
from harness.model import Place

__all__ = [
    "Files",
    "SiteUses",
    "Uses",
    "applications_of",
    "technologies_in",
    "technologies_of",
    "uses_of",
]

Uses = Mapping[str, tuple[Place, ...]]
Use = tuple[str, Place | None]

_TECHNOLOGY = re.compile(r"(?:^|[(&,|?:=~\"'])\s*([A-Za-z]\w*)/(?![\s/])")
# `"${CHANNEL(channeltype)}" = "SIP"`: what is compared with a channel's technology.
_CHANNEL_TYPE = re.compile(r"CHANNEL\(channeltype\)\}\"?\s*(?:!?=~?|=~)+\s*\"?\^?(\w+)", re.IGNORECASE)
_TYPE = "channel(channeltype)"
_LONGEST = 4_000
_BY_PLACE = attrgetter("file", "line")


class Files(Protocol):
    """The configuration files of one side, and their places as a report shows them."""

    def file(self, name: str, /) -> Conf: ...
    def place(self, place: Place, /) -> Place: ...


@dataclass(frozen=True, slots=True)
class SiteUses:
    """Names with the places that use them. Whether a word is a technology is for the instance to say."""

    applications: Uses
    functions: Uses
    technologies: Uses


def uses_of(dialplan: Dialplan, files: Files, members: Iterable[Use] = ()) -> SiteUses:
    """All that the loaded dialplan and the configuration files use. `members` are devices of queues in force.

    Applications are those that are written, and those that others run: Exec, ExecIf, Dial's M() and U(), keys.
    Functions are read in `${...}` (nested, and in `$[...]`) or written with Set. Technologies are words before a
    slash where something is dialled, watched, asked for or kept: `PJSIP` in `Dial(PJSIP/101)`.
    """
    applications, functions, technologies = _Names(), _Names(), _Names()
    for one in _run(dialplan, files):
        applications.add((one.name,), one.place)
        if one.takes is not NOTHING:
            applications.add(one.run_unwritten(dialplan.contexts), one.place)
            technologies.add(technologies_of(one), one.place)
    for priority in dialplan.priorities():
        text, place = priority.application, priority.place
        names = functions_read(text)
        functions.add(names, place)
        if may_write(text) or not FUNCTIONS.keys().isdisjoint(names):  # else its arguments matter to nobody
            for one in functions_in(text, place=place):
                functions.add((one.name,), place)
                if (position := FUNCTIONS.get(one.name.upper())) and (part := one.part(position)):
                    technologies.add(technologies_in(part.text.lstrip("^")), place)
    for text, place in (*_devices(dialplan), *_devices_in_files(files), *members):
        technologies.add(technologies_in(text), place)
    for name, place in _run_by_options(files):
        applications.add((name,), place)
    return SiteUses(applications.uses(), functions.uses(), technologies.uses())


class _Names:
    """Gathers names with all their places; without regard to case."""

    def __init__(self) -> None:
        self._places: dict[str, list[Place]] = {}

    def add(self, names: Iterable[str], place: Place | None) -> None:
        """Names that one place uses, or what has no place."""
        for name in names:
            if (places := self._places.get(name)) is None:
                places = self._places[name] = []
            if place and not (places and places[-1] is place):
                places.append(place)

    def uses(self) -> Uses:
        """All of them, sorted."""
        spellings: dict[str, list[str]] = {}
        for name in sorted(self._places):
            spellings.setdefault(name.lower(), []).append(name)
        return {names[0]: self._all(names) for _, names in sorted(spellings.items())}

    def _all(self, names: Sequence[str]) -> tuple[Place, ...]:
        places = sorted(chain.from_iterable(self._places[name] for name in names), key=_BY_PLACE)
        return tuple([place for place, _ in groupby(places)])


def _run(dialplan: Dialplan, files: Files) -> Iterator[Invocation]:
    """What the dialplan and the keys of features.conf run."""
    yield from application_invocations(dialplan)
    for option, _, one in key_invocations(files.file("features.conf")):
        yield replace(one, place=files.place(option.place))


def applications_of(one: Invocation, contexts: Container[str]) -> Iterator[str]:
    """The application itself, and those that it runs though they are not written as such."""
    yield one.name
    yield from one.run_unwritten(contexts)


def technologies_of(one: Invocation) -> Iterator[str]:
    """Of an application: in the devices that it calls, or in values that it sets or passes on."""
    takes = one.takes
    for position in takes.devices:
        if part := one.part(position):
            yield from technologies_in(part.text)
    if takes.carries:
        values = split(one.arguments, "?", most=2)[0].text if takes.branches else one.arguments
        yield from technologies_in(values)
        if _TYPE in values.lower():
            yield from _CHANNEL_TYPE.findall(values[:_LONGEST])


def technologies_in(devices: str) -> Sequence[str]:
    """Of `SIP/100&Local/5@x`: SIP and Local."""
    return _TECHNOLOGY.findall(devices[:_LONGEST]) if "/" in devices else ()


def _run_by_options(files: Files) -> Iterator[Use]:
    """Applications that options like `membermacro` of queues.conf run."""
    for file, runs in RUN_BY_OPTIONS.items():
        for option in files.file(file).everywhere(*runs):
            if option.value:
                yield runs[option.name.lower()], files.place(option.place)


def _devices(dialplan: Dialplan) -> Iterator[Use]:
    """Texts that name devices: hints, and the global variables."""
    for hints in dialplan.hints.values():
        yield from ((hint.devices, hint.place) for hint in hints.values())
    yield from ((value, None) for value in dialplan.variables.values())


def _devices_in_files(files: Files) -> Iterator[Use]:
    """Those of queues and the like, and the global variables as they are written."""
    for file, names in DEVICE_OPTIONS.items():
        yield from ((option.value, files.place(option.place)) for option in files.file(file).everywhere(*names))
    for option in files.file("extensions.conf").options("globals"):
        yield option.value, files.place(option.place)
