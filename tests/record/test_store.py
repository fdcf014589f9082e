"""Traces on disk: what is written is read again, whatever was in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import LabError, SiteError
from harness.model import Ending, Observation, Trace
from harness.record.store import read_trace, trace_files, write_trace

# Text as it comes from the wire: any characters, and bytes that are none as surrogates.
texts = st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")) | st.text()
observations = st.builds(
    Observation,
    st.floats(min_value=-1, max_value=1e6),
    st.sampled_from(["ami", "log", "state", "step"]),
    texts,
)
traces = st.builds(
    Trace,
    st.text(min_size=1, max_size=20).filter(lambda name: "\0" not in name and not _is_surrogate(name)),
    st.sampled_from(["old", "again", "candidate"]),
    st.lists(observations, max_size=5).map(tuple),
    st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    st.sampled_from(Ending),
    texts,
    st.integers(min_value=0, max_value=9),
    st.floats(min_value=0, max_value=4e9),
)


def _is_surrogate(text: str) -> bool:
    return any(0xD800 <= ord(character) <= 0xDFFF for character in text)


@given(traces)
def test_a_trace_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, trace: Trace) -> None:
    path = write_trace(tmp_path_factory.mktemp("traces"), trace)
    assert read_trace(path) == trace


def test_the_name_of_a_file_tells_scenario_instance_and_play(tmp_path: Path) -> None:
    for instance in ("candidate", "old"):
        for play in (0, 3):
            write_trace(tmp_path, Trace("ivr/press-1.5 é", instance, (), play=play))
    assert [(f.scenario, f.instance, f.play) for f in trace_files(tmp_path)] == [
        ("ivr/press-1.5 é", "old", 0),
        ("ivr/press-1.5 é", "old", 3),
        ("ivr/press-1.5 é", "candidate", 0),
        ("ivr/press-1.5 é", "candidate", 3),
    ]
    assert {path.name for path in tmp_path.iterdir() if ".old." in path.name and ".3." not in path.name} == {
        "ivr__press-1.5%20%C3%A9.old.jsonl"
    }


def test_a_disk_that_takes_no_more_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"cannot keep the trace .*missing"):
        write_trace(tmp_path / "missing", Trace("s/one", "old", ()))


@pytest.mark.parametrize("content", ["", "{}\n", "no json\n", '{"scenario": 1}\n', "[]\n"])
def test_a_file_that_is_no_trace_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.old.jsonl"
    path.write_text(content)
    with pytest.raises(SiteError, match=r"x.old.jsonl:1: not a trace"):
        read_trace(path)


def test_a_line_that_is_cut_off_is_named(tmp_path: Path) -> None:
    path = write_trace(tmp_path, Trace("s/one", "old", (Observation(0.1, "ami", "Event: A\r\n"),)))
    path.write_text(path.read_text()[:-10])
    with pytest.raises(SiteError, match=r"s__one.old.jsonl:2: "):
        read_trace(path)
