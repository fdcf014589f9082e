"""Building one image from its recipe, with the last lines of the build as evidence when it fails."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable

from docker.errors import APIError, ImageNotFound
from testcontainers.core.docker_client import DockerClient

from harness.errors import ImageError
from harness.lab.housekeeping.owner import LABEL
from harness.lab.housekeeping.progress import Progress
from harness.lab.images.recipe import Recipe

__all__ = ["build", "is_there"]

_KEPT_LINES = 25
_PROXIES = ("http_proxy", "https_proxy", "no_proxy")


def is_there(client: DockerClient, tag: str) -> bool:
    """Whether the engine has an image."""
    try:
        client.client.images.get(tag)
    except ImageNotFound:
        return False
    return True


def build(client: DockerClient, recipe: Recipe, base: str, progress: Progress) -> None:
    """Build and tag an image. ImageError when a step fails or the engine refuses.

    The base is named by its id: Podman takes a name without a registry for one of Docker's.
    """
    lines: deque[str] = deque(maxlen=_KEPT_LINES)
    try:
        stream = client.client.api.build(
            fileobj=recipe.context(),
            custom_context=True,
            tag=recipe.tag,
            buildargs={"BASE": str(client.client.images.get(base).id)} | _proxies(),
            labels={LABEL: "image", f"{LABEL}.spec": recipe.spec},
            rm=True,
            forcerm=True,
            decode=True,
        )
        problem = _follow(stream, lines, recipe, progress)
    except APIError as reason_of:
        problem = str(reason_of.explanation)
    if problem:
        raise _failure(recipe, problem, lines)


def _proxies() -> dict[str, str]:
    return {name: os.environ[name] for name in _PROXIES if name in os.environ}


def _follow(stream: Iterable[dict[str, str]], lines: deque[str], recipe: Recipe, progress: Progress) -> str:
    error = ""
    for message in stream:
        error = message.get("error", error)
        for line in message.get("stream", "").splitlines():
            if line.strip():
                lines.append(line.rstrip())
            if line.startswith("Step ") and "RUN" in line:
                progress(f"{recipe.spec}: {line.strip()}")
    return error


def _failure(recipe: Recipe, problem: str, lines: Iterable[str]) -> ImageError:
    error = ImageError(f"{recipe.spec} cannot be built: {problem}")
    error.add_note("\n".join(("The last lines of the build:", *(f"  {line}" for line in lines))))
    return error
