"""Every rule about load fires on its witness, and is silent when both sides are the same."""

from dataclasses import replace

import pytest

from harness.facts.inventory import Inventory, Listing, StartLine
from harness.facts.site_changes import SiteChange
from harness.judge.checks import ALL_CHECKS
from harness.judge.checks.changes import View, added
from harness.judge.checks.judging import LOAD_RULES, judge_load
from harness.judge.checks.modules import asked_for
from harness.judge.checks.rule import LoadRule, tiny
from harness.model import Outcome, Place, ScenarioResult, Severity

DIALPLAN = """\
[ Context 'in' created by 'pbx_config' ]
  '100' =>          1. Set(X=$["${CALLERPRES()}" = "a"])          [extensions.conf:3]
                    2. ExecIf($[1]?Macro(hello))                  [extensions.conf:4]
  '200' =>          1. Dial(PJSIP/1&SIP/2)                        [extensions.conf:6]
"""


def judged(check: str, old: Inventory, candidate: Inventory, again: Inventory | None = None) -> ScenarioResult:
    return judge_load(check, old, again or old, candidate)


@pytest.mark.parametrize("rule", LOAD_RULES, ids=lambda rule: rule.id)
def test_a_rule_fires_on_its_witness(rule: LoadRule) -> None:
    results = [judged(check, rule.witness.old, rule.witness.candidate) for check in ALL_CHECKS]
    (found,) = (finding for result in results for finding in result.findings if finding.rule == rule.id)
    assert found.severity is rule.severity
    assert found.advice
    assert found.cause


@pytest.mark.parametrize("rule", LOAD_RULES, ids=lambda rule: rule.id)
def test_equal_sides_have_no_finding(rule: LoadRule) -> None:
    for side in (rule.witness.old, rule.witness.candidate):
        assert [judged(check, side, side).findings for check in ALL_CHECKS] == [()] * len(ALL_CHECKS)


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in LOAD_RULES]
    assert sorted(ids) == sorted(set(ids))


def test_what_wavers_on_the_old_release_is_no_finding() -> None:
    old = tiny({"queue": {"a": {"strategy": "linear"}, "b": {}}})
    again = tiny({"queue": {"a": {"strategy": "random"}}})
    candidate = tiny({"queue": {"a": {"strategy": "ringall"}}})
    assert judged("preflight/queues", old, candidate, again).findings == ()


@pytest.mark.parametrize("side", [0, 1, 2])
def test_a_section_that_cannot_be_read_is_not_compared(side: int) -> None:
    broken = replace(tiny(), sections={"queue": Listing(problem="no answer")})
    sides = [tiny(), tiny(), tiny()]
    sides[side] = broken
    result = judge_load("preflight/queues", *sides)
    assert result.outcome is Outcome.NOT_COMPARED
    assert result.problem.endswith("queue: no answer")


def test_a_section_that_was_never_asked_for_is_not_compared() -> None:
    assert judged("preflight/features", tiny(), Inventory()).outcome is Outcome.NOT_COMPARED


def test_uses_are_found_nested_and_where_they_stand() -> None:
    has = tiny(
        {"application": {"Macro": {}, "Set": {}}, "function": {"CALLERPRES": {}}, "technology": {"SIP": {}}},
        dialplan=DIALPLAN,
    )
    lost = tiny({"application": {"Set": {}}}, dialplan=DIALPLAN)
    found = {f.rule: f for f in judged("preflight/applications", has, lost).findings}
    assert found["application-unavailable"].where == Place("extensions.conf", 4)
    assert "Gosub" in found["application-unavailable"].advice
    assert found["function-unavailable"].where == Place("extensions.conf", 3)
    assert found["technology-unavailable"].where == Place("extensions.conf", 6)


def test_an_application_behind_a_feature_code_is_missed_too() -> None:
    files = {"features.conf": "[general]\n[applicationmap]\npause => *5,self/caller,PauseMonitor\n"}
    old = tiny({"application": {"PauseMonitor": {}}}, files=files)
    finding = judged("preflight/applications", old, tiny(files=files)).findings[0]
    assert finding.rule == "application-unavailable"
    assert finding.where == Place("features.conf", 3)


def test_an_application_written_in_two_ways_is_one_finding() -> None:
    text = (
        DIALPLAN.replace("Macro(hello)", "MACRO(hello)") + "  '3' =>            1. Macro(x) [extensions.conf:9]\n"
    )
    has = {"Set": {}, "Dial": {}, "ExecIf": {}}
    old = tiny({"application": {"Macro": {}, **has}}, dialplan=text)
    assert len(judged("preflight/applications", old, tiny({"application": has}, dialplan=text)).findings) == 1


