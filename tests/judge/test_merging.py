"""Causes of a whole run: what several scenarios and checks show is told once, and can be taken apart again."""

from dataclasses import replace

from harness.judge.merging import merged, of_scenario
from harness.model import Finding, Place, Severity


def loaded(rule: str, about: str, check: str = "preflight/applications", **facts: object) -> Finding:
    kind, _, name = about.partition(": ")
    found = Finding(
        rule, Severity.BREAKING, "config", check, f"{about} is gone", about=about, subject=name, event=kind,
        fingerprint=f"{rule}-{about}",
    )  # fmt: skip
    return replace(found, **facts)  # type: ignore[arg-type]


def missing(thing: str, scenario: str, line: int) -> Finding:
    head = Finding(
        "application-missing", Severity.BREAKING, "dialplan", scenario, f"The application {thing} does not exist",
        about=f"application: {thing}", subject=thing, where=Place("extensions.conf", line),
        fingerprint=f"{thing}-{scenario}",
    )  # fmt: skip
    lost = Finding("call-event-lost", Severity.BREAKING, "call", scenario, "it rings no more", link="behind it")
    return head.following([replace(lost, fingerprint=f"lost-{scenario}")])


USED = loaded("application-unavailable", "application: Macro", places=(Place("a.conf", 1), Place("a.conf", 2)))
MODULE = loaded("module-missing", "module: app_macro", "preflight/modules")
OPTION = loaded("application-option-gone", "", "preflight/options", subject="Dial: M", title="Dial's M is gone")


def test_one_thing_that_is_gone_is_one_cause_wherever_it_is_missed() -> None:
    calls = [missing("Macro", f"s/{n}", n) for n in range(1, 5)]
    (cause,) = merged([MODULE, OPTION, *calls, USED])
    assert cause.title == "application: Macro is gone"
    assert cause.scenarios == (
        "preflight/applications", "preflight/modules", "preflight/options", "s/1", "s/2", "s/3", "s/4",
    )  # fmt: skip


def test_a_call_that_misses_what_was_lost_with_another_thing_is_of_the_same_cause() -> None:
    lost = loaded("application-unavailable", "application: VoiceMailMain", link="lost with it")
    mailbox = loaded("application-unavailable", "application: VoiceMail", places=(Place("a.conf", 1),))
    (cause,) = merged([missing("VoiceMailMain", "s/1", 48), mailbox.following([lost])])
    assert (cause.title, cause.scenarios) == ("application: VoiceMail is gone", ("preflight/applications", "s/1"))
    assert len(merged([missing("VoiceMailMain", "s/1", 48), mailbox])) == 2


def test_a_channel_technology_with_its_module_and_its_peers_is_one_cause() -> None:
    peers = [loaded("sip-peer-missing", f"sip peer: {n}", "preflight/endpoints") for n in range(149)]
    used = loaded("technology-unavailable", "technology: SIP", places=(Place("a.conf", 1),))
    module = loaded("module-missing", "module: chan_sip", "preflight/modules")
    call = replace(missing("SIP", "s/1", 1), about="channel technology: SIP")
    header = loaded("application-unavailable", "application: SIPAddHeader")
    (cause,) = merged([*peers, module, call, header, used])
    assert cause.title == "technology: SIP is gone"


def test_two_things_that_are_gone_are_two_causes() -> None:
    found = merged([USED, missing("Monitor", "s/1", 1), loaded("function-unavailable", "function: CALLERPRES")])
    assert len(found) == 3


def test_the_same_in_two_calls_is_told_once_and_each_call_gets_its_own_back() -> None:
    one, other = missing("Macro", "s/1", 3), missing("Macro", "s/2", 3)
    (cause,) = merged([one, other])
    assert cause.scenarios == ("s/1", "s/2")
    assert list(of_scenario([cause], "s/1")) == [one]
    assert list(of_scenario([cause], "s/2")) == [other]
    assert merged([cause]) == (cause,)


def test_what_is_accepted_in_one_call_is_no_part_of_what_holds() -> None:
    one, other = missing("Macro", "s/1", 3), replace(missing("Macro", "s/2", 3), waived="known")
    assert len(merged([one, other])) == 2


def test_what_a_file_that_is_refused_would_set_follows_from_that() -> None:
    place = Place("features.conf", 4)
    file = loaded("config-file-rejected", "", "preflight/log", where=place, title="features.conf is refused")
    key = loaded("feature-code-changed", "feature: Park", "preflight/features", where=Place("features.conf", 9))
    elsewhere = loaded("feature-code-changed", "feature: Dial", "preflight/features", where=Place("x.conf", 9))
    assert [len(cause.consequences) for cause in merged([file, key])] == [1]
    assert len(merged([file, elsewhere])) == 2


