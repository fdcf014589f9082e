"""What Asterisk says of itself, as both releases print it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.asterisk import cli_tables, release_tables
from harness.asterisk.cli_tables import Items, Unreadable

MODULES = """\
Module                         Description                              Use Count  Status      Support Level
app_adsiprog.so                Asterisk ADSI Programming Application    0          Running        deprecated
chan_skinny.so                 Skinny Client Control Protocol (Skinny)  0          Not Running      extended
res_pjsip_transport_websocket.so PJSIP WebSocket Transport Support        0          Not Running          core
udptl                          UDPTL                                    3          Running              core
4 modules loaded
"""
COMMANDS = """\
!                              -- Execute a shell command
ael set debug {read|tokens|macros|contexts|off} -- Enable AEL debugging flags
core show help                 -- Display help list, or specific help on a command
core show channels [concise|verbose|count] -- Display information on channels
stasis show topic              -- Show a specific topic
"""
FORMATS = """\
Format     Name       Extensions
------     ----       ----------
ulaw       pcm        pcm|ulaw|ul|mu|ulw
gsm        wav49      WAV|wav49
2 file formats registered.
"""
SETTINGS = "  Version:                     16.28.0\n  Build Options:               OPTIONAL_API, TEST_FRAMEWORK\n"
MAKEOPTS = """\
MENUSELECT_APPS=app_skel app_meetme
MENUSELECT_RES=res_ari_mailboxes ENABLE_SRTP_AES_192
MENUSELECT_CFLAGS=OPTIONAL_API DONT_OPTIMIZE
MENUSELECT_OPTS_app_voicemail=FILE_STORAGE
MENUSELECT_CORE_SOUNDS=CORE-SOUNDS-EN-GSM
MENUSELECT_DEPSFAILED=MENUSELECT_APPS=app_osplookup
"""
FUNCTIONS = """\
Installed Custom Functions:
--------------------------------------------------------------------------------
PJSIP_INHERITABLE_HE  PJSIP_INHERITABLE_HEADER(action,nam  Adds, updates or removes the specified SIP header.
SHA1                  SHA1(data)                           Computes a SHA1 digest.
UNDOCUMENTED
CUT                   CUT(varname,char-delim,range-spec)   Slices and dices strings.
4 custom functions installed.
"""


def test_modules_say_whether_they_are_loaded() -> None:
    assert release_tables.modules(MODULES, ["app_adsiprog", "cdr_tds"]) == {
        "app_adsiprog": {"loaded": "yes", "support": "deprecated"},
        "cdr_tds": {"loaded": "no"},
        "chan_skinny": {"loaded": "no", "support": "extended"},
        "res_pjsip_transport_websocket": {"loaded": "no", "support": "core"},
        "udptl": {"loaded": "yes", "support": "core"},
    }


def test_commands_are_known_by_their_fixed_words() -> None:
    found = release_tables.commands(COMMANDS)
    assert found["ael set debug"] == {"syntax": "{read|tokens|macros|contexts|off}"}
    assert found["core show channels"] == {"syntax": "[concise|verbose|count]"}
    assert found["stasis show topic"] == {"syntax": ""}
    assert "!" in found


def test_file_formats_have_codec_and_extensions() -> None:
    assert release_tables.file_formats(FORMATS) == {
        "pcm": {"codec": "ulaw", "extensions": "mu|pcm|ul|ulaw|ulw"},
        "wav49": {"codec": "gsm", "extensions": "WAV|wav49"},
    }


def test_the_options_of_a_build() -> None:
    assert set(release_tables.build_options(SETTINGS, MAKEOPTS)) == {
        "OPTIONAL_API", "TEST_FRAMEWORK", "DONT_OPTIMIZE", "app_voicemail: FILE_STORAGE",
    }  # fmt: skip
    assert set(release_tables.build_options(SETTINGS, "")) == {"OPTIONAL_API", "TEST_FRAMEWORK"}


def test_what_a_build_leaves_out() -> None:
    assert set(release_tables.left_out(MAKEOPTS)) == {"app_skel", "app_meetme", "res_ari_mailboxes"}
    assert release_tables.left_out("") == {}


def test_sounds_are_counted_by_language_and_format() -> None:
    paths = ["en/hello.gsm", "en/digits/1.gsm", "en/digits/1.wav", "en_US/LICENSE", "readme.txt"]
    assert release_tables.sounds(paths) == {"en gsm": {"files": "2"}, "en wav": {"files": "1"}}


def test_a_function_has_its_whole_name() -> None:
    assert set(cli_tables.functions(FUNCTIONS)) == {"PJSIP_INHERITABLE_HEADER", "SHA1", "UNDOCUMENTED", "CUT"}


@pytest.mark.parametrize(
    "read",
    [
        lambda text: release_tables.modules(text, ["app_dial"]),
        release_tables.commands,
        release_tables.file_formats,
        lambda text: release_tables.build_options(text, MAKEOPTS),
    ],
)
def test_what_is_no_table_is_never_an_empty_table(read: Callable[[str], Items]) -> None:
    for text in ("", "Unable to connect to remote asterisk\n"):
        with pytest.raises(Unreadable):
            read(text)
