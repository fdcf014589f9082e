"""What `config show help` prints on both releases, and what is made of it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from harness.asterisk.documents.config import Documented, config_objects, config_options, documented

ROOT = ElementTree.fromstring("""
<docs>
 <configInfo name="res_pjsip"><configFile name="pjsip.conf"><configObject name="endpoint">
   <configOption name="direct_media" default="maybe"/><configOption name="acl"/></configObject></configFile>
 </configInfo>
 <configInfo name="res_gone"><configFile name="gone.conf"><configObject name="x"/></configFile></configInfo>
 <configInfo name="core"><configFile name="bucket"><configObject name="bucket"/></configFile></configInfo>
 <configInfo name="cdr"><configFile name="cdr.conf"><configObject name="general">
   <configOption name="batch"/></configObject></configFile></configInfo>
</docs>
""")
OPTION = Documented("res_pjsip", "pjsip.conf", "endpoint", "direct_media", "maybe")

IN_22 = """
  -= Info about Config Option 'res_pjsip:endpoint:direct_media' =-

[Synopsis]
Determines whether media may flow directly between endpoints.

[Syntax]
direct_media = [Boolean] (Default: yes) (Regex: false)
"""
WRAPPED_IN_16 = """[global]
keep_alive_interval = [Unsigned Integer] (Default: 90) (Regex:
false)

The interval (in seconds) at which to send keepalives
"""


def test_there_is_what_the_core_and_its_modules_document() -> None:
    found = documented(ROOT, ["res_pjsip"])
    assert [entry.item for entry in found] == [
        "pjsip.conf endpoint",
        "pjsip.conf endpoint: direct_media",
        "pjsip.conf endpoint: acl",
        "cdr.conf general",
        "cdr.conf general: batch",
    ]
    assert found[1] == OPTION
    assert found[1].command == "config show help res_pjsip endpoint direct_media"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (IN_22, {"default": "yes", "type": "Boolean"}),
        (WRAPPED_IN_16, {"default": "90", "type": "Unsigned Integer"}),
        ("x = [Boolean] (Default: 0) (Regex: false)", {"default": "no", "type": "Boolean"}),
        ("x = [Unsigned Integer] (Default: 0) (Regex: false)", {"default": "0", "type": "Unsigned Integer"}),
        ("x = [Custom] (Default: off) (Regex: false)", {"default": "no", "type": "Custom"}),
        ("x = [String] (Default: n/a) (Regex: false)", {"default": "", "type": "String"}),
        ("x = [None] (Default: ) (Regex: false)", {"default": "", "type": "None"}),
        ("x = [] (Default: sip:${H}(a)) (Regex: False)", {"default": "sip:${H}(a)"}),
        (
            "x = [String] (Default: Asterisk PBX 22.1.0+dfsg-1) (Regex: false)",
            {"default": "Asterisk PBX VERSION", "type": "String"},
        ),
        (
            "x = [None] (Default: Asterisk 22.1.0+d) (Regex: false)",
            {"default": "Asterisk VERSION", "type": "None"},
        ),
        ("No such thing", {"default": "maybe"}),
    ],
)
def test_a_default_is_what_asterisk_has_in_force(answer: str, expected: dict[str, str]) -> None:
    found = config_options([OPTION], [answer], version="22.1.0+dfsg-1")
    assert found == {"pjsip.conf endpoint: direct_media": {"module": "res_pjsip", **expected}}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            "user: [category !~ /^general$/ matchfield: type = user]",
            {"not": "^general$", "field": "type", "value": "user"},
        ),
        ("[Syntax]\nuser [category =~ /^featuremap$/]", {"category": "^featuremap$"}),
        ("user: [category !~ /.?/]", {"field": "type", "value": "user"}),
        ("Unknown", {"field": "type", "value": "user"}),
    ],
)
def test_an_object_says_which_sections_are_one(answer: str, expected: dict[str, str]) -> None:
    entry = Documented("app_confbridge", "confbridge.conf", "user")
    assert config_objects([entry, OPTION], [answer, ""]) == {
        "confbridge.conf user": {"module": "app_confbridge", **expected}
    }
