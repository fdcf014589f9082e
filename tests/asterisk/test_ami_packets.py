"""AMI's packets: however the bytes arrive, the same packets come out, and nothing is lost."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from harness.asterisk.ami import Splitter, packet_bytes, read_packet

# Anything a packet can hold: not empty, and without the empty line that ends it.
packets = st.lists(
    st.binary(min_size=1).filter(lambda p: b"\r\n\r\n" not in p + b"\r\n\r\n"[:3] and not p.startswith(b"\r\n")),
    max_size=8,
)


def pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    """The stream cut at some places."""
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return [stream[a:b] for a, b in pairwise(edges)]


def split(stream: bytes, cuts: list[int]) -> tuple[list[bytes], bytes]:
    found: list[bytes] = []
    splitter = Splitter(found.append)
    for piece in pieces(stream, cuts):
        splitter.feed(piece)
    return found, splitter.unfinished


@given(packets, st.lists(st.integers(min_value=0), max_size=30))
def test_packets_are_the_same_however_the_stream_is_cut(sent: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(packet + b"\r\n\r\n" for packet in sent)
    assert split(stream, cuts) == split(stream, [])


@given(st.binary(), st.lists(st.integers(min_value=0), max_size=30))
def test_any_bytes_are_cut_the_same_and_none_is_lost(stream: bytes, cuts: list[int]) -> None:
    whole = split(stream, [])
    assert split(stream, cuts) == whole
    assert split(stream, list(range(len(stream)))) == whole


def test_headers_that_are_repeated_empty_or_no_text_are_kept_byte_for_byte() -> None:
    packet = b"Event: X\r\nVariable: a=1\r\nVariable: b=2\r\nEmpty: \r\nBad: \xff\xfe"
    assert split(packet + b"\r\n\r\n", [3, 9, 30]) == ([packet], b"")


def test_half_a_frame_at_the_end_is_kept_apart() -> None:
    assert split(b"Event: A\r\n\r\nEvent: B\r\nHal", [5]) == ([b"Event: A"], b"Event: B\r\nHal")


def test_a_header_of_ten_megabytes_in_small_pieces_takes_no_longer_than_its_length() -> None:
    packet = b"Event: X\r\nValue: " + b"x" * 10_000_000
    found: list[bytes] = []
    splitter = Splitter(found.append)
    begun = time.process_time()
    for start in range(0, len(packet), 4096):
        splitter.feed(packet[start : start + 4096])
    splitter.feed(b"\r\n\r\n")
    assert found == [packet]
    assert time.process_time() - begun < 3


@given(st.binary() | st.lists(st.sampled_from([b"Event: A", b"B:", b": ", b"\r\n", b"\n", b"\xff"])).map(b"".join))
def test_a_packet_gives_back_the_bytes_that_it_was(data: bytes) -> None:
    assert packet_bytes(read_packet(data)) == data


def test_a_hostile_value_loses_nothing_and_forges_no_header() -> None:
    hostile = b"x\nUniqueid: 1\rEvent: Y: \xff\0" + b"z" * 5_000_000
    data = b"Event: X\r\nCallerIDName: " + hostile + b"\r\nUniqueid: 7"
    packet = read_packet(data)
    assert (len(packet.headers), packet.event, packet.get("Uniqueid")) == (3, "X", "7")
    assert packet_bytes(packet) == data
