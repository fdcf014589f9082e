"""The image in which a site's own modules are built for a release: its headers, and a compiler."""

from __future__ import annotations

from collections.abc import Iterable

from harness.lab.engine.mirror import Mirror
from harness.lab.images.recipe import SUITES, Recipe, container_files, debian_files
from harness.lab.images.release import Release

__all__ = ["builder_recipe"]

_COMPILER = ("gcc", "libc6-dev", "make", "pkg-config")


def builder_recipe(release: Release, packages: Iterable[str], mirror: Mirror) -> Recipe | None:
    """The recipe of the image, `packages` being what the modules need; None for an image of the user's own.

    That has headers and compiler itself, or has none.
    """
    kind, _, name = release.spec.partition(":")
    if kind != "debian":
        return None
    wanted = sorted({*_COMPILER, *packages})
    files = container_files("builder/Dockerfile", "builder/builder.sh")
    given = debian_files(SUITES[name], wanted, mirror)
    files |= {file: given[file] for file in ("packages", "sources.list", "preferences", "apt.conf")}
    return Recipe(f"builder for {release.spec}", release.image, SUITES[name], tuple(wanted), files)
