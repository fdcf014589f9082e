"""How a source is built, as a value: the image that it is built in, and the name that follows from all of it."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from harness.errors import ImageError, reason_of
from harness.lab.engine.mirror import Mirror
from harness.lab.housekeeping.owner import REPOSITORY
from harness.lab.images.recipe import SUITES, OwnImage, Recipe, Suite, container_files, debian_files, image_recipe
from harness.lab.images.source import Source, read_source
from harness.site.model import Build

__all__ = ["SOURCE", "USER", "SourceBuild", "source_recipe", "toolchain_recipe", "write_context"]

SOURCE = "source:"
USER = "asterisk"
_BASE = "debian:sid"
_NEEDED = tuple(
    """autoconf automake build-essential bzip2 ccache dpkg-dev libcurl4-openssl-dev libedit-dev libfaketime
    libjansson-dev libsqlite3-dev libssl-dev libxml2-dev patch pkg-config procps python3 tzdata unixodbc-dev
    uuid-dev xz-utils zlib1g-dev""".split()
)
_OPTIONAL = tuple(
    """asterisk-core-sounds-en asterisk-core-sounds-en-gsm asterisk-moh-opsound-gsm autoconf-archive binutils-dev
    default-libmysqlclient-dev freetds-dev libasound2-dev libbluetooth-dev libc-client2007e-dev libcap-dev
    libcodec2-dev libfftw3-dev libgmime-3.0-dev libgsm1-dev libical-dev libiksemel-dev libjack-dev libjwt-dev
    libldap-dev libldap2-dev liblua5.1-dev libmpg123-dev libncurses-dev libneon27-dev libnewt-dev libogg-dev
    libopencore-amrnb-dev libopencore-amrwb-dev libopus-dev libopusenc-dev libopusfile-dev libpopt-dev libpq-dev
    libpri-dev libradcli-dev libresample1-dev libsamplerate0-dev libsndfile1-dev libsnmp-dev libspandsp-dev
    libspeex-dev libspeexdsp-dev libsrtp2-dev libss7-dev libsystemd-dev libtonezone-dev libunbound-dev
    liburiparser-dev libvo-amrwbenc-dev libvorbis-dev libxslt1-dev portaudio19-dev""".split()
)
"""Libraries of modules, and prompts: those that the base has. What lacks its library menuselect leaves out."""
_IN = "src/in"


@dataclass(frozen=True, slots=True)
class SourceBuild:
    """A source, how it is built, and the recipe of the image that it is built in."""

    source: Source
    options: Build
    toolchain: Recipe

    @property
    def tag(self) -> str:
        """The name of the result: the same source, options, patches and base give the same."""
        files = [(name, path.read_bytes()) for name, path in _option_files(self.options)]
        script = container_files("source/build.sh")
        said = (self.toolchain.tag, self.source.digest, self.options.configure, files, script)
        return f"{REPOSITORY}/source:{hashlib.sha256(repr(said).encode()).hexdigest()[:16]}"


def source_recipe(spec: str, packages: Iterable[str], options: Build, mirror: Mirror) -> Recipe:
    """The recipe of `source:PATH`. ImageError where the source, or a file of the options, cannot be read."""
    source = read_source(Path(spec.removeprefix(SOURCE)))
    build = SourceBuild(source, options, toolchain_recipe(options.base or _BASE, mirror))
    try:
        tag = build.tag
    except OSError as problem:
        raise ImageError(f"{problem.filename}: {reason_of(problem)}") from problem
    return replace(image_recipe(spec, packages, tag, OwnImage(tag, USER)), source=build)


def toolchain_recipe(base: str, mirror: Mirror) -> Recipe:
    """The image to build in, on a Debian suite (`debian:sid`), and to run what was built in."""
    name = base.removeprefix("debian:")
    suite = SUITES.get(name) or Suite(name, name, (("debian", name),))
    files = container_files("source/Dockerfile") | debian_files(suite, _NEEDED, mirror)
    files["optional"] = "".join(f"{name}\n" for name in _OPTIONAL).encode()
    return Recipe(f"builds on {base}", suite.base, suite, _NEEDED, files)


def write_context(build: SourceBuild, file: IO[bytes]) -> None:
    """Write what the build is given as a tar archive. Links stay links; what is no file is left out."""
    configure = "".join(f"{option}\n" for option in build.options.configure)
    own = {"configure": configure.encode(), **container_files("source/build.sh")}
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name, path in (*build.source.files.items(), *_option_files(build.options)):
            tar.add(path.resolve(), f"{_IN}/{name}", filter=_plain)
        if build.source.tree:
            tar.add(build.source.tree.resolve(), f"{_IN}/tree", filter=_plain)
        for name, content in own.items():
            member = tarfile.TarInfo(f"{_IN}/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def _option_files(options: Build) -> Iterator[tuple[str, Path]]:
    if options.makeopts:
        yield "makeopts", options.makeopts
    yield from ((f"patches/{number:02}-{path.name}", path) for number, path in enumerate(options.patches))


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if member.name == f"{_IN}/tree/.git" or not (
        member.isfile() or member.isdir() or member.issym() or member.islnk()
    ):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
