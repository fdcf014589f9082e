"""What a site uses: in its loaded dialplan, in hints and queues, and in what keys and options of files run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.asterisk.dialplan.applications import DEVICE_OPTIONS, RUN_BY_OPTIONS
from harness.asterisk.dialplan.invocations import key_invocations
from harness.asterisk.dialplan.uses import (
    Use,
    Uses,
    applications_of,
    applications_used,
    functions_used,
    gathered,
    technologies_in,
    technologies_of,
    technologies_used,
)
from harness.facts.inventory import Inventory
from harness.model import Place

__all__ = ["SiteUses", "uses_of"]


@dataclass(frozen=True, slots=True)
class SiteUses:
    """Names with the places that use them. Whether a word is a technology is for the instance to say."""

    applications: Uses
    functions: Uses
    technologies: Uses


def uses_of(side: Inventory) -> SiteUses:
    """All that the dialplan and the configuration files use."""
    return SiteUses(
        gathered((*_flat(applications_used(side.dialplan)), *_run_elsewhere(side))),
        functions_used(side.dialplan),
        gathered((*_flat(technologies_used(side.dialplan)), *_dialled_elsewhere(side))),
    )


def _flat(uses: Uses) -> Iterator[Use]:
    for name, places in uses.items():
        yield from ((name, place) for place in places or (None,))


def _run_elsewhere(side: Inventory) -> Iterator[Use]:
    """Applications that keys of features.conf run, and options like `membermacro` of queues.conf."""
    for option, _, one in key_invocations(side.conf("features.conf")):
        yield from ((name, side.shown(option.place)) for name in applications_of(one, side.dialplan.contexts))
    for file, runs in RUN_BY_OPTIONS.items():
        for section in side.conf(file).usable:
            for option in section.options:
                if option.value and option.name.lower() in runs:
                    yield runs[option.name.lower()], side.shown(option.place)


def _dialled_elsewhere(side: Inventory) -> Iterator[Use]:
    """Devices of queues and of variables, in files with their place, and members that are told at run time."""
    for file, names in DEVICE_OPTIONS.items():
        for section in side.conf(file).usable:
            for option in section.options:
                if option.name.lower() in names:
                    yield from _named(side, option.value, option.place)
    for option in side.conf("extensions.conf").options("globals"):
        yield from _named(side, option.value, option.place)
    for option, _, one in key_invocations(side.conf("features.conf")):
        yield from ((name, side.shown(option.place)) for name in technologies_of(one))
    for member in side.section("queue member").items:
        queue, _, interface = member.partition(" ")
        place = side.section("queue member").places.get(member) or side.anywhere("queues", queue)
        yield from ((name, place) for name in technologies_in(interface))


def _named(side: Inventory, devices: str, place: Place) -> Iterator[Use]:
    yield from ((name, side.shown(place)) for name in technologies_in(devices))
