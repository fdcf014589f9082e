"""What a whole site uses: in its dialplan and hints, in queues and variables, and by what keys and options run."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from harness.asterisk.conf import Conf, Option
from harness.asterisk.dialplan.applications import DEVICE_OPTIONS, RUN_BY_OPTIONS
from harness.asterisk.dialplan.invocations import key_invocations
from harness.asterisk.dialplan.show import Dialplan
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
from harness.model import Place

__all__ = ["Files", "SiteUses", "uses_of"]


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
    """All that the loaded dialplan and the configuration files use. `members` are devices of queues in force."""
    return SiteUses(
        gathered((*_flat(applications_used(dialplan)), *_run_elsewhere(dialplan, files))),
        functions_used(dialplan),
        gathered(
            (
                *_flat(technologies_used(dialplan)),
                *_technologies(_dialled_elsewhere(files)),
                *_technologies(members),
                *_by_keys(files),
            )
        ),
    )


def _flat(uses: Uses) -> Iterator[Use]:
    for name, places in uses.items():
        yield from ((name, place) for place in places or (None,))


def _run_elsewhere(dialplan: Dialplan, files: Files) -> Iterator[Use]:
    """Applications that keys of features.conf run, and options like `membermacro` of queues.conf."""
    for option, _, one in key_invocations(files.file("features.conf")):
        yield from ((name, files.place(option.place)) for name in applications_of(one, dialplan.contexts))
    for file, runs in RUN_BY_OPTIONS.items():
        for option in _options(files, file, runs):
            if option.value:
                yield runs[option.name.lower()], files.place(option.place)


def _dialled_elsewhere(files: Files) -> Iterator[Use]:
    """Devices of queues and the like, and the global variables."""
    for file, names in DEVICE_OPTIONS.items():
        yield from ((option.value, files.place(option.place)) for option in _options(files, file, names))
    for option in files.file("extensions.conf").options("globals"):
        yield option.value, files.place(option.place)


def _by_keys(files: Files) -> Iterator[Use]:
    for option, _, one in key_invocations(files.file("features.conf")):
        yield from ((name, files.place(option.place)) for name in technologies_of(one))


def _technologies(devices: Iterable[Use]) -> Iterator[Use]:
    for text, place in devices:
        yield from ((name, place) for name in technologies_in(text))


def _options(files: Files, file: str, names: Container[str]) -> Iterator[Option]:
    for section in files.file(file).usable:
        yield from (option for option in section.options if option.name.lower() in names)
