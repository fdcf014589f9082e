# ruff: noqa: E501 # tables as Asterisk prints them
"""Asterisk's tables as both releases print them."""

import pytest

from harness.asterisk import cli_tables
from harness.asterisk.cli_tables import Unreadable, clean

NO_COMMAND = "No such command 'sip show peers' (type 'core show help sip show' for other possible commands)\n"

QUEUES = """\
sales has 0 calls (max 10) in 'linear' strategy (0s holdtime, 0s talktime), W:0, C:0, A:0, SL:0.0%, SL2:0.0% within 30s
   Members:\x20
      Marcus Reed (PJSIP/102) (ringinuse disabled)\x1b[0m (\x1b[1;31;40mUnavailable\x1b[0m) has taken no calls yet
      Local/1@in/n (Local/1@in/n from hint:1@in) with penalty 2 (paused:lunch was 3 secs ago) (Not in use) has taken 1
      PJSIP/103 (dynamic) (Not in use) has taken no calls yet
   No Callers

night has 0 calls (max unlimited) in 'ringall' strategy (0s holdtime, 0s talktime), W:0, C:0, A:0, SL:0.0% within 0s
   No Members
   No Callers
"""

FEATURES = """\
Builtin Feature           Default Current
---------------           ------- -------
Pickup                    *8      *8
Blind Transfer            #       *2
Attended Transfer

Dynamic Feature           Default Current
---------------           ------- -------
note                      no def  *9

Feature Groups:
---------------
(none)
"""


def test_queues_and_their_members() -> None:
    queues, members = cli_tables.queues(clean(QUEUES))
    assert queues["sales"] == {"max": "10", "strategy": "linear", "servicelevel": "30"}
    assert queues["night"]["max"] == "unlimited"
    assert members["sales PJSIP/102"] == {
        "name": "Marcus Reed",
        "penalty": "0",
        "ringinuse": "disabled",
        "paused": "no",
    }
    assert members["sales Local/1@in/n"]["penalty"] == "2"
    assert members["sales Local/1@in/n"]["paused"] == "yes"
    assert set(members) == {"sales PJSIP/102", "sales Local/1@in/n", "sales PJSIP/103"}


def test_feature_codes_are_read_by_column() -> None:
    assert cli_tables.features(FEATURES) == {
        "Pickup": {"code": "*8"},
        "Blind Transfer": {"code": "*2"},
        "note": {"code": "*9"},
    }


def test_modules_that_do_not_run_are_not_there() -> None:
    text = (
        "Module                         Description                              Use Count  Status      Support Level\n"
        "app_dial.so                    Dialing Application                      0          Running              core\n"
        "res_pjsip_transport_websocket.so PJSIP WebSocket Transport Support        0          Not Running          core\n"
        "acl                            Named ACL system                         2          Running              core\n"
    )
    assert set(cli_tables.modules(text)) == {"app_dial", "acl"}


def test_peers_without_the_counting_line() -> None:
    text = (
        "Name/username             Host                                    Dyn Forcerport\n"
        "bob/bob                   (Unspecified)                            D  Auto (No)\n"
        "1 sip peers [Monitored: 0 online, 0 offline Unmonitored: 0 online, 1 offline]\n"
    )
    assert set(cli_tables.sip_peers(text)) == {"bob"}


def test_a_command_that_asterisk_does_not_have_shows_nothing() -> None:
    assert cli_tables.sip_peers(NO_COMMAND) == {}
    assert cli_tables.parking_lots(NO_COMMAND) == {}
    assert cli_tables.queues(NO_COMMAND) == ({}, {})


@pytest.mark.parametrize(
    "read",
    [
        cli_tables.modules,
        cli_tables.applications,
        cli_tables.codecs,
        cli_tables.queues,
        cli_tables.mailboxes,
        cli_tables.features,
        cli_tables.cdr,
        cli_tables.cel,
        cli_tables.ari_users,
        cli_tables.parking_lots,
        cli_tables.music_classes,
        cli_tables.manager_user,
        cli_tables.sip_peers,
    ],
    ids=lambda read: read.__name__,
)
def test_what_is_no_table_is_never_an_empty_table(read: object) -> None:
    with pytest.raises(Unreadable):
        read("Unable to connect to remote asterisk\n")  # type: ignore[operator]


def test_both_releases_name_the_custom_cdr_writer_alike() -> None:
    head = "Call Detail Record (CDR) settings\n----\n  Logging:                    Enabled\n\n* Registered Backends\n  ---\n"
    assert cli_tables.cdr(head + "    cdr-custom\n") == cli_tables.cdr(head + "    CDR File custom bac\n")


def test_the_machines_own_complaints_are_not_the_answer() -> None:
    assert clean("No ethernet interface found for seeding global EID.\nClass: \x1b[1mdefault\x1b[0m\r\n") == (
        "Class: default\n"
    )
