"""A site folder becomes a Site, or one error with everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest

from harness.errors import SiteError
from harness.model import Place, Severity, Waiver
from harness.site import Data, Limits, SiteSide, load_site

DEMO = Path(__file__).parents[2] / "scenarios" / "demo"
MakeSite = Callable[..., Path]

FULL = """\
name = "Tiny"
packages = ["php-cli"]
stand_ins = ["sip.provider.example"]
old = {release = "image:ours:1", config = "old"}
[candidate]
release = "debian:experimental"
config = "candidate"
[data]
astdb = "data/astdb.sqlite3"
agi_bin = "data/agi-bin"
[severity]
duration-changed = "info"
[limits]
deadline = 5
replays = 1
"""


def wrong(path: Path, **overrides: str | Path) -> list[str]:
    with pytest.raises(SiteError) as caught:
        load_site(path, rules={"duration-changed"}, **overrides)  # type: ignore[arg-type] # each test gives what belongs to its keyword
    return str(caught.value).replace(f"{path}/", "").splitlines()


def test_the_demo_is_a_site() -> None:
    site = load_site(DEMO)
    assert site.old == SiteSide("debian:bullseye", DEMO / "old")
    assert [phone.name for phone in site.phones] == [str(number) for number in range(101, 108)]
    assert site.standins == ("sip.provider.example",)
    assert site.trunks == ("provider",)
    assert DEMO / "waivers.yaml" not in site.scenario_files
    assert DEMO / "desks.yaml" in site.scenario_files
    assert site.python_files == (DEMO / "test_demo.py",)


def test_every_key_is_read(make_site: MakeSite) -> None:
    root = make_site(FULL, **{"data/astdb.sqlite3": "", "data/agi-bin/x": ""})
    site = load_site(root)
    assert site.old == SiteSide("image:ours:1", root / "old")
    assert site.data == Data(astdb=root / "data/astdb.sqlite3", agi_bin=root / "data/agi-bin")
    assert site.severities == {"duration-changed": Severity.INFO}
    assert site.limits == replace(Limits(), deadline=5.0, replays=1)
    assert isinstance(site.limits.deadline, float)
    assert (site.packages, site.standins) == (("php-cli",), ("sip.provider.example",))


def test_a_site_may_say_little(make_site: MakeSite) -> None:
    site = load_site(make_site())
    assert (site.limits, site.data, site.waivers, site.scenario_files) == (Limits(), Data(), (), ())


def test_the_command_line_comes_first(
    make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_site()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    site = load_site(root, candidate="image:x", old_config=Path("here"), candidate_config=Path("old"))
    assert site.candidate == SiteSide("image:x", root / "old")
    assert site.old == SiteSide("debian:bullseye", tmp_path / "here")


def test_wrong_overrides_name_the_option(make_site: MakeSite) -> None:
    root = make_site()
    assert wrong(root, old="debian:11")[0].startswith(
        "--old debian:11: this is no release; wanted: debian:bullseye"
    )
    assert wrong(root, candidate_config=Path("gone"))[0].startswith(
        "--candidate-config gone: there is no such folder"
    )


def test_everything_wrong_is_said_at_once_with_its_line(make_site: MakeSite) -> None:
    toml = """\
