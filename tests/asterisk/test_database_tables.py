# ruff: noqa: E501 # tables as Asterisk prints them
"""What both releases print of connections, realtime families and astdb; anything else is told from an empty table."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.ask.sections import written_sections
from harness.asterisk.cli_tables import Unreadable
from harness.asterisk.database_tables import connections, entries, families
from harness.facts.inventory import Table

NONE = "No such command 'odbc show all' (type 'core show help odbc show' for other possible commands)\n"
OLD = """
ODBC DSN Settings
-----------------

  Name:   pbx
  DSN:    asterisk-connector
    Number of active connections: 1 (out of 1)
    Logging: Disabled

  Name:   records
  DSN:    records
    Number of active connections: 0 (out of 5)
    Logging: Disabled
"""
NEW = OLD.replace(
    "    Logging",
    "    Cache Type: stack (last release, first re-use)\n    Cache Usage: 1 cached out of 1\n    Logging",
)
MAPPINGS = """\
Config Engine: odbc
===> queue_members (db=pbx, table=queue_members)
===> queues (db=pbx, table=queue_table)
Config Engine: curl
"""
ASTDB = """\
/CF/101                                           : 102                      \x20
/cidname/102                                      : Ann: of sales            \x20
/note/1                                           : first
second                                            \x20
/AMPUSER/101/password                             : hunter2                  \x20
/registrar/contact/101;@ab                        : {"x":"/y : z"}           \x20
/pbx/UUID                                         : 0f                       \x20
6 results found.
"""


def test_connections_of_odbc_and_of_pgsql() -> None:
    for text in (OLD, NEW):
        assert connections(text, "") == {
            "pbx": {"connected": "yes", "DSN": "asterisk-connector"},
            "records": {"connected": "no", "DSN": "records"},
        }
    assert connections(NONE, NONE) == {}
    told = "Connected to asterisk@127.0.0.1, port 5432 with username ast for 5 seconds.\n"
    assert connections(NONE, told) == {"res_pgsql.conf": {"connected": "yes"}}
    assert connections(NONE, "Unable to connect to asterisk@x\n") == {"res_pgsql.conf": {"connected": "no"}}
    with pytest.raises(Unreadable):
        connections("oops", "")


def test_families() -> None:
    found = families(MAPPINGS)
    assert found["queues"] == {"engine": "odbc", "database": "pbx", "table": "queue_table"}
    assert set(found) == {"queues", "queue_members"}


def test_entries_of_astdb() -> None:
    assert entries(ASTDB) == {
        "/CF/101": {"value": "102"},
        "/cidname/102": {"value": "Ann: of sales"},
        "/note/1": {"value": "first\nsecond"},
        "/AMPUSER/101/password": {"secret": "hunter2"},
    }
    assert entries("0 results found.\n") == {}
    with pytest.raises(Unreadable):
        entries("Unable to open database\n")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (families, entries, lambda told: connections(told, told)):
        with suppress(Unreadable):
            read(text)


def test_what_was_written_is_the_difference() -> None:
    before = {"cdr": Table(2, {"src": 1, "dst": 2}), "cel": Table(1, {"x": 1})}
    after = {"cdr": Table(5, {"src": 1, "dst": 5}), "cel": Table(1, {"x": 1}), "new": Table(1, {"y": 1})}
    sections = written_sections(before, after)
    assert sections["written table"].items == {"cdr": {"rows": "3"}, "new": {"rows": "1"}}
    assert set(sections["written column"].items) == {"cdr.dst", "new.y"}
