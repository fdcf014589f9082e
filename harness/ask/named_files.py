"""Whether an instance has the files that its dialplan and configuration name."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from harness.ask.over_ami import AmiAsk
from harness.asterisk.named_files import NamedFile, files_of_dialplan, files_of_options
from harness.facts.inventory import Inventory, Listing
from harness.model import Place

__all__ = ["take_named_files"]

_THERE, _NOT_THERE, _NOT_RUNNABLE = "there", "not there", "not executable"
_FOLDERS = {"AGI script": "AGI Scripts directory", "music": "Data directory"}
"""Where Asterisk looks for what is named without a folder, as `core show settings` calls it."""


async def take_named_files(ask: AmiAsk, taken: Inventory, settings: Mapping[str, str]) -> Listing:
    """Each file by the name that the site gives it: its kind, and whether it is there."""
    named = [*files_of_dialplan(taken.dialplan, taken), *files_of_options(taken)]
    paths = {one: _path(one, settings) for one in named}
    by_kind = {kind: [paths[one] for one in named if one.kind == kind] for kind in {one.kind for one in named}}
    run = {*by_kind.get("AGI script", ()), *by_kind.get("program", ())}
    there = await ask.prompts(by_kind.get("prompt", ()))
    there |= await ask.existing(path for one, path in paths.items() if one.kind != "prompt")
    not_runnable = run - await ask.runnable(run)
    every: dict[str, dict[Place, None]] = {}
    items: dict[str, dict[str, str]] = {}
    for one, path in paths.items():
        state = _NOT_THERE if path not in there else _NOT_RUNNABLE if path in not_runnable else _THERE
        items[one.name] = {"kind": one.kind, "state": state}
        every.setdefault(one.name, {}).update({one.place: None} if one.place else {})
    places = {name: tuple(found) for name, found in every.items() if found}
    return Listing(items, {name: found[0] for name, found in places.items()}, every=places)


def _path(one: NamedFile, settings: Mapping[str, str]) -> str:
    """Where Asterisk looks for it."""
    return posixpath.join(settings.get(_FOLDERS.get(one.kind, ""), "/"), one.name)
