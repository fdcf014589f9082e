"""Debian packages of one's own, installed for real: `deb:PATH@debian:SUITE`."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from harness.lab.engine.client import connected
from harness.lab.engine.mirror import find_mirror
from harness.lab.images import preparing
from harness.lab.images import recipe as recipes
from harness.lab.images.inside import look_inside

CONTROL = """\
Package: asterisk
Version: 1:99.0-1
Architecture: all
Maintainer: Nobody <nobody@example.com>
Description: nothing but a file
"""


def package(path: Path) -> None:
    """A Debian package `asterisk` of one file."""
    parts = {
        "debian-binary": b"2.0\n",
        "control.tar": tar("control", CONTROL.encode()),
        "data.tar": tar("usr/share/ours", b"of our own\n"),
    }
    with path.open("wb") as file:
        file.write(b"!<arch>\n")
        for name, content in parts.items():
            file.write(f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode())
            file.write(content + b"\n" * (len(content) % 2))


def tar(name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as made:
        for folder in [str(each) for each in reversed(Path(name).parents)]:
            member = tarfile.TarInfo("./" if folder == "." else f"./{folder}")
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            made.addfile(member)
        member = tarfile.TarInfo(f"./{name}")
        member.size = len(content)
        made.addfile(member, io.BytesIO(content))
    return written.getvalue()


@pytest.mark.engine
def test_they_take_the_place_of_the_suites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "_COMMON", ("asterisk", "tzdata"))
    package(tmp_path / "asterisk_99.0-1_all.deb")
    recipe = recipes.recipe_for(f"deb:{tmp_path}@debian:sid", (), find_mirror())
    with connected() as client:
        preparing._ensure_built(client, recipe, find_mirror(), lambda _: None)
        with look_inside(client, recipe.tag) as image:
            assert image.read("/usr/share/ours") == b"of our own\n"
            assert not image.has("/usr/sbin/asterisk")
            assert not image.has("/tmp/release")
        client.client.images.remove(recipe.tag)
