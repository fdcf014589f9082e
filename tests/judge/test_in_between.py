"""What the versions in between changed and mended, with the places where a site uses it."""

from __future__ import annotations

from harness.asterisk.dialplan.show import parse_dialplan
from harness.asterisk.notes import read_notes
from harness.judge.research.in_between import InBetween, SiteView, in_between
from harness.judge.research.note_ties import Vocabulary
from harness.model import Place

HERE, THERE = Place("extensions.conf", 2), Place("queues.conf", 0)
VOCABULARY = Vocabulary({"module": ["app_queue", "chan_unistim", "http"], "application": ["Queue"]})
LOG = """\
Change Log for Release asterisk-22.2.0

Summary:

 - Commits: 2
     - GHSA-3g56-cgrh-95p5: chan_unistim can overflow
     - GHSA-98rc-4j27-74hh: PJSIP_HEADER can overwrite memory, PJSIP
     - GHSA-xgj6-2gc5-5x9c: ast_loggrabber executes a script of app_queue

Upgrade Notes:

 - app_queue: it counts otherwise

 - nothing that has a name, see http://example.org

Commit List:

 - app_queue.c: Fix a crash
 - app_queue: Add an option
 - app_voicemail: Fix something
"""
OLD_LOG = "asterisk (1:16.28.0-2) x; urgency=high\n\n  * Fix CVE-2023-37457:\n    words\n\n -- A\n"
NEW_LOG = (
    "asterisk (1:22.1.0-1) x; urgency=high\n\n  * new release of embedded pjproject;\n"
    "    CVE-2026-25994 CVE-2026-26203;\n    closes: bug#1\n\n -- A\n"
    "asterisk (1:16.20.0-1) x; urgency=high\n\n  * Fix CVE-2020-0001\n\n -- A\n"
)
USES = {
    ("module", "app_queue"): (HERE,),
    ("module", "app_macro"): (HERE,),
    ("file", "pjsip.conf"): (Place("pjsip.conf", 0),),
    ("file", "queues.conf"): (THERE,),
    ("option", "queues.conf autofill"): (THERE,),
}


def found(*logs: str, site: SiteView | None = None) -> InBetween:
    notes = [read_notes(f"log{number}", text) for number, text in enumerate(logs or (LOG,))]
    view = site or SiteView(USES)
    return in_between("16.28.0", "22.10.1", notes, VOCABULARY, view, old_log=OLD_LOG, new_log=NEW_LOG)


def test_the_tables_changes_have_the_sites_places() -> None:
    uses = {(change.how, change.name): use for change, use in found().changes}
    assert uses["removed", "app_macro"] == (HERE,)
    assert uses["removed", "chan_sip"] == ()


def test_a_default_counts_where_the_site_does_not_set_it() -> None:
    uses = {change.name: use for change, use in found().changes}
    assert uses["queues.conf shared_lastcall"] == (THERE,)
    assert uses["queues.conf autofill"] == ()


def test_an_option_of_an_application_counts_where_it_is_passed() -> None:
    dialplan = parse_dialplan(
        "[ Context 'in' created by 'pbx_config' ]\n"
        "  '1' =>   1. Queue(sales,tw)   [extensions.conf:2]\n           2. Queue(sales,t)   [extensions.conf:3]\n"
    )
    uses = {change.name: use for change, use in found(site=SiteView(USES, dialplan)).changes}
    assert uses["Queue: w"] == (HERE,)
    assert uses["Queue: W"] == ()


def test_a_channel_variable_counts_where_it_is_read() -> None:
    dialplan = parse_dialplan(
        "[ Context 'in' created by 'pbx_config' ]\n"
        "  '1' =>   1. SayDigits(${PARKINGSLOT})   [extensions.conf:2]\n"
        "           2. NoOp(PARKINGSLOT ${PARKINGSLOTS})   [extensions.conf:3]\n"
    )
    programs = {"agi/park.py": "slot = agi.get_variable('PARKINGSLOT')\n"}
    uses = {change.name: use for change, use in found(site=SiteView({}, dialplan, programs)).changes}
    assert uses["PARKINGSLOT"] == (HERE, Place("agi/park.py", 1))


def test_what_programs_name_counts_for_them() -> None:
    programs = {"apps/a.py": "on('QueueMemberPause')\nevent.Reason\n", "apps/b.py": "the Reason\n"}
    uses = {change.name: use for change, use in found(site=SiteView({}, programs=programs)).changes}
    assert uses["QueueMemberPause: Reason"] == (Place("apps/a.py", 2),)


def test_notes_and_fixes_are_told_by_what_they_name() -> None:
    between = found()
    assert [(told.note.text, told.use) for told in between.notes] == [
        ("app_queue: it counts otherwise", (HERE,)),
        ("nothing that has a name, see http://example.org", None),
    ]
    assert [(told.note.text, told.use) for told in between.fixes] == [
        ("app_queue.c: Fix a crash", (HERE,)),
        ("app_voicemail: Fix something", None),
    ]


def test_a_note_that_stands_in_two_series_is_told_once_where_it_is_first() -> None:
    between = found(LOG, LOG.replace("22.2.0", "20.1.0"))
    assert {told.note.version for told in (*between.notes, *between.fixes)} == {(20, 1, 0)}


def test_advisories_by_what_the_site_uses_and_what_is_fixed_already() -> None:
    pjsip = (Place("pjsip.conf", 0),)
    told = {each.id: (each.use, each.fixed) for each in found().advisories}
    assert told == {
        "GHSA-3g56-cgrh-95p5": ((), ""),
        "GHSA-98rc-4j27-74hh": (pjsip, "16.28.0-2"),  # CVE-2023-37457
        "GHSA-xgj6-2gc5-5x9c": (None, ""),  # a script beside Asterisk
        "CVE-2026-25994": (pjsip, ""),
        "CVE-2026-26203": (pjsip, ""),
    }


def test_an_advisory_of_a_packagers_log_has_the_words_of_its_point() -> None:
    (advisory,) = [each for each in found().advisories if each.id == "CVE-2026-25994"]
    assert (advisory.text, advisory.version) == ("new release of embedded pjproject", (22, 1, 0))
    assert advisory.source == "changelog.Debian of 22.1.0-1"


def test_what_the_old_package_mended_beyond_its_version() -> None:
    assert found().backported == {"16.28.0-2": ("CVE-2023-37457",)}
