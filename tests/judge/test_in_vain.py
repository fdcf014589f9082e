"""What was asked for in vain on every instance is the scenario's own fault."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harness.judge import Plays, judge
from harness.judge.causes import Maps
from harness.model import IN_VAIN, INSTANCES, InstanceName, Outcome
from harness.testing import trace


def plays(vain: Mapping[InstanceName, str]) -> Plays:
    traces = {}
    for name in INSTANCES:
        steps = [
            f"Step: {IN_VAIN}\nWhat: {what}\nWhy: not on {name}\nPlace: a.yaml:3"
            for what in vain.get(name, "").split()
        ]
        traces[name] = (trace("\n\n".join(steps), instance=name),)
    return Plays("a/b", traces)


@pytest.mark.parametrize(
    ("vain", "outcome", "problem"),
    [
        ({"old": "x", "again": "x", "candidate": "x"}, Outcome.FAILED, "x: not on old (a.yaml:3)"),
        ({"old": "y x", "again": "x y", "candidate": "x"}, Outcome.FAILED, "x: not on old (a.yaml:3)"),
        ({"old": "x", "again": "x"}, Outcome.SAME, ""),
        ({"candidate": "x"}, Outcome.SAME, ""),
        ({"old": "x", "again": "x", "candidate": "y"}, Outcome.SAME, ""),
        ({}, Outcome.SAME, ""),
    ],
)
def test_what_no_instance_does_is_a_mistake_of_the_scenario(
    vain: Mapping[InstanceName, str], outcome: Outcome, problem: str
) -> None:
    result = judge(plays(vain), Maps()).result
    assert (result.outcome, result.problem) == (outcome, problem)


TALK = "Step: talk\nLeg: caller"


def recorded(path: str, seconds: str) -> str:
    return f"Written: recording\nPath: {path}\nFormat: wav\nSeconds: {seconds}"


@pytest.mark.parametrize(
    ("everywhere", "on_candidate", "failed"),
    [
        ([TALK, recorded("monitor/x.wav", "0.0")], None, True),
        ([recorded("monitor/x.wav", "0.0")], None, False),
        ([TALK], None, False),
        ([TALK, recorded("monitor/x.wav", "0.0"), recorded("monitor/y.wav", "1.5")], None, False),
        ([TALK, recorded("monitor/x.wav", "0.0")], [TALK, recorded("monitor/x.wav", "1.5")], False),
    ],
)
def test_a_recording_of_what_was_said_holds_something(
    everywhere: list[str], on_candidate: list[str] | None, failed: bool
) -> None:
    traces = {
        name: (
            trace(
                "\n\n".join(on_candidate if on_candidate and name == "candidate" else everywhere), instance=name
            ),
        )
        for name in INSTANCES
    }
    result = judge(Plays("a/b", traces), Maps()).result
    assert (result.outcome is Outcome.FAILED) == failed
    if failed:
        assert (
            result.problem == "monitor/x.wav: the recording holds no sound, on no instance, though somebody speaks"
        )
