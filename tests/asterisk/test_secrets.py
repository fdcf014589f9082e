"""What is masked of what passes, and what stays as it came."""

from __future__ import annotations

import pytest

from harness.asterisk.secrets import is_secret, json_without_secrets, without_secrets
from harness.model import (
    AgiLine,
    AmiPacket,
    AppLife,
    AppSaid,
    AriAnswer,
    AriEvent,
    AriRequest,
    Headers,
    Json,
    LogLine,
    Seen,
    Step,
)

MASK = "(secret)"


@pytest.mark.parametrize(
    "name",
    ["secret", "Secret", " PASSWORD ", "channelvars.md5secret", "Authorization", "API_PASSWORD", "/cfg/secret"],
)
def test_a_secret_is_known_by_its_name(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["", "secretary", "secret.length", "Key", "Cause", "NoPassword", "password_file"])
def test_other_names_are_no_secret(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("headers", "masked"),
    [
        ((("Action", "Login"), ("Username", "desk"), ("Secret", "x"), ("Key", "y")),
         (("Action", "Login"), ("Username", "desk"), ("Secret", MASK), ("Key", MASK))),
        ((("Action", "Login"), ("AuthType", "MD5"), ("Key", "y")),
         (("Action", "Login"), ("AuthType", "MD5"), ("Key", MASK))),
        ((("Line-000001-000000", "secret=x"), ("Line-000001-000001", "context=in")),
         (("Line-000001-000000", f"secret={MASK}"), ("Line-000001-000001", "context=in"))),
        ((("Output", " password   : x"), ("Output", "secret => x"), ("Output", "3 users")),
         (("Output", f" password   : {MASK}"), ("Output", f"secret => {MASK}"), ("Output", "3 users"))),
        ((("Var-000000", "secret"), ("Value-000000", "x"), ("Var-000001", "context"), ("Value-000001", "in")),
         (("Var-000000", "secret"), ("Value-000000", MASK), ("Var-000001", "context"), ("Value-000001", "in"))),
        ((("JSON", '{"101":{"secret":"x","context":"in"}}'),),
         (("JSON", '{"101":{"secret":"(secret)","context":"in"}}'),)),
        ((("Output", "/cfg/secret     : x"), ("Output", "   API_PASSWORD=x")),
         (("Output", f"/cfg/secret     : {MASK}"), ("Output", f"   API_PASSWORD={MASK}"))),
        ((("Line-000002-000000", "201=1234,Ann,ann@example.org"), ("Line-000002-000001", "maxmsg=100")),
         (("Line-000002-000000", f"201={MASK},Ann,ann@example.org"), ("Line-000002-000001", "maxmsg=100"))),
        ((("Event", "VarSet"), ("Variable", "DB_PASSWORD"), ("Value", "x")),
         (("Event", "VarSet"), ("Variable", "DB_PASSWORD"), ("Value", MASK))),
        ((("Response", "Success"), ("Variable", "SECRET"), ("Value", "x")),
         (("Response", "Success"), ("Variable", "SECRET"), ("Value", MASK))),
        ((("Event", "DBGetResponse"), ("Family", "cfg"), ("Key", "secret"), ("Val", "x")),
         (("Event", "DBGetResponse"), ("Family", "cfg"), ("Key", "secret"), ("Val", MASK))),
        ((("Event", "Newexten"), ("Application", "Set"), ("AppData", "DB(cfg/secret)=x")),
         (("Event", "Newexten"), ("Application", "Set"), ("AppData", f"DB(cfg/secret)={MASK}"))),
        ((("Action", "Originate"), ("Variable", "PASSWORD=x,B=2")),
         (("Action", "Originate"), ("Variable", f"PASSWORD={MASK},B=2"))),
        ((("Header", "secret=x"), ("Password", "y")), (("Header", "secret=x"), ("Password", MASK))),
    ],
    ids=lambda headers: headers[0][0],
)  # fmt: skip
def test_a_packet_keeps_all_but_its_secrets(headers: Headers, masked: Headers) -> None:
    assert without_secrets(AmiPacket(3.0, headers, b"as it came")) == AmiPacket(3.0, masked)


@pytest.mark.parametrize(
    "headers",
    [
        (("Event", "Hangup"), ("Cause", "16")),
        (("Event", "DBGetResponse"), ("Family", "night"), ("Key", "active")),
        (("Action", "DBPut"), ("Key", "active"), ("Val", "1")),
        (("Action", "QueueAdd"), ("Key", "active")),
        (("Line-000001-000000", "context=in"),),
        (("Output", "secret"),),
        (("JSON", '{"a": 1}'),),
    ],
)
def test_a_packet_without_a_secret_is_the_same_with_its_bytes(headers: Headers) -> None:
    packet = AmiPacket(3.0, headers, b"as it came")
    assert without_secrets(packet) is packet


