"""Whom an image starts its program as, by its own files."""

from __future__ import annotations

import pytest

from harness.errors import ImageError
from harness.lab.images.users import user_of

PASSWD = """\
root:x:0:0:root:/root:/bin/bash
# a comment
asterisk:x:101:105::/var/lib/asterisk:/usr/sbin/nologin
broken:x:many:few:::
"""
GROUP = "root:x:0:\nasterisk:x:105:\nvoip:x:20:asterisk,other\n"


@pytest.mark.parametrize(
    ("words", "user"),
    [
        ("", (0, 0)),
        ("0", (0, 0)),
        ("root", (0, 0)),
        ("asterisk", (101, 105)),
        ("101", (101, 105)),
        ("7000", (7000, 0)),
        ("7000:7001", (7000, 7001)),
        ("asterisk:voip", (101, 20)),
        ("asterisk:0", (101, 0)),
        ("7000:voip", (7000, 20)),
    ],
)
def test_a_user_by_name_and_number(words: str, user: tuple[int, int]) -> None:
    assert user_of(words, PASSWD, GROUP) == user


def test_without_any_users_numbers_still_mean_something() -> None:
    assert user_of("7000:7000", "", "") == (7000, 7000)


@pytest.mark.parametrize(("words", "problem"), [("pbx", "knows nobody"), ("asterisk:pbx", "knows none")])
def test_a_name_that_nobody_has_is_an_error(words: str, problem: str) -> None:
    with pytest.raises(ImageError, match=problem):
        user_of(words, PASSWD, GROUP)