def test_a_module_that_nothing_needs_is_only_mentioned() -> None:
    result = judged("preflight/modules", tiny({"module": {"app_nbscat": {}}}), tiny())
    assert result.outcome is Outcome.SAME
    assert [f.severity for f in result.findings] == [Severity.INFO]


def test_a_module_that_is_loaded_by_name_and_is_gone_is_to_be_taken_out() -> None:
    line = StartLine("ERROR", "loader.c", "Error loading module 'app_macro.so': cannot open shared object file")
    candidate = tiny(
        dialplan=DIALPLAN,
        log=(line,),
        on_disk=frozenset({"app_stack"}),
        files={"modules.conf": "load => app_macro.so\n"},
    )
    (finding,) = judged("preflight/modules", tiny({"module": {"app_macro": {}}}), candidate).findings
    assert (finding.rule, finding.severity) == ("module-load-failed", Severity.BREAKING)
    assert (
        finding.advice == "The candidate has no app_macro.so: move to what took its place, and take the line out."
    )


def test_a_module_that_does_not_load_and_that_nothing_uses_is_only_mentioned() -> None:
    line = StartLine("ERROR", "loader.c", "Error loading module 'app_image.so': cannot open shared object file")
    candidate = tiny(dialplan=DIALPLAN, log=(line,), files={"modules.conf": "load => app_image.so\n"})
    (finding,) = judged("preflight/modules", tiny({"module": {"app_image": {}}}), candidate).findings
    assert (finding.severity, finding.old) == (Severity.INFO, "app_image (does not load)")


def test_an_undefined_symbol_names_the_module_that_has_it() -> None:
    message = "Error loading module 'res_ari.so': res_ari.so: undefined symbol: ast_websocket_client_reload"
    candidate = tiny(
        log=(StartLine("ERROR", "loader.c", message), StartLine("ERROR", "loader.c", "res_ari declined to load.")),
        on_disk=frozenset({"res_ari", "res_websocket_client", "app_websocket"}),
        files={"modules.conf": "[modules]\nautoload=no\nload = res_ari.so\n"},
    )
    old = tiny({"module": {"res_ari": {}}, "ARI": {"ARI": {}}, "ARI user": {"wall": {}}})
    finding = judged("preflight/modules", old, candidate).findings[0]
    assert finding.rule == "module-load-failed"
    assert finding.where == Place("modules.conf", 3)
    assert "res_websocket_client.so" in finding.advice
    down = judged("preflight/ari", old, candidate).findings
    assert [f.rule for f in down] == ["ari-down"]
    assert message in down[0].cause
    assert "res_websocket_client.so" in down[0].advice
    assert tuple(each.title for each in down[0].consequences) == ("The ARI user wall is not loaded",)


def test_a_rejected_file_is_told_once_with_the_option_that_did_it() -> None:
    lines = (
        "Could not find option suitable for category 'featuremap' named 'automon' at line 3 of ",
        "In features.conf: Processing options for featuremap failed",
    )
    candidate = tiny(
        log=tuple(StartLine("ERROR", "config_options.c", line) for line in lines),
        files={"features.conf": "[general]\n[featuremap]\nautomon => *1\n"},
    )
    findings = judged("preflight/log", tiny(), candidate).findings
    assert [f.rule for f in findings] == ["config-file-rejected"]
    assert findings[0].where == Place("features.conf", 3)
    assert "automon" in findings[0].advice


@pytest.mark.parametrize(
    ("line", "foreign"),
    [
        (StartLine("WARNING", "ccss.c", "Could not find valid ccss.conf file. Using defaults"), True),
        (StartLine("ERROR", "x.c", "Unable to load config file 'queues.conf'"), False),
        (StartLine("WARNING", "app_new.c", "Failed to load configuration file."), True),
        (StartLine("ERROR", "loader.c", "app_new declined to load."), True),
        (StartLine("ERROR", "loader.c", "app_asked declined to load."), False),
        (StartLine("WARNING", "app_queue.c", "Failed to load configuration file."), False),
    ],
)
def test_what_is_said_of_things_the_site_never_had_does_not_hold(line: StartLine, foreign: bool) -> None:
    files = {"queues.conf": "[general]\n", "modules.conf": "[modules]\nload = app_asked.so\n"}
    disk = frozenset({"app_new", "app_asked", "app_queue"})
    old = tiny({"module": {"app_queue": {}}}, files=files)
    result = judged("preflight/log", old, tiny(log=(line,), files=files, on_disk=disk))
    assert (result.outcome is Outcome.SAME) is foreign