def test_a_call_that_reads_a_time_zone_which_does_not_resolve_follows_from_it() -> None:
    zone = loaded("time-zone-unresolved", "time zone: US/Eastern", "preflight/time-zones")
    call = Finding(
        "variable-changed", Severity.BREAKING, "dialplan", "s/1", "HOUR is 21 instead of 17",
        cause="9@in, priority 1: Set(HOUR=${STRFTIME(${EPOCH},US/Eastern,%H)}) has HOUR=21, had HOUR=17",
    )  # fmt: skip
    (cause,) = merged([call, zone])
    assert cause.scenarios == ("preflight/time-zones", "s/1")


def test_many_things_of_one_kind_are_one_finding_with_their_names() -> None:
    phones = [loaded("endpoint-missing", f"endpoint: {n}", "preflight/phones", advice="x") for n in range(149)]
    (cause,) = merged(phones)
    assert len({cause.subject, *(each.subject for each in cause.consequences)}) == 149


def test_what_harms_nobody_is_one_line_a_kind() -> None:
    info = [Finding(rule, Severity.INFO, "ami", f"s/{n}", f"{rule} {n}") for rule in ("a", "b") for n in range(9)]
    assert [(one.rule, len(one.consequences)) for one in merged(info)] == [("a", 8), ("b", 8)]


def test_what_a_rule_knows_by_one_fingerprint_is_told_once_whatever_the_value_was() -> None:
    lost = Finding(
        "ami-header-lost", Severity.BREAKING, "ami", "s/1", "no header Reason", old="lunch", fingerprint="f"
    )
    (cause,) = merged([lost, replace(lost, scenario="s/2", old="meeting")])
    assert cause.scenarios == ("s/1", "s/2")


def test_what_is_said_in_a_language_that_is_gone_follows_from_that() -> None:
    code = loaded("language-code-gone", "", "preflight/options", subject="mx")
    says = "Asterisk's log says: Language {} not currently supported"
    said = replace(missing("x", "s/1", 3), about="", cause=says.format("mx"))
    assert len(merged([said, code])) == 1
    assert len(merged([replace(said, cause=says.format("pt")), code])) == 2


def test_a_program_that_does_something_else_does_it_for_the_version_that_greets_it() -> None:
    greeting = Finding(
        "app-greeting-changed", Severity.INFO, "app", "apps/panel", "AMI greets panel", subject="panel"
    )
    asks = Finding("app-request-lost", Severity.BREAKING, "app", "s/1", "panel asks no more", subject="panel")
    other = replace(asks, subject="wallboard", title="wallboard asks no more")
    assert [one.severity for one in merged([greeting])] == [Severity.INFO]
    first, second = merged([greeting, asks, other])
    assert (first.title, first.severity, first.scenarios) == (
        greeting.title,
        Severity.BREAKING,
        ("apps/panel", "s/1"),
    )
    assert second.title == other.title
    assert list(of_scenario([first], "apps/panel")) == [greeting]
    assert list(of_scenario([first], "s/1")) == [asks]


def test_what_an_answer_holds_is_not_explained_by_the_greeting() -> None:
    greeting = Finding("app-greeting-changed", Severity.INFO, "app", "apps/panel", "greets", subject="panel")
    answer = Finding("app-answer-changed", Severity.REVIEW, "app", "s/1", "panel is answered", subject="panel")
    assert {one.severity for one in merged([greeting, answer])} == {Severity.INFO, Severity.REVIEW}


def test_a_script_and_an_event_that_miss_what_is_gone_are_of_the_same_cause() -> None:
    used = loaded(
        "application-unavailable", "application: Monitor", places=(Place("a.conf", 1), Place("a.conf", 2))
    )
    script = loaded("script-uses-gone", "", "preflight/options", subject="application Monitor", title="A script")
    lost = Finding("ami-event-lost", Severity.BREAKING, "ami", "s/1", "MonitorStop is lost", event="MonitorStop")
    other = replace(lost, title="Pickup is lost", event="Pickup")
    cause, alone = merged([used, script, lost, other])
    assert (cause.title, [each.title for each in cause.consequences]) == (
        "application: Monitor is gone",
        ["A script", "MonitorStop is lost"],
    )
    assert alone.title == "Pickup is lost"
    assert len(merged([loaded("application-unavailable", "application: PauseMonitor"), lost])) == 2


def test_a_header_that_is_gone_by_the_documents_and_in_a_call_is_one_cause() -> None:
    documented = loaded("ami-event-header-gone", "AMI event header: QueueMemberPause: Reason", "ami/events")
    lost = Finding(
        "ami-header-lost", Severity.BREAKING, "queue", "s/1", "no Reason", about="QueueMemberPause: Reason"
    )
    (cause,) = merged([documented, lost])
    assert [each.title for each in cause.consequences] == ["no Reason"]
    assert len(merged([documented, replace(lost, about="QueueMemberPause: Queue")])) == 2
