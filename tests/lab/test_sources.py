"""A release from its source: what is taken for one, what names the result, and a build for real of a tiny one."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docker.errors import NotFound
from testcontainers.core.docker_client import DockerClient

from harness.errors import ImageError
from harness.lab.engine.client import connected
from harness.lab.engine.mirror import Mirror, find_mirror
from harness.lab.images import preparing, source_recipe, source_run
from harness.lab.images.inside import look_inside
from harness.lab.images.release import Release
from harness.lab.images.saving import image_names
from harness.lab.images.source import check_source, read_source
from harness.lab.images.source_recipe import SourceBuild, write_context
from harness.lab.images.source_run import build_source, reason_in
from harness.site.model import Build

if TYPE_CHECKING:
    from docker.models.containers import Container

CONFIGURE = """#!/bin/sh
echo "checking for everything... yes"
printf 'ASTDATADIR=/usr/local/lib/tiny\\nASTSPOOLDIR=$(ASTDATADIR)/spool\\nSAID=%s\\n' "$*" > makeopts
"""
FAILS = """#!/bin/sh
echo "checking for libjansson... no"
echo "configure: error: *** Asterisk requires libjansson >= 2.11" >&2
exit 1
"""
MAKEFILE = """
menuselect.makeopts:
\t@echo the default > $@
install:
\t@mkdir -p /usr/local/lib/tiny/spool/monitor && cp menuselect.makeopts makeopts main/a.c /usr/local/lib/tiny
all install-headers samples:
.DEFAULT_GOAL := all
"""
MENUSELECT = '#!/bin/sh\necho "menuselect: $*"\n'


def tree(folder: Path, **files: str) -> Path:
    """A source tree that has all that a build looks for, and compiles nothing."""
    usual = {
        "configure_ac": "",
        "configure": CONFIGURE,
        "Makefile": MAKEFILE,
        "_version": "22.99.0\n",
        "menuselect/menuselect": MENUSELECT,
        "main/a_c": "before\n",
    }
    for name, content in (usual | files).items():
        path = folder / (f".{name[1:]}" if name.startswith("_") else name.replace("_", "."))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        path.chmod(0o755)
    return folder


def tarball(path: Path, *names: str) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name in names:
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    return path


def context(path: Path, options: Build | None = None) -> Mapping[str, bytes]:
    """What the build is given, by name."""
    recipe = source_recipe.source_recipe(f"source:{path}", (), options or Build(), Mirror())
    assert recipe.source
    written = io.BytesIO()
    write_context(recipe.source, written)
    written.seek(0)
    with tarfile.open(fileobj=written) as tar:
        return {
            member.name.removeprefix("src/in/"): content.read()
            for member in tar
            if (content := tar.extractfile(member))
        }


def tag(path: Path, options: Build | None = None) -> str:
    return source_recipe.source_recipe(f"source:{path}", (), options or Build(), Mirror()).tag


def test_the_result_is_named_by_all_that_it_is_made_of(tmp_path: Path) -> None:
    source = tree(tmp_path / "asterisk")
    makeopts, patch = tmp_path / "makeopts", tmp_path / "ours.patch"
    names = {tag(source)}
    for content in ("MENUSELECT_APPS=app_a\n", "MENUSELECT_APPS=app_b\n"):
        makeopts.write_text(content)
        names.add(tag(source, Build(makeopts=makeopts)))
        patch.write_text(content)
        names.add(tag(source, Build(patches=(patch,))))
    names |= {tag(source, Build(configure=("--without-dahdi",))), tag(source, Build(base="debian:bookworm"))}
    (tmp_path / "pjproject-2.17.tar.bz2").write_bytes(b"")
    names.add(tag(source))
    (source / "main" / "a.c").write_text("after\n")
    names.add(tag(source))
    assert len(names) == 9
    assert tag(source) in names


def test_options_are_handed_on(tmp_path: Path) -> None:
    source = tree(tmp_path / "asterisk", _git="secret history")
    (source / "main" / "b.c").symlink_to("a.c")
    (tmp_path / "makeopts").write_bytes(b"MENUSELECT_APPS=app_a\r\n")
    patches = [tmp_path / name for name in ("z.patch", "a.patch")]
    for path in patches:
        path.write_text(path.name)
    options = Build("", tmp_path / "makeopts", ("--with-x", "CFLAGS=-O2 -g"), tuple(patches))
    given = context(source, options)
    assert given["makeopts"] == b"MENUSELECT_APPS=app_a\r\n"
    assert given["configure"] == b"--with-x\nCFLAGS=-O2 -g\n"
    assert [name for name in sorted(given) if "patches" in name] == ["patches/00-z.patch", "patches/01-a.patch"]
    assert given["tree/main/b.c"] == b"before\n"
    assert "tree/.git" not in given


def test_what_a_build_would_download_is_taken_from_beside_the_source(tmp_path: Path) -> None:
    (tmp_path / "pjproject-2.17.tar.bz2").write_bytes(b"pjproject")
    given = context(tarball(tmp_path / "asterisk-22.10.1.tar.gz", "asterisk/configure.ac"))
    assert given["externals/pjproject-2.17.tar.bz2"] == b"pjproject"
    assert "source.tar" in given


@pytest.mark.parametrize("name", ["../outside", "asterisk/../../outside", "/etc/passwd"])
def test_a_tarball_that_leads_out_of_itself_is_refused(tmp_path: Path, name: str) -> None:
    path = tarball(tmp_path / "a.tar.gz", "asterisk/configure.ac", name)
    with pytest.raises(ImageError, match=rf"refused, since '{name}' in it leads out of it"):
        check_source(read_source(path))


def test_a_damaged_tarball(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.xz"
    path.write_bytes(b"no archive at all")
    with pytest.raises(ImageError, match="this tarball is damaged"):
        check_source(read_source(path))


def test_a_debian_source_package_is_all_its_files(tmp_path: Path) -> None:
    dsc, orig = tmp_path / "asterisk_1.dsc", tmp_path / "asterisk_1.orig.tar.xz"
    orig.write_bytes(b"the source")
    digest = hashlib.sha256(b"the source").hexdigest()
    dsc.write_text(f"Format: 3.0\nChecksums-Sha256:\n {digest} 10 {orig.name}\nFiles:\n x 10 other\n")
    assert {orig.name, dsc.name} == set(read_source(dsc).files)
    orig.write_bytes(b"another one")
    with pytest.raises(ImageError, match=r"damaged: it is not what asterisk_1\.dsc says"):
        read_source(dsc)
    orig.unlink()
    with pytest.raises(ImageError, match=r"asterisk_1\.orig\.tar\.xz is not beside it"):
        read_source(dsc)
    dsc.write_text(f"\nChecksums-Sha256:\n {digest} 10 ../../etc/shadow\n")
    with pytest.raises(ImageError, match="leads out of its folder"):
        read_source(dsc)
    dsc.write_text("nothing\n")
    with pytest.raises(ImageError, match="no Debian source package"):
        read_source(dsc)


def test_what_is_no_source(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="no source tree of Asterisk"):
        read_source(tmp_path)
    (tmp_path / "a.zip").write_bytes(b"")
    with pytest.raises(ImageError, match="wanted: a source tree, a tarball"):
        read_source(tmp_path / "a.zip")
    with pytest.raises(ImageError, match="No such file"):
        read_source(tmp_path / "gone.tar.gz")


@pytest.fixture(scope="module")
def small_toolchain() -> Iterator[None]:
    """The image to build in, without the libraries of Asterisk: a tiny source needs none."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(source_recipe, "_NEEDED", ("ccache", "make", "patch", "tzdata"))
        patched.setattr(source_recipe, "_OPTIONAL", ("no-such-package",))
        yield