def test_the_baseline_of_the_candidate_is_left_out() -> None:
    line = StartLine("ERROR", "x.c", "Unable to open 0xdeadbeef at 12:00")
    again = StartLine("ERROR", "x.c", "Unable to open 0xcafe at 13:59")
    result = judge_load("preflight/log", tiny(), tiny(), tiny(log=(line,)), baseline=tiny(log=(again,)).messages())
    assert result.findings == ()


def test_a_sip_peer_that_became_an_endpoint_is_there() -> None:
    old = tiny({"sip peer": {"bob": {"technology": "SIP"}}})
    assert judged("preflight/endpoints", old, tiny({"endpoint": {"bob": {}}})).outcome is Outcome.SAME


def test_a_context_that_is_gone_takes_its_extensions_with_it() -> None:
    old = tiny({"context": {"in": {}}, "extension": {"100@in": {}}, "hint": {"100@in": {}}})
    findings = judged("preflight/dialplan", old, tiny()).findings
    assert [f.rule for f in findings] == ["context-missing"]
    assert tuple(each.title for each in findings[0].consequences) == ("The extension 100@in is not loaded",)


def test_a_zone_that_the_old_release_did_not_know_either_is_silent() -> None:
    sides = tiny({"time zone": {"US/Nowhere": {"resolves": "no"}}})
    assert judged("preflight/time-zones", sides, sides).findings == ()


@pytest.mark.parametrize("zone", ["Zulu", "UCT", "Universal", "Greenwich", "GMT0", "Etc/Zulu"])
def test_a_name_of_utc_means_the_same_without_the_systems_help(zone: str) -> None:
    old, candidate = (tiny({"time zone": {zone: {"resolves": resolves}}}) for resolves in ("yes", "no"))
    assert judged("preflight/time-zones", old, candidate).findings == ()


def test_a_zone_is_told_with_every_place_that_names_it() -> None:
    places = (Place("candidate/extensions.conf", 37), Place("candidate/voicemail.conf", 16))
    old, bare = (tiny({"time zone": {"US/Central": {"resolves": resolves}}}) for resolves in ("yes", "no"))
    zones = replace(bare.section("time zone"), places={"US/Central": places[0]}, every={"US/Central": places})
    candidate = replace(bare, sections={**bare.sections, "time zone": zones})
    (finding,) = judged("preflight/time-zones", old, candidate).findings
    assert (finding.where, finding.places) == (places[0], places)


def test_secrets_never_enter_a_finding() -> None:
    old, candidate = (tiny({"conference user": {"chair": {"PIN": pin}}}) for pin in ("9753", "1111"))
    finding = judged("preflight/conferences", old, candidate).findings[0]
    assert "9753" not in str(finding)
    assert "1111" not in str(finding)


def test_the_sites_own_severities_count() -> None:
    old, candidate = tiny({"queue": {"a": {}}}), tiny()
    result = judge_load("preflight/queues", old, old, candidate, severities={"queue-missing": Severity.INFO})
    assert result.outcome is Outcome.SAME


def line(files: dict[str, str], *, heading: str = "", key: str = "") -> str:
    return str(tiny(files=files).find("a.conf", heading=heading, key=key))


def test_a_line_is_found_by_heading_and_key() -> None:
    files = {"a.conf": "[a](!)\nx = 1\n[b](a)\nx => 2 ; [c]\n"}
    assert line(files, heading="b") == "a.conf:3"
    assert line(files, heading="b", key="x") == "a.conf:4"
    assert line(files, key="x") == "a.conf:2"
    assert line(files, heading="c") == "a.conf"


def test_a_file_that_nothing_opens_is_no_place() -> None:
    files = {
        "dist/pjsip.conf": "allow = ilbc\n",
        "minivm.conf": "allow = ilbc\n",
        "pjsip.conf": "#include sub/x.conf\n",
    }
    side = tiny({"module": {"res_pjsip": {}}}, files=files | {"sub/x.conf": "\nallow = ilbc\n"})
    assert side.mention("ilbc") == Place("sub/x.conf", 2)
    assert tiny({"module": {"res_pjsip": {}}}, files=files).mention("ilbc") is None
    with_it = tiny({"module": {"app_minivm": {}}}, files=files)
    assert with_it.mention("ilbc") == Place("minivm.conf", 1)


