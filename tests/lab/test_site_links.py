"""A site's own directories are links to the release's, and nothing of the image is lost for one."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.lab.images.release import Release
from harness.lab.instance.archive import Archive
from harness.lab.instance.site_links import site_links

DEBIAN = Release(
    "debian:sid",
    "tag",
    "sha256:1",
    "22.10.1",
    directories={
        "astetcdir": "/etc/asterisk",
        "astvarlibdir": "/var/lib/asterisk",
        "astdatadir": "/usr/share/asterisk",
        "astagidir": "/usr/share/asterisk/agi-bin",
        "astspooldir": "/var/spool/asterisk",
        "astrundir": "/var/run/asterisk",
        "astlogdir": "/var/log/asterisk",
    },
    python="/usr/bin/python3",
)


def links(**directories: str) -> Mapping[str, str]:
    return site_links(directories, DEBIAN)


def test_without_directories_there_are_no_links() -> None:
    assert links() == {}
    assert site_links(DEBIAN.directories, DEBIAN, sounds=["en", "custom"]) == {}


def test_what_is_named_leads_to_the_releases() -> None:
    named = links(astetcdir="/opt/pbx/etc/", astspooldir="/opt/pbx/spool", astdatadir="/opt/pbx/share")
    assert named == {
        "/opt/pbx/etc": "/etc/asterisk",
        "/opt/pbx/share": "/usr/share/asterisk",
        "/opt/pbx/spool": "/var/spool/asterisk",
    }


def test_a_folder_in_another_is_reached_through_it() -> None:
    assert links(astvarlibdir="/opt/pbx", astagidir="/opt/pbx/agi", astlogdir="/opt/pbx/log") == {
        "/opt/pbx": "/var/lib/asterisk",
        "/var/lib/asterisk/agi": "/usr/share/asterisk/agi-bin",
        "/var/lib/asterisk/log": "/var/log/asterisk",
    }


def test_what_is_not_named_is_asterisks_default() -> None:
    found = site_links({"astvarlibdir": "/var/lib/asterisk"}, DEBIAN, sounds=["en"])
    assert found == {
        "/var/lib/asterisk/agi-bin": "/usr/share/asterisk/agi-bin",
        "/var/lib/asterisk/sounds/en": "/usr/share/asterisk/sounds/en",
    }


@pytest.mark.parametrize(
    "path", ["/", "/opt", "/usr/bin", "/var/log", "/var/lib", "/usr/share/../bin", "/dev/shm", "x"]
)
def test_no_folder_of_the_system_is_replaced(path: str) -> None:
    assert path not in links(astlogdir=path, astdatadir="/usr/share/asterisk")
    assert "/usr/bin" not in links(astlogdir=path)


def test_prompts_are_laid_over_what_the_releases_links_lead_to(tmp_path: Path) -> None:
    for name in ("en/own/a.gsm", "fr/b.gsm", "c.gsm"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    archive = Archive(1, 1)
    archive.tree(tmp_path, "/sounds", {"en": "/real/en_US", "c.gsm": "/nowhere"})
    archive.link("/opt/x", "/y")
    with tarfile.open(fileobj=io.BytesIO(archive.data())) as tar:
        kept = {member.name: member.linkname for member in tar}
    assert kept == dict.fromkeys(
        (
            "sounds",
            "sounds/c.gsm",
            "real/en_US",
            "real/en_US/own",
            "real/en_US/own/a.gsm",
            "sounds/fr",
            "sounds/fr/b.gsm",
        ),
        "",
    ) | {"opt/x": "/y"}
