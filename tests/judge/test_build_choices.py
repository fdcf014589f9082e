"""What becomes of each choice of an old build; and the file that is made for the candidate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.asterisk.conf.model import Problem
from harness.asterisk.menuselect.makeopts import read_makeopts
from harness.asterisk.menuselect.members import Member, category_of
from harness.facts.package import PackageFacts
from harness.facts.site_changes import SiteChange
from harness.judge.builds.candidate_file import candidate_makeopts
from harness.judge.builds.choices import Choice, Fate, choices_of
from harness.judge.builds.news import build_news
from harness.judge.builds.uses import with_uses
from harness.model import Place


def members(*names: str) -> tuple[Member, ...]:
    """Modules by name: `app_x` is on by default, `-app_x` off."""
    bare = [(name.removeprefix("-"), not name.startswith("-")) for name in names]
    return tuple(Member(name, category_of(name), on) for name, on in bare)


def package(*names: str, makeopts: str = "", whole: bool = False) -> PackageFacts:
    return PackageFacts("22", "debian:sid", "", members(*names), whole, makeopts)


def judged(file: str, before: PackageFacts, now: PackageFacts, chosen: str | None = None) -> dict[str, Choice]:
    own = None if chosen is None else read_makeopts(chosen)
    choices = choices_of(read_makeopts(file), before, now, chosen=own)
    assert len({choice.entry for choice in choices}) == len(choices)
    return {choice.name: choice for choice in choices}


OLD = package(
    "app_kept", "app_gone", "app_gone_off", "app_off", "-app_turned", "app_failed", "app_later_off", "app_lost",
    makeopts="MENUSELECT_CODECS=codec_packaged\n",
)  # fmt: skip
NEW = package(
    "app_kept", "app_off", "-app_turned", "app_failed", "-app_later_off", "app_new", "-app_new_off", "app_lost",
    makeopts="MENUSELECT_CODECS=codec_packaged\nMENUSELECT_NEWER=storage_x\n"
    "MENUSELECT_DEPSFAILED=MENUSELECT_APPS=app_lost\n",
)  # fmt: skip
FILE = """\
MENUSELECT_APPS=app_gone_off app_off app_failed app_nobody_knows
MENUSELECT_CODECS=codec_packaged
MENUSELECT_CFLAGS=OPTIONAL_API
MENUSELECT_OWN=thing
MENUSELECT_DEPSFAILED=MENUSELECT_APPS=app_failed
"""
FATES = {
    "app_kept": Fate.KEPT_ON,
    "app_gone": Fate.GONE_ON,
    "app_gone_off": Fate.GONE_OFF,
    "app_off": Fate.DEVIATION,
    "app_turned": Fate.DEVIATION,
    "app_failed": Fate.UNMET,
    "app_later_off": Fate.DEFAULT,
    "app_lost": Fate.MISSING,
    "app_new": Fate.NEW_ON,
    "app_new_off": Fate.TURNED_ON,
    "app_nobody_knows": Fate.UNKNOWN,
    "codec_packaged": Fate.KEPT_OFF,
    "storage_x": Fate.TURNED_ON,
    "OPTIONAL_API": Fate.UNKNOWN,
    "thing": Fate.FOREIGN,
}


def test_each_has_one_fate() -> None:
    assert {name: choice.fate for name, choice in judged(FILE, OLD, NEW).items()} == FATES


def test_the_file_for_the_candidate_keeps_every_choice_and_turns_nothing_new_on() -> None:
    choices = tuple(judged(FILE, OLD, NEW).values())
    made = read_makeopts(candidate_makeopts(choices, title="x"))
    assert made.listed == {
        "APPS": ("app_failed", "app_new_off", "app_nobody_knows", "app_off"),
        "CFLAGS": ("OPTIONAL_API",),
        "CODECS": ("codec_packaged",),
        "NEWER": ("storage_x",),
    }
    assert made.failed == (("APPS", "app_failed"),)
    again = choices_of(made, NEW, NEW)
    assert {choice.fate for choice in again}.isdisjoint({Fate.GONE_ON, Fate.TURNED_ON, Fate.FOREIGN})


def test_the_file_for_the_candidate_says_why() -> None:
    text = candidate_makeopts(tuple(judged(FILE, OLD, NEW).values()), title="Made of x")
    assert text.startswith("# Made of x\n")
    for words in (
        "# left out, as they are gone (and were on): app_gone\n",
        "# new, and off by default: app_new_off\n",
        "# left out, as neither release knows them: thing\n",
        "# as before, and not known from a package: OPTIONAL_API\nMENUSELECT_CFLAGS=OPTIONAL_API \n",
    ):
        assert words in text
    assert all(line == "" or line.startswith(("#", "MENUSELECT_")) for line in text.split("\n"))


@pytest.mark.parametrize(("storage", "module"), [("FILE", ""), ("ODBC", "_odbc"), ("IMAP", "_imap")])
def test_the_storage_of_voicemail_becomes_a_module(storage: str, module: str) -> None:
    """menuselect itself drops the category without a word."""
    old = package("app_voicemail")
    new = package("app_voicemail", "-app_voicemail_odbc", "-app_voicemail_imap")
    found = judged(f"MENUSELECT_OPTS_app_voicemail={storage}_STORAGE\n", old, new)
    gone = found[f"{storage}_STORAGE"]
    assert gone.fate is Fate.GONE_ON
    assert f"Choose app_voicemail{module}," in gone.advice
    made = read_makeopts(candidate_makeopts(tuple(found.values()), title="x"))
    kept = [name for name in ("", "_odbc", "_imap") if made.has_on(("APPS", f"app_voicemail{name}"))]
    assert kept == [module]
    assert "OPTS_app_voicemail" not in made.listed


def test_an_option_of_voicemail_stays_where_it_is_one_still() -> None:
    old = package("app_voicemail")
    found = judged("MENUSELECT_OPTS_app_voicemail=ODBC_STORAGE\n", old, old)
    assert found["ODBC_STORAGE"].fate is Fate.UNKNOWN
    made = read_makeopts(candidate_makeopts(tuple(found.values()), title="x"))
    assert made.listed["OPTS_app_voicemail"] == ("ODBC_STORAGE",)


def test_a_storage_that_the_candidates_own_file_keeps_is_kept() -> None:
    old = package("app_voicemail")
    new = package("app_voicemail", "-app_voicemail_odbc", "-app_voicemail_imap")
    file, own = (
        "MENUSELECT_OPTS_app_voicemail={}_STORAGE\n",
        "MENUSELECT_APPS=app_voicemail_odbc app_voicemail_imap\n",
    )
    assert judged(file.format("FILE"), old, new, own)["FILE_STORAGE"].fate is Fate.KEPT_ON
    assert judged(file.format("ODBC"), old, new, own)["ODBC_STORAGE"].fate is Fate.GONE_ON


def test_what_is_off_as_what_it_depends_on_is_off_was_chosen_by_nobody() -> None:
    needing = replace(members("res_needing")[0], modules=("res_base",))
    side = PackageFacts("16", members=(*members("-res_base"), needing))
    found = judged("MENUSELECT_RES=res_base res_needing\n", side, side)
    assert {choice.fate for choice in found.values()} == {Fate.KEPT_OFF}


def test_a_library_that_is_needed_now() -> None:
    then, there = members("res_stir_shaken")[0], replace(members("res_stir_shaken")[0], needs=("libjwt",))
    found = judged("MENUSELECT_RES=\n", PackageFacts(members=(then,)), PackageFacts(members=(there,)))
    assert (found["res_stir_shaken"].fate, found["res_stir_shaken"].why) == (Fate.NEEDS, "needs libjwt as well")


def test_a_package_that_is_built_needs_nothing() -> None:
    then, there = members("res_stir_shaken")[0], replace(members("res_stir_shaken")[0], needs=("libjwt",))
    built = PackageFacts(members=(there,), makeopts="MENUSELECT_RES=\n")
    found = judged("MENUSELECT_RES=\n", PackageFacts(members=(then,)), built, built.makeopts)
    assert found["res_stir_shaken"].fate is Fate.KEPT_ON


def test_a_source_tree_knows_flags() -> None:
    flag = Member("DONT_OPTIMIZE", "CFLAGS", False)
    tree = replace(package("app_x", whole=True), members=(*members("app_x"), flag))
    found = judged("MENUSELECT_CFLAGS=DONT_OPTIMIZE OLD_FLAG\n", tree, tree)
    assert found["DONT_OPTIMIZE"].fate is Fate.DEVIATION
    assert found["OLD_FLAG"].fate is Fate.GONE_ON
    from_package = judged("MENUSELECT_CFLAGS=\n", package("app_x"), tree)
    assert from_package["DONT_OPTIMIZE"].fate is Fate.UNKNOWN  # nobody knows whether it is new


def test_a_file_of_the_candidate_is_held_against_the_old_one() -> None:
    found = judged(
        FILE, OLD, NEW, "MENUSELECT_APPS=app_kept app_new_off app_new app_lost\nMENUSELECT_NEWER=storage_x\n"
    )
    assert {name for name, choice in found.items() if choice.fate is Fate.OTHERWISE} == {
        "app_kept", "app_off", "app_failed", "app_lost", "codec_packaged",
    }  # fmt: skip
    assert {found[name].fate for name in ("app_new", "app_new_off", "storage_x")} == {Fate.NEW_OFF}


def test_what_the_site_uses_is_a_change_of_its_own() -> None:
    place = Place("extensions.conf", 3)
    uses = {("module", "app_gone"): (place,), ("technology", "SIP"): (place,)}
    choices = with_uses(judged(FILE, OLD, NEW).values(), uses)
    news = {change.kind: change for change in build_news(choices, [Problem(place, "CR LF")])}
    assert news["build-gone"] == SiteChange("build-gone", "app_gone", (place,), "on", "")
    assert "build-gone-unused" not in news
    assert news["build-turned-on"].name == "app_new_off, storage_x"
    assert news["build-needs"].name == "app_lost"
    assert news["build-default-changed"].name == "app_later_off"
    assert news["build-unread"].places == (place,)


def test_a_channel_driver_is_used_where_its_technology_is_dialled() -> None:
    place = Place("extensions.conf", 3)
    found = judged("MENUSELECT_CHANNELS=\n", package("chan_sip"), package("chan_pjsip"))
    (sip,) = [c for c in with_uses(found.values(), {("technology", "SIP"): (place,)}) if c.name == "chan_sip"]
    assert sip.places == (place,)
    assert "pjsip.conf" in sip.advice
