"""References of Asterisk's documentation written out, and what is hostile ending in an error or in nothing."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.asterisk.documents import dialplan, interfaces
from harness.asterisk.documents.xml import read_documents

HEAD = '<docs xmlns:xi="http://www.w3.org/2001/XInclude">'


def include(path: str) -> str:
    return f'<xi:include xpointer="xpointer(/docs/{path})"/>'


def test_references_are_written_out() -> None:
    """As QueueMemberPause has the headers of QueueMemberStatus; not those that it has by reference itself."""
    status, login = "managerEvent[@name='Status']/managerEventInstance", "manager[@name='Login']"
    text = f"""{HEAD}
    <managerEvent name="Pause"><managerEventInstance><syntax>{include(f"{status}/syntax/parameter")}
      <parameter name="Paused"/></syntax></managerEventInstance></managerEvent>
    <managerEvent name="Status"><managerEventInstance><syntax><parameter name="Queue"/>
      {include(f"{login}/syntax/parameter[@name='ActionID']")}</syntax></managerEventInstance></managerEvent>
    <manager name="Login"><syntax><parameter name="ActionID"/></syntax></manager></docs>"""
    headers = interfaces.ami_headers(read_documents(text.encode()))
    assert set(headers) == {
        "Pause: Queue",
        "Pause: Paused",
        "Status: Queue",
        "Status: ActionID",
    }


@pytest.mark.parametrize(
    "reference",
    [
        include("application[@name='Nothing']"),
        include("application/synopsis/node()"),
        include("application[contains(@name, 'X')]"),
        include("*//*"),
        include("application[@name='Here']"),  # itself
        '<xi:include href="file:///etc/passwd" parse="text"/>',
        "<xi:include/>",
    ],
)
def test_what_cannot_be_followed_is_left_out(reference: str) -> None:
    text = f"{HEAD}<application name='Here'>{reference}<synopsis>a</synopsis></application></docs>"
    root = read_documents(text.encode())
    assert [child.tag for child in root[0]] == ["synopsis"]


@pytest.mark.parametrize("text", ["", "no XML", "<docs>", '<?xml version="1.0" encoding="none"?><docs/>', "\0"])
def test_what_is_no_xml_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="this is no XML"):
        read_documents(text.encode())


def test_what_doubles_again_and_again_ends() -> None:
    levels = [f"<a{n}>{include(f'a{n + 1}/b')}{include(f'a{n + 1}/b')}<b/></a{n}>" for n in range(60)]
    levels = [
        level.replace("<b/>", f"<b>{include(f'a{n + 1}/b')}{include(f'a{n + 1}/b')}</b>")
        for n, level in enumerate(levels)
    ]
    root = read_documents(f"{HEAD}{''.join(levels).replace('0', 'x').replace('1', 'y')}</docs>".encode())
    assert sum(1 for _ in root.iter()) < 500_000


names = st.sampled_from("abc")
paths = st.lists(names, min_size=1, max_size=3).map("/".join)


def trees(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(names, st.lists(children | paths.map(include), max_size=3)).map(
        lambda each: f"<{each[0]}>{''.join(each[1])}</{each[0]}>"
    )


@given(st.lists(st.recursive(names.map(lambda name: f"<{name}/>"), trees, max_leaves=8), max_size=4))
def test_references_in_any_circle_end(parts: list[str]) -> None:
    root = read_documents(f"{HEAD}{''.join(parts)}</docs>".encode())
    assert sum(1 for _ in root.iter()) < 500_000


DIALPLAN = ElementTree.fromstring("""
<docs>
 <application name="Dial"><syntax>
   <parameter name="who" required="true" argsep="&amp;"><argument name="one"/></parameter>
   <parameter name="options"><optionlist>
     <option name="g"/><option name="L(x[:y])"><argument name="x"/></option></optionlist></parameter></syntax>
 </application>
 <application name="Dial"><syntax><parameter name="again"/></syntax></application>
 <application name="GotoIf"><syntax argsep="?"><parameter name="if"/></syntax></application>
 <application name="MSet"><syntax><parameter name="set" multiple="true"/></syntax></application>
 <application name="Undocumented"/>
 <function name="CHANNEL"><syntax><parameter name="item"><enumlist><enum name="language"/></enumlist></parameter>
 </syntax></function>
 <module name="chan_sip"><deprecated_in>17</deprecated_in><removed_in>21</removed_in></module>
</docs>
""")


def test_arguments_have_positions() -> None:
    assert dialplan.arguments(DIALPLAN, "application") == {
        "Dial: who": {"position": "1", "required": "yes", "separator": ",", "many": "no"},
        "Dial: options": {"position": "2", "required": "no", "separator": ",", "many": "no"},
        "GotoIf: if": {"position": "1", "required": "no", "separator": "?", "many": "no"},
        "MSet: set": {"position": "1", "required": "no", "separator": ",", "many": "yes"},
    }


def test_options_say_what_they_take() -> None:
    assert dialplan.options(DIALPLAN) == {
        "Dial: g": {"position": "2", "takes": ""},
        "Dial: L": {"position": "2", "takes": "x"},
    }


def test_functions_say_which_words_they_know() -> None:
    assert dialplan.values(DIALPLAN) == {"CHANNEL: language": {"position": "1"}}


def test_modules_say_when_they_go() -> None:
    assert dialplan.module_fates(DIALPLAN) == {
        "chan_sip": {"deprecated in": "17", "removed in": "21", "replaced by": ""}
    }
