"""Python packages of a site: fetched once, the same bytes each time, nothing that only one Python could load."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from harness.errors import ImageError
from harness.lab.engine.mirror import Mirror
from harness.lab.images.python_packages import fetch_packages, with_packages
from harness.lab.images.recipe import recipe_for


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Something that pip installs without asking anybody."""
    folder = tmp_path / "source"
    folder.mkdir()
    wheel = folder / "board-1-py3-none-any.whl"
    with_files(wheel, {"board.py": "UP = 1\n"})
    return wheel


def with_files(wheel: Path, files: dict[str, str]) -> None:
    about = "board-1.dist-info"
    facts = {
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: board\nVersion: 1\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    names = [*files, *facts, f"{about}/RECORD"]
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {**files, **facts}.items():
            archive.writestr(name, text)
        archive.writestr(f"{about}/RECORD", "".join(f"{name},,\n" for name in names))


def names(archive: bytes) -> set[str]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {member.name for member in tar}


def test_packages_are_fetched_once_and_are_the_same_bytes(package: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    first = fetch_packages([str(package)], lines.append)
    again = fetch_packages([str(package), str(package)], lines.append)
    (tmp_path / "cache").rename(tmp_path / "gone")
    anew = fetch_packages([str(package)], lines.append)
    assert first == again == anew
    assert len(lines) == 2
    assert {"board.py", "board-1.dist-info/METADATA"} <= names(first)


def test_no_packages_are_no_archive() -> None:
    assert fetch_packages([], lambda _: None) == b""


def test_what_pip_cannot_fetch_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"site\.toml, python: pip cannot fetch .*no-such\.whl") as caught:
        fetch_packages([str(tmp_path / "no-such.whl")], lambda _: None)
    assert caught.value.__notes__


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ({"md.py": "", "md.cpython-311-x86_64-linux-gnu.so": "", "x__mypyc.cpython-311.so": ""}, {"md.py"}),
        ({"md.py": ""}, {"md.py"}),
    ],
)
def test_compiled_parts_that_have_a_twin_are_left_out(
    package: Path, files: dict[str, str], left: set[str]
) -> None:
    with_files(package, files)
    found = names(fetch_packages([str(package)], lambda _: None))
    assert {name for name in found if "dist-info" not in name} == left


def test_a_package_that_is_compiled_alone_is_refused(package: Path) -> None:
    with_files(package, {"fast.cpython-311-x86_64-linux-gnu.so": ""})
    with pytest.raises(ImageError, match=r"fast.* is compiled.*Take the package from Debian"):
        fetch_packages([str(package)], lambda _: None)


def test_an_image_is_named_by_what_is_laid_over_it() -> None:
    base = recipe_for("debian:sid", (), Mirror())
    one, other = with_packages(base, b"one"), with_packages(base, b"other")
    assert len({base.tag, one.tag, other.tag}) == 3
    assert one.tag == with_packages(base, b"one").tag
    assert (one.base, one.spec) == (base.tag, base.spec)
