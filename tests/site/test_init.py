"""`harness init`: from an /etc/asterisk to a site that can be played."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.asterisk.conf import Config
from harness.errors import SiteError
from harness.model import Place
from harness.site import load_site
from harness.site.making.extensions import Number, number_for, numbers_of
from harness.site.making.init import init_site
from harness.site.reading.document import read_yaml

DEMO = Path(__file__).parents[2] / "scenarios" / "demo" / "old"
MakeConfig = Callable[..., Config]

EXTENSIONS = """\
[general]
static = yes
[inside]
include => features
include => outgoing,09:00-17:00,mon-fri,*,*
include => inside
exten => 600,1,Answer()
exten => 600,hint,PJSIP/600
exten => s,1,NoOp()
exten => _7XX,1(start),NoOp()
exten => ${FIRST},1,NoOp()
exten => 601/5551234,1,NoOp()
[features]
exten => *97,1,VoiceMailMain()
[outgoing]
exten => _9N[3-5]Z.,1,Dial(PJSIP/x)
[macro-std]
exten => 999,1,NoOp()
"""
PJSIP = "[101]\ntype=endpoint\ncontext=inside\n"


def test_the_demo_becomes_a_site(tmp_path: Path) -> None:
    target = tmp_path / "sites" / "mine"
    assert init_site(target, config=DEMO).left_out == ()
    site = load_site(target)
    assert site.name == "mine"
    assert (site.old.release, site.candidate.release) == ("debian:bullseye", "debian:sid")
    assert site.waivers == ()
    for side in (site.old, site.candidate):
        assert {p.name: p.read_bytes() for p in side.config.iterdir()} == {
            p.name: p.read_bytes() for p in DEMO.iterdir()
        }
    assert [path.name for path in site.scenario_files] == ["scenarios.yaml"]
    assert sorted(path.name for path in target.parent.iterdir()) == ["mine"]


def test_first_scenarios_call_pause_and_hang_up(tmp_path: Path) -> None:
    init_site(tmp_path / "mine", config=DEMO)
    scenarios = read_yaml((tmp_path / "mine" / "scenarios.yaml").read_bytes()).fields["scenarios"]
    assert len(scenarios.items) == 5
    for scenario in scenarios.items:
        steps = [next(iter(step.fields)) for step in scenario.fields["steps"].items]
        assert steps == ["call", "pause", "hangup"]
        assert "expect" not in scenario.fields
        assert scenario.strings("uses") == ("first/calls",)  # two that meet in a queue would be another call


def test_a_number_in_a_global_variable_is_called(tmp_path: Path, make_config: MakeConfig) -> None:
    text = "[globals]\nMAIN=5550100\n[in]\nexten => ${MAIN},1,Answer()\nexten => ${GONE},1,Answer()\n"
    init_site(tmp_path / "mine", config=make_config(**{"extensions.conf": text}).folder)
    scenarios = read_yaml((tmp_path / "mine" / "scenarios.yaml").read_bytes()).fields["scenarios"]
    assert [one.entries("steps")[0].string("call") for one in scenarios.items] == ["5550100@in"]


def test_a_dialplan_without_numbers_has_no_scenarios(tmp_path: Path, make_config: MakeConfig) -> None:
    init_site(tmp_path / "mine", config=make_config(**{"extensions.conf": "[a]\n"}).folder)
    assert read_yaml((tmp_path / "mine" / "scenarios.yaml").read_bytes()).plain == {"scenarios": []}


def test_a_phone_and_a_trunk_s_number_come_first_and_what_takes_anything_last(make_config: MakeConfig) -> None:
    extensions = (
        "[inside]\ninclude => wrong\ninclude => codes\ninclude => local\n[wrong]\nexten => _X.,1,NoOp()\n"
        "[codes]\nexten => *11,1,NoOp()\nexten => *12,1,NoOp()\n"
        "[local]\nexten => 100,1,NoOp()\nexten => 101,1,NoOp()\n"
        "[pstn]\ninclude => did\n[did]\nexten => 5550100,1,NoOp()\nexten => _.,1,NoOp()\n"
    )
    phones = "[101]\ntype=endpoint\ncontext=inside\n[carrier]\ntype=endpoint\ncontext=pstn\n"
    config = make_config(**{"extensions.conf": extensions, "pjsip.conf": phones})
    assert [f"{one.number}@{one.context}" for one in numbers_of(config, most=9)] == [
        "101@inside", "5550100@pstn", "*11@inside", "1@pstn", "100@inside", "*12@inside", "11@inside"
    ]  # fmt: skip


def test_numbers_come_from_where_phones_call(make_config: MakeConfig) -> None:
    config = make_config(**{"extensions.conf": EXTENSIONS, "pjsip.conf": PJSIP})
    assert numbers_of(config, most=9) == (
        Number("600", "inside", "600"),
        Number("*97", "inside", "*97"),
        Number("92311", "inside", "_9N[3-5]Z."),
        Number("711", "inside", "_7XX"),
    )
    assert len(numbers_of(config, most=2)) == 2


def test_numbers_without_phones_come_from_all_contexts(make_config: MakeConfig) -> None:
    config = make_config(**{"extensions.conf": EXTENSIONS})
    assert sorted(number.number for number in numbers_of(config, most=9)) == ["*97", "600", "711", "92311"]


@pytest.mark.parametrize(
    ("extension", "number"),
    [
        ("600", "600"),
        ("_1XX", "111"),
        ("_nZx", "211"),
        ("_9.", "91"),
        ("_9!", "9"),
        ("_[4-6]-1", "41"),
        ("_[", ""),
    ],
)
def test_a_pattern_has_a_number(extension: str, number: str) -> None:
    assert number_for(extension) == number


def test_links_and_odd_files_are_left_out(tmp_path: Path, make_config: MakeConfig) -> None:
    (tmp_path / "outside.conf").write_text("[x]\n")
    etc = make_config(**{"a.conf": "[a]\n", "d/b.conf": "[b]\n"}).folder
    (etc / "out.conf").symlink_to("../outside.conf")
    (etc / "in.conf").symlink_to("a.conf")
    (etc / "gone.conf").symlink_to("none")
    (etc / "d" / "loop").symlink_to("..")
    os.mkfifo(etc / "pipe")
    left_out = init_site(tmp_path / "mine", config=etc).left_out
    assert [one.name for one in left_out] == ["d/loop", "gone.conf", "out.conf", "pipe"]
    copied = tmp_path / "mine" / "old"
    assert sorted(p.relative_to(copied).as_posix() for p in copied.rglob("*") if p.is_file()) == [
        "a.conf",
        "d/b.conf",
        "in.conf",
    ]
    assert not (copied / "in.conf").is_symlink()
    assert "#   out.conf: a link that leads out" in (tmp_path / "mine" / "site.toml").read_text()


def test_a_name_with_quotes_is_a_name(tmp_path: Path, make_config: MakeConfig) -> None:
    etc = make_config(**{"extensions.conf": "[a]\n"}).folder
    init_site(tmp_path / 'my "site"', config=etc)
    assert load_site(tmp_path / 'my "site"').name == 'my "site"'


def test_nothing_is_overwritten(tmp_path: Path, make_config: MakeConfig) -> None:
    etc = make_config(**{"a.conf": "[a]\n"}).folder
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "keep").touch()
    with pytest.raises(SiteError, match="not empty; nothing was written"):
        init_site(tmp_path / "mine", config=etc)
    with pytest.raises(SiteError, match="no folder; nothing was written"):
        init_site(tmp_path / "mine" / "keep", config=etc)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["keep"]


def test_an_empty_folder_is_filled(tmp_path: Path, make_config: MakeConfig) -> None:
    (tmp_path / "mine").mkdir()
    init_site(tmp_path / "mine", config=make_config(**{"a.conf": "[a]\n"}).folder)
    assert load_site(tmp_path / "mine")


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    with pytest.raises(SiteError, match="there is no file in it"):
        init_site(tmp_path / "mine", config=tmp_path / "etc")
    assert [path.name for path in tmp_path.iterdir()] == ["etc"]


@pytest.mark.parametrize(("target", "config"), [("etc/site", "etc"), ("etc", "etc"), (".", "etc"), ("x", "gone")])
def test_folders_that_do_not_fit(tmp_path: Path, make_config: MakeConfig, target: str, config: str) -> None:
    make_config(**{"a.conf": "[a]\n"})
    with pytest.raises(SiteError):
        init_site(tmp_path / target, config=tmp_path / config)


def test_problems_of_a_copied_configuration_keep_their_place(tmp_path: Path, make_config: MakeConfig) -> None:
    config = make_config(**{"extensions.conf": "[a]\n#include gone.conf\nexten => 1,1,NoOp()\n"})
    init_site(tmp_path / "mine", config=config.folder)
    assert config.file("extensions.conf").problems[0].place == Place("extensions.conf", 2)
    assert "1@a" in (tmp_path / "mine" / "scenarios.yaml").read_text()


@pytest.mark.parametrize("what", ["iterdir", "mkdir"])
def test_a_forbidden_folder_is_no_traceback(
    tmp_path: Path, make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    etc, target = make_config(**{"a.conf": "[a]\n"}).folder, tmp_path / "mine"
    target.mkdir()

    def refused(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, what, refused)
    with pytest.raises(SiteError, match=r"mine: .*Permission denied"):
        init_site(target, config=etc)


def test_what_cannot_be_copied_is_named(
    tmp_path: Path, make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'")])

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(SiteError, match=r"mine: cannot be written: a: \[Errno 28\] No space left"):
        init_site(tmp_path / "mine", config=make_config(**{"a.conf": "[a]\n"}).folder)
