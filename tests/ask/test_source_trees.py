"""A source tree is a release for `harness menuselect`: its files are read, and nothing is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.ask.package import packages_of
from harness.cli import main


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {
        "apps/app_x.c": "/*** MODULEINFO\n<defaultenabled>no</defaultenabled>\n***/\n",
        "res/res_y.c": "/*** MODULEINFO\n***/\n\udcff",
        "res/res_y.h": "no source",
        "build_tools/cflags.xml": '<category name="MENUSELECT_CFLAGS"><member name="DONT_OPTIMIZE"/></category>',
        ".version": "23.1.0\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    return tmp_path


def test_a_tree_is_read(tree: Path) -> None:
    (facts,) = packages_of([f"source:{tree}"], progress=print)
    assert (facts.version, facts.whole, facts.makeopts) == ("23.1.0", True, "")
    assert sorted(facts.names) == ["DONT_OPTIMIZE", "app_x", "res_y"]


def test_the_command_needs_no_engine(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    file = tree / "old.makeopts"
    file.write_text("MENUSELECT_APPS=\nMENUSELECT_CFLAGS=GONE_FLAG\n")
    spec = f"source:{tree}"
    assert main(["menuselect", str(file), "--old", spec, "--candidate", spec]) == 0
    assert "Chosen otherwise than the default, and kept (1)\n  app_x (APPS): on before" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nothing", None, "cannot be read: No such file"),
        ("empty", "", "no menuselect.makeopts: no line begins with MENUSELECT_"),
        (".", None, "cannot be read: Is a directory"),
    ],
)
def test_a_file_that_is_none(
    tree: Path, name: str, content: str | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tree / name).write_text(content)
    assert main(["menuselect", str(tree / name), "--old", f"source:{tree}", "--candidate", f"source:{tree}"]) == 2
    assert words in capsys.readouterr().err


def test_a_folder_that_is_no_source_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "opts").write_text("MENUSELECT_APPS=\n")
    spec = f"source:{tmp_path}"
    assert main(["menuselect", str(tmp_path / "opts"), "--old", spec, "--candidate", spec]) == 2
    assert "this is no source tree of Asterisk" in capsys.readouterr().err
