"""What a release has, asked of an instance that has loaded all it can, and of its files. Once for an image."""

from __future__ import annotations

import asyncio
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from xml.etree import ElementTree

from harness.ask.answers import TABLES
from harness.ask.baseline import booted, image_folders, stock_files
from harness.ask.documents import (
    Folders,
    ask_declarations,
    ask_documents,
    ask_makeopts,
    ask_notes,
    ask_samples,
)
from harness.ask.inventory import modules_on_disk
from harness.ask.over_ami import AmiAsk
from harness.ask.sections import section, sections
from harness.ask.surfaces import ARI_SECTIONS, listed_actions
from harness.asterisk import cli_tables, release_tables
from harness.asterisk.cli_tables import Items, Unreadable, clean
from harness.asterisk.documents import config, dialplan, interfaces
from harness.asterisk.documents.samples import sample_items
from harness.asterisk.languages import old_languages
from harness.errors import LabError
from harness.facts.inventory import NOT_IN_IMAGE, Listing
from harness.facts.release import KINDS, SCHEMA, ReleaseFacts
from harness.lab.housekeeping import cache
from harness.lab.housekeeping.progress import Progress, silent
from harness.lab.images.release import Release
from harness.lab.instance.instance import Instance

__all__ = ["load_facts", "take_facts"]

_PLAIN, _VARIANTS = "app_voicemail", ("app_voicemail_odbc", "app_voicemail_imap")
"""Modules of which two at once take each other's applications away: the first that there is gets loaded."""
_MODULES = "[modules]\nautoload = yes\n" + "".join(f"noload = {name}.so\n" for name in _VARIANTS)
_COMMANDS: Mapping[str, tuple[str, Callable[[str], Items]]] = {
    **{kind: TABLES[kind] for kind in ("application", "function", "technology", "codec")},
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
    "AMI event": interfaces.ami_events,
    "AMI event header": interfaces.ami_headers,
    "AGI command": interfaces.agi_commands,
}


def load_facts(release: Release, *, progress: Progress = silent) -> ReleaseFacts:
    """What a release has, from the cache where it has been asked before.

    A damaged file of the cache is made anew; of two processes that need the same, the second waits for what
    the first finds. Raises BootError, EngineError, ImageError, LabError.
    """
    with cache.lock(f"facts-{release.digest}"):
        kept = cache.load("facts", release.digest, ReleaseFacts, form=SCHEMA)
        if kept is None or kept.sections.keys() != {kind.name for kind in KINDS}:
            progress(f"{release.spec}: asking Asterisk {release.version} what it has")
            kept = take_facts(release)
            cache.store("facts", release.digest, kept, form=SCHEMA)
    return replace(kept, spec=release.spec)


def take_facts(release: Release) -> ReleaseFacts:
    """The same, asked now. Raises BootError, EngineError, ImageError, LabError."""
    try:
        with image_folders(release) as image:
            samples = ask_samples(image, release.directory("astetcdir"))
            files = _files(samples, stock_files(release, image))
        with booted(release, files) as instance:
            _load_variant(instance)
            return asyncio.run(_facts_of(instance, samples))
    except (OSError, tarfile.TarError) as problem:
        raise LabError(f"{release.spec} does not answer what it has: {problem}") from problem


def _files(samples: Mapping[str, str], stock: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Its stock configuration, a sample for each file that has none there, and every module told to load."""
    encoded = {name: text.encode() for name, text in samples.items()}
    return {**encoded, **stock, "modules.conf": _MODULES.encode()}


def _load_variant(instance: Instance) -> None:
    there = instance.run("ls", instance.release.directory("astmoddir")).split()
    if f"{_PLAIN}.so" in there:
        return
    for name in [name for name in _VARIANTS if f"{name}.so" in there][:1]:
        instance.cli(f"module load {name}.so")


async def _facts_of(instance: Instance, samples: Mapping[str, str]) -> ReleaseFacts:
    """All that its release has, in a pass of a few seconds. What cannot be read is a section with a problem.

    `samples` are the texts of its sample files. OSError (also TimeoutError) when AMI does not answer.
    """
    ask = AmiAsk(instance)
    await ask.ready()
    commands = [*_OTHERS, *(command for command, _ in _COMMANDS.values())]
    texts = dict(zip(commands, map(clean, await ask.cli(commands)), strict=True))
    settings = dict(cli_tables.pairs(texts["core show settings"]))
    data = settings.get("Data directory", "")
    on_disk = await modules_on_disk(ask, settings.get("Module directory", ""))
    makeopts = await ask_makeopts(ask)
    (listed,) = await ask.actions([{"Action": "ListCommands"}])
    notes = await asyncio.to_thread(ask_notes, instance.read_folder)
    found = {kind: section(parse, texts[command]) for kind, (command, parse) in _COMMANDS.items()}
    found |= {
        "module": section(partial(release_tables.modules, on_disk=on_disk), texts["module show"]),
        "AMI action": listed_actions(listed),
        "build option": section(release_tables.build_options, texts["core show settings"], makeopts),
        "left out": Listing(release_tables.left_out(makeopts)),
        "sound": Listing(release_tables.sounds(await ask.paths(f"{data}/sounds"))),
    }
    found |= await _documentation(ask, data, found["module"], version=settings.get("Version", ""))
    found |= await asyncio.to_thread(sections, ARI_SECTIONS, partial(_ari, instance.read_folder, data))
    found |= sections(("sample file", "sample option"), partial(_sample_sections, samples))
    languages = old_languages(await ask.read(instance.release.binary))
    kinds = {kind.name: found[kind.name] for kind in KINDS}
    release = instance.release
    return ReleaseFacts(release.version, release.digest, "", kinds, samples, notes, languages)


async def _documentation(ask: AmiAsk, data: str, modules: Listing, *, version: str) -> dict[str, Listing]:
    """What the XML documents. Of modules that is what is to become of them, besides what is known of them."""
    try:
        root = await ask_documents(ask, (data,))
    except Unreadable as problem:
        return dict.fromkeys((*_DOCUMENTED, "config object", "config option"), Listing(problem=str(problem)))
    fates = dialplan.module_fates(root)
    known = {name: {**about, **fates.get(name, {})} for name, about in modules.items.items()}
    entries = config.documented(root, modules.items)
    answers = [clean(text) for text in await ask.cli([entry.command for entry in entries])]
    return {kind: Listing(parse(root)) for kind, parse in _DOCUMENTED.items()} | {
        "module": Listing(known, problem=modules.problem),
        "config object": Listing(config.config_objects(entries, answers)),
        "config option": Listing(config.config_options(entries, answers, version=version)),
    }


def _ari(folders: Folders, data: str) -> tuple[Items, ...]:
    declarations = ask_declarations(folders, (data,))
    return (*interfaces.ari_operations(declarations), *interfaces.ari_fields(declarations))


def _sample_sections(samples: Mapping[str, str]) -> tuple[Items, Items]:
    if not samples:
        raise Unreadable(f"{NOT_IN_IMAGE}sample files")
    return {name: {} for name in samples}, sample_items(samples)