def test_what_stands_in_a_block_comment_is_no_place() -> None:
    files = {"a.conf": ";-- old\n[sales]\nx = 1\n--;\n\n[sales]\nx = 2 ;-- more\nx = 3 --;\n"}
    assert line(files, heading="sales") == "a.conf:6"
    assert line(files, heading="sales", key="x") == "a.conf:7"
    mentioned = tiny(files={"a.conf": ";--\nulaw\n--;\nallow = ulaw ; ulaw\n"}).mention("ulaw")
    assert str(mentioned) == "a.conf:4"


def test_cases_of_headings_and_keys_are_not_told_apart() -> None:
    files = {"a.conf": "[General]\nBindAddr = 1\n"}
    assert line(files, heading="general") == "a.conf:1"
    assert line(files, heading="GENERAL", key="bindaddr") == "a.conf:2"


def test_what_is_included_is_found_in_its_own_file() -> None:
    files = {"a.conf": "[x]\n#include a.d/*.conf\n", "a.d/one.conf": "y = 1\n[z]\n", "a.d/.no.conf": "[no]\n"}
    assert line(files, heading="x", key="y") == "a.d/one.conf:1"
    assert str(tiny(files=files).anywhere("a", "z")) == "a.d/one.conf:2"
    assert line(files, heading="no") == "a.conf"


_EXECIF = (
    "[ Context 'in' created by 'x' ]\n  '1' =>            1. ExecIf($[${X}]?NoOp():Macro(a))  [extensions.conf:2]"
)


@pytest.mark.parametrize(
    ("dialplan", "files", "place"),
    [
        (_EXECIF, {}, "extensions.conf:2"),
        ("", {"features.conf": "[applicationmap]\n;-- a => 1,self,X --;\n#include f.conf\n",
              "f.conf": "b => *1,self,Macro(x)\n"}, "f.conf:1"),
        ("", {"queues.conf": "[General]\n[sales]\nMemberMacro = x\n"}, "queues.conf:3"),
    ],
)  # fmt: skip
def test_an_application_that_is_gone_is_found_wherever_it_is_run(
    dialplan: str, files: dict[str, str], place: str
) -> None:
    used = tiny(dialplan=dialplan, files=files)
    old = replace(
        used, sections={**used.sections, "application": Listing({"Macro": {}, "ExecIf": {}, "NoOp": {}})}
    )
    candidate = replace(used, sections={**used.sections, "application": Listing({"ExecIf": {}, "NoOp": {}})})
    findings = judged("preflight/applications", old, candidate).findings
    assert [(finding.rule, str(finding.where)) for finding in findings] == [("application-unavailable", place)]


@pytest.mark.parametrize(
    ("dialplan", "files", "members", "place"),
    [
        ("[ Context 'in' created by 'x' ]\n  '1' => hint: SIP/100&SIP/101 [extensions.conf:2]", {}, (),
         "extensions.conf:2"),
        ("", {"queues.conf": "[sales]\nmember => PJSIP/1\nmember => SIP/100,1,Ann\n"}, (), "queues.conf:3"),
        ("", {"queues.conf": "[sales]\n"}, ("sales SIP/100",), "queues.conf:1"),
        ("", {"extensions.conf": "[globals]\nTRUNK => SIP/provider\n"}, (), "extensions.conf:2"),
        ("", {"features.conf": "[applicationmap]\na => *1,self,Dial(SIP/100)\n"}, (), "features.conf:2"),
    ],
)  # fmt: skip
def test_a_technology_that_is_gone_is_found_wherever_it_is_dialled_or_watched(
    dialplan: str, files: dict[str, str], members: tuple[str, ...], place: str
) -> None:
    queue = {"queue member": {member: {} for member in members}}
    used = tiny(queue, dialplan=dialplan, files=files)
    old = replace(used, sections={**used.sections, "technology": Listing({"SIP": {}, "PJSIP": {}})})
    candidate = replace(used, sections={**used.sections, "technology": Listing({"PJSIP": {}})})
    findings = judged("preflight/applications", old, candidate).findings
    assert [(finding.rule, str(finding.where)) for finding in findings] == [("technology-unavailable", place)]


