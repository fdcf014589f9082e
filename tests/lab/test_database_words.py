# ruff: noqa: E501 # lines as servers print them
"""What is told of a server's complaint: its words and the line, and never what it quotes of the site's data."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from harness.lab.beside.database import _as_archive, _first_complaint


@pytest.mark.parametrize(
    ("printed", "line", "said"),
    [
        ('psql:<stdin>:7: ERROR:  relation "a" does not exist at character 9\n', 7, 'relation "a" does not exist'),
        ("psql:<stdin>:3: ERROR:  syntax error at or near \"'hunter2'\" at character 1\n", 3, "syntax error"),
        ('psql:<stdin>:3: ERROR:  invalid input syntax for type integer: "hunter2"\n', 3, "for type integer: ***"),
        ("--------------\nX 'hunter2'\n--------------\n\nERROR 1064 (42000) at line 3: You have an error in your SQL "
         "syntax; check the manual for the right syntax to use near 'X 'hunter2'' at line 1\n", 3, "near ***"),
        ("ERROR 1366 (22007) at line 9: Incorrect integer value: 'hunter2' for column `a`.`b`.`c`\n", 9, "value: ***"),
        ("ERROR 1062 (23000) at line 2: Duplicate entry 'hunter2' for key 'PRIMARY'\n", 2, "*** for key 'PRIMARY'"),
        ("psql: error: connection to server failed\n", 0, "connection to server failed"),
        ("", 0, "it says nothing"),
    ],
)  # fmt: skip
def test_the_first_complaint_is_told(printed: str, line: int, said: str) -> None:
    found, words = _first_complaint(printed)
    assert found == line
    assert said in words
    assert "hunter2" not in words


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 3 << 20])
def test_a_dump_is_packed_whole(size: int, tmp_path: Path) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    content = content[:size]
    dump = tmp_path / "a.sql.gz"
    dump.write_bytes(gzip.compress(content))
    with _as_archive(dump) as archive, tarfile.open(fileobj=io.BytesIO(archive.read())) as tar:
        (member,) = tar
        file = tar.extractfile(member)
        assert file is not None
        assert file.read() == content
