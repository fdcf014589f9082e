"""`harness migrate`: it shows, writes where it may, and loses nothing that people made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.cli import main
from harness.errors import SiteError
from harness.migrate import migrate_site

SITE = """\
name = "Tiny"
[old]
release = "debian:bullseye"
config = "old"
[candidate]
release = "debian:sid"
config = "candidate"
"""
BEFORE = "[a]\nexten => 1,1,NoCDR()\n same => n,SendURL(x)\n"
AFTER = "[a]\nexten => 1,1,Set(CDR_PROP(disable)=1)\n same => n,SendURL(x)\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "tiny"
    for side in ("old", "candidate"):
        (root / side).mkdir(parents=True)
        (root / side / "extensions.conf").write_text(BEFORE)
        (root / side / "other.conf").write_bytes(b"\xff\r\n")
    (root / "site.toml").write_text(SITE)
    return root


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_without_a_word_it_only_shows(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(site)
    assert main(["migrate", str(site)]) == 0
    printed = capsys.readouterr().out
    assert "@@ -1,3 +1,3 @@ NoCDR went in Asterisk 21" in printed
    assert "-exten => 1,1,NoCDR()\n+exten => 1,1,Set(CDR_PROP(disable)=1)\n" in printed
    assert "SendURL() is gone\n    where   old/extensions.conf:3\n" in printed
    assert "1 lines change in 1 files; 1 things are left to you" in printed
    assert content(site) == before


def test_it_writes_the_candidate_and_again(site: Path) -> None:
    for _ in range(2):
        assert migrate_site(site, write=True)[-1].startswith("written to ")
        assert (site / "candidate/extensions.conf").read_text() == AFTER
        assert (site / "candidate/other.conf").read_bytes() == b"\xff\r\n"
    assert (site / "old/extensions.conf").read_text() == BEFORE
    assert sorted(p.name for p in site.iterdir()) == [".migrated.json", "candidate", "old", "site.toml"]


def test_the_old_side_may_change_between_two_migrations(site: Path) -> None:
    migrate_site(site, write=True)
    (site / "old/extensions.conf").write_text(BEFORE + " same => n,NoCDR()\n")
    (site / "old/new.conf").write_text("[x]\n")
    migrate_site(site, write=True)
    assert (site / "candidate/extensions.conf").read_text().count("CDR_PROP") == 2
    assert (site / "candidate/new.conf").is_file()


@pytest.mark.parametrize("change", ["edit", "add", "remove"])
def test_what_people_changed_is_not_overwritten(site: Path, tmp_path: Path, change: str) -> None:
    migrate_site(site, write=True)
    file = site / "candidate" / ("added.conf" if change == "add" else "other.conf")
    file.unlink() if change == "remove" else file.write_text("[mine]\n")
    before = content(site)
    with pytest.raises(SiteError, match=rf"changes that no migration made \({file.name}\).*--to DIR"):
        migrate_site(site, write=True)
    assert content(site) == before
    migrate_site(site, to=tmp_path / "copy")
    assert (tmp_path / "copy/extensions.conf").read_text() == AFTER
    assert content(site) == before


def test_a_copy_does_not_overwrite(site: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/keep").touch()
    with pytest.raises(SiteError, match="this is there already"):
        migrate_site(site, to=tmp_path / "copy")
    with pytest.raises(SiteError, match="inside of the configuration"):
        migrate_site(site, to=site / "old" / "copy")


def test_one_folder_for_both_sides_cannot_be_written(site: Path) -> None:
    (site / "site.toml").write_text(SITE.replace('"candidate"', '"old"'))
    with pytest.raises(SiteError, match="the same folder"):
        migrate_site(site, write=True)


def test_a_link_in_the_old_folder_is_not_written_through(site: Path, tmp_path: Path) -> None:
    real = site / "real.conf"
    shutil.move(site / "old/extensions.conf", real)
    (site / "old/extensions.conf").symlink_to(real)
    migrate_site(site, to=tmp_path / "copy")
    assert real.read_text() == BEFORE
    assert not (tmp_path / "copy/extensions.conf").is_symlink()


def test_a_full_disk_leaves_the_candidate_as_it_was(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = content(site)
    monkeypatch.setattr("harness.migrate.folder.shutil.copy2", full)
    with pytest.raises(SiteError, match="No space left on device"):
        migrate_site(site, write=True)
    assert content(site) == before
