"""What an image is made of, as a value: the files of its build and the name that follows from them. Pure."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ImageError, reason_of
from harness.lab.engine.mirror import Mirror
from harness.lab.housekeeping.owner import REPOSITORY
from harness.lab.instance.archive import Archive
from harness.model.packaged import packaged

if TYPE_CHECKING:
    from harness.lab.images.source_recipe import SourceBuild

__all__ = [
    "SUITES",
    "OwnImage",
    "Recipe",
    "Suite",
    "container_files",
    "debian_files",
    "image_recipe",
    "recipe_for",
]

_COMMON = (
    "asterisk",
    "asterisk-modules",
    "asterisk-core-sounds-en",
    "asterisk-core-sounds-en-gsm",
    "asterisk-moh-opsound-gsm",
    "libfaketime",
    "procps",
    "python3",
    # Not tzdata-legacy: that a time zone of the old days is gone is something to find.
    "tzdata",
)
_VOICEMAIL = "asterisk-voicemail"
_DEB = b"!<arch>\ndebian-binary"


@dataclass(frozen=True, slots=True)
class Suite:
    """A Debian release that an image is made of. `sources` are (archive, suite); `prefer` that of the packages."""

    name: str
    base: str
    sources: tuple[tuple[str, str], ...]
    prefer: str = ""
    packages: tuple[str, ...] = ()


SUITES: Mapping[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite("bullseye", "bullseye", (("debian", "bullseye"),), packages=("asterisk-voicemail",)),
        Suite(
            "bullseye-updates",
            "bullseye",
            # The updates of an oldoldstable come through its security archive.
            (("debian", "bullseye"), ("debian", "bullseye-updates"), ("debian-security", "bullseye-security")),
            packages=("asterisk-voicemail",),
        ),
        Suite("sid", "sid", (("debian", "sid"),)),
        Suite("experimental", "sid", (("debian", "sid"), ("debian", "experimental")), prefer="experimental"),
    )
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a release's image is built. `suite` is None for an image of the user's own, `base` then its id.

    Without files nothing is built on the base: it is the image of the name `image`, somebody's own, or what was
    built from a `source`.
    """

    spec: str
    base: str
    suite: Suite | None
    packages: tuple[str, ...]
    files: Mapping[str, bytes]
    image: str = ""
    source: SourceBuild | None = None

    @property
    def tag(self) -> str:
        """The image's name: the same recipe has the same name, another one another."""
        if not self.files:
            return self.image
        digest = hashlib.sha256(repr((self.base, sorted(self.files.items()))).encode()).hexdigest()
        name = self.suite.name if self.suite else "image"
        return f"{REPOSITORY}/{name}:{digest[:16]}"

    def context(self) -> io.BytesIO:
        """The files as the tar archive that the engine builds from."""
        archive = Archive(0, 0)
        for name, content in sorted(self.files.items()):
            archive.file(name, content, mode=0o644)
        return io.BytesIO(archive.data())


@dataclass(frozen=True, slots=True)
class OwnImage:
    """What an image of the user's own is: its id, and whom it starts its program as (`USER`)."""

    id: str
    user: str = ""


def recipe_for(spec: str, packages: Iterable[str], mirror: Mirror, *, own: OwnImage | None = None) -> Recipe:
    """The recipe of `debian:SUITE`, `deb:PATH@debian:SUITE` or `image:REF` (which is `own`).

    ImageError for anything else, and for packages that cannot be read.
    """
    wanted = tuple(sorted(set(packages)))
    kind, _, name = spec.partition(":")
    if kind == "image" and name:
        return image_recipe(spec, wanted, name, own or OwnImage(name))
    if kind == "debian" and name in SUITES:
        return _debian(spec, SUITES[name], wanted, mirror)
    path, _, base = name.rpartition("@debian:")
    if kind == "deb" and path and base in SUITES:
        recipe = _debian(spec, SUITES[base], wanted, mirror)
        return replace(recipe, files={**recipe.files, **_local_packages(spec, Path(path))})
    raise _unknown(spec)


def container_files(*paths: str) -> dict[str, bytes]:
    """Files of that folder by their name alone, as a build has them side by side."""
    return {Path(path).name: (packaged("containers") / path).read_bytes() for path in paths}


def debian_files(suite: Suite, packages: Iterable[str], mirror: Mirror) -> dict[str, bytes]:
    """What installs packages, and nothing else, from exactly the sources of a suite."""
    sources = [f"deb {mirror.of(archive)} {name} main" for archive, name in suite.sources]
    pin = f"Package: asterisk asterisk-*\nPin: release a={suite.prefer}\nPin-Priority: 990\n"
    return container_files("debian/install.sh", "debian/apt.conf") | {
        "packages": _lines(packages),
        "sources.list": _lines(sources),
        "preferences": pin.encode() if suite.prefer else b"",
    }


def image_recipe(spec: str, packages: Iterable[str], name: str, own: OwnImage) -> Recipe:
    """The image of that name as it is, or with the site's packages over it, and its own user again."""
    packages = tuple(sorted(set(packages)))
    files = container_files("image/Dockerfile", "image/packages.sh") if packages else {}
    if files:
        files["Dockerfile"] += f"USER {own.user or 0}\n".encode()
        files["packages"] = _lines(packages)
    return Recipe(spec, own.id, None, packages, files, image=name)


def _debian(spec: str, suite: Suite, packages: tuple[str, ...], mirror: Mirror) -> Recipe:
    wanted = tuple(sorted({*_COMMON, *_of_voicemail(suite, packages)}))
    files = container_files("debian/Dockerfile") | debian_files(suite, wanted, mirror)
    return Recipe(spec, suite.base, suite, wanted, files)


def _local_packages(spec: str, path: Path) -> dict[str, bytes]:
    """A Debian package, or those in a folder, by name of file."""
    try:
        paths = sorted(path.glob("*.deb")) if path.is_dir() else [path]
        found = {each.name: each.read_bytes() for each in paths}
    except OSError as problem:
        raise ImageError(f"{spec}: {problem.filename or path}: {reason_of(problem)}") from problem
    if not found or not all(content.startswith(_DEB) for content in found.values()):
        raise ImageError(f"{spec}: {path} is no Debian package, and no folder with some (*.deb)")
    return found


def _of_voicemail(suite: Suite, packages: tuple[str, ...]) -> set[str]:
    """The site's packages, and the suite's voicemail unless the site names another of the same module.

    Suites without such packages have every variant of the module in asterisk-modules.
    """
    variants = {package for package in packages if package.startswith(_VOICEMAIL)}
    others = set(packages) - variants
    return others | (variants or set(suite.packages)) if suite.packages else others


def _lines(texts: Iterable[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


def _unknown(spec: str) -> ImageError:
    known = [f"debian:{name}" for name in SUITES]
    close = get_close_matches(spec, known, n=1)
    meant = f" Did you mean {close[0]}?" if close else ""
    return ImageError(
        f"{spec!r} is no release.{meant} Known are {', '.join(known)}, image:REF for any image, "
        "deb:PATH@debian:SUITE for packages of your own, and source:PATH for a source."
    )
