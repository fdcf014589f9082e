"""Traces on disk: what is written is read again, whatever was in it, and no two have one name."""

from __future__ import annotations

import json
import resource
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.asterisk.ami import read_packet
from harness.errors import LabError, SiteError
from harness.model import (
    AgiLine,
    AmiPacket,
    AppLife,
    AppSaid,
    AriAnswer,
    AriEvent,
    AriRequest,
    Ending,
    LogLine,
    Playback,
    State,
    Step,
    Trace,
)
from harness.record.store import TraceWriter, read_trace, trace_files, write_trace

# Any text that UTF-8 has bytes for, hostile ones among it.
texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["\0", "a\r\nEvent: B", "\u2028", '"}']
)
headers = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)
numbers = st.floats(min_value=-1, max_value=1e6)
leaf = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts
bodies = st.recursive(leaf, lambda below: st.lists(below) | st.dictionaries(texts, below), max_leaves=5)
odd = st.binary(max_size=9)
packets = st.builds(AmiPacket, numbers, headers, odd)
requests = st.builds(AriRequest, numbers, texts, texts, headers, headers, bodies, texts, odd)
answers = st.builds(AriAnswer, numbers, texts, st.integers(0, 599), headers, bodies, texts, odd)
events = st.builds(AriEvent, numbers, texts, texts, bodies, odd)
talk = packets | requests | answers | events | st.none()
interfaces = st.sampled_from(["ami", "agi", "ari"])
observations = (
    packets
    | requests
    | answers
    | events
    | st.builds(LogLine, numbers, texts, texts, texts, texts, texts, st.integers(0, 9999), odd)
    | st.builds(Playback, numbers, texts, texts, texts)
    | st.builds(AgiLine, numbers, st.sampled_from(["asterisk", "script"]), texts, texts, odd)
    | st.builds(AppSaid, numbers, texts, interfaces, texts, talk, headers, odd)
    | st.builds(AppLife, numbers, texts, texts, headers)
    | st.builds(Step, numbers, texts, headers)
    | st.builds(State, numbers, texts, headers)
)
traces = st.builds(
    Trace,
    texts,
    st.sampled_from(["old", "again", "candidate"]),
    st.lists(observations, max_size=5).map(tuple),
    headers,
    st.sampled_from(Ending),
    texts,
    st.integers(min_value=0, max_value=9),
    st.floats(min_value=0, max_value=4e9),
    st.booleans(),
    st.floats(min_value=0, max_value=9e3),
)
# Ids of scenarios as they are most easily mistaken for each other.
ids = st.text("a_/.%~A1é" + string.digits, min_size=1, max_size=12) | st.text("ab_/", min_size=150, max_size=260)


@given(traces)
def test_a_trace_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, trace: Trace) -> None:
    folder = tmp_path_factory.mktemp("traces")
    path = write_trace(folder, trace)
    assert read_trace(path) == trace
    ((file),) = trace_files(folder)
    assert (file.scenario, file.instance, file.play) == (trace.scenario, trace.instance, trace.play)


@given(ids, ids)
def test_two_ids_have_two_names_on_every_disk(
    tmp_path_factory: pytest.TempPathFactory, one: str, other: str
) -> None:
    folder = tmp_path_factory.mktemp("names")
    names = {write_trace(folder, Trace(id_, "old", (), play=play)).name for id_ in (one, other) for play in (0, 1)}
    assert len({name.lower() for name in names}) == 2 * len({one, other})
    assert {file.scenario for file in trace_files(folder)} == {one, other}


@pytest.mark.parametrize(
    ("scenario", "name"),
    [
        ("ivr/press-1", "ivr__press-1"),
        ("my__menu/x", "my%5f%5fmenu__x"),
        ("my/_menu", "my__%5fmenu"),
        ("my/menu_1.5", "my__menu_1.5"),
        ("Ivr/é", "%49vr__%c3%a9"),
        ("50%/x", "50%25__x"),
    ],
)
def test_the_name_of_a_file_shows_the_scenario(tmp_path: Path, scenario: str, name: str) -> None:
    assert write_trace(tmp_path, Trace(scenario, "old", (), play=3)).name == f"{name}.old.3.jsonl"


