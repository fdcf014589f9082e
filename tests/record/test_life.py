"""The life of a program as a trace: whether it became ready, what it complained of, how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from harness.lab import Program
from harness.model import AppLife, AppSaid, Ending, InstanceName, Seen, Trace
from harness.record.life import file_complaints, life_of
from harness.record.session import Session
from harness.site import App

LINES = """\
orders on port 1
Exception ignored Traceback (most recent call last):
  File "/srv/orders/orders.py", line 12, in status
    x()
  File "/usr/lib/python3.9/socket.py", line 3, in recv
    y()

ValueError: no such order
Traceback (most recent call last):
half of it""".splitlines()


@dataclass
class FakeProgram:
    app: App = field(default_factory=lambda: App("orders", ("x",)))
    begun: float = 100.0
    ready_after: float | None = 0.5
    trouble: str = ""
    stop_words: str = "ended with exit code 0"
    ended_at: float = 110.0
    lines: list[tuple[float, str]] = field(default_factory=list)
    filed: set[tuple[float, str]] = field(default_factory=set)
    greeting: AppSaid | None = None


def life(program: FakeProgram, instance: InstanceName = "candidate") -> Trace:
    return life_of(cast("Program", program), instance)


def kinds(trace: Trace) -> list[tuple[str, str]]:
    return [(seen.kind, seen.details[0][1]) for seen in lives(trace.observations)]


def lives(observations: Iterable[Seen]) -> list[AppLife]:
    return [seen for seen in observations if isinstance(seen, AppLife)]


def test_a_good_life() -> None:
    trace = life(FakeProgram())
    assert kinds(trace) == [("ready", "yes"), ("stopped", "ended with exit code 0")]
    assert [seen.at for seen in trace.observations] == [0.5, 10.0]
    assert (trace.scenario, trace.ending) == ("apps/orders", Ending.PLAYED)


def test_a_traceback_is_its_last_line_and_the_program_s_own_place() -> None:
    trace = life(FakeProgram(lines=[(105.0 + number / 10, text) for number, text in enumerate(LINES)]))
    ready, failed, cut_off, stopped = lives(trace.observations)
    assert failed.details == (
        ("Exception", "ValueError: no such order"),
        ("Where", "/srv/orders/orders.py in status"),
    )
    assert cut_off.details[0] == ("Exception", "half of it")
    assert (ready.kind, stopped.kind) == ("ready", "stopped")


def test_what_a_scenario_has_taken_is_no_part_of_the_life() -> None:
    program = FakeProgram(lines=[(105.0 + number / 10, text) for number, text in enumerate(LINES)])
    earlier, session = Session("a", "old", started=105.75), Session("b", "old", started=104.0)
    file_complaints(cast("Program", program), earlier)
    file_complaints(cast("Program", program), session)
    assert [seen.details[0][1] for seen in lives(earlier.observations)] == ["half of it"]
    assert [(round(seen.at, 1), seen.details[0][1]) for seen in lives(session.observations)] == [
        (1.7, "ValueError: no such order")
    ]
    assert kinds(life(program)) == [("ready", "yes"), ("stopped", "ended with exit code 0")]


def test_one_that_never_was_ready_and_one_that_ended() -> None:
    late = FakeProgram(ready_after=None, trouble="did not become ready within 1 s", stop_words="")
    assert kinds(life(late)) == [("ready", "did not become ready within 1 s")]
    ended = FakeProgram(trouble="ended with exit code 1", stop_words="")
    assert kinds(life(ended)) == [("ready", "yes"), ("exited", "ended with exit code 1")]


def test_one_that_is_broken_beside_the_old_release_proves_nothing() -> None:
    ended = FakeProgram(trouble="ended with exit code 1", stop_words="")
    assert life(ended, "old").ending is Ending.UNMET
    assert life(ended, "old").problem == "the program ended with exit code 1"
    assert life(ended, "candidate").ending is Ending.PLAYED


def test_how_ami_greets_a_program_comes_first() -> None:
    greeting = AppSaid(104.0, "orders", "ami", "greeting", details=(("Version", "11.0.0"),))
    first, *_ = life(FakeProgram(greeting=greeting)).observations
    assert first == AppSaid(0.0, "orders", "ami", "greeting", details=(("Version", "11.0.0"),))
