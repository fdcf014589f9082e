"""Programs of the harness's own, for images that lack what it looks into an instance with: a static busybox.

They lie where nothing of the site's looks, and no program of the site's finds them: an AGI script that needs a
shell fails in an image without one, as it does in production.
"""

from __future__ import annotations

from collections.abc import Iterable

from testcontainers.core.docker_client import DockerClient

from harness.lab.engine.mirror import Mirror, find_mirror
from harness.lab.housekeeping.cache import cache_folder, lock
from harness.lab.images.inside import look_inside
from harness.lab.images.recipe import Recipe, Suite, container_files, debian_files
from harness.lab.images.release import HOME, Release, ScriptRunner
from harness.lab.instance.archive import Archive

__all__ = ["PROGRAMS", "add_tools", "lacking", "load_busybox", "script_runner", "tools_recipe"]

PROGRAMS = tuple(
    """sh cat cp find grep head ls mkdir mktemp mv readlink rm sed sha256sum sleep sort stat tail timeout
    touch wc""".split()
)
"""What the harness runs in an instance."""
_MORE = ("awk", "nc")
_BUSYBOX = "/bin/busybox"
_DEBIAN = "trixie"  # as the servers of databases: its base is one more that may be there already
_PACKAGES = ("busybox-static", "python3-minimal")
_NOBODY = "65534:65534"


def tools_recipe(mirror: Mirror) -> Recipe:
    """The recipe of the image with the tools, and a Python for the harness's own scripts."""
    suite = Suite("tools", _DEBIAN, (("debian", _DEBIAN),))
    files = debian_files(suite, _PACKAGES, mirror) | container_files("tools/Dockerfile")
    return Recipe("tools", _DEBIAN, suite, _PACKAGES, files)


def script_runner() -> ScriptRunner:
    """That image, `prepare` having made it, as what runs scripts."""
    return ScriptRunner(tools_recipe(find_mirror()).tag, "/usr/bin/python3", _NOBODY)


def lacking(found: Iterable[str]) -> tuple[str, ...]:
    """Which of the programs an image has not, `found` being the paths of those that it has."""
    names = {path.rpartition("/")[2] for path in found}
    return tuple(name for name in PROGRAMS if name not in names)


def add_tools(archive: Archive, folder: str, busybox: bytes) -> None:
    """Put the tools into the archive of an instance, and what they need there."""
    archive.folder(HOME)
    archive.folder(folder)
    archive.folder("/tmp", mode=0o1777)
    archive.file(f"{folder}/busybox", busybox, mode=0o755)
    for name in (*PROGRAMS, *_MORE):
        archive.link(f"{folder}/{name}", "busybox")


def load_busybox(client: DockerClient, release: Release) -> bytes:
    """The program that is all of them, `prepare` having made its image; empty for a release that needs none."""
    if not release.tools:
        return b""
    tag = tools_recipe(find_mirror()).tag
    kept = cache_folder() / "busybox" / tag.rpartition(":")[2]
    with lock("busybox"):
        if not kept.is_file():
            kept.parent.mkdir(exist_ok=True)
            part = kept.with_suffix(".part")
            with look_inside(client, tag) as image:
                part.write_bytes(image.read(_BUSYBOX))
            part.replace(kept)
        return kept.read_bytes()
