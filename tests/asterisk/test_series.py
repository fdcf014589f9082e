"""What a move from one version to another is, and how long both are supported."""

from __future__ import annotations

from datetime import date

import pytest

from harness.asterisk.versions import SERIES, move, parse_version, support
from harness.judge.research import about_move


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("16.28.0~dfsg-0+deb11u4", (16, 28, 0)),
        ("22.10.1", (22, 10, 1)),
        ("asterisk-22.11.0-rc1", (22, 11, 0)),
        ("certified/20.7-cert1", (20, 7)),
        ("GIT-22-abc", (22,)),
        ("1.8.32.3", (1, 8, 32, 3)),
        ("UNKNOWN", None),
    ],
)
def test_versions_of_all_kinds_are_read(text: str, version: tuple[int, ...] | None) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("old", "candidate", "kind"),
    [
        ("16.28.0", "22.10.1", "upgrade"),
        ("16.28.0~dfsg-0+deb11u4", "16.28.0~dfsg-0+deb11u10", "update"),
        ("22.10.1", "22.11.0-rc1", "update"),
        ("22.10.1", "22.10.1", "same"),
        ("22.10.1", "20.5.0", "downgrade"),
        ("1.6.2", "1.8.0", "upgrade"),
        ("UNKNOWN", "22.1.0", "unknown"),
    ],
)
def test_within_a_series_it_is_an_update(old: str, candidate: str, kind: str) -> None:
    assert move(old, candidate) == kind


def test_support_is_told_for_the_day() -> None:
    assert "had its end of life on 2023-10-09" in support("16.28.0", date(2026, 11, 24))
    assert "security fixes only, until 2027-10-19" in support("20.1.0", date(2026, 11, 24))
    assert "gets fixes until 2028-10-16" in support("22.10.1", date(2026, 11, 24))
    assert "not in the table" in support("99.1.0", date(2026, 11, 24))


@pytest.mark.parametrize(
    ("candidate", "warns"), [("22.10.1", False), ("23.1.0", True), ("21.0.0", True), ("99.0", False)]
)
def test_a_candidate_that_is_not_for_long_is_warned_of(candidate: str, warns: bool) -> None:
    kinds = [change.kind for change in about_move("16.28.0", candidate, date(2026, 11, 24))]
    assert ("release-support-ends" in kinds) is warns


def test_the_end_of_a_series_is_no_reason_against_its_own_update() -> None:
    changes = {change.kind: change.name for change in about_move("16.28.0", "16.30.0", date(2026, 11, 24))}
    assert "release-support-ends" not in changes
    assert "had its end of life on 2023-10-09" in changes["release-support"]


def test_the_table_is_in_order() -> None:
    for series in SERIES.values():
        assert series.fixes_end < series.ends
