"""What a release has, asked of an instance of it that has loaded all it can. Asked once for an image."""

from __future__ import annotations

import asyncio
import tarfile
from collections.abc import Mapping
from dataclasses import replace

from harness.ask.baseline import STOCK, image_folders
from harness.ask.documents import ask_samples
from harness.ask.release import take_release
from harness.errors import LabError
from harness.facts.release import KINDS, SCHEMA, ReleaseFacts
from harness.lab.container_group import ContainerGroup
from harness.lab.housekeeping import cache
from harness.lab.housekeeping.progress import Progress, silent
from harness.lab.images.release import Release
from harness.lab.instance.instance import Instance

__all__ = ["load_facts", "take_facts"]

_BOOT_SECONDS = 60.0
_PLAIN, _VARIANTS = "app_voicemail", ("app_voicemail_odbc", "app_voicemail_imap")
"""Modules of which two at once take each other's applications away: the first that there is gets loaded."""
_MODULES = "[modules]\nautoload = yes\n" + "".join(f"noload = {name}.so\n" for name in _VARIANTS)


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
    files = _files(release)
    group = ContainerGroup.open()
    try:
        instance = group.start("old", release, group.lay_over(files, release))
        instance.wait_until_booted(within=_BOOT_SECONDS)
        _load_variant(instance)
        return asyncio.run(take_release(instance, version=release.version, digest=release.digest))
    except (OSError, tarfile.TarError) as problem:
        raise LabError(f"{release.spec} does not answer what it has: {problem}") from problem
    finally:
        group.close()


def _files(release: Release) -> Mapping[str, bytes]:
    """Its stock configuration, a sample for each file that has none there, and every module told to load."""
    with image_folders(release) as image:
        samples = {name: text.encode() for name, text in ask_samples(image).items()}
        return {**samples, **image.read_folder(STOCK), "modules.conf": _MODULES.encode()}


def _load_variant(instance: Instance) -> None:
    there = instance.run("ls", instance.release.directory("astmoddir")).split()
    if f"{_PLAIN}.so" in there:
        return
    for name in [name for name in _VARIANTS if f"{name}.so" in there][:1]:
        instance.cli(f"module load {name}.so")
