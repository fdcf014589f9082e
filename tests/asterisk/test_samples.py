"""Sample files read, what they set and what they only show; and what changed in them as far as a site uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.documents.samples import read_sample, sample_items
from harness.facts.release import tiny_release
from harness.facts.site_changes import SiteChange
from harness.judge.research import site_changes
from harness.judge.research.sample_changes import sample_changes
from harness.model import Place
from harness.site.reading.site_files import read_site_files

QUEUES_16 = """\
[general]
;
; AutoFill Behavior
;    The old behavior of the queue (autofill=no) is to have a serial type behavior
;    next available member. The new behavior, enabled by setting
;    autofill=yes makes sure that when the waiting callers are connecting
;autofill = no
; Persistent members are read again. Default is 'no'.
persistentmembers = yes
;shared_lastcall=no	; the default
monitor-type => MixMonitor ; as it was
;[markq]
;member => DAHDI/1
;member => DAHDI/2
;member => DAHDI/3
;member => DAHDI/4
;membermacro = somemacro
;announce-position = yes
"""
QUEUES_22 = """\
[general]
autofill = no
persistentmembers = yes
;shared_lastcall=yes
;log-caller-id-name=no
[markq]
;member => PJSIP/1
;announce-position = limit
;queue-callerannounce = you-are-being-connected
;--
announce = block
--;
"""
PJSIP_16 = """\
;[6001]
;type=endpoint
;direct_media=no
;[endpoint]
;100rel=yes     ; Allow support for RFC3262 (default: "yes")
;direct_media=yes
;[global]
;debug=no
"""
SITE = {
    "queues.conf": "[general]\nshared_lastcall = no\nautofill = no\n"
    "[sales]\nmembermacro = hello\nmember => PJSIP/1\nannounce-position = limit\n",
    "pjsip.conf": "[phone](!)\ntype = endpoint\n#include phones.conf\n",
    "phones.conf": "[101](phone)\ndirect_media = yes\n",
    "sip.conf": "[general]\nbindport = 5060\n",
    "extensions.conf": "[general]\nstatic = yes\n[in]\nexten => 1,1,Answer()\n",
}
OLD = {"queues.conf": QUEUES_16, "pjsip.conf": PJSIP_16, "sip.conf": "[general]\nbindport = 5060\n"} | {
    "extensions.conf": "[general]\nstatic=yes\n[demo]\nexten => s,1,Wait(1)\n"
}
NEW = {
    "queues.conf": QUEUES_22,
    "pjsip.conf": PJSIP_16.replace(";direct_media=yes", ";direct_media=never"),
    "extensions.conf": "[general]\n;static=no\n[demo]\nsame => n,Answer()\n",
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for name, text in SITE.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_what_is_set_and_what_is_shown() -> None:
    assert [(each.section, each.text, each.line) for each in read_sample(QUEUES_16)] == [
        ("general", ";autofill = no", 7),
        ("general", "persistentmembers = yes", 9),
        ("general", ";shared_lastcall = no", 10),
        ("general", "monitor-type = MixMonitor", 11),
        ("markq", ";member = DAHDI/1", 13),
        ("markq", ";member = DAHDI/2", 14),
        ("markq", ";member = DAHDI/3", 15),
        ("markq", ";member = DAHDI/4", 16),
        ("markq", ";membermacro = somemacro", 17),
        ("markq", ";announce-position = yes", 18),
    ]


def test_a_block_of_comments_shows_as_well() -> None:
    assert ("markq", ";announce = block") in [(each.section, each.text) for each in read_sample(QUEUES_22)]


def test_options_know_the_type_of_their_section() -> None:
    assert [(each.section, each.type) for each in read_sample(PJSIP_16) if each.name == "direct_media"] == [
        ("6001", "endpoint"),
        ("endpoint", ""),
    ]


def test_items_are_options_by_file_with_what_each_section_says() -> None:
    items = sample_items(OLD)
    assert items["queues.conf: autofill"] == {"[general]": ";no"}
    assert items["pjsip.conf: direct_media"] == {"[6001]": ";no", "[endpoint]": ";yes"}
    assert items["queues.conf: member"] == {}  # examples
    assert not any(name.startswith("extensions.conf") for name in items)


SECRETS = """\
[101]
secret = hunter2
;register => me:hunter2@provider
vm_pin=hunter2
1234 => 4242hunter2,Ann
spinning = hunter
password =
"""


def test_what_is_secret_is_not_told() -> None:
    """An image may have a site's own files in /etc/asterisk."""
    told = [each.text for each in read_sample(SECRETS)]
    assert "hunter2" not in str(told) + str(sample_items({"sip.conf": SECRETS}))
    assert "spinning = hunter" in told
    assert "password =" in told


