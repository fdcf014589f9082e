"""Asks a running instance of a release, and the files of its image, what the release has."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from xml.etree import ElementTree

from harness.ask.documents import (
    Folders,
    ask_declarations,
    ask_documents,
    ask_makeopts,
    ask_notes,
    ask_samples,
)
from harness.ask.over_ami import AmiAsk, Manages
from harness.ask.surfaces import listed_actions
from harness.ask.surroundings import modules_on_disk
from harness.asterisk import cli_tables, release_tables
from harness.asterisk.cli_tables import Items, Unreadable, clean
from harness.asterisk.documents import config, dialplan, interfaces
from harness.asterisk.documents.samples import sample_items
from harness.facts.inventory import Section
from harness.facts.release import KINDS, ReleaseFacts
from harness.model import Json

__all__ = ["Stocked", "take_release"]

_COMMANDS: Mapping[str, tuple[str, Callable[[str], Items]]] = {
    "application": ("core show applications", cli_tables.applications),
    "function": ("core show functions", cli_tables.functions),
    "technology": ("core show channeltypes", cli_tables.technologies),
    "codec": ("core show codecs", cli_tables.codecs),
    "file format": ("core show file formats", release_tables.file_formats),
    "CLI command": ("core show help", release_tables.commands),
}
_OTHERS = ("core show settings", "module show")

_DOCUMENTED: Mapping[str, Callable[[ElementTree.Element], Items]] = {
    "application argument": partial(dialplan.arguments, tag="application"),
    "application option": dialplan.options,
    "function argument": partial(dialplan.arguments, tag="function"),
    "function value": dialplan.values,
    "AMI argument": interfaces.ami_arguments,
    "AMI event": interfaces.ami_classes,
    "AMI event header": interfaces.ami_headers,
    "AGI command": interfaces.agi_commands,
}


class Stocked(Manages, Folders, Protocol):
    """What is needed of an instance: its manager interface, its command line, its files."""


@dataclass(frozen=True, slots=True)
class _Answers:
    """What was asked first: commands with what they printed, and where the release keeps its data."""

    texts: Mapping[str, str]
    settings: Mapping[str, str]

    @property
    def data(self) -> str:
        return self.settings.get("Data directory", "")


async def take_release(instance: Stocked, *, version: str, digest: str) -> ReleaseFacts:
    """All that the release has, in a pass of a few seconds. What cannot be read is a section with a problem.

    `version` is its short number, `digest` the id of its image. OSError (also TimeoutError) when AMI does not
    answer.
    """
    ask = AmiAsk(instance)
    answers = await _first(ask)
    on_disk = await modules_on_disk(ask, answers.settings.get("Module directory", ""))
    sounds = await ask.paths(f"{answers.data}/sounds")
    makeopts = await ask_makeopts(ask)
    (listed,) = await ask.actions([{"Action": "ListCommands"}])
    root = await _documents(ask, answers.data)
    samples = await asyncio.to_thread(ask_samples, instance)
    notes = await asyncio.to_thread(ask_notes, instance)
    declarations = await asyncio.to_thread(_declarations, instance, answers.data)
    texts = answers.texts
    modules = _table(lambda: release_tables.modules(texts["module show"], on_disk))
    sections = {kind: _table(partial(parse, texts[command])) for kind, (command, parse) in _COMMANDS.items()}
    sections |= {
        "module": _with_fates(modules, root),
        "AMI action": listed_actions(listed),
        "build option": _table(lambda: release_tables.build_options(texts["core show settings"], makeopts)),
        "left out": Section(release_tables.left_out(makeopts)),
        "sound": Section(release_tables.sounds(sounds)),
    }
    sections |= _documented(root) | await _configured(ask, root, modules.items, answers.settings)
    sections |= _ari(declarations) | _sampled(samples)
    return ReleaseFacts(version, digest, "", {kind.name: sections[kind.name] for kind in KINDS}, samples, notes)


async def _first(ask: AmiAsk) -> _Answers:
    commands = [*_OTHERS, *(command for command, _ in _COMMANDS.values())]
    texts = dict(zip(commands, map(clean, await ask.cli(commands)), strict=True))
    return _Answers(texts, dict(cli_tables.pairs(texts["core show settings"])))


async def _documents(ask: AmiAsk, data: str) -> ElementTree.Element | Unreadable:
    try:
        return await ask_documents(ask, (data,))
    except Unreadable as problem:
        return problem


def _declarations(folders: Folders, data: str) -> list[Mapping[str, Json]] | Unreadable:
    try:
        return ask_declarations(folders, (data,))
    except Unreadable as problem:
        return problem


def _with_fates(modules: Section, root: ElementTree.Element | Unreadable) -> Section:
    """Modules with what the release itself says of their future, where it documents that."""
    if isinstance(root, Unreadable):
        return modules
    fates = dialplan.module_fates(root)
    items = {name: {**about, **fates.get(name, {})} for name, about in modules.items.items()}
    return Section(items, problem=modules.problem)


def _documented(root: ElementTree.Element | Unreadable) -> dict[str, Section]:
    if isinstance(root, Unreadable):
        return dict.fromkeys(_DOCUMENTED, Section(problem=str(root)))
    return {kind: Section(parse(root)) for kind, parse in _DOCUMENTED.items()}


async def _configured(
    ask: AmiAsk, root: ElementTree.Element | Unreadable, modules: Iterable[str], settings: Mapping[str, str]
) -> dict[str, Section]:
    if isinstance(root, Unreadable):
        return dict.fromkeys(("config object", "config option"), Section(problem=str(root)))
    entries = config.documented(root, modules)
    answers = [clean(text) for text in await ask.cli([entry.command for entry in entries])]
    version = settings.get("Version", "")
    return {
        "config object": Section(config.config_objects(entries, answers)),
        "config option": Section(config.config_options(entries, answers, version=version)),
    }


def _ari(declarations: list[Mapping[str, Json]] | Unreadable) -> dict[str, Section]:
    kinds = ("ARI operation", "ARI parameter", "ARI model", "ARI field")
    if isinstance(declarations, Unreadable):
        return dict.fromkeys(kinds, Section(problem=str(declarations)))
    found = (*interfaces.ari_operations(declarations), *interfaces.ari_fields(declarations))
    return {kind: Section(items) for kind, items in zip(kinds, found, strict=True)}


def _sampled(samples: Mapping[str, str]) -> dict[str, Section]:
    if not samples:
        return dict.fromkeys(("sample file", "sample option"), Section(problem="the image has no sample files"))
    return {
        "sample file": Section({name: {} for name in samples}),
        "sample option": Section(sample_items(samples)),
    }


def _table(parse: Callable[[], Items]) -> Section:
    try:
        return Section(parse())
    except Unreadable as problem:
        return Section(problem=str(problem))
