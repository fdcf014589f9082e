"""The name server that knows no names says so in the right words."""

from __future__ import annotations

import runpy
from collections.abc import Callable

import pytest

from harness.lab.images.recipe import containers_folder

QUESTION = b"\x03sip\x07example\0"


@pytest.fixture
def answer() -> Callable[[bytes], bytes]:
    return runpy.run_path(str(containers_folder() / "names.py"))["answer"]  # type: ignore[no-any-return]


def query(kind: int, *, more: bytes = b"") -> bytes:
    counts = b"\0\1\0\0\0\0\0\1" if more else b"\0\1\0\0\0\0\0\0"
    return b"\xab\xcd\1\0" + counts + QUESTION + kind.to_bytes(2, "big") + b"\0\1" + more


@pytest.mark.parametrize(("kind", "code"), [(1, 3), (28, 3), (33, 0), (35, 0)])
def test_no_address_and_nothing_else(answer: Callable[[bytes], bytes], kind: int, code: int) -> None:
    said = answer(query(kind))
    assert said[:2] == b"\xab\xcd"
    assert said[3] & 0x0F == code
    assert said[4:12] == b"\0\1\0\0\0\0\0\0"
    assert said[12:] == query(kind)[12:]


def test_extensions_of_a_query_are_left_out(answer: Callable[[bytes], bytes]) -> None:
    assert answer(query(1, more=b"\0\0\x29\x10\0\0\0\0\0\0\0")) == answer(query(1))


@pytest.mark.parametrize("nonsense", [b"", b"x", bytes(12), query(1)[:-3], b"\xff" * 40])
def test_nonsense_gets_no_answer(answer: Callable[[bytes], bytes], nonsense: bytes) -> None:
    assert answer(nonsense) == b""
