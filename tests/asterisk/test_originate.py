"""Which device will it be? Dial strings and names of channels, actions, applications and commands that call."""

from __future__ import annotations

import pytest

from harness.asterisk.originate import device_of, device_of_channel, started_by_action, started_by_application


@pytest.mark.parametrize(
    ("dialled", "channel"),
    [
        ("PJSIP/101", "PJSIP/101-0000002a"),
        ("pjsip/0155@trunk", "PJSIP/trunk-0000002a"),
        ("PJSIP/trunk/sip:0155@10.0.0.1:5060", "PJSIP/trunk-0000002a"),
        ("SIP/trunk/0155", "SIP/trunk-0000002a"),
        ("IAX2/me:word@provider/0155", "IAX2/provider-4711"),
        ("Local/600@in/n", "Local/600@in-0000002a;2"),
        ("Local/600", "Local/600@default-0000002a;1"),
        ("UnicastRTP/127.0.0.1:4000", "UnicastRTP/127.0.0.1:4000-0x7f3c88001122"),
    ],
)
def test_a_dial_string_and_its_channel_are_of_one_device(dialled: str, channel: str) -> None:
    assert device_of(dialled) == device_of_channel(channel)


@pytest.mark.parametrize("none", ["", "600", "PJSIP/", "/", "@in"])
def test_what_is_no_dial_string_is_no_device(none: str) -> None:
    assert device_of(none) == ""


def test_actions_applications_and_commands_say_whom_they_call() -> None:
    command = "channel originate Local/9@in application Echo"
    assert started_by_action({"action": "ORIGINATE", "channel": "SIP/9"}) == "sip/9"
    assert started_by_action({"action": "Command", "command": command}) == "local/9@in"
    assert started_by_action({"action": "Redirect", "channel": "SIP/9-0000002a"}) == ""
    assert started_by_application("Originate", "SIP/9,app,Echo") == "sip/9"
    assert started_by_application("System", f'asterisk -rx "{command}"') == "local/9@in"
    assert started_by_application("Dial", "SIP/9") == started_by_application("System", "ls /tmp") == ""
