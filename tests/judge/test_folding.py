"""What follows from what in one scenario: one cause with its symptoms, and two causes that stay two."""

import pytest
from msgspec.structs import replace

from harness.asterisk.dialplan.show import parse_dialplan
from harness.judge import Maps, Plays, judge
from harness.judge.align import align
from harness.judge.causes.folding import causes_of
from harness.judge.causes.groups import Named
from harness.judge.causes.timeline import timeline_of
from harness.judge.normalise.facts import Normal
from harness.judge.rules import rule_for
from harness.model import Change, Finding, Place, Thing
from harness.testing import trace

DIALPLAN = """\
[ Context 'in' created by 'pbx_config' ]
  '9' =>            1. Set(STATE=${DEVICE_STATE(PJSIP/105)})       [extensions.conf:2]
                    2. Set(COLOUR=${DB(shop/colour)})              [extensions.conf:3]
                    3. GotoIf($["${STATE}"="BUSY"]?8)              [extensions.conf:4]
                    4. Dial(PJSIP/105)                             [extensions.conf:5]
                    5. Hangup()                                    [extensions.conf:6]
                    8. Playback(all-busy)                          [extensions.conf:9]
                    9. UserEvent(Paint,Colour: ${COLOUR})          [extensions.conf:10]
"""
CALLER = "Channel: PJSIP/101-00000001\nUniqueid: 1.1\nLinkedid: 1.1"
NEW = f"Event: Newchannel\n{CALLER}\nChannelStateDesc: Ring"


def runs(priority: int, application: str, data: str = "", extension: str = "9") -> str:
    place = f"Context: in\nExtension: {extension}\nPriority: {priority}"
    return f"Event: Newexten\n{CALLER}\n{place}\nApplication: {application}\nAppData: {data}"


def sets(name: str, value: str) -> str:
    return f"Event: VarSet\n{CALLER}\nVariable: {name}\nValue: {value}"


def plays(sound: str) -> str:
    return f"Event: Playback\nChannel: PJSIP/101-00000001\nSound: {sound}"


def record(disposition: str, account: str = "") -> str:
    caller = CALLER.replace("Uniqueid", "UniqueID")
    return f"Event: Cdr\n{caller}\nDisposition: {disposition}\nAccountCode: {account}"


def hangup(cause: str) -> str:
    return f"Event: Hangup\n{CALLER}\nCause: {cause}"


def causes(old: list[str], candidate: list[str]) -> tuple[Finding, ...]:
    sides = {"old": old, "again": old, "candidate": candidate}
    traces = {name: (trace("\n\n".join(texts), instance=name),) for name, texts in sides.items()}  # type: ignore[arg-type]
    dialplan = parse_dialplan(DIALPLAN)
    found = judge(Plays("test/one", traces), Maps(dialplan, dialplan)).result.findings  # type: ignore[arg-type]
    return tuple(finding for finding in found if finding.severity.holds)


def titles(finding: Finding) -> list[str]:
    return [each.title for each in finding.consequences]


def state_of(value: str) -> list[str]:
    """The call as the state of a phone decides it."""
    way = [plays("all-busy")] if value == "BUSY" else [sets("DIALSTATUS", "NOANSWER")]
    steps = [runs(8, "Playback", "all-busy")] if value == "BUSY" else [runs(4, "Dial", "PJSIP/105")]
    return [
        NEW,
        runs(1, "Set", f"STATE={value}"),
        sets("STATE", value),
        runs(2, "Set", "COLOUR=red"),
        sets("COLOUR", "red"),
        runs(3, "GotoIf", f"{int(value == 'BUSY')}?8"),
        *steps,
        *way,
        hangup("17" if value == "BUSY" else "16"),
        record("BUSY" if value == "BUSY" else "NO ANSWER"),
    ]


def test_the_value_that_made_the_ways_part_is_the_one_cause() -> None:
    (cause,) = causes(state_of("RINGING"), state_of("BUSY"))
    assert (cause.title, cause.where) == (
        "STATE on PJSIP/101 is BUSY instead of RINGING",
        Place("extensions.conf", 2),
    )
    assert {"DIALSTATUS is not set on PJSIP/101 any more", "PJSIP/101 ends with cause 17 instead of 16"} <= set(
        titles(cause)
    )
    assert all(each.link for each in cause.consequences)


