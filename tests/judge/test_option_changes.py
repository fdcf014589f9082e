"""Options that a site sets or leaves to their default, by what two releases document of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.asterisk.dialplan.show import Dialplan, Priority
from harness.facts.inventory import Listing
from harness.facts.release import tiny_release
from harness.facts.site_changes import SiteChange
from harness.judge.research import site_changes
from harness.judge.research.option_changes import config_changes
from harness.model import Place
from harness.site.reading.site_files import read_site_files

SORCERY = {"module": "res_pjsip", "field": "type"}
OLD = tiny_release(
    {
        "config object": {
            "pjsip.conf endpoint": {**SORCERY, "value": "endpoint"},
            "pjsip.conf system": {**SORCERY, "value": "system"},
            "features.conf featuremap": {"module": "features", "category": "^featuremap$"},
            "confbridge.conf user_profile": {"not": "^general$", "field": "type", "value": "user"},
            "stir_shaken.conf store": {**SORCERY, "value": "store"},
            "broken.conf any": {"category": "("},
        },
        "config option": {
            "pjsip.conf endpoint: force_avp": {"default": "no"},
            "pjsip.conf endpoint: dtmf_mode": {"default": "rfc4733"},
            "pjsip.conf endpoint: set_var": {},
            "pjsip.conf system: threads": {"default": "0"},
            "features.conf featuremap: automon": {"default": ""},
            "features.conf featuremap: blindxfer": {"default": "#"},
            "confbridge.conf user_profile: sound_*": {"default": ""},
            "stir_shaken.conf store: path": {},
        },
    }
)
NEW = tiny_release(
    {
        "config object": {
            "pjsip.conf endpoint": {**SORCERY, "value": "endpoint"},
            "pjsip.conf system": {**SORCERY, "value": "system"},
            "features.conf featuremap": {"module": "features", "category": "^featuremap$"},
            "confbridge.conf user_profile": {"not": "^general$", "field": "type", "value": "user"},
            "stir_shaken.conf tn": {**SORCERY, "value": "tn"},
        },
        "config option": {
            "pjsip.conf endpoint: dtmf_mode": {"default": "auto"},
            "pjsip.conf endpoint: set_var": {"default": "x"},
            "pjsip.conf endpoint: offer": {"default": "local"},
            "pjsip.conf endpoint: quiet": {"default": "no"},
            "pjsip.conf system: threads": {"default": "4"},
            "features.conf featuremap: blindxfer": {"default": "#"},
            "confbridge.conf user_profile: sound_*": {"default": ""},
        },
    }
)
SITE = {
    "pjsip.conf": """\
