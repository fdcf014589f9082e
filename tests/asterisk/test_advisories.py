"""A packager's log: which advisories which version of a package has fixed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.asterisk.notes.advisories import ids_in, read_changelog, subjects_of

LOG = """\
asterisk (1:16.28.0~dfsg-0+deb11u4) bullseye-security; urgency=high

  * Non-maintainer upload.
  * Fix CVE-2023-37457:
    The 'update' functionality of the PJSIP_HEADER
    dialplan function.

 -- A <a@example.org>  Thu, 04 Jan 2024 18:58:50 +0100

asterisk (1:16.16.1~dfsg-1) unstable; urgency=medium

  [ upstream ]
  * new release
    - CVE-2021-26717 / AST-2021-002 (Closes: #983157)
      Remote crash

 -- B <b@example.org>  Mon, 22 Feb 2021 21:45:24 +0100
"""


def test_entries_have_version_and_points() -> None:
    newest, older = read_changelog(LOG)
    assert (newest.written, newest.version) == ("16.28.0~dfsg-0+deb11u4", (16, 28, 0))
    assert newest.points == (
        "Non-maintainer upload.",
        "Fix CVE-2023-37457: The 'update' functionality of the PJSIP_HEADER dialplan function.",
    )
    assert older.version == (16, 16, 1)
    assert [ids_in(point) for point in older.points] == [(), ("CVE-2021-26717", "AST-2021-002")]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("GHSA-3g56-cgrh-95p5 and GHSA-3g56-cgrh-95p5", ("GHSA-3g56-cgrh-95p5",)),
        ("CVE-2026-25994, CVE-2026-26203", ("CVE-2026-25994", "CVE-2026-26203")),
        ("CVE-20-1, GHSA-none", ()),
    ],
)
def test_numbers(text: str, ids: tuple[str, ...]) -> None:
    assert ids_in(text) == ids


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("Path traversal via AMI ListCategories", "manager.conf"),
        ("ARI setChannelVar bypasses", "ari.conf"),
        ("Buffer over-read in Asterisk PJSIP MWI body parser", "pjsip.conf"),
    ],
)
def test_what_an_advisory_is_about(text: str, file: str) -> None:
    assert subjects_of(text) == (("file", file),)


def test_words_within_words_are_none() -> None:
    assert subjects_of("a VARIANT of CAMIL") == ()


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    read_changelog(text)
