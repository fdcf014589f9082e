"""Debian's two packages: the choices of the one on the other, by their files alone."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from harness.ask.package import load_package, packages_of
from harness.asterisk.menuselect.makeopts import read_makeopts
from harness.cli import main
from harness.facts.package import PackageFacts
from harness.judge.builds.choices import Choice, Fate, choices_of
from harness.lab import prepare

pytestmark = pytest.mark.engine

PAGE = Path(__file__).parents[2] / "docs" / "builds.md"
OLD, NEW = "debian:bullseye", "debian:sid"
FATES = {
    "chan_sip": Fate.GONE_ON,
    "res_monitor": Fate.GONE_ON,
    "app_macro": Fate.GONE_ON,
    "FILE_STORAGE": Fate.GONE_ON,
    "app_voicemail": Fate.KEPT_ON,
    "app_voicemail_odbc": Fate.TURNED_ON,
    "app_voicemail_imap": Fate.TURNED_ON,
    "channelstorage_cpp_map_name_id": Fate.TURNED_ON,
    "res_pjsip_config_sangoma": Fate.TURNED_ON,
    "res_stir_shaken": Fate.NEEDS,
    "format_mp3": Fate.DEFAULT,
    "app_audiosocket": Fate.NEW_ON,
    "app_osplookup": Fate.GONE_OFF,
    "cdr_beanstalkd": Fate.UNMET,
    "app_skel": Fate.KEPT_OFF,
    "OPTIONAL_API": Fate.UNKNOWN,
    "astcanary": Fate.UNKNOWN,
}


@pytest.fixture(scope="module")
def packages() -> tuple[PackageFacts, ...]:
    return tuple(load_package(release) for release in prepare([OLD, NEW]).values())


@pytest.fixture(scope="module")
def choices(packages: tuple[PackageFacts, ...]) -> tuple[Choice, ...]:
    before, now = packages
    return choices_of(read_makeopts(before.makeopts), before, now)


def test_every_entry_and_every_member_has_exactly_one_fate(
    packages: tuple[PackageFacts, ...], choices: tuple[Choice, ...]
) -> None:
    before, now = packages
    every = {*read_makeopts(before.makeopts).entries(), *(m.entry for side in packages for m in side.members)}
    counted = Counter(choice.entry for choice in choices)
    assert set(counted.values()) == {1}
    assert every <= set(counted)
    assert len(before.members) > 450
    assert len(now.members) > 460


@pytest.mark.parametrize("name", FATES)
def test_what_becomes_of(choices: tuple[Choice, ...], name: str) -> None:
    assert [choice.fate for choice in choices if choice.name == name] == [FATES[name]]


def test_removals_were_announced(choices: tuple[Choice, ...]) -> None:
    gone = [
        choice for choice in choices if choice.fate is Fate.GONE_ON and choice.category != "OPTS_app_voicemail"
    ]
    assert len(gone) > 10
    assert [choice.name for choice in gone if "announced to go in" not in choice.why] == []


def test_the_packagers_own_log_is_there(packages: tuple[PackageFacts, ...]) -> None:
    for side in packages:
        assert side.changelog.startswith("asterisk (")


def test_the_command_says_what_the_page_shows(
    packages: tuple[PackageFacts, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "menuselect.makeopts"
    file.write_text(packages[0].makeopts)
    assert main(["menuselect", str(file)]) == 0
    printed = capsys.readouterr().out.splitlines()
    example = re.search(r"```\n(menuselect.makeopts of.*?)```", PAGE.read_text(), re.DOTALL)
    assert example
    assert [line for line in example[1].splitlines() if line != "..." and line not in printed] == []


def test_the_page_has_every_fate() -> None:
    cells = re.findall(r"^\| ([^|]+) \|", PAGE.read_text(), re.MULTILINE)
    told = {*cells, *(part for cell in cells for part in cell.split(", "))}
    assert [fate.value for fate in Fate if fate.value not in told] == []


def test_without_an_engine_releases_are_taken_as_they_were_read(
    packages: tuple[PackageFacts, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    said: list[str] = []
    assert packages_of([OLD, NEW], progress=said.append) == packages
    assert "no container engine answers" in said[0]


def test_the_command(
    packages: tuple[PackageFacts, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, made = tmp_path / "menuselect.makeopts", tmp_path / "made"
    file.write_text(packages[0].makeopts)
    assert main(["menuselect", str(file), "--site", "scenarios/demo", "--write", str(made)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "res_monitor (RES): deprecated in 16, announced to go in 21" in printed
    assert "the site uses it (old/extensions.conf:51" in printed
    assert read_makeopts(made.read_text()).has_on(("APPS", "app_voicemail"))
    assert main(["menuselect", str(file), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert sum(told["counts"].values()) == len(told["choices"])
    assert main(["menuselect", str(file), "--write", str(made)]) == 2
    assert "is there already" in capsys.readouterr().err
