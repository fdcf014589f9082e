"""What can be chosen, by a release's XML documentation and by a source tree: the same modules either way."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from harness.asterisk.menuselect.members import Member, category_of, documented_members
from harness.asterisk.menuselect.source import source_members

INFO = """
\t<depend>curl</depend>
\t<depend type="module">res_curl</depend>
\t<depend>TEST_FRAMEWORK</depend>
\t<use type="external">openssl</use>
\t<defaultenabled>no</defaultenabled>
\t<support_level>deprecated</support_level>
\t<replacement>app_y</replacement>
\t<deprecated_in>16</deprecated_in>
\t<removed_in>21</removed_in>
"""
MEMBER = Member(
    "app_x", "APPS", False, ("curl",), ("res_curl", "TEST_FRAMEWORK"), "deprecated", "app_y", "16", "21"
)
MAKEFILE = """\
.app_voicemail_odbc.moduleinfo: app_voicemail_odbc.c
\t@echo "<member name=\\"app_voicemail_odbc\\" displayname=\\"x\\">" > $@
\techo "<defaultenabled>no</defaultenabled>" >> $@
\techo "<depend>generic_odbc</depend>" >> $@
\techo "<use type=\\"module\\">res_smdi</use>" >> $@
\techo "</member>" >> $@

app_voicemail.o: _ASTCFLAGS+=-DFILE_STORAGE
"""


def documented(modules: str) -> tuple[Member, ...]:
    return documented_members(ElementTree.fromstring(f"<docs>{modules}</docs>"))


def test_a_module_is_the_same_in_xml_and_in_source() -> None:
    assert documented(f'<module name="app_x">{INFO}</module>') == (MEMBER,)
    assert source_members({"apps/app_x.c": f"/* x */\n/*** MODULEINFO{INFO} ***/\nint x;"}) == (MEMBER,)


def test_without_a_word_a_module_is_on_and_a_flag_is_off() -> None:
    flags = '<category name="MENUSELECT_CFLAGS" positive_output="yes"><member name="DONT_OPTIMIZE"/></category>'
    found = source_members({"funcs/func_x.c": "/*** MODULEINFO\n***/", "build_tools/cflags.xml": flags})
    assert [(member.entry, member.on) for member in found] == [
        (("CFLAGS", "DONT_OPTIMIZE"), False),
        (("FUNCS", "func_x"), True),
    ]


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("chan_sip", "CHANNELS"),
        ("format_mp3", "ADDONS"),
        ("test_acl", "TESTS"),
        ("acl", ""),
        ("bridge_roles", ""),
        ("pbx_app", ""),
        ("pbx_lua", "PBX"),
        ("app_voicemail_odbcstorage", ""),
        ("sig_pri", ""),
    ],
)
def test_the_category_follows_from_the_name(name: str, category: str) -> None:
    assert category_of(name) == category


def test_files_of_the_core_and_parts_of_modules_are_no_members() -> None:
    text = "/*** MODULEINFO\n<support_level>core</support_level>\n***/"
    assert documented('<module name="acl"/><module name="bridge_after"/>') == ()
    assert source_members({"channels/sig_pri.c": text, "pbx/dundi-parser.c": text}) == ()


def test_members_beside_sources_and_options_of_a_module() -> None:
    options = (
        '/*** MAKEOPTS\n<category name="MENUSELECT_RES"><member name="ENABLE_SRTP_AES_256"/></category>\n***/'
    )
    found = source_members(
        {
            "res/res_srtp.c": f"/*** MODULEINFO\n<depend>srtp</depend>\n***/\n{options}",
            "codecs/codecs.xml": '<member name="codec_opus"><defaultenabled>no</defaultenabled></member>',
        }
    )
    assert {member.entry for member in found} == {
        ("RES", "res_srtp"),
        ("RES", "ENABLE_SRTP_AES_256"),
        ("CODECS", "codec_opus"),
    }


def test_a_module_that_is_built_several_times_stands_in_the_makefile() -> None:
    (odbc,) = source_members({"apps/Makefile": MAKEFILE})
    assert odbc == Member("app_voicemail_odbc", "APPS", False, ("generic_odbc",))


def test_voicemail_that_is_documented_and_no_module_of_its_own_is_three() -> None:
    names = {member.name for member in documented('<application name="VoiceMail"/>')}
    assert names == {"app_voicemail", "app_voicemail_imap", "app_voicemail_odbc"}
    assert len(documented('<application name="VoiceMail"/><module name="app_voicemail"/>')) == 1


def test_what_is_no_xml_is_left_out() -> None:
    files = {"apps/app_x.c": "/*** MODULEINFO <depend> ***/", "codecs/codecs.xml": "<member", "apps/Makefile": ""}
    assert source_members(files) == ()
