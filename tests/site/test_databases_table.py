"""`[[database]]` in site.toml: every key is read, what is wrong is said with its line, and no password is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import SiteError
from harness.lab.instance.odbc import odbc_files, odbc_lines
from harness.site import Data, Database, load_site

MakeSite = Callable[..., Path]
HEAD = """\
name = "Tiny"
old = {release = "debian:bullseye", config = "old"}
candidate = {release = "debian:sid", config = "candidate"}
"""
FIRST = """\
[[database]]
name = "pbx"
engine = "mariadb"
dump = ["data/a.sql", "data/b.sql.gz"]
database = "asterisk"
user = "ast"
password = "hunter2"
port = 3307
dsn = ["asterisk-connector", "records"]
hosts = ["db.example.com"]
"""
SECOND = """\
[[database]]
name = "cdr"
engine = "postgresql"
dump = "data/a.sql"
user = "ast"
password = "other"
"""
RES_ODBC = """\
[pbx]
dsn = asterisk-connector
[records]
dsn => records
[off]
enabled = no
dsn = unused
"""
FILES = {"data/a.sql": "", "data/b.sql.gz": "", "candidate/res_odbc.conf": RES_ODBC}


def wrong(make_site: MakeSite, text: str, **files: str) -> list[str]:
    path = make_site(HEAD + text, **{**FILES, **files})
    with pytest.raises(SiteError) as caught:
        load_site(path)
    return str(caught.value).replace(f"{path}/", "").splitlines()


def test_every_key_is_read(make_site: MakeSite) -> None:
    root = make_site(HEAD + FIRST + SECOND, **FILES)
    site = load_site(root)
    dumps = (root / "data/a.sql", root / "data/b.sql.gz")
    dsns = ("asterisk-connector", "records")
    assert site.databases == (
        Database("pbx", "mariadb", dumps, "asterisk", "ast", "hunter2", 3307, dsns, ("db.example.com",), 4),
        Database("cdr", "postgresql", dumps[:1], "cdr", "ast", "other", 5432, line=14),
    )
    assert site.engines == ("mariadb", "postgresql")
    assert "hunter2" not in repr(site)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('engine = "mariadb"', 'engine = "mysq"', 'site.toml:6: "engine" is \'mysq\'; known are mariadb'),
        ('"data/a.sql",', '"data/c.sql",', "site.toml:7: \"dump\" is 'data/c.sql', and there is no such file"),
        ('"data/a.sql",', '"data/a.dump",', 'site.toml:7: "dump" is a list of 2: wanted: a file of SQL'),
        ("port = 3307", "port = 5038", 'site.toml:11: "port" is 5038, which the harness needs itself'),
        ('"records"]', '"recrods"]', "there is none in res_odbc.conf of either side; did you mean \"records\"?"),
        ('"records"]', '"unused"]', "site.toml:12: \"dsn\" is 'unused', and there is none in res_odbc.conf"),
        ('hosts = ["', 'host = ["', 'site.toml:13: unknown key "host" in "database"; did you mean "hosts"'),
        ('password = "hunter2"', "password = 4711", 'site.toml:10: "password" is a secret without quotes'),
        ('password = "hunter2"', 'password = "a\\nb"', 'site.toml:10: "password" is a secret; wanted: the'),
        ('user = "ast"', "", 'site.toml:4: "user" is missing in "database"; wanted: the user'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(make_site: MakeSite, was: str, now: str, said: str) -> None:
    assert was in FIRST
    lines = wrong(make_site, FIRST.replace(was, now))
    assert said in "\n".join(lines), lines
    assert "4711" not in "\n".join(lines)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (SECOND.replace('"cdr"', '"pbx"'), 'site.toml:15: there is a database "pbx" already'),
        (SECOND + "port = 3307\n", 'site.toml:20: "port" is 3307, where the other engine\'s server is'),
        (SECOND.replace("postgresql", "mariadb"), 'site.toml:14: "port" is 3306, and 3307 above'),
        (SECOND.replace("postgresql", "mariadb") + "port = 3307\n", '"ast" has another password above'),
        (SECOND + 'dsn = "records"\n', "which is another database already"),
        (FIRST.replace('"pbx"', '"more"').partition("dsn")[0], 'there is "asterisk" of mariadb already'),
    ],
)
def test_databases_have_to_go_together(make_site: MakeSite, more: str, said: str) -> None:
    lines = wrong(make_site, FIRST + more)
    assert any(said in line for line in lines), lines
    assert "hunter2" not in "\n".join(lines)


def test_a_data_source_is_looked_for_in_a_file_of_the_site_s_own(make_site: MakeSite) -> None:
    data = '[data]\nodbc_ini = "odbc.ini"\n'
    lines = wrong(make_site, FIRST + data, **{"odbc.ini": "[asterisk-connector]\n[record]\n"})
    assert lines == ['site.toml:12: "dsn" is \'records\', and there is none in odbc.ini; did you mean "record"?']


def test_odbc_is_written_as_the_site_has_it(tmp_path: Path) -> None:
    base = Database("pbx", "postgresql", (), "asterisk", "ast", "hunter2", 5433, ("one", "two"))
    files = odbc_files([base], Data())
    text = files["/etc/odbc.ini"].decode()
    assert text.startswith("[one]\nDriver = PostgreSQL Unicode\nServername = 127.0.0.1\nPort = 5433\n")
    assert "[two]" in text
    assert "Password = hunter2" in text
    assert b"[MySQL]\nDriver = libmaodbc.so\n" in files["/etc/odbcinst.ini"]
    assert "hunter2" not in repr(odbc_lines([base], Data()))
    own = tmp_path / "odbc.ini"
    own.write_text("[mine]\n")
    assert odbc_files([base], Data(odbc_ini=own))["/etc/odbc.ini"] == b"[mine]\n"
    assert odbc_lines([base], Data(odbc_ini=own)) == ()
    assert odbc_files([], Data()) == {}


_TEXT = st.text(st.characters(exclude_characters="\0"), max_size=30)


@given(st.dictionaries(st.sampled_from(("name", "engine", "dump", "user", "password", "dsn", "port")), _TEXT))
def test_any_text_ends_in_a_site_error(tmp_path_factory: pytest.TempPathFactory, keys: dict[str, str]) -> None:
    root = tmp_path_factory.mktemp("site")
    for side in ("old", "candidate"):
        (root / side).mkdir()
    table = "".join(f"{key} = '''{text}'''\n" for key, text in keys.items())
    (root / "site.toml").write_text(f"{HEAD}[[database]]\n{table}", encoding="utf-8", errors="replace")
    with pytest.raises(SiteError):
        load_site(root)