def test_two_values_that_differ_in_one_call_are_two_causes() -> None:
    def call(state: str, colour: str) -> list[str]:
        return [step.replace("red", colour) for step in state_of(state)] + [
            f"Event: UserEvent\n{CALLER}\nUserEvent: Paint\nColour: {colour}"
        ]

    first, second = causes(call("RINGING", "red"), call("BUSY", "blue"))
    assert (first.field, second.title) == ("Value", "COLOUR on PJSIP/101 is blue instead of red")
    assert "UserEvent Paint: Colour is blue instead of red" in titles(second)
    assert not any("Paint" in title for title in titles(first))


def test_where_nothing_made_the_ways_part_the_place_is_all_that_can_be_said() -> None:
    old = [NEW, runs(3, "GotoIf", "0?8"), runs(4, "Dial", "PJSIP/105"), sets("DIALSTATUS", "BUSY"), hangup("16")]
    candidate = [NEW, runs(3, "GotoIf", "1?8"), runs(8, "Playback", "all-busy"), plays("all-busy"), hangup("17")]
    (cause,) = causes(old, candidate)
    assert cause.where == Place("extensions.conf", 4)
    assert cause.cause == ('The ways part at 9@in, priority 3: GotoIf($["${STATE}"="BUSY"]?8) has 1?8, had 0?8')


def test_what_the_log_says_at_the_same_place_is_the_reason_and_what_it_says_elsewhere_is_not() -> None:
    def call(sound: str, *lines: str) -> list[str]:
        return [NEW, runs(4, "Dial", "PJSIP/105"), *lines, runs(8, "Playback", "x"), plays(sound), hangup("16")]

    there = "Level: WARNING\nMessage: Cannot open it\nChannel: PJSIP/101-00000001\nSpot: in,9,8"
    (cause,) = causes(call("one"), call("two", there))
    assert cause.cause == "Asterisk's log says: Cannot open it (Playback(all-busy))"
    elsewhere = there.replace("in,9,8", "in,9,4")
    both = causes(call("one"), call("two", elsewhere))
    assert sorted(each.surface for each in both) == ["call", "log"]
    assert all("Cannot open" not in each.cause for each in both)


def test_an_application_that_is_gone_takes_what_is_of_its_place_and_behind_it_alone() -> None:
    missing = "Level: WARNING\nMessage: No application 'Dial' for extension (in, 9, 4)"
    old = [NEW, runs(2, "Set", "COLOUR=red"), sets("COLOUR", "red"), runs(4, "Dial", "PJSIP/105"), hangup("16")]
    candidate = [NEW, runs(2, "Set", "COLOUR=blue"), sets("COLOUR", "blue"), missing, hangup("0")]
    found = {each.rule: each for each in causes(old, candidate)}
    assert set(found) == {"application-missing", "variable-changed"}
    assert found["application-missing"].where == Place("extensions.conf", 5)
    assert [each.title for each in found["variable-changed"].consequences if each.severity.holds] == []


@pytest.mark.parametrize(("field", "causes_left"), [("disposition", 1), ("account", 2)])
def test_a_record_follows_from_the_call_and_an_account_code_does_not(field: str, causes_left: int) -> None:
    def call(dialled: str, **values: str) -> list[str]:
        return [NEW, runs(4, "Dial", "PJSIP/105"), sets("DIALSTATUS", dialled), record(**values)]

    new = {"disposition": "ANSWERED", "account": ""} | {field: "OTHER"}
    found = causes(call("BUSY", disposition="ANSWERED", account=""), call("NOANSWER", **new))
    assert len(found) == causes_left


def test_what_a_program_does_once_it_was_told_otherwise_follows_from_that() -> None:
    def call(value: str) -> list[str]:
        asks = f"App: panel\nInterface: ami\nKind: action\nAction: DBPut\nFamily: x\nVal: {value}-{value}"
        more = f"App: panel\nInterface: ami\nKind: action\nAction: QueuePause\nPaused: {int(value == 'on')}"
        return [NEW, runs(2, "Set", f"COLOUR={value}"), sets("COLOUR", value), asks, more]

    (cause,) = causes(call("off"), call("on"))
    assert cause.event == "VarSet COLOUR"
    assert len([each for each in cause.consequences if each.surface == "app"]) == 2


