# ruff: noqa: E501 # tables as Asterisk prints them
"""Tables of Asterisk's console that say who and what there is: every row is an item, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.asterisk import cli_tables
from harness.asterisk.cli_tables import Items, Unreadable
from harness.asterisk.database_tables import connections, entries, families

RULE = "=" * 90
ENDPOINTS = f"""\

 Endpoint:  <Endpoint/CID.....................................>  <State.....>  <Channels.>
    I/OAuth:  <AuthId/UserName...........................................................>
        Aor:  <Aor............................................>  <MaxContact>
{RULE}

 Endpoint:  101/Ann                                              Unavailable   0 of inf
     InAuth:  101/101
        Aor:  101                                                1

 Endpoint:  trunk                                                Not in use    0 of inf
  Transport:  udp                       udp      0      0  0.0.0.0:5060

Objects found: 2
"""
AORS = f"""\

      Aor:  <Aor..............................................>  <MaxContact>
    Contact:  <Aor/ContactUri............................> <Hash....> <Status> <RTT(ms)..>
{RULE}

      Aor:  101                                                  1
    Contact:  101/sip:101@192.0.2.1                  0123456789 NonQual         nan

      Aor:  trunk/b                                              0
"""
TRANSPORTS = f"""\

Transport:  <TransportId........>  <Type>  <cos>  <tos>  <BindAddress....................>
{RULE}

Transport:  tls                       tls      3    184  0.0.0.0:5061
Transport:  udp                       udp      0      0  0.0.0.0:5060
Transport:  half                      udp      0      0
"""
REGISTRATIONS = f"""\

 <Registration/ServerURI..............................>  <Auth....................>  <Status.......>
{RULE}

 trunk/sip:sip.example.com                               trunk                       Rejected          (exp. 30s)