@pytest.mark.parametrize(
    ("modules", "asks"),
    [
        ("[modules]\n#include modules.d/*.conf\n", "modules.d/a.conf:1"),
        ("[Modules]\nLoad => app_x.so\n", "modules.conf:2"),
        ("[modules](+)\n[base](!)\n[modules]\nrequire = app_x\n", "modules.conf:4"),
        ("[modules]\n;--\nload = app_x.so\n--;\n", "None"),
        ("[other]\nload = app_x.so\n", "None"),
    ],
)
def test_a_module_that_the_site_names_is_seen_wherever_it_does(modules: str, asks: str) -> None:
    side = tiny(files={"modules.conf": modules, "modules.d/a.conf": "load = app_x.so\n" if "#" in modules else ""})
    assert str(asked_for(side, "app_x")) == asks


_MAY: dict[str, dict[str, dict[str, str]]] = {
    "AMI login": {"desk": {"login": "Authentication accepted"}},
    "AMI heard": {"Hangup": {}, "Cdr": {}},
    "AMI told": {"desk: Hangup": {}},
    "ARI right": {"wall may read": {"status": "200"}},
}


def may(**sections: dict[str, dict[str, str]]) -> Inventory:
    """What users may do, with other `AMI_told` and the like."""
    other = {name.replace("_", " "): items for name, items in sections.items()}
    files = {"manager.conf": "[general]\n[desk]\n", "ari.conf": "[general]\n\n[wall]\n"}
    return tiny({**_MAY, **other}, files=files)


@pytest.mark.parametrize(
    ("check", "candidate", "rule", "place"),
    [
        ("ami/users", may(AMI_login={"desk": {"login": "failed"}}), "ami-login-refused", "manager.conf:2"),
        ("ami/users", may(AMI_told={}), "ami-event-not-let-through", "manager.conf:2"),
        ("ari/users", may(ARI_right={"wall may read": {"status": "401"}}), "ari-right-lost", "ari.conf:3"),
    ],
)
def test_what_a_user_may_do_no_more_is_placed_at_the_user(
    check: str, candidate: Inventory, rule: str, place: str
) -> None:
    (finding,) = judged(check, may(), candidate).findings
    assert (finding.rule, str(finding.where)) == (rule, place)


def test_what_did_not_happen_is_held_back_from_nobody() -> None:
    gone = {"AMI_told": {}, "AMI_heard": {"Cdr": {}}}
    assert judged("ami/users", may(), may(**gone)).findings == ()
    assert judged("ami/users", may(**gone), may()).findings == ()


def test_who_is_let_in_no_more_is_one_finding_and_not_one_for_each_event() -> None:
    refused = may(AMI_login={"desk": {"login": "failed"}}, AMI_told={})
    assert [f.rule for f in judged("ami/users", may(), refused).findings] == ["ami-login-refused"]
    assert [f.rule for f in judged("ami/users", refused, may()).findings] == ["ami-login-admitted"]


def test_what_is_let_through_names_the_user_and_the_event() -> None:
    (finding,) = judged("ami/users", may(), may(AMI_told={"desk: Hangup": {}, "desk: Cdr": {}})).findings
    assert (finding.rule, finding.candidate) == ("ami-event-let-through", "desk: Cdr")


@pytest.mark.parametrize(
    ("section", "user", "counts"),
    [
        ("AMI action", {"AMI client": {"desk": {}}}, True),
        ("AMI action", {"ARI client": {"wall": {}}}, False),
        ("AMI action", {}, False),
    ],
)
def test_what_an_interface_offers_no_more_counts_where_the_site_has_a_user_of_it(
    section: str, user: dict[str, dict[str, dict[str, str]]], counts: bool
) -> None:
    old = replace(tiny({**user, section: {"Gone": {}}}), programs={"apps/desk.py": 'send("Action: Gone\\r\\n")'})
    results = [judged(check, old, tiny(user)) for check in ("ami/actions", "preflight/interfaces")]
    assert [len(result.findings) for result in results] == ([1, 0] if counts else [0, 1])
    assert (results[0].outcome is Outcome.DIFFERS) is counts


@pytest.mark.parametrize("application", ["AGI", "EAGI", "DeadAGI", "NoOp"])
def test_an_agi_command_counts_where_the_dialplan_runs_an_agi(application: str) -> None:
    dialplan = f"[ Context 'in' created by 'x' ]\n  '1' => 1. {application}(x)  [extensions.conf:2]"
    old, candidate = (tiny({"AGI command": items}, dialplan=dialplan) for items in ({"get data": {}}, {}))
    old = replace(old, programs={"agi-bin/x.py": "agi.get_data('beep')"})
    assert (judged("agi/commands", old, candidate).outcome is Outcome.DIFFERS) is (application != "NoOp")