def test_a_flag_that_an_event_tells_again_is_one_cause_and_another_flag_is_another() -> None:
    def member(name: str, paused: int, ringinuse: int) -> str:
        return f"Event: {name}\n{CALLER}\nMemberName: ann\nPaused: {paused}\nRinginuse: {ringinuse}"

    def call(paused: int, ringinuse: int) -> list[str]:
        added = [NEW, runs(1, "AddQueueMember", "a"), member("QueueMemberAdded", paused, 0)]
        return [*added, runs(2, "RemoveQueueMember", "a"), member("QueueMemberRemoved", paused, ringinuse)]

    (cause,) = causes(call(0, 0), call(1, 0))
    assert (cause.event, cause.field, len(cause.consequences)) == ("QueueMemberAdded", "Paused", 1)
    assert len(causes(call(0, 0), call(1, 1))) == 2


def test_a_lamp_has_one_history_and_a_file_is_written_of_a_call() -> None:
    def lamp(old: str, seen: int) -> Named:
        change = Change("lamp", "effect", "changed", "PJSIP/105", "Lamp", "State", old=old, candidate="BUSY")
        return Named(replace(change, seen=(seen, seen)), rule_for(change))

    elsewhere = replace(lamp("INUSE", 4).change, spots=(("in", "9", "4"), ("in", "9", "4")))
    written = Change("file", "effect", "removed", "queue_log", "queue_log RINGNOANSWER", old=Thing(), seen=(9, -1))
    other = replace(lamp("RINGING", 5).change, subject="PJSIP/106", old="ONHOLD", candidate="UNAVAILABLE")
    named = [
        lamp("RINGING", 1),
        Named(elsewhere, rule_for(elsewhere)),
        Named(written, rule_for(written)),
        Named(other, rule_for(other)),
    ]
    first, second = causes_of(named, timeline_of(align(Normal({}, frozenset()), Normal({}, frozenset()))), Maps())
    links = {symptom.link for cause in (first, second) for symptom in cause.symptoms}
    assert links == {"the same lamp", "how the call went on"}
    assert second.head.change.subject == "PJSIP/106"


def test_numbers_that_are_said_otherwise_are_one_cause_and_a_prompt_beside_them_another() -> None:
    def call(one: str, other: str, prompt: str) -> list[str]:
        steps = ((1, "SayNumber", "21", one), (2, "SayNumber", "100", other), (3, "Playback", "x", prompt))
        return [NEW, *(part for n, name, data, sound in steps for part in (runs(n, name, data), plays(sound)))]

    first, second = causes(call("digits/21", "digits/100", "a"), call("digits/20", "digits/1", "b"))
    assert [each.link for each in first.consequences] == ["said by the same grammar"]
    assert second.title == "PJSIP/101 hears b instead of a"


def test_what_asterisk_does_at_a_programs_request_follows_from_what_that_asks_no_more() -> None:
    asks = "App: panel\nInterface: ami\nKind: action\nAction: UserEvent\nUserEvent: Pop\nWho: 101"
    told = "Event: UserEvent\nUserEvent: Pop\nWho: 101"
    (cause,) = causes([NEW, asks, told, hangup("16")], [NEW, hangup("16")])
    assert cause.rule == "app-request-lost"
    assert [each.link for each in cause.consequences] == ["done at the program's request"]


def test_a_column_of_a_line_that_a_site_writes_of_its_calls_follows_from_them() -> None:
    line = Change(
        "cdr", "effect", "changed", "cdr-custom/x.csv", "CDR line", "Column 6", old="ANSWERED", candidate="FAILED",
        seen=(9, 9),
    )  # fmt: skip
    gone = Change("call", "effect", "removed", "PJSIP/101", "Channel", old=Thing(), seen=(1, -1))
    nothing = timeline_of(align(Normal({}, frozenset()), Normal({}, frozenset())))
    (cause,) = causes_of([Named(each, rule_for(each)) for each in (line, gone)], nothing, Maps())
    assert (cause.head.change, [each.link for each in cause.symptoms]) == (gone, ["how the call went on"])