Objects found: 1
"""
NOTHING = "No objects found.\n\n"
NO_COMMAND = "No such command 'pjsip show' (type 'core show help pjsip' for other possible commands)\n"


def test_applications_and_functions_are_named_whole() -> None:
    text = "    -= Registered Asterisk Applications =-\n        AddQueueMember: Dynamically adds queue members.\n              Answer: Answer a channel if ringing.\n    -= 2 Applications Registered =-\n"
    assert cli_tables.applications(text) == {"AddQueueMember": {}, "Answer": {}}
    text = (
        "Installed Custom Functions:\n--------------------------------------------------------------------------------\n"
        "AGC                   AGC(channeldirection)                Apply automatic gain control\n"
        "PJSIP_DIAL_CONTACTS_  PJSIP_DIAL_CONTACTS_OF_IT(endpoint)  Return a dial string\n"
        "STRFTIME              <no syntax>\n"
        "2 custom functions installed.\n"
    )
    assert cli_tables.functions(text) == {"AGC": {}, "PJSIP_DIAL_CONTACTS_OF_IT": {}, "STRFTIME": {}}


def test_what_is_told_below_a_row_is_no_row() -> None:
    assert cli_tables.pjsip("Aor", ENDPOINTS) == cli_tables.pjsip("Transport", ENDPOINTS) == {}


def test_endpoints_are_named_without_their_caller_id() -> None:
    assert cli_tables.pjsip("Endpoint", ENDPOINTS) == {"101": {}, "trunk": {}}


def test_an_aor_keeps_its_name_whole() -> None:
    assert cli_tables.pjsip("Aor", AORS) == {"101": {}, "trunk/b": {}}


def test_a_transport_has_protocol_and_address() -> None:
    assert cli_tables.pjsip("Transport", TRANSPORTS) == {
        "tls": {"protocol": "tls", "bind": "0.0.0.0:5061"},
        "udp": {"protocol": "udp", "bind": "0.0.0.0:5060"},
        "half": {},
    }


@pytest.mark.parametrize("text", [NOTHING, NO_COMMAND])
def test_nothing_of_pjsip_is_an_empty_table(text: str) -> None:
    assert cli_tables.pjsip("Endpoint", text) == cli_tables.registrations(text) == {}


def test_registrations_are_named_without_their_server() -> None:
    assert cli_tables.registrations(REGISTRATIONS) == {"trunk": {}}


def test_settings_of_an_endpoint_begin_below_their_heading() -> None:
    text = " Endpoint:  101\n\n ParameterName                      : ParameterValue\n ==========\n 100rel                             : yes\n allow                              : (ulaw|alaw)\n callerid                           : Ann : <101>\n"
    assert cli_tables.pjsip_parameters(text) == {
        "100rel": "yes",
        "allow": "(ulaw|alaw)",
        "callerid": "Ann : <101>",
    }


def test_channel_types_are_named() -> None:
    text = (
        "Type             Description                              Devicestate  Presencestate  Indications  Transfer    \n"
        "-----------      -----------                              -----------  -------------  -----------  ----------- \n"
        "PJSIP            PJSIP Channel Driver                     yes          no             yes          yes         \n"
        "Local            Local Proxy Channel Driver               yes          no             yes          no          \n"
        "----------\n2 channel drivers registered.\n"
    )
    assert cli_tables.technologies(text) == {"PJSIP": {}, "Local": {}}


def test_codecs_are_named_by_format_and_have_a_type() -> None:
    text = (
        "Disclaimer: this command is for informational purposes only.\n\tIt does not indicate anything about your configuration.\n"
        "      ID TYPE  NAME         FORMAT           DESCRIPTION\n"
        "----------------------------------------------------------------------\n"
        "       5 audio ulaw         ulaw             (G.711 u-law)\n"
        "      12 audio slin         slin16           (16 bit Signed Linear PCM (16kHz))\n"
        "      24 video h264         h264             (H.264 video)\n"
    )
    assert cli_tables.codecs(text) == {
        "ulaw": {"type": "audio"},
        "slin16": {"type": "audio"},
        "h264": {"type": "video"},
    }


def test_mailboxes_have_name_zone_and_new_messages() -> None:
    text = (
        "Context    Mbox  User                      Zone       NewMsg\n"
        "default    101   Ann Example               eastern         0\n"
        "sales      7     Bob                                       3\n"
        "2 voicemail users configured.\n"
    )
    assert cli_tables.mailboxes(text) == {
        "101@default": {"name": "Ann Example", "zone": "eastern", "new messages": "0"},
        "7@sales": {"name": "Bob", "zone": "", "new messages": "3"},
    }
    assert cli_tables.mailboxes("There are no voicemail users currently defined\n") == {}


def test_zones_of_voicemail_name_a_zone_of_the_system() -> None:
    text = "Zone            Timezone        Message Format\neastern         America/New_York 'vm-received' Q 'digits/at' IMp\n\nodd\n"
    assert cli_tables.voicemail_zones(text) == {"eastern": "America/New_York"}
    assert cli_tables.voicemail_zones("There are no voicemail zones currently defined\n") == {}


def test_a_ruled_list_is_its_names() -> None:
    text = "--------- Menus -----------\n-----\ndefault_menu\nsample menu\n\n  own_menu\n"
    assert cli_tables.names("Menus", text) == {"default_menu": {}, "own_menu": {}}


def test_manager_users_are_their_names_and_there_may_be_none() -> None:
    assert cli_tables.manager_users(
        "\nusername\n--------\ndesk\n-------------------\n1 manager users configured.\n"
    ) == {"desk": {}}
    assert cli_tables.manager_users("There are no manager users.\n") == {}
    with pytest.raises(cli_tables.Unreadable):
        cli_tables.manager_users("")


def test_a_profile_is_its_settings_and_a_menu_its_keys() -> None:
    profile = (
        "----\nName:                       own\nLanguage:                   en\nMarked User (All):          no\n"
    )
    assert cli_tables.profile(profile) == {"Language": "en", "Marked User": "no"}
    assert cli_tables.menu("Name: own\n1=toggle_mute\n*=playback(a=b)\n") == {
        "1": "toggle_mute",
        "*": "playback(a=b)",
    }
    for text in (NO_COMMAND, "No conference bridge profile named 'x' found!\n"):
        with pytest.raises(Unreadable, match="No"):
            cli_tables.profile(text)


def test_a_manager_user_has_permissions_whatever_their_order() -> None:
    text = "          username: desk\n            secret: <Set>\n               ACL: yes\n         read perm: system,call\n        write perm: all\n"
    found = cli_tables.manager_user(text)
    assert found == {"read perm": "call,system", "write perm": "all", "ACL": "yes"}
    assert cli_tables.manager_user("username: x\n") == {"read perm": "", "write perm": "", "ACL": ""}


def test_users_of_ari_may_write_or_not() -> None:
    text = "r/o?  Username\n----  --------\nNo    wall\nYes   board\n\n2 users\n"
    assert cli_tables.ari_users(text) == {"wall": {"read only": "No"}, "board": {"read only": "Yes"}}


def test_parking_lots_have_their_own_settings() -> None:
    text = (
        "Parking General Options\n-----------------------\nAdsi Park           : No\n\n"
        "Parking Lot: default\n--------------------\nParking Extension   :  700\nParking Spaces      :  701-750\n\n"
        "Parking Lot: sales\n------------------\nParking Extension   :  800\n"
    )
    assert cli_tables.parking_lots(text) == {
        "default": {"Parking Extension": "700", "Parking Spaces": "701-750"},
        "sales": {"Parking Extension": "800"},
    }


def test_music_classes_have_mode_and_place() -> None:
    text = "Class: default\n\tMode: files\n\tDirectory: moh\n\tRealtime: no\nClass: radio\n\tMode: custom\n\tApplication: /usr/bin/mpg123 -q\n\tFormat: slin\n"
    assert cli_tables.music_classes(text) == {
        "default": {"Mode": "files", "Directory": "moh"},
        "radio": {"Mode": "custom", "Application": "/usr/bin/mpg123 -q", "Format": "slin"},
    }
    assert cli_tables.music_classes("") == cli_tables.music_classes(NO_COMMAND) == {}


def test_call_records_have_settings_and_backends() -> None:
    head = "\nCall Detail Record (CDR) settings\n----------------------------------\n  Logging:                    Enabled\n  Mode:                       Simple\n\n"
    backends = "* Registered Backends\n  -------------------\n    cdr_manager (suspended)\n    Adaptive ODBC\n"
    cdr = {"Logging": "Enabled", "Mode": "Simple"}
    assert cli_tables.cdr(head) == {"CDR": cdr}
    assert cli_tables.cdr(f"{head}* Registered Backends\n  -----\n    (none)\n") == {"CDR": cdr}
    assert cli_tables.cdr(head + backends) == {
        "CDR": cdr,
        "CDR backend cdr_manager (suspended)": {},
        "CDR backend Adaptive ODBC": {},
    }


@pytest.mark.parametrize(
    ("printed", "backend"),
    [
        ("CDR File custom bac", "cdr-custom"),
        ("CDR File custom backend", "cdr-custom"),
        ("CDR sqlite3 custom ", "cdr_sqlite3_custom"),
        ("CDR sqlite3 custom backend", "cdr_sqlite3_custom"),
        ("csv", "csv"),
        ("CDR", "CDR"),
    ],
)
def test_a_backend_has_one_name_in_all_releases(printed: str, backend: str) -> None:
    text = f"Call Detail Record (CDR) settings\n----\n  Logging: Enabled\n* Registered Backends\n  ----\n    {printed}\n"
    assert f"CDR backend {backend}" in cli_tables.cdr(text)


def test_events_of_cel_are_items_of_their_own() -> None:
    text = "CEL Logging: Enabled\nCEL Tracking Event: CHAN_START\nCEL Tracking Event: HANGUP\nCEL Event Subscriber: CEL Custom CSV Logging\n"
    assert cli_tables.cel(text) == {
        "CEL": {"Logging": "Enabled"},
        "CEL Tracking Event CHAN_START": {},
        "CEL Tracking Event HANGUP": {},
        "CEL Event Subscriber CEL Custom CSV Logging": {},
    }


def test_pairs_need_a_name_and_the_sign() -> None:
    assert [*cli_tables.pairs("a: b : c\nno pair\n : nameless\n  d :\n")] == [("a", "b : c"), ("d", "")]


@pytest.mark.parametrize(
    "read",
    [
        cli_tables.queues,
        cli_tables.profile,
        cli_tables.manager_user,
        cli_tables.parking_lots,
        cli_tables.music_classes,
        cli_tables.cdr,
        cli_tables.cel,
        cli_tables.modules,
        families,
        entries,
        lambda text: connections(text, ""),
    ],
)
def test_what_came_instead_of_a_table_is_quoted_by_its_beginning(read: Callable[[str], Items]) -> None:
    text = "No such command " if read in (families, cli_tables.profile) else "  What is this "
    with pytest.raises(Unreadable) as told:
        read(text + "x" * 500)
    quoted = str(told.value)
    assert text.strip() + " xxx" in quoted
    assert len(quoted) < 120