@pytest.mark.parametrize(
    ("section", "names", "count"),
    [
        ("queue", "a", "1 queue"),
        ("queue", "a b", "2 queues"),
        ("mailbox", "1@x", "1 mailbox"),
        ("music class", "a b c", "3 music classes"),
        ("CDR", "a", "1 CDR entry"),
        ("CDR", "a b", "2 CDR entries"),
    ],
)
def test_what_is_new_is_counted_in_words(section: str, names: str, count: str) -> None:
    items: dict[str, dict[str, str]] = {name: {} for name in names.split()}
    same = tiny()
    (change,) = added(View(same, same, tiny({section: items}), (section,), frozenset()), section)
    assert (change.item, change.candidate) == (count, names.replace(" ", ", "))


@pytest.mark.parametrize(
    ("section", "item", "file", "text", "line"),
    [
        ("endpoint", "101", "pjsip.conf", "[global]\n[101]\n", 2),
        ("queue", "sales", "queues.conf", "[general]\n[sales]\n", 2),
        ("queue member", "sales PJSIP/101", "queues.conf", "[general]\n\n[sales]\n", 3),
        ("mailbox", "1001@office", "voicemail.conf", "[home]\n1001 => 1\n[office]\n1001 => 2\n", 4),
        ("feature", "Blind Transfer", "features.conf", "[featuremap]\natxfer = *2\nblindxfer = #1\n", 3),
        ("realtime family", "sippeers", "extconfig.conf", "[settings]\nqueues => a\nsippeers => b\n", 3),
        ("CDR", "Logging", "cdr.conf", "[general]\n", 0),
        ("codec", "ulaw", "pjsip.conf", "[ulaw]\n", None),
    ],
)
def test_a_thing_is_placed_where_the_site_writes_it(
    section: str, item: str, file: str, text: str, line: int | None
) -> None:
    written = tiny(files={file: text})
    for old, candidate in ((written, tiny()), (written, written)):
        place = View(old, old, candidate, (section,), frozenset()).place(section, item)
        assert place == (None if line is None else Place(file, line))


def test_every_line_of_the_log_counts_whatever_comes_before_it() -> None:
    disk = frozenset({"app_new"})
    lines = (
        StartLine("ERROR", "loader.c", "app_new declined to load."),
        StartLine("NOTICE", "x.c", "Hello."),
        StartLine("WARNING", "x.c", "First."),
        StartLine("ERROR", "loader.c", "app_queue declined to load."),
        StartLine("WARNING", "x.c", "First."),
        StartLine("ERROR", "y.c", "Second."),
    )
    old = tiny({"module": {"app_queue": {}}})
    findings = judged("preflight/log", old, tiny(log=lines, on_disk=disk)).findings
    assert sorted(f.candidate for f in findings if f.severity.holds) == ["x.c: First.", "y.c: Second."]
    assert [f.candidate for f in findings if not f.severity.holds] == ["app_new declined to load."]


def test_a_peer_without_an_endpoint_is_why_sip_is_missed_and_has_its_place() -> None:
    files = {"sip.conf": "[general]\n[ann]\n[bob]\n[eve]\n"}
    old = tiny({"module": {"chan_sip": {}}, "sip peer": {"ann": {}, "bob": {}, "eve": {}}}, files=files)
    candidate = tiny({"endpoint": {"ann": {}}}, files=files)
    (finding,) = judged("preflight/modules", old, candidate).findings
    assert "2 of 3 peers of sip.conf have no PJSIP endpoint: bob, eve" in finding.cause
    assert finding.where == Place("sip.conf", 3)


@pytest.mark.parametrize(("on_disk", "state", "advised"), [
    (frozenset({"app_stack"}), "does not exist", False),
    (frozenset({"app_macro"}), "is there and not loaded", True),
])  # fmt: skip
def test_a_module_that_is_there_and_not_loaded_is_to_be_loaded(
    on_disk: frozenset[str], state: str, advised: bool
) -> None:
    dialplan = "[ Context 'in' created by 'x' ]\n  '1' => 1. Macro(a)  [extensions.conf:2]"
    old, candidate = (
        tiny({"module": modules}, dialplan=dialplan, on_disk=on_disk) for modules in ({"app_macro": {}}, {})
    )
    (finding,) = judged("preflight/modules", old, candidate).findings
    assert finding.candidate == state
    assert ("load = app_macro.so" in finding.advice) is advised


