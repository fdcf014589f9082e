"""Asks a running instance of a release, and the files of its image, what the release has."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from xml.etree import ElementTree

from harness.ask.documents import (
    Folders,
    ask_declarations,
    ask_documents,
    ask_makeopts,
    ask_notes,
    ask_samples,
)
from harness.ask.over_ami import AmiAsk
from harness.ask.sections import section, sections
from harness.ask.surfaces import ARI_SECTIONS, listed_actions
from harness.ask.surroundings import modules_on_disk
from harness.asterisk import cli_tables, release_tables
from harness.asterisk.cli_tables import Items, Unreadable, clean
from harness.asterisk.documents import config, dialplan, interfaces
from harness.asterisk.documents.samples import sample_items
from harness.facts.inventory import Section
from harness.facts.release import KINDS, ReleaseFacts
from harness.lab.instance.instance import Instance

__all__ = ["take_release"]

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


async def take_release(instance: Instance, *, version: str, digest: str) -> ReleaseFacts:
    """All that the release has, in a pass of a few seconds. What cannot be read is a section with a problem.

    `version` is its short number, `digest` the id of its image. OSError (also TimeoutError) when AMI does not
    answer.
    """
    ask = AmiAsk(instance)
    commands = [*_OTHERS, *(command for command, _ in _COMMANDS.values())]
    texts = dict(zip(commands, map(clean, await ask.cli(commands)), strict=True))
    settings = dict(cli_tables.pairs(texts["core show settings"]))
    data = settings.get("Data directory", "")
    on_disk = await modules_on_disk(ask, settings.get("Module directory", ""))
    makeopts = await ask_makeopts(ask)
    (listed,) = await ask.actions([{"Action": "ListCommands"}])
    samples = await asyncio.to_thread(ask_samples, instance.read_folder)
    notes = await asyncio.to_thread(ask_notes, instance.read_folder)
    found = {kind: section(parse, texts[command]) for kind, (command, parse) in _COMMANDS.items()}
    found |= {
        "module": section(partial(release_tables.modules, on_disk=on_disk), texts["module show"]),
        "AMI action": listed_actions(listed),
        "build option": section(release_tables.build_options, texts["core show settings"], makeopts),
        "left out": Section(release_tables.left_out(makeopts)),
        "sound": Section(release_tables.sounds(await ask.paths(f"{data}/sounds"))),
    }
    found |= await _documented(ask, data, found["module"], version=settings.get("Version", ""))
    found |= await asyncio.to_thread(sections, ARI_SECTIONS, partial(_ari, instance.read_folder, data))
    found |= sections(("sample file", "sample option"), partial(_sampled, samples))
    return ReleaseFacts(version, digest, "", {kind.name: found[kind.name] for kind in KINDS}, samples, notes)


async def _documented(ask: AmiAsk, data: str, modules: Section, *, version: str) -> dict[str, Section]:
    """What the XML documents. Of modules that is what is to become of them, besides what is known of them."""
    try:
        root = await ask_documents(ask, (data,))
    except Unreadable as problem:
        return dict.fromkeys((*_DOCUMENTED, "config object", "config option"), Section(problem=str(problem)))
    fates = dialplan.module_fates(root)
    known = {name: {**about, **fates.get(name, {})} for name, about in modules.items.items()}
    entries = config.documented(root, modules.items)
    answers = [clean(text) for text in await ask.cli([entry.command for entry in entries])]
    return {kind: Section(parse(root)) for kind, parse in _DOCUMENTED.items()} | {
        "module": Section(known, problem=modules.problem),
        "config object": Section(config.config_objects(entries, answers)),
        "config option": Section(config.config_options(entries, answers, version=version)),
    }


def _ari(folders: Folders, data: str) -> tuple[Items, ...]:
    declarations = ask_declarations(folders, (data,))
    return (*interfaces.ari_operations(declarations), *interfaces.ari_fields(declarations))


def _sampled(samples: Mapping[str, str]) -> tuple[Items, Items]:
    if not samples:
        raise Unreadable("the image has no sample files")
    return {name: {} for name in samples}, sample_items(samples)
