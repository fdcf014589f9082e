"""One changed fact is one finding, whichever checks found what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.facts.inventory import Inventory, StartLine
from harness.facts.site_changes import SiteChange
from harness.judge.checks import CHECKS
from harness.judge.checks.folding import folded
from harness.judge.checks.judging import judge_load
from harness.judge.checks.rule import tiny
from harness.model import Attributes, Finding, Outcome, Place, ScenarioResult

Items = dict[str, Attributes]
_CHECKS = [check for check in CHECKS if check != "preflight/interfaces"]


def results(old: Inventory, candidate: Inventory, checks: Sequence[str] = ()) -> list[ScenarioResult]:
    return folded([judge_load(check, old, old, candidate) for check in checks or _CHECKS])


def holding(old: Inventory, candidate: Inventory, checks: Sequence[str] = ()) -> list[Finding]:
    return [f for result in results(old, candidate, checks) for f in result.findings if f.severity.holds]


def titles(finding: Finding) -> list[str]:
    """Of all that follows from a finding."""
    return [title for each in finding.consequences for title in (each.title, *titles(each))]


def dialplan(*applications: str) -> str:
    lines = (f"  '{n}' =>        1. {text}  [extensions.conf:{n}]\n" for n, text in enumerate(applications, 1))
    return "[ Context 'in' created by 'pbx_config' ]\n" + "".join(lines)


PEERS: Items = {str(number): {} for number in range(701, 850)}
SIP = dialplan("Dial(SIP/701)", "SIPAddHeader(X: 1)", "Set(a=${SIPPEER(701)})")
USERS = "[general]\nhassip=yes\n" + "".join(f"[{name}]\nhost=dynamic\n" for name in PEERS)


def sip(*, files: dict[str, str]) -> tuple[Inventory, Inventory]:
    old = tiny(
        {
            "module": {"chan_sip": {}},
            "technology": {"SIP": {}},
            "application": {"SIPAddHeader": {}, "Dial": {}, "Set": {}},
            "function": {"SIPPEER": {}},
            "sip peer": PEERS,
        },
        dialplan=SIP,
        files=files,
    )
    return old, tiny({"application": {"Dial": {}, "Set": {}}}, dialplan=SIP, files=files)


def test_chan_sip_with_its_peers_and_all_that_it_brings_is_one_finding_with_their_list() -> None:
    (finding,) = holding(*sip(files={"sip.conf": USERS.replace("hassip=yes", "bindport=5060")}))
    assert (finding.rule, finding.subject) == ("module-missing", "chan_sip")
    assert all(name in finding.cause for name in PEERS)
    assert "149 of 149 peers of sip.conf" in finding.cause
    assert {Place("extensions.conf", line) for line in (1, 2, 3)} <= set(finding.places)
    assert any("SIPAddHeader" in text for text in titles(finding))
    assert any("dials or watches SIP/" in text for text in titles(finding))
    assert "pjsip.conf" in finding.advice


def test_phones_of_users_conf_are_placed_there() -> None:
    (finding,) = holding(*sip(files={"users.conf": USERS, "sip.conf": "[general]\n"}))
    assert "peers of users.conf" in finding.cause
    assert Place("users.conf", 3) in finding.places


def test_extensions_that_only_the_lost_phones_made_are_lost_with_them() -> None:
    old, candidate = sip(files={"users.conf": USERS})
    made: Items = {f"{name}@default": {} for name in PEERS}
    more: dict[str, Items] = {"context": {"default": {}}, "extension": made}
    old = replace(old, sections={**old.sections, **{name: tiny(more).section(name) for name in more}})
    (finding,) = holding(old, candidate)
    assert finding.subject == "chan_sip"
    assert "The context default is not loaded" in titles(finding)


def test_what_is_lost_for_another_reason_stays_a_finding_of_its_own() -> None:
    old, candidate = sip(files={"sip.conf": USERS})
    queue = tiny({"queue": {"sales": {}}}).section("queue")
    old = replace(old, sections={**old.sections, "queue": queue})
    assert [finding.rule for finding in holding(old, candidate)] == ["module-missing", "queue-missing"]


def test_of_other_modules_the_application_that_is_used_is_the_root() -> None:
    plan = dialplan("Macro(hello)", "MacroExit()", "Answer()")
    applications: Items = {"Macro": {}, "MacroExit": {}, "Answer": {}}
    old = tiny({"module": {"app_macro": {}}, "application": applications}, dialplan=plan)
    candidate = tiny({"application": {"Answer": {}}}, dialplan=plan)
    (finding,) = holding(old, candidate)
    assert (finding.rule, finding.subject) == ("application-unavailable", "Macro")
    assert set(finding.places) == {Place("extensions.conf", 1), Place("extensions.conf", 2)}
    assert any("app_macro" in text for text in titles(finding))
    outcomes = {r.id: r.outcome for r in results(old, candidate)}
    assert outcomes["preflight/modules"] is Outcome.SAME
    assert outcomes["preflight/applications"] is Outcome.DIFFERS


def test_an_option_that_made_a_lost_application_run_is_lost_with_it() -> None:
    plan = dialplan("Macro(hello)", "Dial(PJSIP/1,,M(hello)g)")
    old = tiny({"module": {"app_macro": {}}, "application": {"Macro": {}, "Dial": {}}}, dialplan=plan)
    news = tuple(
        SiteChange("application-option-gone", f"Dial: {letter}", (Place("extensions.conf", 2),)) for letter in "Mg"
    )
    candidate = replace(tiny({"application": {"Dial": {}}}, dialplan=plan), site_changes=news)
    macro, other = holding(old, candidate)
    assert (macro.subject, other.subject) == ("Macro", "Dial: g")
    assert Place("extensions.conf", 2) in macro.places


def test_without_the_check_of_the_cause_each_is_told() -> None:
    found = holding(*sip(files={"sip.conf": USERS}), ["preflight/applications"])
    assert {finding.rule for finding in found} == {
        "application-unavailable",
        "function-unavailable",
        "technology-unavailable",
    }


def test_what_was_set_in_a_refused_file_is_folded_into_the_refusal() -> None:
    line = StartLine("ERROR", "config_options.c", "In features.conf: Processing options for featuremap failed")
    codes: list[Items] = [{"Blind Transfer": {"code": code}, "Park Call": {"code": "*7"}} for code in ("*2", "#")]
    del codes[1]["Park Call"]
    old, candidate = tiny({"feature": codes[0]}), tiny({"feature": codes[1]}, log=(line,))
    (finding,) = holding(old, candidate)
    assert finding.rule == "config-file-rejected"
    assert len(titles(finding)) == 2


@pytest.mark.parametrize(
    ("voicemail", "kept", "left"),
    [
        ("odbcstorage = messages\nodbctable = mails\n", "app_voicemail_odbc", "app_voicemail"),
        ("imapserver = localhost\n", "app_voicemail_imap", "app_voicemail"),
        ("format = wav\n", "app_voicemail", "app_voicemail_odbc"),
    ],
)
def test_voicemail_brought_by_two_modules_is_one_finding_and_names_the_one_to_keep(
    voicemail: str, kept: str, left: str
) -> None:
    plan = dialplan("VoiceMail(201)", "VoiceMailMain(201)")
    applications: Items = {"VoiceMail": {}, "VoiceMailMain": {}}
    old = tiny(
        {
            "module": {"app_voicemail": {}},
            "application": applications,
            "written table": {"db.mails": {"rows": "1"}},
        },
        dialplan=plan,
    )
    candidate = tiny(
        {"module": {"app_voicemail": {}}},
        dialplan=plan,
        files={"voicemail.conf": f"[general]\n{voicemail}"},
        log=(StartLine("WARNING", "pbx_app.c", "Already have an application 'VoiceMail'"),),
        on_disk=frozenset({"app_voicemail", "app_voicemail_odbc", "app_voicemail_imap"}),
    )
    checks = ["preflight/modules", "preflight/applications", "databases/written"]
    found = holding(old, candidate, checks)
    assert [finding.subject for finding in found] == ["VoiceMail", "db.mails"][: 1 if "odbc" in kept else 2]
    assert f"Keep {kept}," in found[0].advice
    assert f"noload = {left}.so" in found[0].advice


PJSIP = "".join(f"[{name}]\ntype = endpoint\n" for name in ("101", "102", "103"))


def refused(name: str, option: str) -> StartLine:
    message = f"Could not create an object of type 'endpoint' with id '{name}' from pjsip.conf: {option}"
    return StartLine("ERROR", "res_sorcery_config.c", message)


def test_phones_that_are_lost_for_one_reason_are_one_finding_and_two_reasons_are_two() -> None:
    three: Items = {"101": {}, "102": {}, "103": {}}
    old = tiny({"endpoint": three, "aor": three}, files={"pjsip.conf": PJSIP})
    log = (refused("101", "a"), refused("102", "a"), refused("103", "b"))
    found = holding(old, tiny(files={"pjsip.conf": PJSIP}, log=log), ["preflight/endpoints"])
    assert [finding.subject for finding in found if finding.event == "endpoint"] == ["101, 102", "103"]
    assert found[0].places == (Place("pjsip.conf", 1), Place("pjsip.conf", 3))


def test_what_belongs_to_lost_phones_is_lost_with_them() -> None:
    old = tiny({"endpoint": {"101": {}, "102": {}}, "aor": {"101": {}, "102": {}}, "registration": {"trunk": {}}})
    found = holding(old, tiny(), ["preflight/endpoints"])
    assert [(finding.rule, finding.subject) for finding in found] == [
        ("endpoint-missing", "101, 102"),
        ("registration-missing", "trunk"),
    ]
    assert any("address of record" in text for text in titles(found[0]))


def test_the_same_value_on_many_phones_is_one_finding_with_their_names() -> None:
    sides = [tiny({"endpoint": {str(n): {"dtmf_mode": mode} for n in range(149)}}) for mode in ("rfc4733", "auto")]
    (finding,) = holding(*sides, ["preflight/endpoints"])
    assert len(finding.subject.split(", ")) == 149
    assert (finding.field, finding.old, finding.candidate) == ("dtmf_mode", "rfc4733", "auto")