@pytest.mark.parametrize(
    ("section", "item", "rule"),
    [
        ("extension", "100@in", "extension-missing"),
        ("include", "day in in", "include-missing"),
        ("hint", "100@in", "hint-missing"),
    ],
)
def test_what_a_context_has_no_more_is_missed(section: str, item: str, rule: str) -> None:
    old, candidate = (tiny({"context": {"in": {}}, section: items}) for items in ({item: {}}, {}))
    assert [f.rule for f in judged("preflight/dialplan", old, candidate).findings] == [rule]


def test_contexts_that_only_macro_would_run_are_one_and_others_each_one() -> None:
    old = tiny({"context": {"macro-a": {}, "in": {}, "macro-b": {}, "out": {}}})
    findings = judged("preflight/dialplan", old, tiny()).findings
    assert sorted(f.rule for f in findings if f.severity is Severity.BREAKING) == ["context-missing"] * 2
    assert [f.old for f in findings if f.severity is not Severity.BREAKING] == ["macro-a, macro-b"]


def test_a_table_that_is_not_written_takes_its_columns_with_it() -> None:
    columns: dict[str, dict[str, str]] = {"pbx.cdr.src": {}, "pbx.cel.eventtype": {}}
    rows = {"pbx.cdr": {"rows": "2"}, "pbx.cel": {"rows": "9"}}
    old = tiny({"written table": rows, "written column": columns})
    candidate = tiny({"written table": {"pbx.cel": {"rows": "9"}}})
    findings = judged("databases/written", old, candidate).findings
    assert sorted((f.rule, "pbx.cdr" in f.title) for f in findings) == [
        ("column-not-written", False),
        ("table-not-written", True),
    ]


@pytest.mark.parametrize(
    ("old", "candidate", "rule"),
    [
        ({"One Touch Monitor": "*1"}, {"One Touch MixMonitor": "*1"}, "feature-renamed"),
        ({"One Touch Monitor": "*1"}, {"One Touch MixMonitor": "*2"}, "feature-code-changed"),
        ({"One Touch Monitor": "*1"}, {"Park Call": "*1"}, "feature-code-changed"),
        ({"Blind Transfer": "#1"}, {"One Touch MixMonitor": "#1"}, "feature-code-changed"),
    ],
)
def test_a_code_that_went_from_monitor_to_mixmonitor_is_the_same_for_who_presses_it(
    old: dict[str, str], candidate: dict[str, str], rule: str
) -> None:
    sides = [tiny({"feature": {name: {"code": code} for name, code in side.items()}}) for side in (old, candidate)]
    assert [f.rule for f in judged("preflight/features", *sides).findings if f.severity.value != "additive"] == [
        rule
    ]


@pytest.mark.parametrize("name", ["PIN", "secret", "Password"])
def test_a_secret_is_hidden_and_an_empty_one_is_seen_to_be_empty(name: str) -> None:
    old, candidate = (tiny({"conference user": {"chair": {name: value}}}) for value in ("9753", ""))
    (finding,) = judged("preflight/conferences", old, candidate).findings
    assert "(secret)" in str(finding)
    (other,) = judged("preflight/conferences", candidate, old).findings
    assert (finding.old, other.candidate) == ("(secret)", "(secret)")
    assert "(secret)" not in (finding.candidate, other.old)


def test_what_is_only_new_in_a_file_is_one_finding_and_what_is_gone_is_one_each() -> None:
    places = [Place("candidate/pjsip.conf", line) for line in (3, 5)]
    changes = (
        SiteChange("config-option-new", "pjsip.conf endpoint: offer", (places[0],), "", "local"),
        SiteChange("config-option-new", "pjsip.conf aor: expiry", (places[1], places[0]), "", "60"),
        SiteChange("config-option-gone", "pjsip.conf endpoint: force_avp", (places[0],), "no", ""),
        SiteChange("config-option-gone", "pjsip.conf endpoint: icesupport", (places[1],)),
        SiteChange("sample-option-new", "queues.conf: log-name", (), "", "yes"),
    )
    candidate = replace(tiny(), site_changes=changes)
    findings = {f.field or f.title: f for f in judged("preflight/options", tiny(), candidate).findings}
    assert len(findings) == 4
    together = findings["offer, expiry"]
    assert (together.rule, together.candidate, together.where) == ("config-option-new", "local; 60", places[0])
    assert "pjsip.conf" in together.title
    assert findings["log-name"].rule == "sample-option-new"
    assert sorted(f.candidate for f in findings.values() if f.rule == "config-option-gone") == ["is not there"] * 2
    assert judged("preflight/options", candidate, candidate).findings == ()


