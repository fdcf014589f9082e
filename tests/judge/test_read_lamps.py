"""What lamps show is compared where it lasts."""

from __future__ import annotations

from msgspec.structs import replace

from harness.judge.align import align, changes
from harness.judge.normalise import normalise
from harness.model import Change, Trace
from harness.testing import trace

Told = tuple[float, str]


def device(state: str, name: str = "PJSIP/105") -> str:
    return f"Event: DeviceStateChange\nDevice: {name}\nState: {state}"


def hint(text: str, devices: str = "PJSIP/105") -> str:
    return f"Event: ExtensionStatus\nExten: 105\nContext: internal\nHint: {devices}\nStatusText: {text}"


def member(status: int) -> str:
    return (
        f"Event: QueueMemberStatus\nQueue: desk\nInterface: PJSIP/105\nStateInterface: PJSIP/105\nStatus: {status}"
    )


def play(*told: Told) -> Trace:
    one = trace("\n\n".join(text for _, text in told))
    seen = (replace(packet, at=at) for packet, (at, _) in zip(one.observations, told, strict=True))
    return Trace(one.scenario, one.instance, tuple(seen))


def found(old: Trace, candidate: Trace) -> list[Change]:
    assert changes(align(normalise(old), normalise(old))) == ()
    return list(changes(align(normalise(old), normalise(candidate))))


def test_a_state_that_lasts_is_compared_though_nothing_asks_for_it() -> None:
    old = play((0.1, device("RINGING")), (1.0, device("NOT_INUSE")))
    new = play((0.1, device("BUSY")), (1.1, device("NOT_INUSE")))
    (change,) = found(old, new)
    assert (change.subject, change.about) == ("PJSIP/105", "DeviceStateChange: State")
    assert (change.old, change.candidate, change.seen) == ("RINGING", "BUSY", (0, 0))


def test_what_is_shown_for_an_instant_is_chance() -> None:
    old = play((0.1, device("RINGING")), (0.2, device("INUSE")), (2.0, device("NOT_INUSE")))
    new = play(
        (0.1, device("RINGINUSE")), (0.15, device("RINGING")), (0.25, device("INUSE")), (2.0, device("NOT_INUSE"))
    )  # fmt: skip
    assert found(old, new) == []


def test_a_lamp_that_stays_lit_is_told() -> None:
    old = play((0.1, device("INUSE")), (1.0, device("NOT_INUSE")))
    (change,) = found(old, play((0.1, device("INUSE"))))
    assert (change.kind, change.event) == ("removed", "DeviceStateChange")


def test_the_last_state_counts_however_soon_the_scenario_ends() -> None:
    old = play((0.1, device("INUSE")), (1.0, device("NOT_INUSE")))
    (change,) = found(old, play((0.1, device("INUSE")), (1.0, device("UNAVAILABLE"))))
    assert (change.old, change.candidate) == ("NOT_INUSE", "UNAVAILABLE")


def test_a_lamp_that_is_out_at_the_start_says_nothing() -> None:
    late = (0.0, device("NOT_INUSE")), (1.0, device("INUSE")), (2.0, device("NOT_INUSE"))
    assert found(play(*late[1:]), play(*late)) == []


def test_hints_and_members_that_follow_their_device_are_not_told_as_well() -> None:
    old = play(
        (0.1, device("RINGING")), (0.1, hint("Ringing")), (0.1, member(6)),
        (1.0, device("NOT_INUSE")), (1.0, hint("Idle")), (1.0, member(1)),
    )  # fmt: skip
    new = play(
        (0.1, device("BUSY")), (0.1, hint("Busy")), (0.1, member(3)),
        (1.0, device("NOT_INUSE")), (1.0, hint("Idle")), (1.0, member(1)),
    )  # fmt: skip
    (change,) = found(old, new)
    assert change.event == "DeviceStateChange"


def test_a_hint_that_does_not_follow_its_device_is_told() -> None:
    old = play((0.1, device("RINGING")), (0.1, hint("Ringing")))
    (change,) = found(old, play((0.1, device("RINGING")), (0.1, hint("InUse"))))
    assert (change.subject, change.kind, change.event) == ("105@internal", "added", "ExtensionStatus")


def test_a_hint_of_several_devices_is_a_lamp_of_its_own() -> None:
    both = "PJSIP/105&Custom:night"
    (change,) = found(play((0.1, hint("Ringing", both))), play((0.1, hint("InUse", both))))
    assert (change.old, change.candidate) == ("Ringing", "InUse")


def test_a_hint_that_lasts_a_little_longer_than_its_device_follows_it_all_the_same() -> None:
    old = play((0.1, device("RINGING")), (0.1, hint("Ringing")), (0.24, device("INUSE")), (0.26, hint("InUse")))
    new = play((0.1, device("RINGING")), (0.1, hint("Ringing")), (0.23, device("INUSE")), (0.24, hint("InUse")))
    assert found(old, new) == []
