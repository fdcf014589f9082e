"""What the site's manager and ARI users may do and are told, asked of real instances as a program would."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from harness.ask.clients import Clients
from harness.ask.over_ami import AmiAsk
from harness.asterisk.conf import Config
from harness.facts.inventory import Inventory
from harness.judge.checks.judging import judge_load
from harness.lab import boot_trio, prepare
from harness.model import Finding, Outcome, Severity
from harness.site import load_site

pytestmark = pytest.mark.engine

SITE = """\
name = "clients"
[old]
release = "debian:bullseye"
config = "old"
[candidate]
release = "debian:sid"
config = "candidate"
"""
CALL = {"Action": "Originate", "Channel": "Local/1@in/n", "Application": "Wait", "Data": "5", "Async": "true"}
MANAGER = """\
[general]
enabled = yes
[desk]
secret = it's "quoted" $HOME
read = call,user
write = call
eventfilter = !Event: Newexten
{desk}
[wall]
secret = x
read = call
deny = 0.0.0.0/0.0.0.0
permit = {wall}
[once]
secret = x
allowmultiplelogin = no
"""
ARI = """\
[general]
enabled = yes
[board]
type = user
read_only = {board}
password = y
"""


def write(folder: Path, **values: str) -> None:
    folder.mkdir()
    (folder / "manager.conf").write_text(MANAGER.format(**values))
    (folder / "ari.conf").write_text(ARI.format(**values))
    (folder / "http.conf").write_text("[general]\nenabled = yes\n")
    (folder / "extensions.conf").write_text("[in]\nexten => 1,1,Answer()\n same => n,UserEvent(Told)\n")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Inventory, ...]:
    """Of old, again and candidate: the candidate's files keep more from the users."""
    root = tmp_path_factory.mktemp("clients")
    (root / "site.toml").write_text(SITE)
    write(root / "old", desk="", wall="127.0.0.1/255.255.255.255", board="no")
    write(root / "candidate", desk="eventfilter = !Event: Hangup", wall="192.0.2.1/255.255.255.255", board="yes")
    return asyncio.run(_told(root))


async def _told(root: Path) -> tuple[Inventory, ...]:
    site = load_site(root)
    releases = prepare((site.old.release, site.candidate.release), packages=(), progress=print)
    folders = {"old": root / "old", "again": root / "old", "candidate": root / "candidate"}
    async with boot_trio(site, releases, progress=print) as trio:
        clients = [
            Clients(instance, Config(folders[name]), folder=f"{folders[name].name}/")
            for name, instance in trio.instances.items()
        ]
        await asyncio.gather(*(one.listen() for one in clients))
        await asyncio.sleep(1)
        for instance in trio.instances.values():
            await AmiAsk(instance).actions([CALL])
        await asyncio.sleep(3)
        return tuple([await one.told() for one in clients])


def found(check: str, *sides: Inventory) -> tuple[Finding, ...]:
    return judge_load(check, *sides).findings


def test_an_event_that_a_filter_holds_back_is_named_with_its_user_and_place(told: tuple[Inventory, ...]) -> None:
    lost = [f for f in found("ami/users", *told) if f.rule == "ami-event-not-let-through"]
    assert [f.title.rpartition("happens: ")[2] for f in lost] == ["desk: Hangup", "desk: HangupRequest"]
    assert {(f.severity, str(f.where)) for f in lost} == {(Severity.BREAKING, "candidate/manager.conf:3")}


def test_what_both_hold_back_or_do_not_read_is_no_difference(told: tuple[Inventory, ...]) -> None:
    events = set(told[0].section("AMI told").items)
    assert {"desk: Hangup", "desk: UserEvent", "wall: Hangup"} <= events
    assert not {"desk: Newexten", "wall: UserEvent"} & events
    assert "Newexten" in told[0].section("AMI heard").items


def test_a_user_who_is_not_let_in_any_more_is_one_finding(told: tuple[Inventory, ...]) -> None:
    assert dict(told[0].section("AMI login").items) == {
        "desk": {"login": "Authentication accepted"},
        "wall": {"login": "Authentication accepted"},
    }
    (refused,) = (f for f in found("ami/users", *told) if f.rule == "ami-login-refused")
    assert "wall" in refused.title
    assert not [f for f in found("ami/users", *told) if "wall: " in f.title]


def test_an_ari_user_who_may_only_read_now_is_a_finding(told: tuple[Inventory, ...]) -> None:
    (lost,) = found("ari/users", *told)
    assert (lost.rule, lost.old, lost.candidate) == ("ari-right-lost", "404", "403")
    assert "board may write" in lost.title


def test_a_side_against_itself_is_silent(told: tuple[Inventory, ...]) -> None:
    for check in ("ami/users", "ari/users"):
        assert judge_load(check, told[0], told[1], told[1]).outcome is Outcome.SAME
        assert found(check, told[0], told[1], told[1]) == ()
