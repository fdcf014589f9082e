"""Images in a file: what is no such file, what cannot be written, and there and back on the real engine."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docker import APIClient

from harness.cli import main
from harness.errors import ImageError
from harness.lab.engine.client import connected
from harness.lab.images import saving
from harness.lab.images.saving import load_images, save_images

NAMES = ("asterisk-upgrade-test/saved:one", "asterisk-upgrade-test/saved:two")
CHUNKS = """
import resource, sys
from pathlib import Path
from harness.lab.images.saving import _write
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    _write([b"x" * 700] * 3, Path(sys.argv[1]), ("a:1",), 5_000_000)
except Exception as problem:
    print(type(problem).__name__, problem)
"""


def archive(path: Path, manifest: object) -> Path:
    """A tar as an engine writes it, of the manifest alone."""
    text = json.dumps(manifest).encode()
    with tarfile.open(path, "w") as made:
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(text)
        made.addfile(entry, io.BytesIO(text))
    return path


@pytest.mark.parametrize("content", [b"", b"no tar at all", b"\x1f\x8b\x08\x00broken", b"\0" * 10_240])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "images.tar"
    path.write_bytes(content)
    with pytest.raises(
        ImageError, match=r"images\.tar: not a whole archive of images .*`harness images save` writes"
    ):
        load_images(path)


@pytest.mark.parametrize("manifest", [{}, [1], [{"Config": "x"}], "x", None])
def test_an_archive_of_something_else_is_refused(tmp_path: Path, manifest: object) -> None:
    with pytest.raises(ImageError, match=r"not a whole archive of images|have no names"):
        load_images(archive(tmp_path / "x.tar", manifest))


def test_images_without_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="have no names"):
        load_images(archive(tmp_path / "x.tar", [{"RepoTags": None}]))


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImageError, match=r"gone\.tar: No such file"):
        load_images(tmp_path / "gone.tar")


def test_a_file_that_cannot_grow_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "images.tar"
    command = [sys.executable, "-c", CHUNKS, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == f"ImageError {path}: cannot be written (File too large); at most 5 MB are needed there\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("before", ["", "docker.io/", "localhost/"])
def test_what_podman_saved_is_whole_by_whatever_registry_it_names(tmp_path: Path, before: str) -> None:
    name, path = "asterisk-upgrade/sid:1", tmp_path / "images.tar"
    made = archive(tmp_path / "made", [{"RepoTags": [f"{before}{name}"]}]).read_bytes()
    saving._write([made], path, [name], 0)
    assert path.read_bytes() == made
    with pytest.raises(ImageError, match="the engine left out asterisk-upgrade/sid:2"):
        saving._write([made], path, ["asterisk-upgrade/sid:2"], 0)


@pytest.fixture
def two_images() -> Iterator[dict[str, str]]:
    """Two small images that share a layer: their ids by name."""
    with connected() as client:
        client.client.images.build(
            fileobj=_context("FROM scratch\nADD big /\n"), custom_context=True, tag=NAMES[0], rm=True
        )
        second = _context(f"FROM {NAMES[0]}\nLABEL x=y\nADD small /\n")
        client.client.images.build(fileobj=second, custom_context=True, tag=NAMES[1], rm=True)
        yield {name: str(client.client.images.get(name).id) for name in NAMES}
        for name in reversed(NAMES):
            client.client.images.remove(name)


def _context(dockerfile: str) -> io.BytesIO:
    made = io.BytesIO()
    files = {"Dockerfile": dockerfile.encode(), "big": bytes(3_000_000), "small": b"x"}
    with tarfile.open(fileobj=made, mode="w") as context:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            context.addfile(entry, io.BytesIO(content))
    made.seek(0)
    return made


@pytest.mark.engine
def test_what_was_saved_is_loaded_as_it_was(two_images: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "images.tar"
    save_images(NAMES, path)
    assert path.stat().st_size < 2 * 3_000_000, "what they share is in it once"
    with connected() as client:
        for name in reversed(NAMES):
            client.client.images.remove(name)
        assert load_images(path) == NAMES
        assert {name: str(client.client.images.get(name).id) for name in NAMES} == two_images


@pytest.mark.engine
def test_what_podman_saved_has_the_harness_s_own_names(two_images: dict[str, str], tmp_path: Path) -> None:
    theirs, own = "localhost/asterisk-upgrade/saved-by:podman", "asterisk-upgrade/saved-by:podman"
    with connected() as client:
        client.client.images.get(NAMES[1]).tag(theirs)
        save_images([theirs], tmp_path / "images.tar")
        client.client.images.remove(theirs)
        assert load_images(tmp_path / "images.tar") == (own,)
        try:
            assert client.client.images.get(own).id == two_images[NAMES[1]]
            assert theirs not in client.client.images.get(own).tags
        finally:
            client.client.images.remove(own)


@pytest.mark.engine
def test_what_podman_says_of_images_is_no_name(
    two_images: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_images(NAMES, tmp_path / "images.tar")
    load = APIClient.load_image

    def words(*what: Any) -> Iterator[dict[str, str]]:
        tuple(load(*what))
        yield {"stream": f"Loaded image: {','.join(NAMES)}\n"}

    monkeypatch.setattr(APIClient, "load_image", words)
    assert load_images(tmp_path / "images.tar") == NAMES


@pytest.mark.engine
def test_a_file_that_was_cut_off_loads_nothing(two_images: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "images.tar"
    save_images(two_images, path)
    path.write_bytes(path.read_bytes()[:2_000_000])
    with pytest.raises(ImageError, match="not a whole archive"):
        load_images(path)


@pytest.mark.engine
def test_an_image_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"cannot save asterisk-upgrade-test/none:1: .*[Nn]o such image"):
        save_images(["asterisk-upgrade-test/none:1"], tmp_path / "x.tar")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.engine
def test_a_folder_that_is_not_there_is_told_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["images", "load", str(tmp_path)]) == 2
    assert "Is a directory" in capsys.readouterr().err