name = ""
packges = []
[old]
relase = "debian:bullseye"
config = "old"
[candidate]
release = "debian:trixie"
config = "candidate"
[limits]
replays = "5"
concurrency = 0
[severity]
duration-changed = "reviews"
"""
    lines = wrong(make_site(toml, **{"waivers.yaml": "- reson: x\n"}))
    assert [line.partition(": ")[0] for line in lines] == [
        *(f"site.toml:{number}" for number in (1, 2, 3, 4, 7, 10, 11, 13)),
        *("waivers.yaml:1",) * 3,
    ]
    assert 'unknown key "packges"; did you mean "packages"?' in lines[1]
    assert '"release" is missing in "old"' in lines[2]
    assert "'debian:trixie'; wanted: debian:bullseye, " in lines[4]
    assert "in quotes, a text" in lines[5]
    assert 'did you mean "review"?' in lines[7]


def test_folders_files_and_rules_have_to_be_there(make_site: MakeSite) -> None:
    toml = FULL.replace('config = "candidate"', 'config = "candidat"')
    lines = wrong(make_site(toml.replace("duration-changed", "duration-chaged")))
    assert [line.partition(": ")[0] for line in lines] == [f"site.toml:{n}" for n in (7, 9, 10, 12)]
    assert 'there is no rule "duration-chaged"; did you mean "duration-changed"?' in lines[3]


@pytest.mark.parametrize("key", [field.name for field in fields(Limits)])
@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999", "-1", "-0.5", "1e9"])
def test_a_limit_is_a_number_that_ends_and_makes_sense(make_site: MakeSite, key: str, number: str) -> None:
    limits = "".join(line for line in FULL.splitlines(True) if not line.startswith(f"{key} = "))
    assert "[limits]" in limits
    text = f"{limits}\n".replace("[limits]\n", f"[limits]\n{key} = {number}\n")
    line = text.splitlines().index(f"{key} = {number}") + 1
    (told,) = wrong(make_site(text))
    assert told.startswith(f'site.toml:{line}: "{key}" is ')
    assert "wanted: " in told


@pytest.mark.parametrize(
    "image", ["-x", "Mine", "a b", "a:", "a/b/", "host:port/a", "a@sha256:12", "a:b:c", "/a", "$(x)", "a;b"]
)
def test_an_image_has_a_name_that_an_engine_takes(make_site: MakeSite, image: str) -> None:
    (told,) = wrong(make_site(FULL.replace('"image:ours:1"', f'"image:{image}"')))
    assert told.startswith('site.toml:4: "release" is ')


@pytest.mark.parametrize(
    "image", ["a", "a/b_c/d-e:1.0", "r.example:5000/team/asterisk:18", f"r.example/a@sha256:{'0a' * 32}"]
)
def test_any_name_of_an_image_is_one(make_site: MakeSite, image: str) -> None:
    head = FULL.partition("[data]")[0]
    assert load_site(make_site(head), candidate=f"image:{image}").candidate.release == f"image:{image}"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name = \n", "site.toml:1: not TOML"),
        (b'name = "x"\n[old\n', "site.toml:2: not TOML"),
        (b'name = "a"\nname = "b"\n', "site.toml:2: not TOML"),
        (b"a = 1\nb = '\xff'\n", "site.toml:2: this is not UTF-8 text"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "site.toml:1: "),
        (b"", 'site.toml:1: "candidate" is missing'),
    ],
)
def test_no_toml(make_site: MakeSite, content: bytes, words: str) -> None:
    assert wrong(make_site(content))[0].startswith(words)


def test_no_folder_and_no_file(tmp_path: Path) -> None:
    assert "there is no such folder; `harness init" in wrong(tmp_path / "gone")[0]
    assert "there is no site.toml in it; `harness init NEW --config /etc/asterisk` makes" in wrong(tmp_path)[0]


def test_one_text_in_place_of_a_list_is_shown_as_a_list(make_site: MakeSite) -> None:
    lines = wrong(make_site('name = "x"\npackages = "php-cli"\n'))
    (problem,) = (line for line in lines if '"packages"' in line)
    assert problem.endswith('(interpreters for AGI scripts, say); it is a list: ["php-cli"]')


def test_a_folder_of_asterisks_own_files_is_what_init_takes(tmp_path: Path) -> None:
    (tmp_path / "extensions.conf").write_text("[a]\n")
    assert f"`harness init NEW --config {tmp_path}` makes a site folder NEW of it" in wrong(tmp_path)[0]


def test_waivers_are_read_with_their_line(make_site: MakeSite) -> None:
    text = """\
