"""What a scenario file means, and what is said of one that means nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenario_sites import site_of

from harness.errors import SiteError
from harness.model import Ignore
from harness.play.asterisk import Asterisk
from harness.play.conditions import Condition
from harness.play.scenario import Behaviour, Scenario
from harness.play.sources.loader import load_scenarios
from harness.play.steps import step_of
from harness.site.reading.document import read_yaml

Load = Callable[..., Mapping[str, Scenario]]
Complaints = Callable[..., list[str]]

CALL = "[{call: 600@in}]"


def one(steps: str, more: str = "") -> str:
    return f"scenarios:\n  - name: one\n{more}    steps: {steps}\n"


def test_what_is_not_said_is_as_usual(load: Load) -> None:
    scenario = load(one(CALL))["a/one"]
    assert (scenario.title, scenario.line, scenario.deadline) == ("one", 2, 30.0)
    assert (scenario.uses, scenario.exclusive, scenario.clock, scenario.tags) == (frozenset(), False, "", ())


def test_all_keys_are_read(load: Load) -> None:
    more = (
        "    title: >\n      Two\n      lines\n    exclusive: true\n    clock: 2026-12-24 23:30:00\n"
        "    deadline: 5\n    tags: [smoke]\n    uses: queue/sales\n"
        "    compare: {seconds: 2, ignore: [{field: Value, about: 'VarSet X: *', reason: chance}]}\n"
    )
    scenario = load(one(CALL, more))["a/one"]
    assert (scenario.title, scenario.exclusive, scenario.deadline) == ("Two lines", True, 5)
    assert (scenario.clock, scenario.tags) == ("2026-12-24 23:30:00", ("smoke",))
    assert scenario.uses == {"queue/sales"}
    assert scenario.tolerances.seconds == 2
    assert scenario.tolerances.ignore == (Ignore("chance", field="Value", about="VarSet X: *"),)


def test_phones_that_take_part_are_shared_and_do_what_is_said(load: Load) -> None:
    phones = "    phones: {101: {answer: 2}, provider: busy}\n"
    scenario = load(one('[{call: "600", from: 102}, {wait: {ringing: 103}}]', phones))["a/one"]
    assert scenario.phones == {
        "101": Behaviour("answer", 2.0),
        "provider": Behaviour("busy"),
        "102": Behaviour("ring"),
        "103": Behaviour("ring"),
    }
    assert scenario.uses == {"phone/101", "phone/102", "phone/103", "phone/provider", "trunk"}


def test_a_phone_that_a_call_file_calls_takes_part(load: Load) -> None:
    text = one(
        "[{callfile: {Channel: PJSIP/101, Application: Echo}}, {callfile: {Channel: Local/102@in, Extension: 1}}]"
    )
    scenario = load(text)["a/one"]
    assert scenario.phones == {"101": Behaviour("ring")}
    assert scenario.uses == {"phone/101"}


def test_astdb_that_is_set_and_mailboxes_that_are_looked_at_are_shared(load: Load) -> None:
    text = one("[{set: {astdb: night/mode, value: on}}]") + "    expect: [{mailbox: {101@default: 1}}]\n"
    assert load(text)["a/one"].uses == {"astdb/night", "mailbox/101"}


class Face:
    """Takes down what a step does on an instance, by which leg."""

    def __init__(self, acts: list[str], leg: str = "") -> None:
        self._acts = acts
        self._leg = leg
        self.attempts = SimpleNamespace(expect_the_last=lambda: None)
        self.promises = SimpleNamespace(place="")

    def leg(self, name: str) -> Face:
        return Face(self._acts, f"{name}.")

    phone = leg

    def remember(self, name: str, value: object) -> None:
        self._acts.append(f"remember({name!r}, {value!r})")

    def __getattr__(self, act: str) -> Callable[..., Awaitable[object]]:
        async def take_down(*given: object, **more: object) -> object:
            told = [*map(_in_words, given), *(f"{key}={_in_words(value)}" for key, value in more.items())]
            self._acts.append(f"{self._leg}{act}({', '.join(told)})")
            return (("Response", "Error"),) if act == "ami" else Face(self._acts, f"{more.get('name')}.")

        return take_down

    def __repr__(self) -> str:
        return "<answer>"


def _in_words(value: object) -> str:
    return value.what if isinstance(value, Condition) else repr(value)


@pytest.mark.parametrize(
    ("step", "acts"),
    [
        ("{dtmf: 0123}", ["newest.dtmf('0123', gap=0.25)"]),
        ("{dtmf: 1, by: 101, gap: 1}", ["101.dtmf('1', gap=1)"]),
        ("{talk: 1.5}", ["newest.talk(1.5)"]),
        ("{hangup: }", ["newest.hangup()"]),
        ("{hangup: 101}", ["101.hangup()"]),
        ("{wait: ended, within: 3}", ["newest.wait('ended', within=3.0)"]),
        ("{wait: {application: Queue, data: 08*}}", ["meet(the application Queue(08*), None)"]),
        ("{wait: {event: X, Y: 1.10}, within: 2}", ["meet(the event X (Y: 1.10), 2.0)"]),
        ("{wait: {ari: StasisStart, a.b: 1}}", ["meet(the ARI event StasisStart (a.b: 1), None)"]),
        ("{set: {variable: X, value: no}}", ["newest.set_variable('X', 'no')"]),
        ("{set: {astdb: a/b/c, value: ''}}", ["astdb_put('a/b/c', '')"]),
        ("{delete: {astdb: a/b}}", ["astdb_delete('a/b')"]),
        ("{read: {function: F(x)}}", ["function('F(x)')", "remember('function F(x)', <answer>)"]),
        ("{read: {variable: X}}", ["newest.read_variable('X')", "remember('variable X', <answer>)"]),
        ("{answer: 101}", ["101.answer()"]),
        ("{busy: 101}", ["101.busy()"]),
        ("{decline: 101}", ["101.decline()"]),
        ("{transfer: 102, by: 101}", ["101.transfer('102')"]),
        ("{pause: .5}", ["pause(0.5)"]),
        (
            "{ami: {Action: X, V: [a, b]}, answer: {Response: Error}}",
            ["ami({'Action': 'X', 'V': ('a', 'b')})"],
        ),
        (
            "{call: 600@in, as: x, variables: {A: 010}}",
            ["call('600@in', name='x', caller_id='', variables={'A': '010'}, answered_within=None)"],
        ),
        (
            "{call: 600@in, answered_within: 2}",
            [
                "call('600@in', name='caller', caller_id='', variables=None, answered_within=2.0)",
                "caller.wait('answered', within=2.0)",
            ],
        ),
        (
            "{callfile: {Channel: Local/1@in, Extension: 010, Set: [A=1, B=02]}}",
            ["callfile({'Channel': 'Local/1@in', 'Extension': '010', 'Set': ('A=1', 'B=02')})"],
        ),
        ('{call: "0100", from: 101}', ["101.call('0100')"]),
        (
            '{call: "0100", from: 101, answered_within: 2}',
            ["101.call('0100')", "101.wait('answered', within=2.0)"],
        ),
    ],
)
def test_a_step_does_what_was_written(step: str, acts: list[str]) -> None:
    done: list[str] = []
    face = cast("Asterisk", Face(done))
    asyncio.run(step_of(read_yaml(step.encode()), "newest").play(face, "a.yaml"))
    assert done == acts


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("scenarios:\n  - name: one\n    steps:\n      - wiat: ended\n", 4, 'did you mean "wait"'),
        ("scenarios:\n  - name: one\n    steps:\n      - hangup\n", 4, "write `hangup:`"),
        (one("[{call: 600@in, hangup: }]"), 3, "a step is exactly one of"),
        (one('[{call: "600"}]'), 3, "enters the dialplan"),
        (one('[{call: "600@in", from: 101}]'), 3, 'write `call: "600"`'),
        (one('[{call: "600", from: 1010}]'), 3, 'did you mean "101"'),
        (one('[{call: "600", from: provider}]'), 3, "known are 101, 102, 103"),
        (one(CALL, "    phones: {9: answer}\n"), 3, "known are 101, 102, 103, provider"),
        (one(CALL, "    phones: {provider: busy, provider2: answer}\n"), 3, "stands in for one of them"),
        (one(CALL, "    phones: {101: anser}\n"), 3, 'did you mean "answer"'),
        (one("[{wait: ended}]"), 3, "a `call:` comes before it"),
        (one("[{call: 1@in}, {hangup: , by: guest}]"), 3, '"guest" is no call or phone'),
        (one("[{call: 1@in}, {call: 2@in}]"), 3, "a name of its own"),
        (one('[{call: 1@in, as: "101"}]'), 3, '"101" is a phone'),
        (one("[{call: 1@in}, {transfer: 2}]"), 3, "only a phone transfers"),
        (one("[{call: 1@in}, {pause: 1, by: caller}]"), 3, "nobody's"),
        (one("[{wait: {aplication: X}}]"), 3, 'did you mean "application"'),
        (one("[{wait: {application: X, within: 3}}]"), 3, "stands beside `wait:`"),
        (one("[{wait: {event: X, within: 3}}]"), 3, "beside `wait:`"),
        (one("[{ami: {Action: X, ActionID: 1}}]"), 3, "leave it out"),
        (one("[{call: *8@in}]"), 3, 'write "*8@in"'),
        (one("[{dtmf: 1x}]"), 3, "digits"),
        (one("[{callfile: {Chanel: Local/1@in}}]"), 3, 'did you mean "Channel"'),
        (one("[{callfile: {Channel: Local/1@in}}]"), 3, "`Application:` or `Extension:`"),
        (one("[{callfile: {Channel: Local/1@in, Application: Echo, MaxRetries: few}}]"), 3, "a whole number"),
        (one("[{callfile: PJSIP/101}]"), 3, "a call file has"),
        (one(CALL, "    clock: 2026-13-01 10:00:00\n"), 3, "month"),
        (one(CALL, "    deadline: 0\n"), 3, "more than 0"),
        (one(CALL, "    titel: x\n"), 3, 'did you mean "title"'),
        (one(CALL, "    compare: {ignore: [{event: X}]}\n"), 3, '"reason" is missing'),
        (one(CALL, "    expect: {answered: true}\n"), 3, "`- ` before it"),
        (one(CALL, "    expect: [{answered: yes}]\n"), 3, "true or false"),
        (one(CALL, "    expect: [{anwered: true}]\n"), 3, 'did you mean "answered"'),
        (one(CALL, "    expect: [{answered: true, played: [x]}]\n"), 3, "each expectation is one thing"),
        (one(CALL, "    expect: [{result: BUSY}]\n"), 3, 'belongs to "dialed"'),
        (one(CALL, "    expect: [{cdr: {dispositon: BUSY}}]\n"), 3, 'did you mean "disposition"'),
        ("scenarios:\n  - {name: x, steps: [{call: 1@in}, hang up]}\n", 2, "wanted: one step"),
        ("scenarios:\n  - steps: []\n", 2, '"name" is missing'),
        ("scenario: []\n", 1, 'did you mean "scenarios"'),
        ("- name: one\n", 1, "`scenarios:`"),
        ("", 1, "`scenarios:`"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(complaints: Complaints, text: str, line: int, words: str) -> None:
    found = complaints(text or " \n")
    assert any(told.startswith(f"a.yaml:{line}: ") and words in told for told in found), found


@pytest.mark.parametrize("bad", [r"a\nAction: x", r"a\n", r"\0", r"a\rb", r"\ud800"])
@pytest.mark.parametrize(
    "step",
    [
        '{{call: 1@in, caller_id: "{}"}}',
        '{{set: {{astdb: a/b, value: "{}"}}}}',
        '{{set: {{astdb: "a/{}", value: x}}}}',
        '{{ami: {{Action: X, "{}": y}}}}',
        '{{ami: {{Action: X, Y: ["{}"]}}}}',
        '{{call: 1@in, variables: {{"{}": x}}}}',
        '{{callfile: {{Channel: "Local/1{}", Application: Echo}}}}',
        '{{callfile: {{Channel: Local/1@in, Application: Echo, Set: ["A={}"]}}}}',
        '{{dtmf: "1{}"}}',
        '{{wait: {{event: X, Channel: "{}"}}}}',
    ],
)
def test_nothing_that_ends_a_line_goes_to_asterisk(complaints: Complaints, step: str, bad: str) -> None:
    found = complaints(one(f"\n      - call: 1@x\n        as: other\n      - {step.format(bad)}"))
    assert found
    assert all(told.startswith("a.yaml:6: ") for told in found)


def test_everything_that_is_wrong_is_said_at_once(complaints: Complaints) -> None:
    text = (
        "scenarios:\n"
        "  - {name: one, steps: [{wiat: ended}]}\n"
        "  - {name: two, steps: [{wait: ended}]}\n"
        "  - {name: two, steps: [{call: 1@in}]}\n"
    )
    found = complaints(text, **{"b.yaml": "scenarios: 3\n", "test_c.py": "1/0\n"})
    assert [told.rpartition(": ")[0].partition(": ")[0] for told in found] == [
        "a.yaml:2",
        "a.yaml:3",
        "a.yaml:4",
        "b.yaml:1",
        "test_c.py:1",
    ]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(count=st.integers(1, 12), data=st.data())
def test_the_line_of_a_wrong_key_is_found(tmp_path: Path, count: int, data: st.DataObject) -> None:
    lines = ["scenarios:"]
    for number in range(count):
        lines += [
            f"  - name: s{number}",
            "    steps:",
            "      - call: 1@in",
            "      - wait: ended",
            "        within: 3",
        ]
    at = data.draw(st.sampled_from([i for i, line in enumerate(lines) if "within" in line]))
    lines[at] = "        wihtin: 3"
    (tmp_path / "a.yaml").write_text("\n".join(lines))
    with pytest.raises(SiteError) as caught:
        load_scenarios(site_of(tmp_path))
    assert str(caught.value) == f'a.yaml:{at + 1}: unknown key "wihtin" in "steps"; did you mean "within"?'


def reason_of(folder: Path) -> list[str]:
    """What is wrong, nothing when it can be loaded. Any other exception is a mistake of ours."""
    try:
        load_scenarios(site_of(folder))
    except SiteError as problem:
        return str(problem).split("\n")
    return []


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
WORDS = st.sampled_from(
    "name steps call wait by from as expect phones dialed set ami answer variable within".split()
)
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(WORDS | st.text(max_size=5), below, max_size=4),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=VALUES, phones=VALUES, expect=VALUES)
def test_any_document_is_read_or_refused(tmp_path: Path, steps: object, phones: object, expect: object) -> None:
    entry = {"name": "x", "steps": steps, "phones": phones, "expect": expect}
    (tmp_path / "a.yaml").write_text(json.dumps({"scenarios": [entry]}))
    told = reason_of(tmp_path)
    assert all(line.startswith(("a.yaml:1: ", "... and ")) for line in told)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    source=st.binary(max_size=60)
    | st.text(alphabet="scenario: -[]{}*&!|>'\"\n#\t%@,", max_size=60).map(str.encode)
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, source: bytes) -> None:
    (tmp_path / "a.yaml").write_bytes(source)
    told = reason_of(tmp_path)
    assert all(line.startswith(("a.yaml:", "... and ")) for line in told)
