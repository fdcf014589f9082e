"""A call that is moved while it goes from one priority to the next begins with the second one of where it goes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from harness.far_end.files import DIALPLAN, phone_files
from harness.lab.instance.overlay import _LEGS

_FIRST = re.compile(r"exten => ([^,]+),1,(\w+)\(")


def _first_applications(dialplan: str, context: str) -> Iterator[tuple[str, str]]:
    """Each extension of a context with its first application."""
    section = dialplan.partition(f"[{context}]\n")[2].partition("\n[")[0]
    return ((found[1], found[2]) for found in _FIRST.finditer(section))


@pytest.mark.parametrize(
    ("dialplan", "context", "extensions"),
    [
        (_LEGS, "harness-leg", {"silent", "talk", "_keys."}),
        (phone_files((), {}, "")["extensions.conf"].decode(), DIALPLAN, {"silent", "talk", "keys", "transfer"}),
    ],
)
def test_the_first_priority_of_what_is_moved_to_does_nothing(
    dialplan: str, context: str, extensions: set[str]
) -> None:
    found = dict(_first_applications(dialplan, context))
    found.pop("mark", None)  # a call is placed there, and never moved
    assert found == dict.fromkeys(extensions, "NoOp")
