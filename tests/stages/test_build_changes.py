"""What preflight tells of the choices of the old release's build, by the keys of site.toml."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.asterisk.dialplan.show import parse_dialplan
from harness.asterisk.menuselect.members import Member, category_of
from harness.facts.package import PackageFacts
from harness.facts.site_changes import SiteChange
from harness.judge.checks import CHECKS
from harness.model import Place
from harness.site import Site
from harness.site.model import Build, SiteSide
from harness.site.reading.site_files import SiteFiles
from harness.stages.builds import build_changes

MACRO = parse_dialplan("[ Context 'in' created by 'pbx_config' ]\n  '1' =>   1. Macro(x)   [extensions.conf:2]\n")
PLACE = Place("extensions.conf", 2)


def package(*names: str, makeopts: str = "MENUSELECT_APPS=app_new_off\n") -> PackageFacts:
    members = tuple(Member(name, category_of(name), not name.endswith("_off")) for name in names)
    return PackageFacts("1", "image:x", "", members, makeopts=makeopts)


OLD, NEW = package("app_macro", "app_kept", makeopts=""), package("app_kept", "app_new_off")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "old.makeopts").write_text("MENUSELECT_APPS=\r\n")
    (tmp_path / "new.makeopts").write_text("MENUSELECT_APPS=app_kept app_new_off\n")
    old = SiteSide("image:x", tmp_path, makeopts=tmp_path / "old.makeopts")
    return Site("x", tmp_path, old, SiteSide("image:y", tmp_path))


def told(site: Site, old: PackageFacts = OLD, new: PackageFacts = NEW) -> dict[str, SiteChange]:
    file = site.root / "old.makeopts"
    return {change.kind: change for change in build_changes(site, file, old, new, MACRO, SiteFiles())}


def test_the_check_is_there_for_a_site_that_names_the_file(site: Site) -> None:
    applies = CHECKS["preflight/build"].applies
    assert applies(site)
    assert not applies(replace(site, old=SiteSide("image:x", site.root)))


def test_a_package_has_chosen_for_itself(site: Site) -> None:
    found = told(site)
    assert set(found) == {"build-gone", "build-unread"}
    assert (found["build-gone"].name, found["build-gone"].places) == ("app_macro", (PLACE,))
    assert found["build-unread"].places == (Place("old.makeopts", 1),)


def test_what_is_built_with_the_old_file_turns_new_things_on(site: Site) -> None:
    found = told(replace(site, candidate=SiteSide("image:y", site.root, build=Build("debian:sid"))))
    assert found["build-turned-on"].name == "app_new_off"


def test_the_candidates_own_file_is_held_against_the_old_one(site: Site) -> None:
    own = site.root / "new.makeopts"
    found = told(replace(site, candidate=SiteSide("image:y", site.root, makeopts=own, build=Build(makeopts=own))))
    assert found["build-otherwise"].name == "app_kept (on before)"
    assert "build-turned-on" not in found


def test_a_file_without_choices_is_told(site: Site) -> None:
    (site.root / "old.makeopts").write_text("# nothing\n")
    found = told(site)
    assert list(found) == ["build-unread"]
    assert found["build-unread"].places == (Place("old.makeopts", 0),)


def test_a_release_without_documentation_is_told(site: Site) -> None:
    found = told(site, new=package())
    assert list(found) == ["build-unread"]
    assert "image:x: it has no documentation/core-en_US.xml" in found["build-unread"].name
