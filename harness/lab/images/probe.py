"""What a built image says of itself: read from the facts in it, once for each image."""

from __future__ import annotations

import re
from collections.abc import Mapping

from docker.errors import APIError
from testcontainers.core.docker_client import DockerClient

from harness.errors import ImageError
from harness.lab.housekeeping import cache
from harness.lab.housekeeping.owner import this_process
from harness.lab.images.recipe import Recipe
from harness.lab.images.release import Release
from harness.lab.instance import archive

__all__ = ["probe"]

_FACTS = "/usr/share/asterisk-stock/facts"
_VERSION = re.compile(r"(\d+(?:\.\d+)+(?:-rc\d+)?)")


def probe(client: DockerClient, recipe: Recipe) -> Release:
    """The release in an image that is there. ImageError when its Asterisk cannot even say its version."""
    digest = str(client.client.images.get(recipe.tag).id)
    facts = cache.load("releases", digest, dict[str, str]) or _image_facts(client, recipe)
    banner = facts.get("banner", "")
    if not (version := _VERSION.search(banner)):
        raise ImageError(f"{recipe.spec}: `asterisk -V` says {banner!r}, which is no version.")
    cache.store("releases", digest, facts)
    return Release(
        spec=recipe.spec,
        image=recipe.tag,
        digest=digest,
        version=version[1],
        binary=facts["binary"],
        uid=int(facts["uid"]),
        gid=int(facts["gid"]),
        directories={name: path for name, path in facts.items() if name.startswith("ast")},
        faketime=facts.get("faketime", ""),
        python=facts.get("python", ""),
        remark=facts.get("remark", ""),
        packages=recipe.packages,
    )


def _image_facts(client: DockerClient, recipe: Recipe) -> Mapping[str, str]:
    try:
        container = client.client.containers.create(recipe.tag, labels=this_process().labels())
        try:
            text = archive.first_file(container.get_archive(_FACTS)[0]).decode(errors="replace")
        finally:
            container.remove(force=True)
    except APIError as problem:
        raise ImageError(f"{recipe.spec}: cannot be looked into: {problem.explanation}") from problem
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
