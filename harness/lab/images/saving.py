"""Images in one file, so that another machine, or tomorrow's job of CI, need not build them."""

from __future__ import annotations

import json
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from typing import Any

from docker.errors import APIError, DockerException
from docker.utils import parse_repository_tag
from requests.exceptions import RequestException
from testcontainers.core.docker_client import DockerClient

from harness.errors import EngineError, ImageError, reason_of
from harness.lab.engine.client import connected
from harness.lab.engine.mirror import find_mirror
from harness.lab.housekeeping.owner import REPOSITORY
from harness.lab.housekeeping.progress import Progress, silent
from harness.lab.images.build import is_there
from harness.lab.images.database_image import driver_packages, server_image
from harness.lab.images.preparing import recipes
from harness.lab.images.release import Release
from harness.lab.images.tools import tools_recipe
from harness.site.model import Build

__all__ = ["image_names", "load_images", "save_images"]

_CHUNK = 2**20
_MB = 10**6
_MANIFEST = "manifest.json"
_PODMAN = "localhost/"
_FOREIGN = f"{_PODMAN}{REPOSITORY}/"
_HUB = re.compile(r"^docker\.io/(?:library/)?")
"""What Podman's interface for Docker's clients sets before a name without a registry, and Docker never says."""


def image_names(
    releases: Iterable[Release],
    *,
    packages: Iterable[str] = (),
    engines: Iterable[str] = (),
    apps: Iterable[str] = (),
    builds: Mapping[str, Build] | None = None,
    builders: Iterable[str] = (),
) -> tuple[str, ...]:
    """Names of all images with which none is built for these releases, which are there.

    `packages`, `engines` and `builds` are as `prepare` had them, `apps` the images that apps name of their own,
    `builders` those in which the site's modules are built. What a source is built in is among them, as the result
    has all its layers. An image of the user's own (`image:REF`) is needed beside what is built on it, whose name
    follows from its id. One that is named by its digest is not among them: no file keeps that name.
    """
    releases, extra = tuple(releases), (*packages, *driver_packages(engines))
    specs = [release.spec for release in releases]
    with connected() as client:
        wanted = recipes(client, specs, extra, builds or {}, find_mirror(), silent)
        toolchains = [recipe.source.toolchain.tag for recipe in wanted if recipe.source]
        below = [tag for tag in (*(recipe.tag for recipe in wanted), *toolchains) if is_there(client, tag)]
    tools = [tools_recipe(find_mirror()).tag] if any(r.tools or r.scripts for r in releases) else []
    own = [spec.removeprefix("image:") for spec in specs if spec.startswith("image:")]
    made = (*(release.image for release in releases), *map(server_image, engines), *tools, *builders)
    names = (*below, *made, *own, *apps)
    return tuple(sorted({_with_tag(name) for name in names if "@" not in name}))


def save_images(names: Iterable[str], path: Path, *, progress: Progress = silent) -> None:
    """Write images into one tar, what they share once. All of the file is there at the end, or nothing of it.

    ImageError where one is missing or the file cannot be written, EngineError where the engine breaks off.
    """
    names = tuple(names)
    with connected() as client, _engine_errors(f"cannot save {', '.join(names)}"):
        size = sum(client.client.images.get(name).attrs["Size"] for name in names)
        progress(f"saving {len(names)} images ({size // _MB} MB at most) into {path}")
        # The SDK saves one image at a time, and each with all that it shares with others.
        address = f"{client.client.api.base_url}/v{client.client.api.api_version}/images/get"
        with client.client.api.get(address, params={"names": names}, stream=True) as answer:
            if answer.status_code != 200:
                raise ImageError(f"the engine cannot save {', '.join(names)}: {answer.text.strip()}")
            _write(answer.iter_content(_CHUNK), path, names, size)


def load_images(path: Path, *, progress: Progress = silent) -> tuple[str, ...]:
    """Names of the images that the engine has now from a file of `save_images`. ImageError where it is none."""
    names = _names_in(path)
    progress(f"loading {len(names)} images from {path}")
    with connected() as client, _engine_errors(f"cannot load {path}"), path.open("rb") as file:
        api: Any = client.client.api  # untyped; the SDK's own `load` looks for names in what Docker says
        for said in api.load_image(file):
            if problem := said.get("error"):
                raise ImageError(f"the engine cannot load {path}: {problem}")
        for name in names:
            _name_as_here(client, name)
        return _need(client, {_own_name(name) for name in names}, path)


def _with_tag(name: str) -> str:
    """Without a tag an engine saves all that there are."""
    return name if parse_repository_tag(name)[1] else f"{name}:latest"


def _write(chunks: Iterable[bytes], path: Path, names: Iterable[str], size: int) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
        if missing := set(map(_own_name, names)) - set(map(_own_name, _names_in(part))):
            raise ImageError(f"{path}: the engine left out {', '.join(sorted(missing))}")
        part.replace(path)
    except OSError as problem:
        if isinstance(problem, RequestException):
            raise
        raise ImageError(
            f"{path}: cannot be written ({reason_of(problem)}); at most {size // _MB} MB are needed there"
        ) from problem
    finally:
        part.unlink(missing_ok=True)


def _names_in(path: Path) -> tuple[str, ...]:
    """The names of the images in a file. ImageError where it is none of images."""
    try:
        with tarfile.open(path) as archive:
            if (manifest := archive.extractfile(_MANIFEST)) is None:
                raise KeyError(_MANIFEST)
            names = [name for image in json.load(manifest) for name in image["RepoTags"] or ()]
    except (tarfile.TarError, EOFError, zlib.error, LZMAError, LookupError, TypeError, ValueError) as problem:
        first = str(problem).partition("\n")[0]
        raise ImageError(
            f"{path}: not a whole archive of images ({first}); `harness images save` writes one"
        ) from problem
    except OSError as problem:
        raise ImageError(f"{path}: {reason_of(problem)}") from problem
    if not names:
        raise ImageError(f"{path}: the images in it have no names; `harness images save` writes them with theirs")
    return tuple(sorted(names))


def _own_name(name: str) -> str:
    """Without what Podman sets before a name: Docker's own registry, or, before the harness's, none."""
    return name.removeprefix(_PODMAN) if name.startswith(_FOREIGN) else _HUB.sub("", name)


def _name_as_here(client: DockerClient, name: str) -> None:
    """Docker finds what is in Podman's file by Podman's name alone: it gets its own instead."""
    if not name.startswith(_FOREIGN) or not is_there(client, name):
        return
    own = _own_name(name)
    client.client.images.get(name).tag(own)
    if own in client.client.images.get(name).tags:  # Podman has still the one
        client.client.images.remove(name)


def _need(client: DockerClient, names: Iterable[str], path: Path) -> tuple[str, ...]:
    if missing := sorted(name for name in names if not is_there(client, name)):
        raise ImageError(f"{path}: the engine took it, and does not have {', '.join(missing)}")
    return tuple(sorted(names))


@contextmanager
def _engine_errors(what: str) -> Iterator[None]:
    """What the engine refuses, and where it breaks off."""
    try:
        yield
    except APIError as problem:
        raise ImageError(f"the engine {what}: {problem.explanation}") from problem
    except (DockerException, RequestException) as problem:
        raise EngineError(f"the engine {what}: {problem}") from problem
