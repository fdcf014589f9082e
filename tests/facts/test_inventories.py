"""An inventory tells where a thing of the site's is written, and which lines of a start are a site's own."""

from __future__ import annotations

import pytest

from harness.facts.inventory import Inventory, Listing, StartLine, baseline
from harness.model import Place

FILES = {
    "a.conf": "[one]\nkey = 1\n#include sub.conf\n",
    "sub.conf": "[two]\nkey = 2\nother = PJSIP/101 ; word\n",
    "pjsip.conf": "; nothing\n",
    "pjsip_wizard.conf": "[two]\n",
    "pjsip.txt": "[three]\n",
}
INVENTORY = Inventory(files=FILES, folder="old/", sections={"queue": Listing({"Sales": {}})})


def test_things_are_there_whatever_their_case() -> None:
    assert INVENTORY.has("queue", "sALES")
    assert not INVENTORY.has("queue", "sale")
    assert not INVENTORY.has("endpoint", "Sales")


def test_a_section_that_was_never_asked_for_has_a_problem() -> None:
    assert INVENTORY.section("queue").problem == ""
    assert INVENTORY.section("endpoint").problem
    assert not INVENTORY.section("endpoint").items


@pytest.mark.parametrize(
    ("file", "heading", "key", "place"),
    [
        ("a.conf", "one", "", Place("old/a.conf", 1)),
        ("a.conf", "ONE", "KEY", Place("old/a.conf", 2)),
        ("a.conf", "two", "", Place("old/sub.conf", 1)),
        ("a.conf", "two", "key", Place("old/sub.conf", 2)),
        ("a.conf", "", "other", Place("old/sub.conf", 3)),
        ("a.conf", "one", "other", Place("old/a.conf", 0)),
        ("a.conf", "three", "key", Place("old/a.conf", 0)),
        ("a.conf", "", "", Place("old/a.conf", 0)),
        ("gone.conf", "one", "", None),
    ],
)
def test_a_thing_is_found_where_it_is_written(file: str, heading: str, key: str, place: Place | None) -> None:
    assert INVENTORY.find(file, heading=heading, key=key) == place


def test_a_heading_is_looked_for_in_all_files_of_a_kind() -> None:
    assert INVENTORY.anywhere("pjsip", "two") == Place("old/pjsip_wizard.conf", 1)
    assert INVENTORY.anywhere("pjsip", "three") is None
    assert INVENTORY.anywhere("a", "two") == Place("old/sub.conf", 1)


def test_a_word_is_mentioned_where_it_is_whole_and_no_comment() -> None:
    assert INVENTORY.mention("key") == Place("old/a.conf", 2)
    assert INVENTORY.mention("PJSIP/101") == Place("old/sub.conf", 3)
    assert INVENTORY.mention("101") is INVENTORY.mention("word") is INVENTORY.mention("PJSIP") is None


def test_lines_of_a_start_are_its_baseline_without_level_and_what_changes() -> None:
    lines = [
        StartLine("WARNING", "a.c", "took 17 ms"),
        StartLine("WARNING", "a.c", "took 18 ms"),
        StartLine("ERROR", "b.c", "x"),
        StartLine("NOTICE", "c.c", "y"),
    ]
    assert baseline(lines) == Inventory(log=tuple(lines)).messages() == {lines[0].normal, "b.c: x", "c.c: y"}
    assert str(lines[0]) == "WARNING a.c: took 17 ms"