@pytest.mark.parametrize(
    ("item", "line"), [("pbx", Place("res_odbc.conf", 3)), ("cdr_pgsql.conf", Place("cdr_pgsql.conf", 0))]
)
def test_a_connection_that_is_lost_is_placed_where_the_site_describes_it(item: str, line: Place) -> None:
    files = {"res_odbc.conf": "[other]\n\n[pbx]\n", "cdr_pgsql.conf": "[global]\n"}
    old, candidate = (
        tiny({"database connection": {item: {"connected": connected}}}, files=files) for connected in ("yes", "no")
    )
    assert [f.where for f in judged("preflight/databases", old, candidate).findings] == [line]


def test_phones_that_went_from_chan_sip_to_chan_pjsip_have_one_name_in_hints_and_queues() -> None:
    def side(technology: str, section: str, number: str = "101") -> Inventory:
        member, hint = f"sales {technology}/{number}", {"watches": f"{technology}/${{EXTEN}}"}
        return tiny({section: {"101": {}}, "queue member": {member: {"penalty": "0"}}, "hint": {"_10X@in": hint}})

    old, candidate = side("SIP", "sip peer"), side("PJSIP", "endpoint")
    for check in ("preflight/queues", "preflight/dialplan"):
        assert judged(check, old, candidate).findings == ()
        assert judged(check, candidate, old).findings != ()
    assert judged("preflight/queues", old, side("PJSIP", "endpoint", "102")).findings != ()


def test_what_is_verified_of_dtls_is_shown_otherwise_and_not_verified_otherwise() -> None:
    def shown(value: str) -> Inventory:
        return tiny({"endpoint": {"101": {"dtls_verify": value}}})

    assert judged("preflight/endpoints", shown("Yes"), shown("Fingerprint")).findings == ()
    assert len(judged("preflight/endpoints", shown("Yes"), shown("No")).findings) == 1
    assert len(judged("preflight/endpoints", shown("No"), shown("Fingerprint")).findings) == 1


@pytest.mark.parametrize(
    ("old", "candidate", "contents", "holds"),
    [
        ("16.28.0", "22.10.1", ("1", "1"), True),
        ("16.28.0", "22.10.1", ("1", "2"), False),
        ("16.28.0", "16.30.0", ("1", "1"), False),
        ("", "22.10.1", ("1", "1"), False),
    ],
)
def test_one_binary_for_two_series_is_breaking_though_it_runs(
    old: str, candidate: str, contents: tuple[str, str], holds: bool
) -> None:
    files = {"modules.conf": "[modules]\nload = app_ours.so\n"}
    runs = tiny({"module": {"app_ours": {}}}, files=files)
    sides = [
        replace(runs, version=version, third_party={"app_ours": content})
        for version, content in zip((old, candidate), contents, strict=True)
    ]
    findings = judged("preflight/modules", *sides).findings
    assert [(f.rule, f.where) for f in findings] == [("module-same-binary", Place("modules.conf", 2))] * holds


def test_the_old_releases_own_module_is_nothing_for_the_candidate_either() -> None:
    old = replace(tiny({"module": {"app_url": {}}}), version="16.28.0", binaries={"app_url.so": "1"})
    candidate = replace(tiny({"module": {"app_url": {}}}), version="22.10.1", third_party={"app_url": "1"})
    assert [f.rule for f in judged("preflight/modules", old, candidate).findings] == ["module-same-binary"]


def test_what_an_image_does_not_bring_is_left_out() -> None:
    """What else the check compares is compared."""
    old = tiny({"queue": {"sales": {}}, "queue member": {"sales: PJSIP/101": {}}})
    unsaid = Listing(problem="the image has no such file")
    candidate = replace(tiny(), sections={**tiny().sections, "queue member": unsaid})
    assert {finding.subject for finding in judged("preflight/queues", old, candidate).findings} == {"sales"}


def test_a_check_of_nothing_else_is_skipped_with_the_reason() -> None:
    unsaid = Listing(problem="the image has no documentation/core-en_US.xml")
    candidate = replace(tiny(), sections={**tiny().sections, "AGI command": unsaid})
    result = judged("agi/commands", tiny({"AGI command": {"ANSWER": {}}}), candidate)
    assert (result.outcome, result.problem) == (
        Outcome.SKIPPED,
        "candidate: the image has no documentation/core-en_US.xml",
    )
