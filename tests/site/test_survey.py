"""`init` says what it found and did not read, on one screen, and calls what phones and trunks reach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.asterisk.conf import Config
from harness.cli import main
from harness.site.making.completeness import missing_of
from harness.site.making.extensions import numbers_of
from harness.site.making.init import Made
from harness.site.making.survey import survey_of
from harness.site.making.telling import told
from harness.site.reading.document import read_yaml

MakeConfig = Callable[..., Config]
DEMO = Path(__file__).parents[2] / "scenarios" / "demo" / "old"


def calls(config: Config) -> list[str]:
    return [f"{one.number}@{one.context}" for one in numbers_of(config, most=20)]


def unread(config: Config) -> list[str]:
    return [str(one) for one in survey_of(config, most_calls=1).unread]


def test_calls_come_from_ael(make_config: MakeConfig) -> None:
    ael = "context inside { includes { codes; } _1XX => Dial(SIP/${EXTEN}); }; context codes { *97 => NoOp(); };"
    config = make_config(**{"extensions.ael": ael, "sip.conf": "[101]\ntype=friend\ncontext=inside\n"})
    assert calls(config) == ["111@inside", "*97@inside"]


def test_calls_come_from_lua(make_config: MakeConfig) -> None:
    lua = 'extensions = { inside = { ["600"] = function(c, e) app.answer() end; include = {"codes"} };'
    lua += ' codes = { ["*97"] = f } }'
    config = make_config(**{"extensions.lua": lua, "pjsip.conf": "[101]\ntype=endpoint\ncontext=inside\n"})
    assert calls(config) == ["600@inside", "*97@inside"]


def test_calls_come_from_users_conf(make_config: MakeConfig) -> None:
    users = "[general]\nhasexten=yes\nhassip=yes\ncontext=phones\n[701]\nsecret=x\n[702]\nhasexten=no\n"
    config = make_config(**{"users.conf": users, "extensions.conf": "[general]\nuserscontext=phones\n[phones]\n"})
    assert calls(config) == ["701@phones"]


def test_where_phones_are_not_known_calls_begin_where_nothing_leads_to(make_config: MakeConfig) -> None:
    config = make_config(
        **{
            "extensions.conf": "[in]\ninclude => codes\nexten => 600,1,Goto(menu,s,1)\n"
            "exten => 601,1,Goto(closed,1)\n same => n,GotoIf($[1]?night,1,1)\n"
            "exten => closed,1,Gosub(sub,s,1)\nexten => 602,1,Dial(Local/7@legs)\n"
            "[menu]\nexten => 1,1,NoOp()\n[night]\nexten => 1,1,NoOp()\n[sub]\nexten => 9,1,Return()\n"
            "[legs]\nexten => 7,1,NoOp()\n[codes]\nexten => *1,1,NoOp()\n[macro-x]\nexten => 5,1,NoOp()\n"
        }
    )
    assert calls(config) == ["600@in", "*1@in", "601@in", "602@in"]
    assert survey_of(config, most_calls=1).entries == ("in",)


def test_where_everything_leads_to_everything_all_contexts_are_called(make_config: MakeConfig) -> None:
    config = make_config(**{"extensions.conf": "[a]\nexten => 1,1,Goto(b,2,1)\n[b]\nexten => 2,1,Goto(a,1,1)\n"})
    assert calls(config) == ["1@a", "2@b"]


def test_what_was_found_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "mine"), "--config", str(DEMO)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[:3] == [
        "found: 7 phones (101, 102, 103, 104 and 3 more); 1 trunk (provider)",
        "    1 host (sip.provider.example), for which the lab stands in",
        "    19 contexts of the dialplan; those in which calls begin: from-trunk, from-internal",
    ]
    assert len(printed) <= 40
    assert max(map(len, printed)) <= 120


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "users.conf",
            "[general]\nhassip=yes\n[701]\nsecret=a\n[702]\n",
            "users.conf:3: 2 phones (701, 702), which chan",
        ),
        ("users.conf", "[701]\nhassip=yes\n[box]\nhasvoicemail=yes\n", "users.conf:1: 1 phone (701), which chan"),
        ("extensions.lua", "extensions = {}\n", "extensions.lua: a program: contexts that it makes"),
        (
            "extensions.conf",
            "[a]\nswitch => Realtime/a@x\n",
            "extensions.conf:2: extensions that Realtime answers",
        ),
        ("extconfig.conf", "[settings]\nps_endpoints => odbc,a\n", "extconfig.conf:2: ps_endpoints of a database"),
        ("iax.conf", "[general]\n[box]\ntype=friend\n", "iax.conf:2: 1 phone or trunk of IAX2 (box)"),
        ("skinny.conf", "[general]\n[a]\n[b]\n", "skinny.conf:2: 2 phones or trunks of Skinny (a, b)"),
    ],
)
def test_what_was_not_read_is_said(make_config: MakeConfig, file: str, text: str, said: str) -> None:
    (line,) = unread(make_config(**{file: text}))
    assert line.startswith(said)


def test_one_line_a_cause(make_config: MakeConfig) -> None:
    steps = "".join(f" same => n,AGI(agent.php,{number})\n" for number in range(133))
    config = make_config(**{"extensions.conf": f"[a]\nexten => 1,1,NoOp()\n{steps} same => n,AGI(other.php)\n"})
    lines = told(Made(missing=missing_of(config, {}, ())), Path("mine"))
    (line,) = [line for line in lines if "agent.php" in line]
    assert line.startswith(
        "missing: old/extensions.conf:3 and 133 more places: the AGI script agent.php, the AGI scr"
    )


def test_one_more_place_is_one(make_config: MakeConfig) -> None:
    config = make_config(**{"extensions.conf": "[a]\nexten => 1,1,AGI(a.php)\n same => n,AGI(b.php)\n"})
    lines = told(Made(missing=missing_of(config, {}, ())), Path("mine"))
    assert any(line.startswith("missing: old/extensions.conf:2 and 1 more place: the AGI") for line in lines)


def test_a_screen_is_never_more_than_forty_lines(make_config: MakeConfig) -> None:
    etc = {f"file{number}.conf": f"[a]\n#include gone{number}.conf\n" for number in range(30)}
    etc |= {"extensions.conf": "".join(f"[c{number}]\nswitch => S{number}/x\n" for number in range(60))}
    lines = told(Made(survey=survey_of(make_config(**etc), most_calls=5)), Path("mine"))
    assert len(lines) == 40
    assert lines[-1] == "    harness run mine"
    assert lines[-3].startswith("... and ")


def test_a_site_of_ael_has_scenarios(tmp_path: Path, make_config: MakeConfig) -> None:
    etc = make_config(**{"extensions.ael": "context a { 600 => Answer(); };"}).folder
    assert main(["init", str(tmp_path / "mine"), "--config", str(etc)]) == 0
    scenarios = read_yaml((tmp_path / "mine/scenarios.yaml").read_bytes()).fields["scenarios"]
    assert [scenario.string("name") for scenario in scenarios.items] == ["call-1-600"]
