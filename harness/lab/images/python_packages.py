"""The Python packages of a site: fetched by this machine's pip, kept, and laid over a release's image.

One copy serves Pythons of several versions, so only what is Python alone will do: parts that are compiled are left
out where the package has the same in Python, and an error where it has not.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from harness.errors import ImageError
from harness.lab.housekeeping.cache import cache_folder, lock
from harness.lab.housekeeping.progress import Progress
from harness.lab.housekeeping.scratch import scratch
from harness.lab.images.recipe import Recipe, container_files
from harness.lab.instance.archive import Archive

__all__ = ["fetch_packages", "with_packages"]

_LEFT_OUT = frozenset({"__pycache__", "bin", "RECORD"})
_PIP = ("-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check")
_ARCHIVE = "python.tar"


def fetch_packages(requirements: Iterable[str], progress: Progress) -> bytes:
    """An archive of the packages and all that they need, the same bytes for the same files; empty for none.

    They are fetched once on each machine. Raises ImageError with pip's own words.
    """
    packages = sorted(set(requirements))
    if not packages:
        return b""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    key = hashlib.sha256(repr((version, packages)).encode()).hexdigest()[:32]
    folder = cache_folder() / "python"
    path = folder / f"{key}.tar"
    with lock(f"python-{key}"):
        if not path.is_file():
            progress(f"fetching the Python packages {', '.join(packages)}")
            folder.mkdir(exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(_fetch(packages))
            part.replace(path)
        return path.read_bytes()


def with_packages(recipe: Recipe, packages: bytes) -> Recipe:
    """The recipe of an image that has these packages besides what that of `recipe` has."""
    return replace(
        recipe, base=recipe.tag, source=None, files=container_files("python/Dockerfile") | {_ARCHIVE: packages}
    )


def _fetch(requirements: list[str]) -> bytes:
    with scratch() as folder:
        target = Path(folder)
        command = [sys.executable, *_PIP, "--target", folder, "--", *requirements]
        pip = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
        if pip.returncode:
            raise _failure(requirements, pip.stderr)
        _without_compiled(target)
        return _archive(target)


def _failure(requirements: list[str], printed: str) -> ImageError:
    lines = [line for line in printed.splitlines() if line.strip()]
    words = next((line for line in lines if line.startswith("ERROR:")), lines[-1] if lines else "it says nothing")
    error = ImageError(f"site.toml, python: pip cannot fetch {', '.join(requirements)}: {words}")
    error.add_note("\n".join(("The last lines of pip:", *(f"  {line}" for line in lines[-15:]))))
    return error


def _without_compiled(folder: Path) -> None:
    """Remove what only one Python could load. ImageError where nothing else does the same."""
    for path in sorted(folder.rglob("*.so")):
        module = path.name.partition(".")[0]
        # mypyc keeps the code of several modules in one library, beside their sources.
        if not path.with_name(f"{module}.py").is_file() and not module.endswith("__mypyc"):
            name = path.relative_to(folder).as_posix()
            raise ImageError(
                f"site.toml, python: {name} is compiled, and would run with one version of Python only. "
                "Take the package from Debian instead (packages)."
            )
        path.unlink()


def _archive(folder: Path) -> bytes:
    """A tar that knows no times and owners, so that its digest says what is in it."""
    archive = Archive(0, 0)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not _LEFT_OUT.intersection(name.parts):
            archive.file(name.as_posix(), path.read_bytes(), mode=0o644)
    return archive.data()
