"""Lines of the site's files: no secret of them is kept, and what is no secret stays."""

from __future__ import annotations

import pytest

from harness.model import Place
from harness.report.page.sources import excerpt, kept_lines, masked_line


@pytest.mark.parametrize(
    "line",
    [
        "secret = S3CRET",
        " password=>S3CRET ; of the phone",
        ";secret=S3CRET",
        "dbpass = S3CRET",
        "admin_pin = S3CRET",
        "vmsecret: S3CRET",
        '"password": "S3CRET",',
        "register => user:S3CRET@provider.example/100",
        "register => user:S3CRET:user@provider.example",
        "auth = user:S3CRET@realm",
        "auth=user#S3CRET@realm",
        "100 => S3CRET,Dana,dana@example.com",
        "101 =>  -S3CRET,Marcus",
        "agent => 1001,S3CRET,Dana",
        "conf => 600,S3CRET",
        "exten => 1,1,Authenticate(S3CRET,j)",
        "same => n,DISA(S3CRET,outgoing)",
        "same => n,Set(PASSWORD=S3CRET)",
        "same => n,Dial(SIP/user:S3CRET@provider.example)",
        "same => n,MYSQL(Connect id localhost user S3CRET base)",
        "dsn = postgres://user:S3CRET@localhost/base",
        'environment = {AMI_SECRET = "S3CRET"}',
    ],
)
def test_a_secret_is_masked(line: str) -> None:
    assert "S3CRET" not in masked_line(line)
    assert "(secret)" in masked_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "exten => _X.,1,Dial(PJSIP/${EXTEN:1}@${TRUNK},45)",
        "client_uri = sip:user@provider.example",
        "password_format = plain",
        "1 = toggle_mute",
        "exten => 101,hint,PJSIP/101",
        "same => n,GotoIfTime(9:00-17:00,mon-fri,*,*?day,s,1)",
        "match = 10.0.0.1:5060",
        "100 => extension",
        "",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert masked_line(line) == line


def test_a_voicemail_password_without_a_name_is_masked() -> None:
    assert masked_line("100 => 4321") == "100 => (secret)"


def test_a_long_line_has_an_end() -> None:
    assert len(masked_line("x" * 10_000)) == 403


TEXT = "\n".join(f"line {number}" for number in range(1, 21))


def test_around_a_place_three_lines_on_either_side_are_kept() -> None:
    file = kept_lines("a.conf", TEXT, [2, 10], whole=False)
    assert [number for number, _ in file.lines] == [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13]
    assert dict(file.lines)[10] == "line 10"


def test_of_a_dialplan_all_lines_are_kept() -> None:
    assert len(kept_lines("a.conf", TEXT, [], whole=True).lines) == 20


def test_a_place_without_a_line_and_one_beyond_the_end_keep_nothing() -> None:
    assert kept_lines("a.conf", TEXT, [0, 99], whole=False).lines == ()


def test_an_excerpt_is_what_stands_around_a_place() -> None:
    files = {"a.conf": dict(kept_lines("a.conf", TEXT, [10], whole=False).lines)}
    found = excerpt(files, Place("a.conf", 10))
    assert found
    assert found.line == 10
    assert [number for number, _ in found.lines] == [7, 8, 9, 10, 11, 12, 13]
    assert excerpt(files, Place("a.conf", 1)) is None
    assert excerpt(files, Place("b.conf", 10)) is None
