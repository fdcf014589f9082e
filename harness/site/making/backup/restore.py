"""A backup → the files of a site: configuration, and what is restored besides it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path, PurePosixPath

from harness.asterisk.conf import Config
from harness.asterisk.directories import directories_of
from harness.asterisk.modules import is_own
from harness.errors import SiteError
from harness.site.making.backup.collected import collected_in
from harness.site.making.backup.places import CONFIG, dumps_of, places_of, root_of
from harness.site.making.backup.unpack import unpack
from harness.site.making.files import Bounds, Copies, LeftOut, resolve, site_errors
from harness.site.making.first_files import DATA
from harness.site.making.machine import folders_of, prompts_at
from harness.site.making.named_files import is_of_the_system, named_in

__all__ = ["Restored", "restore"]

_DUMPS, _PRODUCTION = "data/sql", "production.txt"
# How Debian calls the prompts of its packages: the candidate's own are to be heard.
_PROMPTS = re.compile(r"[a-z]{2}(_[A-Z]{2})?(_[fm]_\w+)?")
_FEWEST = 3  # parts of a path: all of /opt, or of /, is more than a site names
_PACKAGED = "usr/share/asterisk/sounds"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a site got from a backup, by paths in it: site.toml's [data], key → path, and database dumps.

    `production` is what production had loaded and in force, empty where that was not asked.
    """

    data: dict[str, str] = field(default_factory=dict)
    dumps: tuple[str, ...] = ()
    production: str = ""
    left_out: tuple[LeftOut, ...] = ()


def restore(backup: Path, target: Path, *, config: str, bounds: Bounds | None = None) -> Restored:
    """Copy what a site needs out of an archive or a folder; the backup is only read.

    The configuration goes to `config` below `target`, everything else below `data`. An archive is unpacked beside
    `target` meanwhile. Raises SiteError when nothing can be read as a backup, when it is damaged, or too much.
    """
    bounds = bounds or Bounds()
    with tempfile.TemporaryDirectory(prefix=".unpacked.", dir=target.parent) as scratch, site_errors(backup):
        if backup.is_dir():
            return _parts(backup, backup.resolve(), target, config, bounds, ())
        folder = Path(scratch).resolve()
        return _parts(backup, folder, target, config, bounds, unpack(backup, folder, bounds))


def _parts(
    backup: Path, top: Path, target: Path, config: str, bounds: Bounds, left_out: Sequence[LeftOut]
) -> Restored:
    collected = collected_in(top, backup)
    root = collected.root if collected else root_of(top, backup)
    etc = collected.directories.get("astetcdir", CONFIG) if collected else CONFIG
    copies = Copies(backup, top, lambda path: _target(root, path), bounds)
    if source := resolve(root, etc):
        copies.folder(source, target / config)
    if not copies.files:
        raise SiteError(f"{backup}: there is no file in its {etc}; is it Asterisk's configuration?")
    named = collected.directories if collected else directories_of(Config(target / config).file("asterisk.conf"))
    places = dict(places_of(root, named))
    if collected and collected.astdb:
        places["astdb"] = collected.astdb
    for name, place in places.items():
        if name == "astdb":
            copies.file(place, target / DATA[name][0])
        else:
            copies.folder(place, target / DATA[name][0], _filter(name, place))
    _copy_named(root, target, config, named, copies)
    dumps = [path for path in dumps_of(top) if not any(path.is_relative_to(place) for place in places.values())]
    names = [f"{_DUMPS}/{name}" for name in _flat([path.relative_to(top).as_posix() for path in dumps])]
    for path, name in zip(dumps, names, strict=True):
        copies.file(path, target / name)
    data = {name: path for name, (path, _) in DATA.items() if (target / path).exists()}
    if collected and collected.answers:
        copies.file(collected.answers, target / _PRODUCTION)
    return Restored(
        data,
        tuple(names),
        _PRODUCTION if collected and collected.answers else "",
        (*(collected.lacks if collected else ()), *left_out, *copies.left_out),
    )


def _copy_named(root: Path, target: Path, config: str, directories: Mapping[str, str], copies: Copies) -> None:
    """What the configuration names by its path, and lies outside of what the site has already."""
    ours = [directories.get("astetcdir", "/etc/asterisk"), *chain.from_iterable(folders_of(directories).values())]
    for kind, name in dict.fromkeys((one.kind, one.name) for one in named_in(Config(target / config))):
        path = PurePosixPath(re.sub("^/+", "/", name))
        if (
            len(path.parts) < _FEWEST
            or ".." in path.parts
            or not path.is_absolute()
            or is_of_the_system(str(path))
        ):
            continue
        if any(path.is_relative_to(one) for one in ours):
            continue
        if kind == "prompt":
            folder = resolve(root, str(path.parent))
            found = prompts_at(folder, path.name) if folder else ()
        else:
            found = [place] if (place := resolve(root, name)) else []
        for place in found:
            here = place.relative_to(root) if kind == "prompt" else path.relative_to("/")
            (copies.folder if place.is_dir() else copies.file)(place, target / DATA["machine"][0] / here)


def _target(root: Path, path: Path) -> Path | str:
    target = resolve(root, str(path.relative_to(root))) if path.is_symlink() else path
    return target or "a link that leads nowhere in the backup"


def _filter(part: str, place: Path) -> Callable[[str], bool]:
    """Which names of a part's folder are a site's own."""
    if part == "modules":
        return lambda name: name.endswith(".so") and not is_own(name)
    if part == "sounds" and place.as_posix().endswith(_PACKAGED):
        return lambda name: not _PROMPTS.fullmatch(name) and name != "priv-callerintros"
    return bool


def _flat(paths: Sequence[str]) -> list[str]:
    """A name of its own for each file: the last part of its path, or all of it where two are called the same."""
    names = [path.rpartition("/")[2] for path in paths]
    return [
        name if names.count(name) == 1 else path.replace("/", "-") for name, path in zip(names, paths, strict=True)
    ]