def build(path: Path, options: Build, told: list[str]) -> SourceBuild:
    """Build a source for real."""
    recipe = source_recipe.source_recipe(f"source:{path}", (), options, find_mirror())
    assert recipe.source
    with connected() as client:
        preparing._ensure_built(client, recipe.source.toolchain, find_mirror(), told.append)
        build_source(client, recipe.spec, recipe.source, told.append)
    return recipe.source


@pytest.mark.engine
@pytest.mark.usefixtures("small_toolchain")
def test_a_build_for_real(tmp_path: Path) -> None:
    """Choices and options arrive, the patch is put on, and what was installed is an image without the source."""
    makeopts, patch, told = tmp_path / "makeopts", tmp_path / "ours.patch", list[str]()
    makeopts.write_bytes(b"MENUSELECT_APPS=app_a\r\n")
    patch.write_text("--- a/main/a.c\n+++ b/main/a.c\n@@ -1 +1 @@\n-before\n+after\n")
    options = Build("", makeopts, ("--prefix=/usr", "CFLAGS=-O2 -g"), (patch,))
    made = build(tree(tmp_path / "asterisk"), options, told)
    spec = f"source:{tmp_path}/asterisk"
    assert [line.removeprefix(f"{spec}: ") for line in told if line.startswith(spec)] == [
        "unpacking", "patch ours.patch", "configure", "menuselect", "compiling", "installing", "built",
    ]  # fmt: skip
    with connected() as client:
        attributes = client.client.images.get(made.tag).attrs
        with look_inside(client, made.tag) as image:
            assert image.read("/usr/local/lib/tiny/menuselect.makeopts") == b"MENUSELECT_APPS=app_a\n"
            assert image.read("/usr/local/lib/tiny/a.c") == b"after\n"
            assert b"SAID=--prefix=/usr CFLAGS=-O2 -g\n" in image.read("/usr/local/lib/tiny/makeopts")
            assert image.owner("/usr/local/lib/tiny/spool/monitor") == (5060, 5060)
            assert image.owner("/usr/local/lib/tiny") == (0, 0)
            assert not image.has("/src/asterisk")
    saved = image_names([Release(spec, made.tag, "", "22.99.0")], builds={spec: options})
    assert {made.tag, made.toolchain.tag} <= set(saved)
    with connected() as client:
        client.client.images.remove(made.tag)
    assert attributes["Config"]["User"] == "asterisk"


