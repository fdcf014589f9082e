"""The hash of a site's files: what counts, and that it is the same wherever the folder lies."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.errors import SiteError
from harness.site.content import content_hash

DEMO = Path(__file__).parents[2] / "scenarios" / "demo"
AS_SPECIFIED = "find . -type f | cut -c3- | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 -r sha256sum | sha256sum"
REPORT = '{\n  "schema": "asterisk-upgrade-harness/report/2"\n}'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of a few files."""
    root = tmp_path / "site"
    (root / "old").mkdir(parents=True)
    (root / "site.toml").write_text("name = 'x'\n")
    (root / "old" / "extensions.conf").write_text("[in]\n")
    return root


def by_the_shell(root: Path) -> str:
    """What the command of in-toto's specification prints."""
    done = subprocess.run(["sh", "-c", AS_SPECIFIED], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.split()[0]


def test_it_is_what_the_specified_command_prints(site: Path) -> None:
    (site / "old" / "zwei \\ drei").write_text("x")
    (site / "a b").write_bytes(b"\xff")
    assert content_hash(site) == by_the_shell(site)


def test_the_demo_has_the_same_hash_in_a_copy(tmp_path: Path) -> None:
    copy = shutil.copytree(DEMO, tmp_path / "copy", copy_function=shutil.copyfile, symlinks=True)
    assert content_hash(copy) == content_hash(DEMO)


@pytest.mark.parametrize("change", ["content", "name", "more", "link", "hidden"])
def test_every_change_shows(site: Path, change: str) -> None:
    before, file = content_hash(site), site / "old" / "extensions.conf"
    match change:
        case "content":
            file.write_text("[out]\n")
        case "name":
            file.rename(file.with_name("extensions.ael"))
        case "more":
            (site / "empty").touch()
        case "link":
            (site / "link").symlink_to("old")
        case "hidden":
            (site / "old" / ".extra.conf").touch()
    assert content_hash(site) != before


def test_two_files_that_exchange_their_content_show(site: Path) -> None:
    before = content_hash(site)
    (site / "site.toml").rename(site / "kept")
    (site / "old" / "extensions.conf").rename(site / "site.toml")
    (site / "kept").rename(site / "old" / "extensions.conf")
    assert content_hash(site) != before


def test_a_link_counts_as_its_target_s_name(site: Path) -> None:
    (site / "link").symlink_to("nowhere")
    before = content_hash(site)
    (site / "link").unlink()
    (site / "link").symlink_to("elsewhere")
    assert content_hash(site) != before


def test_what_no_run_reads_does_not_count(site: Path) -> None:
    before = content_hash(site)
    for folder in (".git", "old/.svn", "__pycache__", ".pytest_cache", "out/traces"):
        (site / folder).mkdir(parents=True)
        (site / folder / "x.pyc").touch()
    for name in ("report.json", "run.json"):
        (site / "out" / name).write_text(REPORT)
    for name in ("index.html", "statement.dsse.json"):
        (site / "out" / name).touch()
    os.mkfifo(site / "pipe")
    (site / "old" / "extensions.conf").chmod(0o700)
    assert content_hash(site) == before


def test_what_lies_beside_a_run_or_only_looks_like_one_counts(site: Path) -> None:
    before = content_hash(site)
    (site / "report.json").write_text("{}")
    looks_like = content_hash(site)
    (site / "report.json").write_text(REPORT)
    assert content_hash(site) == before != looks_like
    (site / "helper.py").touch()
    assert content_hash(site) != before


def test_names_that_no_line_can_hold_are_told_apart(site: Path) -> None:
    """A line break in a name cannot pretend to be a second file."""
    one, two = os.fsencode(site) + b"/a\nb", os.fsencode(site) + b"/a\\nb"
    hashes = set()
    for name in (one, two, os.fsencode(site) + b"/\xff\x1b[31m"):
        Path(os.fsdecode(name)).touch()
        hashes.add(content_hash(site))
        Path(os.fsdecode(name)).unlink()
    assert len(hashes) == 3


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="gone: No such file"):
        content_hash(tmp_path / "gone")
