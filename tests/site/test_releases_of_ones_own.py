"""`source:PATH` and `deb:PATH@debian:SUITE` in site.toml and on the command line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import SiteError
from harness.site import load_site

PAGE = Path(__file__).parents[2] / "docs" / "builds.md"
MakeSite = Callable[..., Path]
SITE = """\
name = "Tiny"
[old]
release = "debian:bullseye"
config = "old"
[candidate]
release = "{release}"
config = "candidate"
"""


def test_paths_begin_in_the_site_and_may_lead_out_of_it(make_site: MakeSite, tmp_path: Path) -> None:
    root = make_site(SITE.format(release="source:../asterisk-22"))
    (root.parent / "asterisk-22").mkdir()
    assert load_site(root).candidate.release == f"source:{root.resolve().parent / 'asterisk-22'}"


@pytest.mark.parametrize("release", ["source:nowhere", "deb:nowhere@debian:sid"])
def test_a_path_of_the_command_line_is_not_blamed_on_site_toml(make_site: MakeSite, release: str) -> None:
    root = make_site(SITE.format(release="debian:sid"))
    with pytest.raises(SiteError, match=f"--candidate {release}: there is no such file or folder") as caught:
        load_site(root, candidate=release)
    assert "site.toml" not in str(caught.value)


def test_the_example_of_the_page_is_a_site(make_site: MakeSite, tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (example,) = (block for block in blocks if "source:" in block)
    tarball = tmp_path / "asterisk-22.10.1.tar.gz"
    tarball.touch()
    example = example.replace("/usr/src/asterisk-22.10.1.tar.gz", str(tarball))
    old = SITE.partition("[candidate]")[0]
    root = make_site(f"{old}{example}", **{"data/candidate.makeopts": "", "data/ours.patch": ""})
    site = load_site(root)
    build = site.builds[f"source:{tarball}"]
    assert (build.base, build.makeopts) == ("debian:sid", root.resolve() / "data" / "candidate.makeopts")
    assert build.configure == ("--prefix=/opt/asterisk", "--without-dahdi")


def test_packages_have_a_suite(make_site: MakeSite) -> None:
    root = make_site(SITE.format(release="deb:debs@debian:sid"), **{"debs/a.deb": ""})
    assert load_site(root).candidate.release == f"deb:{root.resolve() / 'debs'}@debian:sid"


def test_on_the_command_line_paths_begin_here(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_site(SITE.format(release="debian:sid"), **{"elsewhere/src/a": ""})
    monkeypatch.chdir(root / "elsewhere")
    site = load_site(root, candidate="source:src")
    assert site.candidate.release == f"source:{root.resolve() / 'elsewhere' / 'src'}"


@pytest.mark.parametrize("release", ["source:gone", "deb:gone@debian:sid"])
def test_what_is_not_there_is_told_with_its_line(make_site: MakeSite, release: str) -> None:
    with pytest.raises(SiteError, match=r'site\.toml:6: "release" names .*gone, and there is no such file'):
        load_site(make_site(SITE.format(release=release)))


@pytest.mark.parametrize("release", ["source:", "deb:debs", "deb:debs@sid", "deb:@debian:sid"])
def test_half_a_release_is_an_error(make_site: MakeSite, release: str) -> None:
    with pytest.raises(SiteError, match=r"deb:PATH@debian:SUITE or source:PATH"):
        load_site(make_site(SITE.format(release=release)))


@pytest.mark.parametrize("build", ["", "[candidate.build]\nconfigure = ['--without-dahdi']\n"])
def test_one_source_is_one_release(make_site: MakeSite, build: str) -> None:
    text = SITE.format(release="source:src").replace("debian:bullseye", "source:src")
    root = make_site(f"{text}{build}", **{"src/a": ""})
    if not build:
        assert load_site(root).old.release == load_site(root).candidate.release
        return
    with pytest.raises(SiteError, match=r"site\.toml:8: .* is built from the same source, and otherwise"):
        load_site(root)
