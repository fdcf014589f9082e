"""What releases document of their interfaces, and what these answer, as flat items."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from harness.asterisk.answers import ami_answer, ari_answer
from harness.asterisk.documents import interfaces
from harness.model import Json

DOCUMENTS = ElementTree.fromstring("""
<docs>
 <manager name="Park"><syntax>
   <parameter name="Channel" required="yes"/><parameter name=""/><parameter/>
   <parameter name="Variable"><argument name="x"/></parameter></syntax></manager>
 <managerEvent name="BridgeEnter">
  <managerEventInstance class="EVENT_FLAG_CALL"><syntax>
   <bridge_snapshot/><bridge_snapshot prefix="To"/><other/><parameter name="SwapUniqueid"/></syntax>
  </managerEventInstance>
  <managerEventInstance class="EVENT_FLAG_AGENT"/>
 </managerEvent>
 <managerEvent name="Bare"/>
 <agi name="answer"/>
</docs>
""")
OPERATION: Json = {
    "httpMethod": "POST",
    "nickname": "originate",
    "responseClass": "Channel",
    "parameters": [
        {"name": "endpoint", "paramType": "query", "dataType": "string", "required": True, "allowMultiple": False},
        {"name": "many", "allowMultiple": "true"},
        "no parameter",
    ],
}
CHANNELS: dict[str, Json] = {
    "resourcePath": "/api-docs/channels.{format}",
    "apis": [{"path": "/channels", "operations": [OPERATION, {"httpMethod": "GET", "nickname": "list"}]}],
    "models": {
        "Channel": {
            "properties": {"id": {"type": "string", "required": True}, "name": {"type": "string"}, "x": 7}
        },
        "Empty": {},
        "None": None,
    },
}


def test_events_have_the_classes_of_privileges_that_they_need() -> None:
    assert interfaces.ami_events(DOCUMENTS) == {"BridgeEnter": {"class": "agent,call"}, "Bare": {"class": ""}}


def test_headers_of_a_bridge_stand_together_with_their_prefix() -> None:
    assert interfaces.ami_headers(DOCUMENTS) == {
        "BridgeEnter: (bridge snapshot)": {},
        "BridgeEnter: To(bridge snapshot)": {},
        "BridgeEnter: SwapUniqueid": {},
    }


def test_only_arguments_that_have_a_name_are_some() -> None:
    assert interfaces.ami_arguments(DOCUMENTS) == {
        "Park: Channel": {"required": "yes"},
        "Park: Variable": {"required": "no"},
    }
    assert interfaces.agi_commands(DOCUMENTS) == {"answer": {"syntax": ""}}


def test_operations_are_named_by_method_and_path_and_have_their_parameters() -> None:
    operations, parameters = interfaces.ari_operations([CHANNELS, {}])
    assert operations == {
        "POST /channels (channels.originate)": {"answers": "Channel"},
        "GET /channels (channels.list)": {"answers": ""},
    }
    assert parameters == {
        "POST /channels: endpoint": {"in": "query", "type": "string", "required": "yes", "several": "no"},
        "POST /channels: many": {"in": "", "type": "", "required": "no", "several": "yes"},
    }


def test_models_have_fields_that_are_always_there_or_not() -> None:
    models, fields = interfaces.ari_fields([CHANNELS])
    assert models == {"Channel": {}, "Empty": {}}
    assert fields == {
        "Channel.id": {"type": "string", "required": "yes"},
        "Channel.name": {"type": "string", "required": "no"},
    }


@pytest.mark.parametrize(
    ("value", "yes"), [(True, "yes"), ("true", "yes"), ("yes", "yes"), (False, "no"), ("", "no")]
)
def test_what_is_written_true_is_yes(value: Json, yes: str) -> None:
    assert interfaces.yes_or_no(value) == yes


def test_an_entry_is_named_by_the_first_that_names_it_and_by_where_it_belongs() -> None:
    packets = [
        (
            ("Event", "QueueMember"),
            ("Queue", "sales"),
            ("Name", "Ann"),
            ("Location", "PJSIP/1"),
            ("Context", "in"),
        ),
        (("Event", "QueueMember"), ("Queue", "sales"), ("Name", ""), ("Interface", "PJSIP/2"), ("Priority", "3")),
        (("Event", "Nameless"), ("Paused", "0")),
        (("Event", "ListComplete"), ("Queue", "x")),
        (("EventList", "Complete"), ("Queue", "y")),
    ]
    entries, names = ami_answer("QueueStatus", packets)
    assert [*entries] == [
        "QueueStatus QueueMember Ann PJSIP/1 in",
        "QueueStatus QueueMember sales PJSIP/2 3",
        "QueueStatus Nameless",
    ]
    assert {"QueueStatus QueueMember: Priority", "QueueStatus Nameless: Paused"} <= {*names}
    assert not any("ListComplete" in name for name in names)


def test_what_an_answer_says_of_itself_is_no_header_of_it() -> None:
    packets = [(("Response", "Success"), ("ActionID", "7"), ("EventList", "start"), ("Message", "x"), ("Y", "z"))]
    entries, names = ami_answer("Z", packets)
    assert entries == {"Z": {"Response": "Success", "Y": "z"}}
    assert names == {"Z: Response": {}, "Z: Y": {}}


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        ({"system": {"version": "22"}, "config": {"name": "x", "setid": {"user": 7}}},
         {"GET /r": {"Status": "200", "config.name": "x"}}),
        ([{"name": "a", "x": 1}, {"id": "b", "x": 2}, {"channel": "c", "x": 3}, {"x": 4}, 5],
         {"GET /r": {"Status": "200"}, "GET /r a": {"name": "a", "x": "1"}, "GET /r b": {"id": "b", "x": "2"},
          "GET /r c": {"channel": "c", "x": "3"}, "GET /r 3": {"x": "4"}, "GET /r 4": {"": "5"}}),
        ([], {"GET /r": {"Status": "200"}}),
        ({"technology": "PJSIP", "resource": "a"},
         {"GET /r": {"Status": "200"}, "GET /r PJSIP/a": {"technology": "PJSIP", "resource": "a"}}),
        ([{"name": "a", "x": "p"}, {"name": "a", "y": "q"}],
         {"GET /r": {"Status": "200"}, "GET /r a": {"name": "a", "x": "p", "y": "q"}}),
    ],
)  # fmt: skip
def test_a_resource_is_its_entries_by_name_or_number(body: Json, entries: object) -> None:
    assert ari_answer("r", 200, body)[0] == entries


def test_leaves_of_all_that_is_in_a_list_have_one_name() -> None:
    _, names = ari_answer("r", 200, [{"a": [{"b": 1}, {"b": 2}]}])
    assert names == {"GET /r: a[].b": {}}


def test_an_answer_of_more_than_anybody_reads_is_cut() -> None:
    many = [(("Event", "X"), ("Name", str(number))) for number in range(20_002)]
    entries, _ = ami_answer("A", many)
    assert (len(entries), [*entries][-1]) == (20_000, "A X 19999")
    assert len(ari_answer("r", 200, [{"name": f"n{number}"} for number in range(20_002)])[0]) == 20_000