waivers:
  - fingerprint: 012345678901
    reason: fine
    until: 2026-12-31
  - {rule: "ami-*", scenario: queue/*, where: "extensions.conf:*", event: "VarSet *", field: Value,
      subject: "*101*", about: "AMI action: *", reason: all of them}
"""
    assert load_site(make_site(**{"waivers.yaml": text})).waivers == (
        Waiver("fine", Place("waivers.yaml", 2), fingerprint="012345678901", until="2026-12-31"),
        Waiver(
            "all of them",
            Place("waivers.yaml", 5),
            rule="ami-*",
            scenario="queue/*",
            where="extensions.conf:*",
            event="VarSet *",
            field="Value",
            subject="*101*",
            about="AMI action: *",
        ),
    )


def test_each_release_may_have_modules_that_were_built_for_it(make_site: MakeSite) -> None:
    own = FULL.replace("[data]\n", '[data]\nmodules = "both"\n').replace(
        "[candidate]\n", '[candidate]\nmodules = "new"\n'
    )
    root = make_site(own, **{"data/astdb.sqlite3": "", "data/agi-bin/x": "", "both/x": "", "new/x": ""})
    site = load_site(root)
    assert [site.data_of(side).modules for side in (site.old, site.candidate)] == [root / "both", root / "new"]
    (root / "new" / "x").unlink()
    (root / "new").rmdir()
    (line,) = wrong(root)
    assert line.endswith("\"modules\" is 'new', and there is no such folder in the site")


@pytest.mark.parametrize("text", ["", "# nothing\n", "waivers:\n", "waivers: []\n", "[]\n"])
def test_no_waivers(make_site: MakeSite, text: str) -> None:
    assert load_site(make_site(**{"waivers.yaml": text})).waivers == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- rule: x\n", '1: "reason" is missing'),
        ("- reason: x\n", "1: "),
        ("- {rule: x, reason: ' '}\n", '1: "reason" is '),
        ("- {fingerprint: a, rule: x, reason: y}\n", "1: "),
        ("- rule: x\n  reason: y\n  until: 2026-02-30\n", "3: \"until\" is '2026-02-30'"),
        ("- rule: x\n  reason: y\n  until: soon\n", "3: \"until\" is 'soon'"),
        ("- rule: x\n  reason: y\n  rule: z\n", '3: "rule" is here twice'),
        ("waiver:\n", '1: unknown key "waiver"'),
        ("just text\n", "1: "),
        ("a: [\n", "2: not YAML"),
        ("--- 1\n--- 2\n", "2: a second document"),
    ],
)
def test_wrong_waivers(make_site: MakeSite, text: str, words: str) -> None:
    lines = wrong(make_site(**{"waivers.yaml": text}))
    assert any(line.startswith(f"waivers.yaml:{words}") for line in lines), lines


@pytest.mark.parametrize("title", ["*X*", "HangupRequest has no header Cause any more"])
def test_a_waiver_by_title_is_told_its_successor(make_site: MakeSite, title: str) -> None:
    text = f'waivers:\n  - rule: ami-*\n    title: "{title}"\n    reason: fine\n'
    with pytest.raises(SiteError) as problem:
        load_site(make_site(**{"waivers.yaml": text}))
    (line,) = str(problem.value).splitlines()
    assert line.startswith("waivers.yaml:3: ") or "/waivers.yaml:3: " in line
    assert title in line
    assert all(key in line for key in ('"event:"', '"field:"', '"subject:"', '"about:"'))


@pytest.mark.parametrize("key", ["event", "field", "subject", "about"])
def test_each_pattern_of_a_waiver_is_enough(make_site: MakeSite, key: str) -> None:
    alone = f"- {{{key}: x, reason: fine}}\n"
    (waiver,) = load_site(make_site(**{"waivers.yaml": alone})).waivers
    assert getattr(waiver, key) == "x"


@pytest.mark.parametrize("key", ["event", "field", "subject", "about"])
def test_no_pattern_of_a_waiver_stands_beside_a_fingerprint(make_site: MakeSite, key: str) -> None:
    both = f'- {{{key}: x, fingerprint: "0123", reason: fine}}\n'
    with pytest.raises(SiteError, match="leave the patterns out"):
        load_site(make_site(**{"waivers.yaml": both}))


BELOW = """\
name = "Tiny"
[old]
release = "debian:bullseye"
config = "old"
[candidate]
release = "debian:sid"
config = "candidate"
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[app]\nname = "a"\ncommand = ["x"]\n',
            'site.toml:8: there may be several of "app": write [[app]], in two',
        ),
        ('[database]\nname = "a"\n', 'site.toml:8: there may be several of "database": write [[database]]'),
        (
            'packages = ["a"]\n',
            'site.toml:8: "packages" stands below [candidate] and is a key of that there: write it',
        ),
        ('[data]\nstand_ins = ["a"]\n', 'site.toml:9: "stand_ins" stands below [data]'),
        ('[severity]\npython = ["a"]\n', 'site.toml:9: "python" stands below [severity]'),
        ('[[app]]\nname = "a"\ncommand = ["x"]\nnotes = ["x"]\n', 'site.toml:11: "notes" stands below [app]'),
    ],
)
def test_what_people_get_wrong_about_tables_is_said(make_site: MakeSite, text: str, said: str) -> None:
    (line,) = wrong(make_site(BELOW + text))
    assert line.startswith(said)


def test_an_unknown_key_beside_a_misplaced_one_is_said_too(make_site: MakeSite) -> None:
    lines = wrong(make_site(BELOW + '[data]\npackages = ["a"]\nsound = "x"\n'))
    assert lines[1].startswith('site.toml:10: unknown key "sound" in "data"; did you mean "sounds"?')


def test_a_folder_that_may_not_be_entered_is_no_traceback(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_site()

    def refused(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_dir", refused)
    with pytest.raises(SiteError, match=r"tiny.*: cannot be read: Permission denied"):
        load_site(root)