def test_ways_without_a_common_step_are_told_by_where_each_begins() -> None:
    old = [NEW, runs(8, "Playback", "all-busy"), plays("all-busy"), hangup("16")]
    candidate = [step.replace("Context: in", "Context: out").replace("all-busy", "hello") for step in old]
    (cause,) = causes(old, candidate)
    assert cause.cause == "PJSIP/101 begins at 9@out, began at 9@in"
    assert cause.where == Place("extensions.conf", 9)


def cut_short(*parts: tuple[str, str]) -> tuple[list[str], list[str]]:
    """A call that ends on the candidate where SetAMAFlags is missing, and what either release has besides."""
    spot = "Channel: PJSIP/101-00000001\nSpot: in,9,1"
    log = f"Level: WARNING\nMessage: No application 'SetAMAFlags' for extension (in, 9, 2)\n{spot}"
    begins = [NEW, runs(1, "NoOp", "x")]
    old = [*begins, runs(2, "SetAMAFlags", "billing"), runs(3, "Set", "CALLERID(num)=5550100")]
    ends = [*begins, log]
    return [*old, *(part for part, _ in parts)], [*ends, *(part for _, part in parts if part)]


def test_a_record_without_what_a_call_that_was_cut_short_would_have_set_follows_from_that() -> None:
    caller = CALLER.replace("Uniqueid", "UniqueID")
    line = f"Event: Cdr\n{caller}\nSource: {{}}\nAMAFlags: {{}}"
    (cause,) = causes(*cut_short((line.format("5550100", "BILLING"), line.format("102", "DOCUMENTATION"))))
    assert cause.rule == "application-missing"
    assert {each.link for each in cause.consequences if each.surface == "cdr"} == {
        "set where one of both does not come"
    }
    (cause, other) = causes(*cut_short((line.format("777", "BILLING"), line.format("102", "DOCUMENTATION"))))
    assert other.field == "Source"


def test_the_lamp_of_a_device_whose_call_is_cut_short_follows_though_it_comes_before() -> None:
    state = "Event: DeviceStateChange\nDevice: {}\nState: INUSE"

    def lamp(device: str) -> tuple[list[str], list[str]]:
        old, candidate = cut_short()
        return [NEW, state.format(device), *old[1:]], candidate

    (cause,) = causes(*lamp("PJSIP/101"))
    assert "the lamp of a call whose ways part there" in {each.link for each in cause.consequences}
    assert len(causes(*lamp("PJSIP/777"))) == 2


def test_what_a_missing_function_would_have_given_follows_though_it_is_logged_a_priority_earlier() -> None:
    log = "Level: ERROR\nMessage: Function DB not registered"

    def call(value: str, *lines: str) -> list[str]:
        return [NEW, runs(1, "Set", "STATE=x"), *lines, runs(2, "Set", f"COLOUR={value}"), sets("COLOUR", value)]

    (cause,) = causes(call("red"), call("", log))
    assert (cause.rule, "reads DB") == ("function-missing", cause.consequences[0].link)


def test_which_of_several_with_one_fingerprint_is_told_does_not_depend_on_which_came_first() -> None:
    def told(*names: str) -> list[str]:
        way = [NEW, *(runs(priority, "NoOp") for priority, _ in enumerate(names, 1))]
        old = [
            NEW,
            *(step for pair in zip(way[1:], (sets(name, "9") for name in names), strict=True) for step in pair),
        ]
        sides = {"old": old, "again": old, "candidate": way}
        traces = {name: (trace("\n\n".join(texts), instance=name),) for name, texts in sides.items()}  # type: ignore[arg-type]
        return [finding.title for finding in judge(Plays("test/one", traces), Maps()).result.findings]  # type: ignore[arg-type]

    assert told("MACRO_EXTEN", "MACRO_DEPTH") == told("MACRO_DEPTH", "MACRO_EXTEN")
    assert len(told("MACRO_EXTEN", "MACRO_DEPTH")) == 1


