"""The name server knows the site's providers, and says of all else that it is not there, in the right words."""

from __future__ import annotations

import runpy
from collections.abc import Callable

import pytest

from harness.model.packaged import packaged

QUESTION = b"\x03sip\x07example\0"
Answer = Callable[[bytes], bytes]


def server(*words: str) -> Answer:
    program = runpy.run_path(str(packaged("containers") / "names.py"))
    known = program["names_of"](list(words))
    return lambda query: program["answer"](query, known)  # type: ignore[no-any-return]


@pytest.fixture
def answer() -> Answer:
    return server("other.example=192.0.2.1")


def query(kind: int, *, more: bytes = b"") -> bytes:
    counts = b"\0\1\0\0\0\0\0\1" if more else b"\0\1\0\0\0\0\0\0"
    return b"\xab\xcd\1\0" + counts + QUESTION + kind.to_bytes(2, "big") + b"\0\1" + more


@pytest.mark.parametrize(("kind", "code"), [(1, 3), (28, 3), (33, 0), (35, 0)])
def test_no_address_and_nothing_else(answer: Answer, kind: int, code: int) -> None:
    said = answer(query(kind))
    assert said[:2] == b"\xab\xcd"
    assert said[3] & 0x0F == code
    assert said[4:12] == b"\0\1\0\0\0\0\0\0"
    assert said[12:] == query(kind)[12:]


def test_extensions_of_a_query_are_left_out(answer: Answer) -> None:
    assert answer(query(1, more=b"\0\0\x29\x10\0\0\0\0\0\0\0")) == answer(query(1))


@pytest.mark.parametrize("nonsense", [b"", b"x", bytes(12), query(1)[:-3], b"\xff" * 40])
def test_nonsense_gets_no_answer(answer: Answer, nonsense: bytes) -> None:
    assert answer(nonsense) == b""


def test_a_provider_has_its_address_whatever_the_case_of_its_name() -> None:
    said = server("other.example=192.0.2.1", "SIP.example=192.0.2.2")(query(1))
    assert (said[3] & 0x0F, said[4:12]) == (0, b"\0\1\0\1\0\0\0\0")
    assert said.startswith(query(1)[12:], 12)
    assert said[-4:] == bytes([192, 0, 2, 2])


@pytest.mark.parametrize("kind", [28, 33, 35])
def test_a_provider_has_an_address_and_nothing_else(kind: int) -> None:
    said = server("sip.example=192.0.2.2")(query(kind))
    assert (said[3] & 0x0F, said[4:12]) == (0, b"\0\1\0\0\0\0\0\0")