def test_what_changed_of_what_the_site_has(config: Path) -> None:
    changes = sample_changes(OLD, NEW, read_site_files(config, folder="candidate/"))
    assert changes == (
        SiteChange("sample-file-gone", "sip.conf", (Place("candidate/sip.conf", 0),)),
        SiteChange(
            "sample-option-changed",
            "extensions.conf: static",
            (Place("candidate/extensions.conf", 2),),
            "static = yes",
            ";static = no",
        ),
        SiteChange(
            "sample-option-changed",
            "pjsip.conf: direct_media",
            (Place("candidate/phones.conf", 2),),
            ";direct_media = yes",
            ";direct_media = never",
        ),
        SiteChange(
            "sample-option-changed",
            "queues.conf: announce-position",
            (Place("candidate/queues.conf", 7),),
            ";announce-position = yes",
            ";announce-position = limit",
        ),
        SiteChange(
            "sample-option-changed",
            "queues.conf: shared_lastcall",
            (Place("candidate/queues.conf", 2),),
            ";shared_lastcall = no",
            ";shared_lastcall = yes",
        ),
        SiteChange(
            "sample-option-gone",
            "queues.conf: membermacro",
            (Place("candidate/queues.conf", 5),),
            ";membermacro = somemacro",
        ),
        SiteChange(
            "sample-option-new",
            "queues.conf: announce",
            (Place("candidate/queues.conf", 4),),
            "",
            ";announce = block",
        ),
        SiteChange(
            "sample-option-new",
            "queues.conf: log-caller-id-name",
            (Place("candidate/queues.conf", 1),),
            new=";log-caller-id-name = no",
        ),
        SiteChange(
            "sample-option-new",
            "queues.conf: queue-callerannounce",
            (Place("candidate/queues.conf", 4),),
            new=";queue-callerannounce = you-are-being-connected",
        ),
    )


def test_what_is_the_same_in_both_has_not_changed(config: Path) -> None:
    assert sample_changes(OLD, OLD, read_site_files(config)) == ()


def test_of_a_release_without_samples_nothing_is_said(config: Path) -> None:
    assert sample_changes(OLD, {}, read_site_files(config)) == ()
    assert sample_changes({}, NEW, read_site_files(config)) == ()


def test_what_the_release_documents_is_not_asked_of_its_samples(config: Path) -> None:
    documented = tiny_release({"config object": {"pjsip.conf endpoint": {}}}, samples=NEW)
    found = site_changes(tiny_release(samples=OLD), documented, read_site_files(config), Dialplan())
    assert {change.name.partition(":")[0] for change in found} == {"queues.conf", "sip.conf", "extensions.conf"}


def test_a_site_without_files_has_no_changes(tmp_path: Path) -> None:
    assert sample_changes(OLD, NEW, read_site_files(tmp_path / "nothing")) == ()


lines = st.lists(
    st.text(alphabet="a[]();-=> \t\"'+!\\$é1", max_size=25)
    | st.sampled_from(["[general]", ";[a](b)", ";--", "--;", ";a = b"]),
    max_size=12,
)


@given(lines.map("\n".join))
def test_whatever_a_sample_holds_is_read(text: str) -> None:
    for each in read_sample(text):
        assert each.name == each.name.strip().lower() != ""
        assert 0 < each.line <= text.count("\n") + 1
    sample_items({"a.conf": text})


@pytest.mark.parametrize(
    "text", [";--" * 300_000, "[a]" + " " * 400_000 + "x", "a=" + " " * 400_000 + "x", ";a\n" * 400_000]
)
def test_a_sample_without_end_ends(text: str) -> None:
    assert len(read_sample(text)) < 3
