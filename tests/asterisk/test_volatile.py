"""What is volatile, by exact names and forms: what only looks like it stays."""

from __future__ import annotations

import pytest

from harness.asterisk.volatile import (
    argument_of,
    asks_statistics,
    base_name,
    ids_in,
    is_call_id,
    is_chance,
    is_channel,
    is_mechanism,
    is_set,
    is_statistic,
    masked_line,
    seconds_in,
    variable_seconds_in,
)

UUID = "398c4270-f168-435e-a32d-14fbef0ca55e"


@pytest.mark.parametrize(
    ("channel", "base"),
    [
        ("PJSIP/101-0000002a", "PJSIP/101"),
        ("Local/9@x-0000000a;1", "Local/9@x;1"),
        ("PJSIP/101-0000002a<ZOMBIE>", "PJSIP/101<ZOMBIE>"),
        ("UnicastRTP/127.0.0.1:4000-0x7f3c8800", "UnicastRTP/127.0.0.1:4000"),
        ("UnicastRTP/[::1]:4000-0x7f3c8800", "UnicastRTP/[::1]:4000"),
        ("Snoop/pbx1-1795445644.10-00000001", "Snoop/pbx1-1795445644.10"),
        ("IAX2/provider-1234", "IAX2/provider"),
        ("IAX2/10.0.0.7:4569-31", "IAX2/10.0.0.7:4569"),
        ("DAHDI/i1/4125550101-2f", "DAHDI/i1/4125550101"),
        ("DAHDI/1-1", "DAHDI/1-1"),
        ("Motif/ann-4a2f", "Motif/ann"),
        ("Recorder/ARI-00000001;1", "Recorder/ARI;1"),
        ("Announcer/ARI-00000001;2", "Announcer/ARI;2"),
        ("CBAnn/100-00000001;1", "CBAnn/100;1"),
        (f"AudioSocket/127.0.0.1:9092-{UUID}", "AudioSocket/127.0.0.1:9092"),
        ("Message/ast_msg_queue", "Message/ast_msg_queue"),
        ("PJSIP/site-1234", "PJSIP/site-1234"),
    ],
)
def test_a_channel_has_a_name_without_its_number(channel: str, base: str) -> None:
    assert base_name(channel) == base


def test_ids_are_found_wherever_they_stand_and_nothing_else() -> None:
    assert ids_in(["Dial(Khomp/b0c1-0000002a,30)"]) == ("Khomp/b0c1-0000002a",)
    text = f"Snoop/1795445644.10-00000001,PJSIP/a-0000000b&{UUID} pbx1-1795445644.7 a price of -1234, 12345678.5"
    assert ids_in([text, text]) == (
        "Snoop/1795445644.10-00000001",
        "PJSIP/a-0000000b",
        UUID,
        "pbx1-1795445644.7",
    )


def test_a_sound_or_a_file_with_a_date_is_no_channel() -> None:
    assert ids_in(["menu/hours-20260101", "/var/spool/out-20260101"]) == ()


def test_the_same_thing_is_chance_on_every_surface() -> None:
    assert all(is_chance("", name) for name in ("Timestamp", "timestamp", "channel.creationtime", "agi_threadid"))
    assert not any(is_chance("", name) for name in ("Timestamps", "MyTimestamp", "channel.name", "Peer"))
    assert is_chance("CEL BRIDGE_ENTER", "Peer")


@pytest.mark.parametrize("name", ["MONITORED", "__MONITORED", "MACRO_EXTEN", "LOCAL(ARGC)", "MIXMONITOR_FILENAME"])
def test_what_a_mechanism_leaves_behind_has_exact_names(name: str) -> None:
    assert is_mechanism(name, "x")


@pytest.mark.parametrize(
    "name",
    ["MONITORED_BY", "MONITOR_ROOM", "MACRO_MY", "MIXMONITOR_X", "LOCAL(times)", "~HASH~a~b~", "ARG1", "ARGUMENT"],
)
def test_a_variable_of_the_sites_that_only_looks_like_it_is_the_sites(name: str) -> None:
    assert not is_mechanism(name, "x")


def test_what_a_subroutine_returns_counts_where_it_holds_something() -> None:
    assert is_mechanism("GOSUB_RETVAL", "")
    assert not is_mechanism("GOSUB_RETVAL", "7")


def test_statistics_have_exact_names() -> None:
    assert is_statistic("RTPAUDIOQOSJITTERBRIDGED")
    assert is_statistic("RTPVIDEOQOS")
    assert is_statistic("QUEUESRVLEVELPERF")
    assert not any(map(is_statistic, ("QUEUESTATUS", "QUEUECALLS", "QUEUENAME")))
    assert not any(map(is_statistic, ("RTPxQOS", "RTPAUDIOQOSX", "RTPMYQOSJITTER", "MYRTPAUDIOQOS")))


def test_what_a_subroutine_is_given_has_one_name() -> None:
    assert argument_of("ARG1") == argument_of("LOCAL(ARG1)") == "ARG1"
    assert {argument_of(name) for name in ("ARG0", "ARGC", "ARG1X", "LOCAL(ARGC)", "LOCAL(times)", "MYARG1")} == {
        ""
    }