[common](!)
type = endpoint
Force_AVP = yes
#include phones.conf
[door]
type = aor
force_avp = yes
""",
    "phones.conf": "[101](common)\ndtmf_mode = info\noffer = remote\n[102](common)\nunheard_of = 1\n",
    "features.conf": "[general]\nautomon = 1\n[featuremap]\nautomon = *1\nblindxfer = *2\n",
    "confbridge.conf": "[general]\ntype = user\nsound_join = a\n[guest]\ntype = user\nsound_join = b\n",
    "stir_shaken.conf": "[certs]\ntype = store\npath = /x\n",
    "broken.conf": "[any]\na = b\n",
    "queues.conf": "[general]\nmonitor-join = yes\n",
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for name, text in SITE.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def at(file: str, *lines: int) -> tuple[Place, ...]:
    return tuple(Place(f"candidate/{file}", line) for line in lines)


def test_what_the_site_sets_and_what_it_leaves_to_its_default(config: Path) -> None:
    assert config_changes(OLD, NEW, read_site_files(config, folder="candidate/")) == (
        SiteChange(
            "config-default-changed", "pjsip.conf endpoint: dtmf_mode", at("phones.conf", 4), "rfc4733", "auto"
        ),
        SiteChange("config-default-changed", "pjsip.conf system: threads", at("pjsip.conf", 0), "0", "4"),
        SiteChange("config-object-gone", "stir_shaken.conf store", at("stir_shaken.conf", 1)),
        SiteChange("config-option-gone", "features.conf featuremap: automon", at("features.conf", 4)),
        SiteChange("config-option-gone", "pjsip.conf endpoint: force_avp", at("pjsip.conf", 3), "no"),
        SiteChange("config-option-new", "pjsip.conf endpoint: offer", at("phones.conf", 4), "", "local"),
    )


def test_a_release_with_itself_has_no_changes(config: Path) -> None:
    files = read_site_files(config)
    assert config_changes(OLD, OLD, files) == ()
    assert config_changes(NEW, NEW, files) == ()


@pytest.mark.parametrize("kind", ["config object", "config option"])
def test_of_a_release_that_documents_nothing_nothing_is_said(config: Path, kind: str) -> None:
    undocumented = replace(NEW, sections={**NEW.sections, kind: Listing(problem="the image has no documentation")})
    assert config_changes(OLD, undocumented, read_site_files(config)) == ()
    assert config_changes(undocumented, NEW, read_site_files(config)) == ()


def test_the_dialplan_is_looked_at_as_well(config: Path) -> None:
    argument = {"position": "1", "separator": ",", "many": "no"}
    old, new = (
        tiny_release(
            {
                "application": {"Park": {}},
                "application argument": {"Park: options": argument},
                "application option": {"Park: r": {"position": "1", "takes": ""}} if there else {},
            }
        )
        for there in (True, False)
    )
    place = Place("candidate/extensions.conf", 9)
    dialplan = Dialplan({"in": {"1": {"1": Priority("Park(r)", place)}}})
    assert site_changes(old, new, read_site_files(config), dialplan, before=dialplan) == (
        SiteChange("application-option-gone", "Park: r", (place,)),
    )


@pytest.mark.parametrize(
    ("about", "section", "is_one"),
    [
        ({"category": "^guest"}, "[Guests]\n", True),
        ({"category": "^guest"}, "[vip]\n", False),
        ({"category": "("}, "[guest]\n", False),
        ({"not": "^general$"}, "[guest]\n", True),
        ({"not": "^general$"}, "[General]\n", False),
        ({"field": "type", "value": "user"}, "[guest]\ntype = User\n", True),
        ({"field": "type", "value": "user"}, "[guest]\ntype = bridge\n", False),
        ({"field": "type", "value": "user"}, "[guest]\n", False),
        ({"not": "^general$", "field": "type", "value": "user"}, "[general]\ntype = user\n", False),
        ({}, "[anything]\n", True),
    ],
)
def test_a_section_is_an_object_by_its_name_and_by_the_option_that_tells_them_apart(
    tmp_path: Path, about: dict[str, str], section: str, is_one: bool
) -> None:
    (tmp_path / "x.conf").write_text(section)
    documented = {"config object": {"x.conf object": about}, "config option": {"x.conf object: a": {}}}
    old, new = tiny_release(documented), tiny_release({**documented, "config object": {}})
    gone = config_changes(old, new, read_site_files(tmp_path))
    assert [change.kind for change in gone] == ["config-object-gone"] * is_one


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ({"default": "no"}, {"default": "yes"}, True),
        ({"default": "no"}, {"default": "no"}, False),
        ({"default": "no"}, {}, False),
        ({}, {"default": "yes"}, False),
        (None, {"default": "yes"}, True),
        (None, {"default": "None"}, False),
        (None, {}, False),
    ],
)
def test_a_default_is_told_where_both_document_it_and_it_is_another_or_is_new_and_on(
    tmp_path: Path, was: dict[str, str] | None, now: dict[str, str], said: bool
) -> None:
    (tmp_path / "x.conf").write_text("[one]\nb = 1\n[two]\nA = 1\nb = 1\n")
    options = {"x.conf object: b": {"default": "7"}}
    old, new = (
        tiny_release(
            {
                "config object": {"x.conf object": {}},
                "config option": options if about is None else {**options, "x.conf object: a": about},
            }
        )
        for about in (was, now)
    )
    found = config_changes(old, new, read_site_files(tmp_path))
    assert [place.line for change in found for place in change.places] == [1] * said
