"""What replays decide, what needs none, and by which rule a change is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.judge import Judged, Maps, Plays, judge
from harness.judge.evidence import is_final, sift
from harness.judge.normalise import normalise
from harness.judge.normalise.facts import Normal
from harness.judge.rules import RULES, rule_for
from harness.model import ABSENT, Change, Outcome, Severity, Thing, Tolerances, Trace
from harness.testing import trace

HEAD = "Channel: Local/a@x-0000000a;1\nUniqueid: a.1"
EXACT = Tolerances()


def text(value: str) -> str:
    return f"Event: VarSet\n{HEAD}\nVariable: X\nValue: {value}"


def variables(values: str) -> list[Normal]:
    return [normalise(trace(text(value))) for value in values]


def hangups(causes: str) -> list[str]:
    return [f"Event: Hangup\n{HEAD}\nCause: {cause}" for cause in causes.split()]


def judged(old: list[str], again: list[str], candidate: list[str]) -> Judged:
    """The first play of each is in the crowd, its others are alone."""
    sides = {"old": old, "again": again, "candidate": candidate}
    return judge(Plays("test/one", {name: tuple(plays(texts)) for name, texts in sides.items()}), Maps())


def plays(texts: list[str]) -> Iterator[Trace]:
    return (replace(trace(text), play=number, alone=number > 0) for number, text in enumerate(texts))


@pytest.mark.parametrize(
    ("old", "again", "candidate", "found"),
    [
        ("aaaaaa", "aaaaaa", "bbbbbb", "kept"),
        ("ababab", "bababa", "cccccc", "kept"),  # a race between two: another value is a change
        ("aaaaab", "bbbbba", "cccccc", "kept"),
        ("ababab", "bababa", "bbbbbb", "noise"),  # one of those that old shows as well
        ("abcdef", "ghijkl", "mmmmmm", "noise"),  # another one each time: random
        ("abcdef", "ghijkl", "mnopqr", "noise"),
        ("abcdea", "bcdeab", "ffffff", "noise"),  # one of a few at random
        ("aaaaaa", "bbbbbb", "cccccc", "noise"),  # constant on each instance, and its own on each
        ("aaaaaa", "aaaaaa", "baaaaa", "wavering"),  # in the crowd only
        ("aaaaaa", "aaaaaa", "aabaaa", "wavering"),  # once
        ("aaaaaa", "aaaaaa", "abbaab", "wavering"),  # too seldom to be sure
        ("aaaaaa", "aaaaaa", "abbbab", "kept"),  # not always, and too often for chance
        ("aaaaaa", "aaaaaa", "abbbbb", "kept"),
        ("aabaaa", "aaaaaa", "baaaaa", "noise"),  # old has it as well
        ("abaaaa", "aaaaaa", "caaaaa", "noise"),  # a value that old does not keep either
        ("aa", "aa", "bb", "kept"),  # always, as far as was played
    ],
)
def test_which_values_count(old: str, again: str, candidate: str, found: str) -> None:
    alone = [number > 0 for number in range(len(candidate))]
    sifted = sift(variables(old), variables(again), variables(candidate), EXACT, alone=alone)
    assert [name for name in ("kept", "noise", "wavering") if getattr(sifted, name)] == [found]


@given(
    st.text("ab", min_size=1, max_size=4),
    st.text("ab", min_size=1, max_size=4),
    st.text("ab", min_size=1, max_size=4),
)
def test_what_old_shows_as_well_is_never_held_against_the_candidate(old: str, again: str, candidate: str) -> None:
    sifted = sift(variables(old), variables(again), variables(candidate), EXACT)
    if set(candidate) <= set(old + again):
        assert (sifted.kept, sifted.wavering, sifted.doubts) == ((), (), ())


@pytest.mark.parametrize("causes", ["66 16 16 16", "16 66 16 16", "16 66 16 66"])
def test_how_a_call_ended_now_and_then_is_unstable_on_the_candidate(causes: str) -> None:
    ok = hangups("16 16 16 16")
    assert judged(ok, ok, hangups(causes)).result.outcome is Outcome.UNSTABLE_ON_CANDIDATE


def test_how_often_it_is_seen_is_told() -> None:
    ok = hangups("16 16 16 16")
    told = judged(ok, ok, hangups("16 66 16 66")).result.problem
    assert told.startswith("in 2 of 4 plays, and in none of 8 on the old release: ")
    told = judged(ok, ok, hangups("66 16 16 16")).result.problem
    assert told.startswith(
        "in 1 of 1 plays with other scenarios, in none of 3 alone, and in none of 8 on the old release: "
    )


def test_calls_that_end_otherwise_too_often_for_chance_are_a_difference() -> None:
    ok = hangups("16 " * 13)
    result = judged(ok, ok, hangups("16 66 16 16 66 16 66 66 16 16 66 16 16")).result
    assert [f.rule for f in result.findings] == ["hangup-cause-changed"]


PROMPT = "Event: Playback\nChannel: Local/a@x-0000000a;1\nSound: hello\nLanguage: en"
RECORD = "Event: Cdr\nAccountCode: x\nChannel: Local/a@x-0000000a;1\nUniqueID: a.1\nSource: 1"
PLAY = f"{text('a')}\n\n{PROMPT}\n\n{RECORD}"
SEEN_ONCE = {
    "a record that is missing": f"{text('a')}\n\n{PROMPT}",
    "a prompt that is not played": f"{text('a')}\n\n{RECORD}",
    "a wrong value": PLAY.replace("Value: a", "Value: b"),
    "an error in the log": f"{PLAY}\n\nLevel: ERROR\nMessage: Odd",
    "a warning in the log": f"{PLAY}\n\nLevel: WARNING\nMessage: Odd",
    "half of it": PLAY.partition("\n\n")[2],
}


@pytest.mark.parametrize("once", SEEN_ONCE.values(), ids=SEEN_ONCE.keys())
@pytest.mark.parametrize("at", [0, 2])
def test_what_the_candidate_shows_once_is_a_finding_to_review(once: str, at: int) -> None:
    ok = [PLAY] * 4
    result = judged(ok, ok, [*ok[:at], once, *ok[at + 1 :]]).result
    assert (result.outcome, {f.severity for f in result.findings}) == (Outcome.DIFFERS, {Severity.REVIEW})
    assert all("and in none of 8 on the old release)" in f.title for f in result.findings)
    same = judged(ok, [*ok[:2], once, ok[0]], [*ok[:at], once, *ok[at + 1 :]]).result
    assert (same.outcome, same.findings) == (Outcome.SAME, ())


def test_what_follows_from_something_undecided_is_not_decided_either() -> None:
    """A phone that is not called in one play, with all that its call would have shown."""
    dial = f"Event: DialBegin\n{HEAD}\nDestChannel: PJSIP/202-00000001\nDestUniqueid: b.1\nDialString: 202"
    whole = "\n\n".join((dial, f"Event: AgentCalled\n{HEAD}\nQueue: sales", text("1")))
    without = text("1")
    result = judged([whole] * 6, [whole] * 6, [without, *[whole] * 5]).result
    every = [each for finding in result.findings for each in (finding, *finding.consequences)]
    assert len(every) > 1
    assert {each.severity for each in every} == {Severity.REVIEW}
    assert {finding.own for finding in result.findings} <= {None, Severity.REVIEW}


def test_what_follows_from_a_call_that_ended_otherwise_is_no_finding_beside_it() -> None:
    ok = [f"{PLAY}\n\n{hangups('16')[0]}"] * 4
    result = judged(ok, ok, [hangups("66")[0], *ok[1:]]).result
    assert (result.outcome, result.findings) == (Outcome.UNSTABLE_ON_CANDIDATE, ())


def test_a_call_that_old_lost_once_hides_nothing_of_the_others() -> None:
    """One play of old has no such channel: the value that it would have had cannot be compared."""
    there = f"Event: Newchannel\n{HEAD}\n\n"
    old = [there + text("a"), "", *([there + text("a")] * 4)]
    found = judged(old, [there + text("a")] * 6, [there + text("b")] * 6).result
    assert [f.rule for f in found.findings] == ["variable-changed"]


def test_what_old_shows_as_well_is_unstable_on_old() -> None:
    result = judged(hangups("16 17 16 16"), hangups("16 16 17 16"), hangups("17 17 17 17")).result
    assert (result.outcome, result.findings) == (Outcome.UNSTABLE_ON_OLD, ())


def test_what_differs_wants_a_replay_and_what_does_not_wants_none() -> None:
    assert judged([text("a")], [text("a")], [text("b")]).wants_replay
    assert not judged([text("a")], [text("a")], [text("a")]).wants_replay
    assert not judged([text("a")], [text("b")], [text("c")]).wants_replay  # noise
    assert judged(hangups("16"), hangups("17"), hangups("66")).wants_replay


def test_what_is_additive_wants_no_replay() -> None:
    assert not judged([""], [""], [text("a")]).wants_replay


def test_a_site_that_takes_a_difference_lightly_replays_nothing() -> None:
    plays = Plays(
        "test/one", {n: (trace(text(v)),) for n, v in (("old", "a"), ("again", "a"), ("candidate", "b"))}
    )
    assert not judge(plays, Maps(), {"variable-changed": Severity.INFO}).wants_replay


@pytest.mark.parametrize("line", [
    "No application 'Macro' for extension (in, 9, 1)",
    "Function CALLERPRES not registered",
    "No channel type registered for 'SIP'",
    "File custom/welcome does not exist in any format",
])  # fmt: skip
def test_a_certain_cause_needs_no_replay(line: str) -> None:
    candidate = f"{text('b')}\n\nLevel: WARNING\nMessage: {line}"
    found = judged([text("a")], [text("a")], [candidate])
    assert not found.wants_replay
    assert len(found.result.findings[0].consequences) == 1
    assert judged([text("a")], [text("a")], [f"{text('b')}\n\nLevel: WARNING\nMessage: Odd"]).wants_replay


def test_tokens_in_the_log_that_are_others_each_time_are_noise() -> None:
    def line(token: str) -> list[str]:
        return [f"Level: WARNING\nMessage: Refused the key {token} of 101"]

    assert judged(line("9f3ac1d2"), line("0be77aa1"), line("77ff01ab")).result.findings == ()


FINAL = [
    ("Hangup", "Cause", "16", "66", True),
    ("Hangup", "", Thing(), ABSENT, True),
    ("Channel", "", Thing(), ABSENT, True),
    ("expectation", "Result", "played", "no answer", True),
    ("VarSet DIALSTATUS", "Value", "BUSY", "CANCEL", True),
    ("VarSet X", "Value", "Up", "Down", False),
    ("Cdr", "Disposition", "BUSY", "FAILED", True),
    ("Cdr", "Source", "1", "2", False),
    ("DialEnd", "DialStatus", "BUSY", "CANCEL", True),
    ("DialEnd", "", Thing(), ABSENT, True),
    ("DialEnd", "DestChannel", "a", "b", False),
    ("Newstate", "", Thing((("ChannelStateDesc", "Up"),)), ABSENT, True),
    ("Newstate", "", Thing((("ChannelStateDesc", "Ringing"),)), ABSENT, False),
    ("Newstate", "", Thing((("ChannelStateDesc", "Ringing"), ("Note", "x=Up"))), ABSENT, False),
    ("Newstate", "ChannelStateDesc", "Ringing", "Up", True),
    ("Newstate", "ChannelStateDesc", "Ringing", "Update", False),
]


@pytest.mark.parametrize(("event", "field", "old", "candidate", "final"), FINAL)
def test_what_is_about_how_a_call_ended(
    event: str, field: str, old: object, candidate: object, final: bool
) -> None:
    change = Change("call", "effect", "changed", "caller", event, field, old=old, candidate=candidate)  # type: ignore[arg-type]
    assert is_final(change) is final
    assert not is_final(Change("call", "path", "changed", "caller", event, field, old=old, candidate=candidate))  # type: ignore[arg-type]


def test_looking_a_rule_up_finds_the_first_of_all_that_match() -> None:
    surfaces = sorted({surface for rule in RULES for surface in rule.match.surfaces} | {"anything else"})
    held = ["a", "no", "510", 3, None, Thing((("Message", "x"),)), ABSENT]
    for surface in surfaces:
        for kind in ("removed", "added", "changed", "moved"):
            for event in (
                "Hangup",
                "Newstate",
                "UserEvent X",
                "VarSet X",
                "AGI answer to X",
                "ARI answer to x",
                "Cdr",
            ):
                for field in ("", "Cause", "Value", "Code"):
                    for side in held:
                        change = Change(surface, "effect", kind, "s", event, field, "asks", side, side)  # type: ignore[arg-type]
                        assert rule_for(change) is next(rule for rule in RULES if rule.match(change))


def test_no_rule_is_tried_that_cannot_match() -> None:
    from harness.judge.rules import _rules_about

    assert len(_rules_about("cdr", "removed")) < 10


def test_a_program_is_known_by_its_part_and_not_by_its_name() -> None:
    """Programs called `asks`, or a manager action called `gets`, say nothing of what they do."""
    change = Change("app", "effect", "removed", "asks", "asks gets ARI StasisStart", part="gets", old=Thing())
    assert rule_for(change).id == "app-event-lost"
    assert rule_for(replace_part(change, "asks")).id == "app-request-lost"


def replace_part(change: Change, part: str) -> Change:
    return Change(
        change.surface, change.layer, change.kind, change.subject, change.event, part=part, old=change.old
    )


def output(*lines: str) -> str:
    return "\n".join(("Event: Told", *(f"Output: {line}" for line in lines)))


def test_a_line_that_is_lost_is_seen_beside_one_that_is_random() -> None:
    sides = [["Endpoint 101", f"uptime {now}", "Endpoint 102"] for now in ("ab", "cd")]
    found = judged([output(*sides[0])], [output(*sides[1])], [output("Endpoint 101", "uptime xy")])
    (finding,) = found.result.findings
    assert (finding.field, finding.old, finding.candidate) == ("Output", "Endpoint 102", "")
    assert found.noise == 1


def test_lines_of_one_text_are_one_finding() -> None:
    (finding,) = judged([output(*"abcde")], [output(*"abcde")], [output(*"axcye")]).result.findings
    assert (finding.old, finding.candidate) == ("b; d", "x; y")
    assert finding.title == "Told: Output is x; y instead of b; d"
    (first,) = judged([output(*"abcde")], [output(*"abcde")], [output(*"xbcye")]).result.findings
    assert (first.old, first.candidate) == ("a; d", "x; y")


def test_a_text_of_lines_is_compared_line_by_line_in_replays() -> None:
    def plays(count: int, *lines: str) -> list[str]:
        return [output("start", f"token {chr(97 + n)}", *lines) for n in range(count)]

    assert judged(plays(4, "end"), plays(4, "end"), plays(4, "end")).result.findings == ()
    (finding,) = judged(plays(4, "end"), plays(4, "end"), plays(4, "gone")).result.findings
    assert (finding.old, finding.candidate) == ("end", "gone")
