"""`harness images save` and `load`: what was built once is kept in a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.printing import DONE, Commands, say
from harness.model.run_options import RUN_OPTIONS

if TYPE_CHECKING:
    from harness.site import Site

__all__ = ["add_commands", "images_of"]

_MB = 10**6


def add_commands(commands: Commands) -> None:
    """Declare the commands."""
    images = commands.add_parser(
        "images", help="keep the images that a site needs in a file, and take them from it"
    )
    kinds = images.add_subparsers(title="commands", required=True, metavar="COMMAND")
    save = kinds.add_parser("save", help="write them into a file; those that are missing are built first")
    save.add_argument("file", type=Path, metavar="FILE", help="a tar, for another machine or a cache of CI")
    save.add_argument("site", type=Path, nargs="?", metavar="SITE", help="without: Debian's 16 and 22")
    for name in ("--old", "--candidate"):
        save.add_argument(name, **RUN_OPTIONS[name])
    save.set_defaults(command=_save)
    load = kinds.add_parser("load", help="give the engine the images in a file")
    load.add_argument("file", type=Path, metavar="FILE", help="what `harness images save` wrote")
    load.set_defaults(command=_load)


def _save(options: argparse.Namespace) -> int:
    from harness.lab import ensure_engine
    from harness.lab.images.saving import save_images
    from harness.site import load_site

    site = load_site(options.site, old=options.old, candidate=options.candidate) if options.site else None
    ensure_engine(say)
    names = images_of(site) if site else _of_releases(options.old, options.candidate)
    save_images(names, options.file, progress=say)
    say(f"{options.file} has {len(names)} images ({options.file.stat().st_size // _MB} MB):")
    for name in names:
        say(f"  {name}")
    return DONE


def _load(options: argparse.Namespace) -> int:
    from harness.lab import ensure_engine
    from harness.lab.images.saving import load_images

    ensure_engine(say)
    for name in load_images(options.file, progress=say):
        say(f"  {name}")
    return DONE


def _of_releases(old: str | None, candidate: str | None) -> tuple[str, ...]:
    from harness.cli.doctor import DEFAULT_RELEASES
    from harness.lab import prepare
    from harness.lab.images.saving import image_names

    specs = (old or DEFAULT_RELEASES[0], candidate or DEFAULT_RELEASES[1])
    return image_names(prepare(specs, progress=say).values())


def images_of(site: Site) -> tuple[str, ...]:
    """Names of all images that a site needs; those that are missing are built."""
    from harness.lab import prepare
    from harness.lab.images.builder import builder_images
    from harness.lab.images.preparing import prepare_apps
    from harness.lab.images.saving import image_names

    specs = (site.old.release, site.candidate.release)
    ready = prepare(
        specs, packages=site.packages, python=site.python, engines=site.engines, builds=site.builds, progress=say
    )
    prepare_apps(site.apps, site.root / "site.toml", progress=say)
    builders = builder_images(site.own_modules, ready.values(), say)
    return image_names(
        ready.values(),
        packages=site.packages,
        engines=site.engines,
        builds=site.builds,
        apps=[app.image for app in site.apps if app.image],
        builders=builders,
    )
