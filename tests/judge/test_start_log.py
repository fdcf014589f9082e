"""What the log of a start says: by chance, of the site itself, or of the candidate."""

from __future__ import annotations

from dataclasses import replace

from harness.facts.inventory import Inventory, StartLine
from harness.judge.checks.judging import judge_load
from harness.judge.checks.rule import tiny
from harness.model import Finding, Outcome, Place

RACE = StartLine("ERROR", "res_x.c", "No response received from the History Module")
INCLUDE = "The file '/opt/pbx/more.conf' was listed as a #include but it does not exist."
FILES = {"say.conf": "[general]\n#include /opt/pbx/more.conf\n"}


def found(
    old: Inventory, candidate: Inventory, again: Inventory | None = None
) -> tuple[Outcome, dict[str, Finding]]:
    result = judge_load("preflight/log", old, again or old, candidate)
    return result.outcome, {finding.rule: finding for finding in result.findings}


def test_what_the_second_start_says_again_holds_and_what_it_does_not_is_chance() -> None:
    start = tiny(log=(RACE,))
    assert found(tiny(), start)[0] is Outcome.DIFFERS
    assert found(tiny(), replace(start, restarted=frozenset({RACE.normal})))[0] is Outcome.DIFFERS
    outcome, findings = found(tiny(), replace(start, restarted=frozenset()))
    assert (outcome, list(findings)) == (Outcome.SAME, ["load-log-chance"])
    assert RACE.message in findings["load-log-chance"].candidate


def test_a_file_that_one_of_two_starts_refuses_is_chance_too() -> None:
    line = StartLine("ERROR", "config_options.c", "In features.conf: Processing options for featuremap failed")
    assert list(found(tiny(), replace(tiny(log=(line,)), restarted=frozenset()))[1]) == ["load-log-chance"]


def site(*messages: str, stock: frozenset[str] = frozenset(), version: str = "16.28.0") -> Inventory:
    lines = tuple(StartLine("ERROR", "config.c", message) for message in messages)
    return replace(tiny(log=lines, files=FILES), stock=stock, version=version)


def test_what_the_old_release_itself_complains_of_is_one_line_with_its_place() -> None:
    old = site(INCLUDE, INCLUDE, "Unable to load config file 'prometheus.conf'", "Odd thing at line 4 of say.conf")
    outcome, findings = found(old, replace(old, version="22.10.1", stock=None))
    assert (outcome, list(findings)) == (Outcome.SAME, ["old-release-complains"])
    finding = findings["old-release-complains"]
    assert finding.old == f"{INCLUDE}; Odd thing at line 4 of say.conf"
    assert finding.places == (Place("say.conf", 2), Place("say.conf", 4))
    assert "as in production?" in finding.title


def test_modules_without_a_file_of_the_site_are_no_complaint_and_what_has_a_place_comes_first() -> None:
    old = site(
        "Configuration file amd.conf missing.",
        "Error loading extensions.lua: cannot open '/etc/asterisk/extensions.lua' for reading",
        "Failed to load configuration file. Module not activated.",
        "app_amd declined to load.",
        "Declined modules which depend on res_odbc: func_odbc",
        "No such user",
        "Odd thing at line 1 of say.conf",
    )
    finding = found(old, replace(old, version="22.10.1"))[1]["old-release-complains"]
    assert finding.old == "Odd thing at line 1 of say.conf; No such user"


def test_a_file_of_calls_that_the_old_release_refuses_whole_holds_as_nothing_of_it_is_compared() -> None:
    include = "The file 'trunk.conf' was listed as a #include but it does not exist."
    unended = "parse error: no closing ']', line 3 of /etc/asterisk/pjsip.conf"
    for text, message, line in (
        ("[global]\n#include trunk.conf\n", include, 2),
        ("[101]\ntype=aor\n[102\n", unended, 3),
    ):
        old = replace(site(message), files={"pjsip.conf": text}, folder="old/")
        outcome, findings = found(old, replace(old, version="22.10.1", stock=None))
        finding = findings["file-refused-on-old"]
        assert (outcome, finding.where) == (Outcome.DIFFERS, Place("old/pjsip.conf", line))
        assert finding.title.startswith("The old release refuses all of pjsip.conf: ")
        assert "file-refused-on-old" not in found(old, old)[1]


def test_a_refusal_that_the_log_does_not_show_or_of_no_calls_does_not_hold() -> None:
    files = {"extensions.conf": "[in]\n#include /opt/pbx/more.conf\n"}
    assert found(replace(site(), files=files), site(version="22.10.1"))[0] is Outcome.SAME
    assert found(site(INCLUDE), site(INCLUDE, version="22.10.1"))[0] is Outcome.SAME


def test_stock_complaints_chance_and_the_same_release_are_silent() -> None:
    old = site(INCLUDE)
    usual = frozenset(line.normal for line in old.log)
    candidate = site(INCLUDE, version="22.10.1")
    assert found(site(INCLUDE, stock=usual), candidate)[1] == {}
    assert found(old, candidate, again=site())[1] == {}
    assert found(old, site(INCLUDE))[1] == {}
    assert found(replace(old, stock=None), candidate)[1] == {}


def test_all_that_is_said_of_a_module_that_was_lost_is_told_by_the_check_of_modules() -> None:
    messages = (
        "Error loading module 'app_x.so': cannot open shared object file",
        "app_x declined to load.",
        "Failed to resolve dependencies for app_x",
        "Some non-required modules failed to load.",
    )
    log = tuple(StartLine("ERROR", "loader.c", message) for message in messages)
    assert found(tiny({"module": {"app_x": {}}}), tiny(log=log)) == (Outcome.SAME, {})
    asked = {"modules.conf": "[modules]\nload = app_x.so\n"}
    assert found(tiny(), tiny(log=log, files=asked))[0] is Outcome.DIFFERS


def test_what_took_the_place_of_an_option_that_the_candidate_does_not_know_is_said() -> None:
    unknown = "Unknown keyword in queue 'sales': {} at line 34 of queues.conf"
    lines = [StartLine("WARNING", "app_queue.c", unknown.format(key)) for key in ("membermacro", "my-membermacro")]
    known, other = (found(tiny(), tiny(log=(line,)))[1]["load-warning-new"] for line in lines)
    assert "membergosub does the same" in known.advice
    assert "membergosub" not in other.advice