def test_what_a_program_says_otherwise_as_a_header_is_gone_follows_from_that() -> None:
    pause = "Event: QueueMemberPause\nMemberName: ann\nInterface: PJSIP/{}\nPaused: 1"
    asks = "App: panel\nInterface: ami\nKind: action\nAction: DBPut\nFamily: pause\nVal: {}"
    old = [f"{pause.format(101)}\nReason: lunch", f"{pause.format(102)}\nReason: meeting", asks.format("lunch")]
    new = [pause.format(101), pause.format(102), asks.format("none")]
    (cause,) = causes([NEW, *old], [NEW, *new])
    assert (cause.event, cause.field) == ("QueueMemberPause", "Reason")
    assert [(each.title, each.link) for each in cause.consequences] == [
        ("panel asks DBPut with Val none instead of lunch", "carries its value")
    ]
    assert len(causes([NEW, *old[:2], asks.format("x1")], [NEW, *new[:2], asks.format("x2")])) == 2


def test_what_a_program_asks_about_a_call_that_is_cut_short_follows_from_what_ends_it() -> None:
    said = "App: panel\nInterface: ami\nKind: {}\n{}"
    asks = said.format("action", "Action: DBGet\nActionID: 5\nKey: PJSIP/101-00000001")
    answer = said.format("response", "Refers: 5\nResponse: Success\nVal: 1")
    other_call = f"{NEW}\n\n{runs(1, 'NoOp')}".replace("101-00000001", "102-00000002").replace("1.1", "2.2")

    def found(text: str) -> tuple[Finding, ...]:
        old, candidate = cut_short((text, ""))
        return causes([other_call, *old], [other_call, *candidate])

    (cause,) = found(f"{asks}\n\n{answer}")
    assert cause.rule == "application-missing"
    assert "asked about that call" in {each.link for each in cause.consequences if each.surface == "app"}
    other = asks.replace("PJSIP/101-00000001", "PJSIP/777-00000007")
    assert len(found(other)) == 2


def test_what_a_program_asks_for_as_an_event_told_it_follows_from_what_ends_that_call() -> None:
    """It asks while the ways are not apart yet, by the order of two connections."""
    asks = "App: panel\nInterface: ami\nKind: action\nAction: QueueStatus\nActionID: 5\nQueue: {}"
    joins = f"Event: QueueCallerJoin\n{CALLER}\nQueue: 400"

    def found(queue: str) -> tuple[Finding, ...]:
        old, candidate = cut_short((joins, ""))
        return causes([old[0], asks.format(queue), *old[1:]], candidate)

    (cause,) = found("400")
    assert cause.rule == "application-missing"
    assert "asked about that call" in {each.link for each in cause.consequences if each.surface == "app"}
    assert len(found("500")) == 2


def test_what_an_h_does_behind_a_call_that_was_cut_short_follows_from_what_ends_it() -> None:
    end = runs(1, "NoOp", "bye", extension="h")

    def found(channel: str) -> tuple[Finding, ...]:
        """What is set otherwise in this channel, after both calls have come to their ends."""
        one, other = ([NEW, end, sets("SAID", name)] for name in ("Bob Sales", "Bob"))
        if channel != "101":
            one, other = (
                [text.replace("/101-", "/102-").replace("1.1", "2.2") for text in all_] for all_ in (one, other)
            )
        old, candidate = cut_short()
        return causes([*old, *one[channel == "101" :]], [*candidate, *other[channel == "101" :]])

    (cause,) = found("101")
    assert cause.rule == "application-missing"
    links = {each.link for each in cause.consequences if each.event == "VarSet SAID"}
    assert links == {"behind the end of that call"}
    assert len(found("102")) == 2


def test_what_a_record_says_otherwise_in_an_event_and_in_a_file_is_one_cause() -> None:
    caller = CALLER.replace("Uniqueid", "UniqueID")

    def both(flags: str, account: str) -> list[str]:
        event = f"Event: Cdr\n{caller}\nAMAFlags: {flags}\nAccountCode: x"
        whose = "Written: CDR line\nPath: cdr-csv/Master.csv\nChannel: PJSIP/101-00000001"
        return [NEW, event, f"{whose}\nAMAFlags: {flags}\nAccountCode: {account}"]

    (cause,) = causes(both("BILLING", "x"), both("OMIT", "x"))
    assert [each.link for each in cause.consequences] == ["the same in another record"]
    assert len(causes(both("BILLING", "x"), both("OMIT", "y"))) == 2