@pytest.mark.engine
@pytest.mark.usefixtures("small_toolchain")
def test_a_build_that_fails_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(
        ImageError, match=r"cannot be built: \*\*\* Asterisk requires libjansson >= 2.11"
    ) as caught:
        build(tree(tmp_path / "asterisk", configure=FAILS), Build(), [])
    notes = "\n".join(caught.value.__notes__)
    assert "checking for libjansson... no" in notes
    log = Path(notes.rpartition("All of it: ")[2])
    assert "configure: error" in log.read_text()


@pytest.mark.engine
@pytest.mark.usefixtures("small_toolchain")
def test_nothing_is_downloaded(tmp_path: Path) -> None:
    configure = "#!/bin/sh\nwget https://example.com/pjproject-2.17.tar.bz2 || exit 1\n"
    with pytest.raises(ImageError, match=r"it wants to download, and there is no network: https://example.com/pj"):
        build(tree(tmp_path / "asterisk", configure=configure), Build(), [])


@pytest.mark.engine
@pytest.mark.usefixtures("small_toolchain")
@pytest.mark.parametrize(
    ("command", "limits", "words"),
    [
        ("sleep 60", {"seconds": 1}, "it took longer than 1 s (its `seconds`)"),
        ("head -c 99M /dev/zero > big; sleep 60", {"disk_mb": 64}, "it writes more than 64 MB (its `disk_mb`)"),
        ("head -c 99M /dev/zero > /usr/big; sleep 60", {"disk_mb": 64}, "it writes more than 64 MB"),
    ],
)
def test_a_build_without_end_is_ended_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, limits: dict[str, int], words: str
) -> None:
    made: list[Container] = []
    create = source_run._created

    def created(client: DockerClient, build: SourceBuild) -> Container:
        made.append(create(client, build))
        return made[0]

    monkeypatch.setattr(source_run, "_created", created)
    with pytest.raises(ImageError, match=re.escape(words)) as caught:
        build(tree(tmp_path / "asterisk", configure=f"#!/bin/sh\n{command}\n"), replace(Build(), **limits), [])
    assert "[candidate.build]" in str(caught.value)
    volumes = {mount["Destination"]: mount["Name"] for mount in made[0].attrs["Mounts"]}
    with connected() as client:
        with pytest.raises(NotFound):
            client.client.containers.get(made[0].id)
        with pytest.raises(NotFound):
            client.client.volumes.get(volumes["/src"])


@pytest.mark.engine
@pytest.mark.usefixtures("small_toolchain")
def test_a_build_that_comes_to_its_limit_of_memory_is_told_so_by_whatever_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_run, "_MB_A_CORE", 0)
    monkeypatch.setattr(source_run, "_MB_MORE", 128)
    configure = "#!/bin/sh\ntail /dev/zero || echo 'the compiler was killed'\nexit 1\n"
    with pytest.raises(ImageError, match="it reached its limit of memory") as caught:
        build(tree(tmp_path / "asterisk", configure=configure), Build(), [])
    notes = "\n".join(caught.value.__notes__)
    assert "the compiler was killed" in notes
    assert "oom_kill" not in notes


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (
            "main/a.c:7:10: fatal error: asterisk/gone.h: No such file or directory\nmake[1]: *** [a.o] Error 1",
            "main/a.c:7:10: fatal error: asterisk/gone.h: No such file or directory",
        ),
        (
            "In file included\nres_x.c:12:3: error: unknown type name 'x'",
            "res_x.c:12:3: error: unknown type name 'x'",
        ),
        ("1 out of 1 hunk FAILED -- saving rejects to file main/a.c.rej", "1 out of 1 hunk FAILED -- saving"),
        ("make: *** [Makefile:1: all] Error 2", "[Makefile:1: all] Error 2"),
        ("bootstrap.sh: autoconf is too old", "bootstrap.sh: autoconf is too old"),
        ("", "it says nothing"),
    ],
)
def test_the_most_telling_line_is_the_reason(lines: str, reason: str) -> None:
    assert reason_in(lines.splitlines()).startswith(reason)
