"""The image in which a site's own modules are built for a release: its headers, and a compiler."""

from __future__ import annotations

from collections.abc import Iterable

from testcontainers.core.docker_client import DockerClient

from harness.lab.engine.client import connected
from harness.lab.engine.mirror import Mirror, find_mirror
from harness.lab.housekeeping.cache import lock
from harness.lab.housekeeping.progress import Progress
from harness.lab.images.build import build, is_there
from harness.lab.images.recipe import SUITES, Recipe, container_files, debian_files
from harness.lab.images.release import Release
from harness.site.model import OwnModule

__all__ = ["builder_image", "builder_images", "builder_recipe"]

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


def builder_image(
    client: DockerClient, release: Release, packages: Iterable[str], mirror: Mirror, progress: Progress
) -> str:
    """The name of the image, which is there now. ImageError where it cannot be made."""
    recipe = builder_recipe(release, packages, mirror)
    if recipe is None:
        return release.image
    with lock(recipe.tag):
        if not is_there(client, recipe.tag):
            progress(f"{release.spec}: adding its headers and a compiler")
            build(client, recipe, release.image, progress)
    return recipe.tag


def builder_images(
    modules: Iterable[OwnModule], releases: Iterable[Release], progress: Progress
) -> tuple[str, ...]:
    """Names of all images in which a site's modules are built for these releases; they are there now."""
    releases, mirror = tuple(releases), find_mirror()
    wanted = [(release, module.packages) for module in modules for release in releases]
    if not wanted:
        return ()
    with connected() as client:
        return tuple(builder_image(client, release, packages, mirror, progress) for release, packages in wanted)