def test_files_are_sorted_by_scenario_instance_and_play(tmp_path: Path) -> None:
    for instance in ("candidate", "old"):
        for play in (10, 0, 3):
            write_trace(tmp_path, Trace("ivr/x.1", instance, (), play=play))
    found = [(file.instance, file.play) for file in trace_files(tmp_path)]
    assert found == [("old", 0), ("old", 3), ("old", 10), ("candidate", 0), ("candidate", 3), ("candidate", 10)]


def test_a_trace_under_another_one_s_name_is_refused(tmp_path: Path) -> None:
    path = write_trace(tmp_path, Trace("s/one", "old", ()))
    copy = path.rename(tmp_path / "s__two.old.jsonl")
    for read in (lambda: read_trace(copy), lambda: list(trace_files(tmp_path))):
        with pytest.raises(SiteError, match=r"s__two.old.jsonl:1: .*s/one.* would be called s__one.old.jsonl"):
            read()


def test_each_line_is_json_that_says_what_it_is(tmp_path: Path) -> None:
    packet = read_packet(b"Event: A\r\nName: \xff\r\nTwo: x\ny")
    path = write_trace(tmp_path, Trace("s/one", "old", (packet, Step(0.5, "call", (("Target", "1@in"),)))))
    head, first, second = map(json.loads, path.read_bytes().splitlines())
    assert (head["format"], head["scenario"]) == ("trace/2", "s/one")
    assert (first["type"], first["headers"][1:]) == ("ami", [["Name", "\\xff"], ["Two", "x\ny"]])
    assert second == {"type": "step", "at": 0.5, "name": "call", "details": [["Target", "1@in"]]}


def test_a_text_that_utf8_has_no_bytes_for_is_written_all_the_same(tmp_path: Path) -> None:
    path = write_trace(
        tmp_path, Trace("s/one", "old", (State(0.0, "x", (("Value", "\udcff"),)),), problem="\ud800")
    )
    trace = read_trace(path)
    assert trace.observations == (State(0.0, "x", (("Value", "\\udcff"),)),)
    assert trace.problem == "\\ud800"


@pytest.mark.parametrize("number", ["trace/1", "trace/3", "report/2", ""])
def test_another_format_is_refused_with_what_to_do(tmp_path: Path, number: str) -> None:
    path = write_trace(tmp_path, Trace("s/one", "old", ()))
    head = {name: value for name, value in json.loads(path.read_bytes()).items() if name != "format"}
    path.write_text(json.dumps({"format": number, **head} if number else head) + "\n")
    with pytest.raises(SiteError, match=r"s__one.old.jsonl:1: .*reads 'trace/2': play the scenario again"):
        read_trace(path)


def test_a_writer_tells_of_a_disk_that_takes_no_more_and_writes_what_still_goes(tmp_path: Path) -> None:
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    writer = TraceWriter(tmp_path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50, limit[1]))
    try:
        writer.keep(Trace("s/one", "old", ()))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    writer.keep(Trace("s/two", "old", ()))
    with pytest.raises(LabError, match=r"cannot keep the trace .*s__one.old.jsonl: File too large"):
        writer.close()
    assert [path.name for path in tmp_path.iterdir()] == ["s__two.old.jsonl"]


def test_a_disk_that_takes_no_more_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"cannot keep the trace .*missing"):
        write_trace(tmp_path / "missing", Trace("s/one", "old", ()))


@pytest.mark.parametrize("content", ["", "no json\n", "[]\n", '{"format": "trace/2"}\n', '{"format": 2}\n'])
def test_a_file_that_is_no_trace_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.old.jsonl"
    path.write_text(content)
    with pytest.raises(SiteError, match=r"x.old.jsonl:1: not a trace"):
        read_trace(path)


def test_a_line_that_is_cut_off_is_named(tmp_path: Path) -> None:
    path = write_trace(tmp_path, Trace("s/one", "old", (Step(0.1, "call"),)))
    path.write_text(path.read_text()[:-10])
    with pytest.raises(SiteError, match=r"s__one.old.jsonl:2: "):
        read_trace(path)
