"""Releases made ready: every image that is missing is built, all at the same time, none twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docker.errors import APIError
from testcontainers.core.docker_client import DockerClient

from harness.errors import ImageError, SiteError
from harness.lab.engine.client import connected
from harness.lab.engine.mirror import Mirror, find_mirror
from harness.lab.housekeeping.at_once import all_at_once
from harness.lab.housekeeping.cache import lock
from harness.lab.housekeeping.progress import Progress, silent
from harness.lab.images.bases import ensure_base
from harness.lab.images.build import build, is_there
from harness.lab.images.database_image import database_recipe, driver_packages
from harness.lab.images.probe import probe
from harness.lab.images.python_packages import fetch_packages, with_packages
from harness.lab.images.recipe import OwnImage, Recipe, recipe_for
from harness.lab.images.release import Release
from harness.lab.images.source_recipe import SOURCE, SourceBuild, source_recipe
from harness.lab.images.source_run import build_source
from harness.lab.images.tools import script_runner, tools_recipe
from harness.site.model import Build

if TYPE_CHECKING:
    from harness.site import App

__all__ = ["prepare", "prepare_apps", "recipes"]


def prepare(
    specs: Iterable[str],
    *,
    packages: Iterable[str] = (),
    python: Iterable[str] = (),
    engines: Iterable[str] = (),
    builds: Mapping[str, Build] | None = None,
    progress: Progress = silent,
) -> dict[str, Release]:
    """The releases by their spec, built where they are missing. Raises EngineError, ImageError.

    `packages` are further Debian packages for each, `python` Python packages (what the site's programs need).
    `engines` are those of its databases: their servers are built too, and each release gets their drivers.
    `builds` says by spec how sources are built.
    """
    mirror, engines = find_mirror(), sorted(set(engines))
    servers = [database_recipe(engine, mirror) for engine in engines]
    with connected() as client:
        wanted = recipes(client, specs, (*packages, *driver_packages(engines)), builds or {}, mirror, progress)
        modules = fetch_packages(python, progress)
        jobs: list[Callable[[], Release | bool]] = [
            *(partial(_ensure_built, client, recipe, mirror, progress) for recipe in servers),
            *(partial(_release, client, recipe, modules, mirror, progress) for recipe in wanted),
        ]
        made = [one for one in all_at_once(jobs) if isinstance(one, Release)]
        return {one.spec: one for one in _with_tools(client, made, mirror, progress)}


def _with_tools(
    client: DockerClient, releases: Iterable[Release], mirror: Mirror, progress: Progress
) -> Iterator[Release]:
    """The releases; where an image lacks programs or Python, the image that has them is there for it."""
    for release in releases:
        if release.tools or not release.python:
            _ensure_built(client, tools_recipe(mirror), mirror, progress)
        yield release if release.python else replace(release, scripts=script_runner())


def recipes(
    client: DockerClient,
    specs: Iterable[str],
    packages: Iterable[str],
    builds: Mapping[str, Build],
    mirror: Mirror,
    progress: Progress,
) -> list[Recipe]:
    """The recipes of specs, each once. All are checked before anything is built."""
    extra = tuple(packages)
    return [
        source_recipe(spec, extra, builds.get(spec) or Build(), mirror)
        if spec.startswith(SOURCE)
        else recipe_for(spec, extra, mirror, own=_own_image(client, spec, progress))
        for spec in dict.fromkeys(specs)
    ]


def _release(client: DockerClient, recipe: Recipe, modules: bytes, mirror: Mirror, progress: Progress) -> Release:
    begun = time.monotonic()
    recipe = _possible(client, recipe, progress)
    built = _ensure_built(client, recipe, mirror, progress)
    release = probe(client, _with_modules(client, recipe, modules, progress) if modules else recipe)
    if built:
        progress(f"{recipe.spec}: ready, Asterisk {release.version} ({time.monotonic() - begun:.0f} s)")
    if built and release.remark:
        progress(f"{recipe.spec}: note that {release.remark}")
    return release


def _possible(client: DockerClient, recipe: Recipe, progress: Progress) -> Recipe:
    """The recipe, without the site's packages where its image has no shell to install them with."""
    if not (recipe.image and recipe.files) or recipe.source:
        return recipe
    own = replace(recipe, files={}, packages=())
    if "sh" not in probe(client, own).lacks:
        return recipe
    progress(f"{recipe.spec}: has no shell, so the site's packages are left out: {' '.join(recipe.packages)}")
    return own


def _ensure_built(client: DockerClient, recipe: Recipe, mirror: Mirror, progress: Progress) -> bool:
    """Whether the image had to be built; it is there now."""
    if not recipe.files:
        return recipe.source is not None and _ensure_source(client, recipe, recipe.source, mirror, progress)
    with lock(recipe.tag):
        if is_there(client, recipe.tag):
            return False
        if recipe.source:
            _ensure_source(client, recipe, recipe.source, mirror, progress)
        base = ensure_base(client, recipe.suite.base, mirror, progress) if recipe.suite else recipe.base
        progress(f"{recipe.spec}: building its image")
        build(client, recipe, base, progress)
        return True


def _ensure_source(
    client: DockerClient, recipe: Recipe, source: SourceBuild, mirror: Mirror, progress: Progress
) -> bool:
    """The same for what is built from a source."""
    with lock(source.tag):
        if is_there(client, source.tag):
            return False
        _ensure_built(client, source.toolchain, mirror, progress)
        build_source(client, recipe.spec, source, progress)
        return True


def _with_modules(client: DockerClient, recipe: Recipe, modules: bytes, progress: Progress) -> Recipe:
    """The recipe with the site's Python packages, its image being there."""
    whole = with_packages(recipe, modules)
    with lock(whole.tag):
        if not is_there(client, whole.tag):
            progress(f"{recipe.spec}: adding the site's Python packages")
            build(client, whole, recipe.tag, progress)
    return whole


def _own_image(client: DockerClient, spec: str, progress: Progress) -> OwnImage | None:
    """The image that `image:REF` names, pulled if need be: a name may mean another image tomorrow."""
    kind, _, name = spec.partition(":")
    if kind != "image" or not name:
        return None
    attributes = _pulled(client, name, spec, progress)
    return OwnImage(str(attributes["Id"]), (attributes.get("Config") or {}).get("User") or "")


def prepare_apps(apps: Iterable[App], file: Path, *, progress: Progress = silent) -> None:
    """Have the images that apps name of their own. SiteError, with the line of `file`, where one is nowhere."""
    named = [app for app in apps if app.image]
    if not named:
        return
    with connected() as client:
        for app in named:
            try:
                _pulled(client, app.image, f"the app {app.name}", progress)
            except ImageError as problem:
                raise SiteError(f"{file}:{app.line}: {problem}; build it, or name one that is there") from problem


def _pulled(client: DockerClient, name: str, whose: str, progress: Progress) -> Mapping[str, Any]:
    """What the engine knows of an image of somebody else's. ImageError where it is nowhere."""
    try:
        if not is_there(client, name):
            progress(f"{whose}: pulling {name}")
            client.client.images.pull(name)
        attributes: Mapping[str, Any] = client.client.images.get(name).attrs
        return attributes
    except APIError as problem:
        raise ImageError(
            f"{whose}: the engine has no image {name} and cannot pull it: {problem.explanation}"
        ) from problem
