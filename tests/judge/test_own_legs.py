"""Of a call that the harness placed, its own half is compared only by what the caller gets."""

from __future__ import annotations

from harness.judge.align import align, changes
from harness.judge.normalise import normalise
from harness.testing import trace

ROLES = (("1.1", "caller"), ("1.2", "caller;2"))
OWN, SITES = ("Channel: Local/9@x-0000000a;1\nUniqueid: 1.1", "Channel: Local/9@x-0000000a;2\nUniqueid: 1.2")


def between(old: str, new: str) -> list[tuple[str, str]]:
    normals = [normalise(trace(text, roles=ROLES)) for text in (old, new)]
    return [(change.subject, change.event) for change in changes(align(*normals))]


def event(name: str, channel: str, *headers: str) -> str:
    return "\n".join((f"Event: {name}", channel, *headers))


def test_records_and_redirects_of_its_own_half_are_no_findings() -> None:
    said = [
        event("Cdr", OWN.replace("Uniqueid", "UniqueID"), "LastApplication: AppDial2"),
        event("CEL", OWN.replace("Uniqueid", "UniqueID"), "EventName: ANSWER", "Application: AppDial2"),
        event("NewConnectedLine", OWN, "ConnectedLineNum: 5"),
        event("SoftHangupRequest", OWN, "Cause: 16"),
        "Level: WARNING\nMessage: Local/mark@harness-leg is gone",
    ]
    assert between("", "\n\n".join(said)) == []


def test_what_the_caller_hears_of_the_call_and_what_the_dialplan_s_half_does_are() -> None:
    said = [
        event("Newstate", OWN, "ChannelStateDesc: Ringing"),
        event("NewConnectedLine", SITES, "ConnectedLineNum: 5"),
    ]
    assert between("", "\n\n".join(said)) == [("caller", "Newstate"), ("caller;2", "NewConnectedLine")]


def test_how_a_call_ended_is_told_of_the_dialplan_s_half_alone() -> None:
    ended = ["\n\n".join(event("Hangup", half, f"Cause: {cause}") for half in (OWN, SITES)) for cause in (17, 19)]
    assert between(*ended) == [("caller;2", "Hangup")]
    assert between(ended[0], event("Hangup", SITES, "Cause: 17")) == [("caller", "Hangup")]


def test_another_leg_of_the_site_is_compared_whole() -> None:
    assert between("", event("SoftHangupRequest", "Channel: PJSIP/1-00000001\nUniqueid: 7.1")) != []