def test_durations_are_told_in_seconds_by_exact_names() -> None:
    assert seconds_in("Cdr", "Duration", "3") == 3.0
    assert seconds_in("AgentRingNoAnswer", "RingTime", "9000") == 9.0
    assert seconds_in("CoreShowChannel", "Duration", "01:00:05") == 3605.0
    assert seconds_in("QueueSummary", "LongestHoldTime", "1") == 1.0
    assert seconds_in("AgentLogoff", "Logintime", "60") == 60.0
    assert seconds_in("ConfbridgeList", "AnsweredTime", "2") == 2.0
    assert seconds_in("Cdr", "Duration", "model s") is None
    assert seconds_in("UserEvent", "Wait", "5") is None
    assert variable_seconds_in("ANSWEREDTIME_MS", "2500") == 2.5
    assert variable_seconds_in("CDR(billsec)", "7") == 7.0
    assert variable_seconds_in("MYTIME", "7") is None


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        *(
            (name, 2000.0)
            for name in ("Duration", "BillableSeconds", "HoldTime", "Holdtime", "TalkTime", "RingTime")
        ),
        *((name, 2000.0) for name in ("ParkingDuration", "Wait", "Seconds", "duration", "talking_duration")),
        ("silence_duration", 2000.0),
        ("Ringtime", 2.0),
        ("Cause", None),
    ],
)
def test_a_header_is_in_seconds_but_for_one(name: str, seconds: float | None) -> None:
    assert seconds_in("Any", name, "2000") == seconds


@pytest.mark.parametrize(
    ("event", "name", "seconds"),
    [
        ("ChannelTalkingStop", "Duration", 2.0),
        ("ARI ChannelTalkingFinished", "duration", 2.0),
        ("UserEvent", "Seconds", None),
    ],
)
def test_in_some_events_a_header_has_another_unit(event: str, name: str, seconds: float | None) -> None:
    assert seconds_in(event, name, "2000") == seconds


@pytest.mark.parametrize("name", ["ANSWEREDTIME", "DIALEDTIME", "RINGTIME", "PROGRESSTIME", "QUEUEWAIT"])
def test_a_variable_of_milliseconds_says_so_in_its_name(name: str) -> None:
    assert variable_seconds_in(name, "2000") == 2000.0
    assert variable_seconds_in(f"{name}_MS", "2000") == 2.0


@pytest.mark.parametrize("name", ["QEHOLDTIME", "MEETMESECS", "MESSAGE_DURATION", "VM_DUR", "CDR(duration)"])
def test_other_variables_are_in_seconds(name: str) -> None:
    assert variable_seconds_in(name, "2000") == 2000.0
    assert variable_seconds_in(name, "") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("System uptime: 1 minute, 3 seconds", "System uptime: 59 seconds"),
        ("35 calls processed", "1 call processed"),
        ("2 active channels", "12 active channels"),
        ("1 of 10 max active calls", "7 of 10 max active calls"),
        ("PJSIP/101 (has taken no calls yet)", "PJSIP/101 (has taken 1 calls (last was 7 secs ago))"),
        ("res_x.so  A module   0          Running   core", "res_x.so  A module   3          Running   core"),
        (
            "101/sip:101@h:5060    d1f2a3b4c5 Avail         1.234",
            "101/sip:101@h:5060    aaf2a3b4c5 Avail         0.9",
        ),
        ("101/101  h  OK (3 ms)", "101/101  h  OK (17 ms)"),
        ("PJSIP/101 Up 00:00:05", "PJSIP/101 Up 01:17:05"),
    ],
)
def test_clocks_and_counters_in_a_line_are_masked(one: str, other: str) -> None:
    assert masked_line(one) == masked_line(other)


@pytest.mark.parametrize(
    "line",
    ["Parking timeout: 45 seconds", "sales has 3 calls (max unlimited)", "4. PJSIP/101 (wait: 3)", "price -1234"],
)
def test_a_setting_or_a_number_that_means_something_stays(line: str) -> None:
    assert masked_line(line) == line


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("System uptime: 2 weeks, 1 day, 3 hours and 4 seconds", "System uptime: <time>"),
        ("Last reload: 1h2m3s", "Last reload: <time>"),
        ("(0s holdtime, 12s talktime), SL:33.3% within 30s",
         "(<time> holdtime, <time> talktime), SL:<share> within 30s"),
        ("0 active calls", "<count> active calls"),
        ("a b", "a b"),
    ],
)  # fmt: skip
def test_what_passes_is_masked_by_what_it_is(line: str, masked: str) -> None:
    assert masked_line(line) == masked


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("PJSIP/101-0000002a", True),
        ("Local/9@x-0000000a;1", True),
        ("to PJSIP/101", False),
        ("PJSIP/1,PJSIP/2", False),
    ],
)
def test_the_name_of_a_channel_is_nothing_else(text: str, whole: bool) -> None:
    assert is_channel(text) is whole


def test_sets_call_ids_and_statistics_are_known_by_their_whole_names() -> None:
    assert is_set("Contacts")
    assert not is_set("Contact")
    assert is_call_id("SIPCALLID")
    assert not is_call_id("MYSIPCALLID")
    assert is_statistic("__RTPAUDIOQOS")
    assert asks_statistics("channels.rtpstatistics")
    assert asks_statistics("GET /channels/1/rtp_statistics")
    assert not asks_statistics("GET /channels/1/rtp_statistics_of_mine")


def test_ids_stand_in_texts_of_some_length() -> None:
    assert ids_in(["1795445644.7", "x", "PJSIP/1-0000000a" * 400]) != ()
    assert ids_in(["1795445644.7"]) == ("1795445644.7",)
    assert ids_in(["x" * 5000 + " 1795445644.7"]) == ()
