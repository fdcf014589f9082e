"""menuselect.makeopts: what is on and off by it, and what menuselect itself would read otherwise than is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.asterisk.menuselect.makeopts import failed_line, line_of, read_makeopts

FILE = """\
MENUSELECT_APPS=app_skel app_osplookup
MENUSELECT_CHANNELS=
MENUSELECT_CFLAGS=OPTIONAL_API
MENUSELECT_OPTS_app_voicemail=FILE_STORAGE
MENUSELECT_BUILD_DEPS=res_odbc app_cdr
MENUSELECT_DEPENDS_app_x=res_y
MENUSELECT_DEPSFAILED=MENUSELECT_APPS=app_osplookup
"""
NAMES = st.lists(st.from_regex(r"[A-Za-z][\w.+-]{0,20}", fullmatch=True).filter(str.isascii), unique=True)


@pytest.mark.parametrize(
    ("entry", "on"),
    [
        (("APPS", "app_skel"), False),
        (("APPS", "app_osplookup"), False),
        (("APPS", "app_dial"), True),
        (("RES", "res_pjsip"), True),  # of a category that the file does not name
        (("CFLAGS", "OPTIONAL_API"), True),
        (("CFLAGS", "DONT_OPTIMIZE"), False),
        (("OPTS_app_voicemail", "FILE_STORAGE"), True),
        (("OPTS_app_voicemail", "ODBC_STORAGE"), False),
    ],
)
def test_what_is_on(entry: tuple[str, str], on: bool) -> None:
    assert read_makeopts(FILE).has_on(entry) is on


def test_each_entry_comes_once_and_what_is_derived_is_none() -> None:
    opts = read_makeopts(FILE)
    assert list(opts.entries()) == [
        ("APPS", "app_skel"),
        ("APPS", "app_osplookup"),
        ("CFLAGS", "OPTIONAL_API"),
        ("OPTS_app_voicemail", "FILE_STORAGE"),
    ]
    assert opts.failed == (("APPS", "app_osplookup"),)
    assert opts.problems == ()


def test_comments_and_what_is_no_choice_are_passed_over() -> None:
    assert read_makeopts("# MENUSELECT_APPS=app_x\nGLOBAL=1\n\n").listed == {}


def test_cr_lf_is_read_and_told() -> None:
    opts = read_makeopts(FILE.replace("\n", "\r\n"), name="x")
    assert opts.listed == read_makeopts(FILE).listed
    assert opts.failed == read_makeopts(FILE).failed
    assert {problem.place.line for problem in opts.problems} == {1, 2, 3, 4}
    assert all("CR LF" in problem.text for problem in opts.problems)


def test_a_byte_order_mark_is_read_and_told() -> None:
    opts = read_makeopts(f"\ufeff{FILE}", name="x")
    assert opts.listed == read_makeopts(FILE).listed
    assert [str(problem.place) for problem in opts.problems] == ["x:1"]
    assert "byte order mark" in opts.problems[0].text


def test_a_line_that_menuselect_cuts_is_read_whole_and_told() -> None:
    names = [f"app_{number:05}" for number in range(10_000)]  # 100 kB
    opts = read_makeopts(f"MENUSELECT_APPS={' '.join(names)}\n")
    assert opts.listed["APPS"] == tuple(names)
    assert [problem.text for problem in opts.problems] == [
        "the line has more than 8191 bytes, and menuselect loses what is beyond"
    ]


def test_an_unknown_category_is_kept_for_who_knows_what_there_is() -> None:
    assert read_makeopts("MENUSELECT_OWN=x y\n").listed == {"OWN": ("x", "y")}


@pytest.mark.parametrize(
    "line",
    ["MENUSELECT_APPS", "MENUSELECT_=x", "MENUSELECT_A B=x", "MENUSELECT_APPS=$(shell rm)", "MENUSELECT_APPS=a;b"],
)
def test_what_is_no_choice_is_told_and_is_none(line: str) -> None:
    opts = read_makeopts(f"{line}\n")
    assert opts.problems
    assert list(opts.entries()) == []


def test_too_much_ends() -> None:
    opts = read_makeopts("MENUSELECT_APPS=a\n" * 20_000)
    assert "too much" in opts.problems[-1].text


@given(NAMES)
def test_what_is_written_is_read(names: list[str]) -> None:
    text = f"{line_of('APPS', names)}\n{failed_line(('APPS', 'app_x'))}\n"
    opts = read_makeopts(text)
    assert opts.listed["APPS"] == tuple(names)
    assert opts.failed == (("APPS", "app_x"),)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    read_makeopts(text)
