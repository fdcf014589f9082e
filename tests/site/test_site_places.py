"""A site's files are read within the site: what leads out is refused with its line, what stays within is kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.asterisk.conf import Config
from harness.errors import SiteError
from harness.lab.instance.contents import read_config
from harness.site import load_site
from harness.site.reading.below import files_below

MakeSite = Callable[..., Path]
TOML = """\
name = "Tiny"
{notes}
[old]
release = "debian:bullseye"
config = "{old}"
[candidate]
release = "debian:sid"
config = "candidate"
[data]
{data}
"""


def toml(*, old: str = "old", data: str = "", notes: str = "") -> str:
    return TOML.format(old=old, data=data, notes=notes)


def wrong(root: Path, **given: Path) -> list[str]:
    with pytest.raises(SiteError) as caught:
        load_site(root, **given)  # type: ignore[arg-type] # folders alone
    return str(caught.value).replace(f"{root}/", "").splitlines()


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    (folder / "sub").mkdir(parents=True)
    (folder / "secret.conf").write_text("[secret]\n")
    return folder


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (toml(old="../outside"), "site.toml:5: \"config\" is '../outside', which leads out of the site"),
        (toml(data='astdb = "../outside/secret.conf"'), 'site.toml:10: "astdb" is'),
        (toml(data='agi_bin = "../outside"'), 'site.toml:10: "agi_bin" is'),
        (toml(data='agi_bin = "out"'), "site.toml:10: \"agi_bin\" is 'out', which leads out of the site, to "),
        (toml(notes='notes = ["../outside/secret.conf"]'), 'site.toml:2: "notes" is'),
        (toml() + '[[app]]\nname = "a"\ncommand = ["x"]\nfolder = "../outside"\n', 'site.toml:14: "folder" is'),
        (
            toml() + '[[database]]\nname = "a"\nengine = "mariadb"\ndump = ["../outside/a.sql"]\nuser = "u"\n'
            'password = "p"\n',
            'site.toml:14: "dump" is',
        ),
    ],
)
def test_settings_that_lead_out_are_refused_with_their_line(
    make_site: MakeSite, outside: Path, text: str, line: str
) -> None:
    (outside / "a.sql").touch()
    root = make_site(text)
    (root / "out").symlink_to(outside)
    assert any(one.startswith(line) and "leads out of the site, to " in one for one in wrong(root)), wrong(root)


@pytest.mark.parametrize(
    "name", ["old/x.conf", "candidate/deep/x.conf", "data/x.wav", "apps/a/x", "waivers.yaml", "a.yaml"]
)
def test_links_that_lead_out_are_refused(make_site: MakeSite, outside: Path, name: str) -> None:
    text = toml(data='sounds = "data"') + '[[app]]\nname = "a"\ncommand = ["x"]\n'
    root = make_site(text, **{"data/a": "", "apps/a/a": "", "candidate/deep/a": ""})
    (root / name).symlink_to(outside / "secret.conf")
    (line,) = wrong(root)
    assert line.startswith(f"{name}: this is a link that leads out of the site, to {outside}/secret.conf; copy")


def test_a_linked_folder_that_leads_out_is_refused(make_site: MakeSite, outside: Path) -> None:
    root = make_site()
    (root / "old/more").symlink_to(outside)
    assert wrong(root)[0].startswith("old/more: this is a link that leads out of the site")


def test_what_is_linked_within_the_site_is_kept(make_site: MakeSite) -> None:
    root = make_site(**{"common/all.conf": "[a]\n", "common/extensions.conf": "#include more/all.conf\n"})
    (root / "old/more").symlink_to("../common")
    (root / "old/extensions.conf").symlink_to("../common/extensions.conf")
    (root / "old/circle").symlink_to(".")
    (root / "old/nothing").symlink_to("gone")
    site = load_site(root)
    assert sorted(read_config(site.old.config)) == ["extensions.conf", "more/all.conf", "more/extensions.conf"]
    assert [section.name for section in Config(site.old.config).file("extensions.conf").sections] == ["a"]
    assert [name for name, _ in files_below(root / "old")] == sorted(read_config(root / "old"))


def test_a_folder_of_the_command_line_is_a_site_of_its_own(
    make_site: MakeSite, outside: Path, tmp_path: Path
) -> None:
    root = make_site()
    assert load_site(root, old_config=outside).old.config == outside
    (outside / "sub/x.conf").symlink_to(tmp_path / "tiny/site.toml")
    assert wrong(root, old_config=outside)[0].startswith(f"{outside}/sub/x.conf: this is a link that leads out")


@pytest.mark.parametrize("name", ["old/pjsip.conf", "old/keys", "data/agi-bin/x.py", "site.toml"])
def test_what_cannot_be_read_is_said(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    root = make_site(
        toml(data='agi_bin = "data/agi-bin"'),
        **{"old/pjsip.conf": "[a]\n", "old/keys/a": "", "data/agi-bin/x.py": ""},
    )
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith(name) and access(path, mode))
    (line,) = wrong(root)
    assert line.startswith(f"{name}: this cannot be read: Permission denied; run as somebody who may")
