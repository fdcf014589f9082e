"""What `database show` prints, read."""

from harness.play.astdb import read_entries


def test_entries_are_read_with_colons_and_line_ends_in_values() -> None:
    lines = (
        "/night/mode                                       : auto                     ",
        "/night/a key : x                                  : b : c",
        f"/night/{'k' * 60}: long",
        "/night/note                                       : two",
        "lines",
        "/night/empty                                      : ",
        "4 results found.",
    )
    assert read_entries(lines) == {
        "/night/mode": "auto",
        "/night/a key : x": "b : c",
        f"/night/{'k' * 60}": "long",
        "/night/note": "two\nlines",
        "/night/empty": "",
    }