def test_a_request_loses_secrets_of_its_query_its_headers_and_its_body() -> None:
    request = AriRequest(
        1.0,
        "POST",
        "/ari",
        (("api_key", "me:x"), ("app", "desk")),
        (("Authorization", "Basic x"), ("Host", "h")),
        {"password": "x", "a": 1},
        "/ari?api_key=me:x&app=desk",
        b"as it came",
    )
    assert without_secrets(request) == AriRequest(
        1.0,
        "POST",
        "/ari",
        (("api_key", MASK), ("app", "desk")),
        (("Authorization", MASK), ("Host", "h")),
        {"password": MASK, "a": 1},
    )


def test_a_request_with_a_secret_header_alone_keeps_its_line_and_its_body() -> None:
    request = AriRequest(
        1.0, "GET", "/ari", (("app", "a b"),), (("Cookie", "x"),), {"a": 1}, "/ari?app=a%20b", b"o"
    )
    found = without_secrets(request)
    assert found.headers == (("Cookie", MASK),)
    assert (found.target, found.odd, found.body, found.query) == ("/ari?app=a%20b", b"o", {"a": 1}, request.query)


@pytest.mark.parametrize(
    "seen",
    [
        AriRequest(1.0, "GET", "/ari", (("app", "x"),), (("Host", "h"),), None, "/ari?app=%78"),
        AriAnswer(1.0, "x", 200, body=[{"attribute": "context", "value": "in"}], odd=b"as it came"),
        AriEvent(1.0, "X", "app", {"value": "in"}, b"as it came"),
        AppSaid(1.0, "orders", "agi", "command", details=(("command", "ANSWER"),), odd=b"as it came"),
        AppSaid(1.0, "orders", "ami", "event", AmiPacket(1.0, (("Event", "X"),), b"odd"), (("a", "b"),), b"odd"),
        AppLife(1.0, "orders", "ready", (("secret", "of a life nobody writes"),)),
    ],
)
def test_what_has_no_secret_is_the_same_with_its_bytes(seen: Seen) -> None:
    assert without_secrets(seen) is seen


def test_what_a_program_says_loses_the_secret_of_either_part() -> None:
    login, clean = AmiPacket(1.0, (("Secret", "x"),)), AmiPacket(1.0, (("Event", "X"),))
    secret, plain = (("password", "x"), ("a", "b")), (("a", "b"),)
    for said, details in ((login, plain), (clean, secret), (None, secret)):
        found = without_secrets(AppSaid(1.0, "orders", "ami", "action", said, details, b"as it came"))
        assert found.odd == b""
        assert found.said == (AmiPacket(1.0, (("Secret", MASK),)) if said is login else said)
        assert found.details == ((("password", MASK), ("a", "b")) if details is secret else plain)


@pytest.mark.parametrize(
    ("body", "masked"),
    [
        ({"secret": {"deep": "x"}, "a": [{"passwd": "x"}, 1]}, {"secret": MASK, "a": [{"passwd": MASK}, 1]}),
        ([{"attribute": "password", "value": "x"}], [{"attribute": "password", "value": MASK}]),
        ({"attribute": "context", "value": "in"}, {"attribute": "context", "value": "in"}),
        ({"attribute": "password", "name": "n"}, {"attribute": "password", "name": "n"}),
        ('cut: {"password": "a\\"b", "user" : "me"', 'cut: {"password": "(secret)", "user" : "me"'),
        (7, 7),
        (None, None),
    ],
)
def test_json_and_texts_with_json_lose_their_secrets(body: Json, masked: Json) -> None:
    assert json_without_secrets(body) == masked


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ('Executing [1@in:2] Set("Local/1@in", "API_PASSWORD=x") in new stack', f'"API_PASSWORD={MASK}")'),
        ('SET VARIABLE PASSWORD "x"', f'SET VARIABLE PASSWORD "{MASK}"'),
        ("secret: x", f"secret: {MASK}"),
        ("Wrong password for user 101", "Wrong password for user 101"),
        ("nothing of that kind: x", "nothing of that kind: x"),
    ],
)
def test_a_line_of_the_log_or_of_agi_keeps_all_but_its_secrets(line: str, masked: str) -> None:
    log = without_secrets(LogLine(1.0, "NOTICE", line, odd=b"as it came"))
    agi = without_secrets(AgiLine(1.0, "script", "PJSIP/101", line, odd=b"as it came"))
    assert masked in log.message
    assert masked in agi.line
    assert (log.odd, agi.odd) == ((b"as it came",) * 2 if line == log.message else (b"", b""))


def test_what_a_step_sends_is_no_secret_of_the_trace() -> None:
    step = Step(1.0, "ami", (("Action", "Originate"), ("Secret", "x"), ("Variable", "PASSWORD=y")))
    assert without_secrets(step).details == (
        ("Action", "Originate"),
        ("Secret", MASK),
        ("Variable", f"PASSWORD={MASK}"),
    )
