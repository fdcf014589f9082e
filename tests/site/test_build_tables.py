"""`makeopts`, [old.build] and [candidate.build] in site.toml."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import SiteError
from harness.site import load_site
from harness.site.model import Build

PAGE = Path(__file__).parents[2] / "docs" / "builds.md"
MakeSite = Callable[..., Path]
OLD = """\
name = "Tiny"
[old]
release = "debian:bullseye"
config = "old"
"""
NEW = """\
[candidate]
release = "debian:sid"
config = "candidate"
"""


def test_they_are_handed_on_as_values(make_site: MakeSite) -> None:
    build = (
        "[candidate.build]\nbase = 'debian:sid'\nmakeopts = 'new.makeopts'\n"
        "configure = ['--without-dahdi', 'CFLAGS=-O1']\npatches = ['b.patch', 'a.patch']\n"
        "seconds = 90\ndisk_mb = 100\n"
    )
    files = {"old.makeopts": "", "new.makeopts": "", "a.patch": "", "b.patch": ""}
    root = make_site(f"{OLD}makeopts = 'old.makeopts'\n{NEW}{build}", **files)
    site = load_site(root)
    assert (site.old.makeopts, site.old.build) == (root / "old.makeopts", None)
    assert site.candidate.makeopts == root / "new.makeopts"
    assert site.candidate.build == Build(
        "debian:sid",
        root / "new.makeopts",
        ("--without-dahdi", "CFLAGS=-O1"),
        (root / "b.patch", root / "a.patch"),
        9,
        90.0,
        100,
    )


def test_the_example_of_the_page_is_a_site(make_site: MakeSite) -> None:
    found = re.search(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    files = {f"data/{name}": "" for name in ("menuselect.makeopts", "candidate.makeopts", "ours.patch")}
    site = load_site(make_site(f'name = "Tiny"\n{found[1]}', **files))
    assert site.old.makeopts
    assert site.candidate.build


def test_a_site_without_them_has_none(make_site: MakeSite) -> None:
    site = load_site(make_site())
    assert (site.old.makeopts, site.old.build, site.candidate.makeopts, site.candidate.build) == (None,) * 4


def test_an_old_release_that_is_built_has_the_choices_of_its_build(make_site: MakeSite) -> None:
    site = load_site(make_site(f"{OLD}[old.build]\nmakeopts = 'x'\n{NEW}", x=""))
    assert site.old.makeopts == site.root / "x"


@pytest.mark.parametrize(
    ("old", "candidate", "line", "words"),
    [
        ("makeopts = 'nothing'\n", "", 5, "\"makeopts\" names 'nothing', and there is no such file"),
        ("", "[candidate.build]\npatches = ['nothing']\n", 9, "\"patches\" names 'nothing'"),
        ("", "makeopts = 'x'\n", 8, 'unknown key "makeopts" in "candidate"'),
        ("", "[candidate.build]\nbase = 'sid'\n", 9, "the system to build and run it on, as debian:sid"),
        ("", "[candidate.build]\nconfigure = ['rm -r /']\n", 9, "an option of configure"),
        ("", "[candidate.build]\nmakeopt = 'x'\n", 9, "did you mean"),
        ("", "[candidate.build]\nseconds = 0\n", 9, "seconds that the build may take"),
        ("", "[candidate.build]\ndisk_mb = 1\n", 9, "megabytes that the build may write"),
        ("makeopts = '../x'\n", "", 5, "leads out of the site"),
    ],
)
def test_what_is_wrong_is_told(make_site: MakeSite, old: str, candidate: str, line: int, words: str) -> None:
    root = make_site(f"{OLD}{old}{NEW}{candidate}", x="")
    (root.parent / "x").write_text("")
    with pytest.raises(SiteError) as problem:
        load_site(root)
    assert f"site.toml:{line}: " in str(problem.value)
    assert words in str(problem.value)
