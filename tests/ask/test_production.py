"""What production answered, as text → what it had in force → what the lab's old instance has otherwise."""

from __future__ import annotations

from dataclasses import replace

from harness.ask.production import production_inventory
from harness.facts.inventory import Inventory, Listing
from harness.judge.checks.judging import judge_production
from harness.judge.checks.rule import tiny
from harness.model import Outcome, Place

MODULES = """\
Module                         Description                              Use Count  Status      Support Level
app_dial.so                    Dialing Application                      0          Running              core
app_vendor.so                  Vendor                                   0          Running          extended
"""
DIALPLAN = """\
[ Context 'in' created by 'pbx_config' ]
  '600' =>          1. Answer()                                   [extensions.conf:2]

[ Context 'stasis-desk' created by 'res_stasis' ]
  '_.' =>           1. NoOp()                                     [res_stasis]
-= 2 extensions (2 priorities) in 2 contexts. =-
"""


def answers(**more: str) -> str:
    given = {"core show version": "Asterisk 16.28.0~dfsg-0+deb11u4 built by nobody @ x on y", **more}
    return "".join(f"\x1e{command}\n{answer}\n" for command, answer in given.items())


def asked_all() -> Inventory:
    """An inventory in which every section is there and empty, of the version of the lab."""
    return replace(tiny(), version="16.28.0")


def judged(production: Inventory, old: Inventory) -> dict[str, str]:
    result = judge_production(production, old)
    assert not result.problem
    return {f"{finding.rule} {finding.event}": finding.old for finding in result.findings}


def with_(side: Inventory, **sections: Listing) -> Inventory:
    return replace(side, sections={**side.sections, **{n.replace("_", " "): each for n, each in sections.items()}})


def test_answers_are_read_as_those_of_the_lab() -> None:
    found = production_inventory(answers(**{"module show": MODULES, "dialplan show": DIALPLAN}))
    assert found.version == "16.28.0~dfsg-0+deb11u4"
    assert set(found.section("module").items) == {"app_dial", "app_vendor"}
    assert "600@in" in found.section("extension").items


def test_production_without_a_manager_user_is_read() -> None:
    said = "No ethernet interface found for seeding global EID. You will have to set it manually.\n"
    found = production_inventory(answers(**{"manager show users": f"{said}There are no manager users.\n"}))
    assert found.section("manager user") == Listing()


def test_what_was_not_asked_is_no_comparison_and_says_whose_it_is() -> None:
    result = judge_production(production_inventory(answers()), asked_all())
    assert result.outcome is Outcome.NOT_COMPARED
    assert result.problem.startswith("production: module: ")


def test_what_each_alone_has_is_told_in_one_finding_a_section() -> None:
    production = with_(asked_all(), module=Listing({"app_vendor": {}}), endpoint=Listing({"101": {}, "102": {}}))
    old = with_(asked_all(), extension=Listing({"1@in": {}}))
    assert judged(production, old) == {
        "production-module-only module": "app_vendor",
        "production-only endpoint": "101, 102",
        "production-without extension": "1@in",
    }


def test_long_lists_are_cut() -> None:
    names = {f"{number:03}@in": {} for number in range(300)}
    found = judged(with_(asked_all(), extension=Listing(names)), asked_all())
    assert found["production-only extension"].endswith("018@in, 019@in and 280 more")


def test_what_the_lab_adds_for_itself_and_what_lives_for_now_is_passed_by() -> None:
    legs = {"silent@harness-leg": Place("old/harness-extensions.conf", 2)}
    old = with_(
        asked_all(),
        extension=Listing({name: {} for name in (*legs, "_.@stasis-desk")}, legs),
        manager_user=Listing({"upgrade-harness": {}}),
        queue_member=Listing({"sales PJSIP/1": {"paused": "no", "penalty": "1"}}),
        mailbox=Listing({"1@default": {"new messages": "0", "name": "Ann"}}),
        setting=Listing(
            {"HTTP": {"status": "Enabled"}, "Asterisk": {"Module directory": "/a", "System name": "a"}}
        ),
    )
    production = with_(
        asked_all(),
        CDR=Listing({"CDR backend cdr_manager (suspended)": {}}),
        queue_member=Listing({"sales PJSIP/1": {"paused": "yes", "penalty": "1"}}),
        mailbox=Listing({"1@default": {"new messages": "7", "name": "Ann"}}),
        setting=Listing(
            {"HTTP": {"status": "Disabled"}, "Asterisk": {"Module directory": "/b", "System name": "a"}}
        ),
    )
    assert judged(production, old) == {}


def test_another_value_and_another_version_are_told_and_no_secret_is() -> None:
    production = with_(
        replace(asked_all(), version="16.30.1"),
        queue=Listing({"sales": {"strategy": "linear"}}),
        astdb_entry=Listing({"/pin/101": {"secret": "1234"}}),
    )
    old = with_(
        asked_all(),
        queue=Listing({"sales": {"strategy": "ringall"}}),
        astdb_entry=Listing({"/pin/101": {"secret": "9999"}}),
    )
    assert judged(production, old) == {
        "production-version release": "16.30.1 in production, 16.28.0 in the lab",
        "production-value queue": "linear in production, ringall in the lab",
        "production-value astdb entry": "(secret) in production, (secret) in the lab",
    }
