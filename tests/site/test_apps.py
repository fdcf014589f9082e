"""`[[app]]` and `python` in site.toml: every key is read, and what is wrong is said with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import SiteError
from harness.site import App, Ready, load_site

MakeSite = Callable[..., Path]
HEAD = """\
name = "Tiny"
python = ["pyst2", "requests==2.32.*"]
old = {release = "debian:bullseye", config = "old"}
candidate = {release = "debian:sid", config = "candidate"}
"""
FULL = """\
[[app]]
name = "board"
command = ["python3", "board.py"]
folder = "programs/board"
uses = ["ami", "ari"]
environment = {PORT = "{ami_port}", OTHER = "{ari_port}", JSON = "{}"}
stop_seconds = 2
[app.ready]
text = "is up"
seconds = 3

[[app]]
name = "orders"
command = ["./orders", "{fastagi_port}"]
uses = ["fastagi"]

[[app]]
name = "dialler"
image = "ours/dialler:3"
"""


def wrong(make_site: MakeSite, text: str, **files: str) -> list[str]:
    path = make_site(HEAD + text, **{"apps/a/a.py": "", "apps/b/b.py": "", **files})
    with pytest.raises(SiteError) as caught:
        load_site(path)
    return str(caught.value).replace(f"{path}/", "").splitlines()


def test_every_key_is_read(make_site: MakeSite) -> None:
    root = make_site(HEAD + FULL, **{"programs/board/board.py": "", "apps/orders/orders": ""})
    site = load_site(root)
    assert site.python == ("pyst2", "requests==2.32.*")
    assert site.apps == (
        App(
            name="board",
            command=("python3", "board.py"),
            folder=root / "programs/board",
            uses=("ami", "ari"),
            environment={"PORT": "{ami_port}", "OTHER": "{ari_port}", "JSON": "{}"},
            ready=Ready("is up", "", 3.0),
            stop_seconds=2.0,
            line=5,
        ),
        App(
            name="orders",
            command=("./orders", "{fastagi_port}"),
            folder=root / "apps/orders",
            uses=("fastagi",),
            fastagi_port=4573,
            ready=Ready("", "{fastagi_port}"),
            line=16,
        ),
        App(name="dialler", command=(), image="ours/dialler:3", line=21),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[app]]\nname = "a"\ncomand = ["x"]',
            'site.toml:7: unknown key "comand" in "app"; did you mean "command"?',
        ),
        ('[[app]]\nname = "a"', "an app needs a `command`, or an `image`"),
        ('[[app]]\ncommand = ["x"]', 'site.toml:5: "name" is missing in "app"'),
        ('[[app]]\nname = "a"\ncommand = []', "the program and its arguments"),
        ('[[app]]\nname = "a"\ncommand = ["x"]\nuses = ["agi"]', "site.toml:8: \"uses\" is 'agi'"),
        (
            '[[app]]\nname = "x"\ncommand = ["x"]',
            "site.toml:5: there is no folder apps/x with the files of the app",
        ),
        ('[[app]]\nname = "x"\nimage = "i"\nfolder = "y"', "site.toml:8: \"folder\" is 'y', and there is no such"),
        (
            '[[app]]\nname = "a"\ncommand = ["x"]\n[[app]]\nname = "a"\ncommand = ["y"]',
            'site.toml:9: there is an app "a" already',
        ),
        (
            '[[app]]\nname = "a"\ncommand = ["{ami_port}"]',
            'site.toml:7: {ami_port} is there for apps that have "ami" in "uses"',
        ),
        (
            '[[app]]\nname = "a"\ncommand = ["{amy_port}"]',
            'site.toml:7: there is no placeholder {amy_port}; did you mean "ami_port"?',
        ),
        (
            '[[app]]\nname = "a"\ncommand = ["x"]\nfastagi_port = 4573',
            'site.toml:8: "fastagi_port" is for apps that have "fastagi" in "uses"',
        ),
        (
            '[[app]]\nname = "a"\ncommand = ["x"]\nuses = ["fastagi"]\n'
            '[[app]]\nname = "b"\ncommand = ["x"]\nuses = ["fastagi"]',
            'site.toml:9: "fastagi_port" is 4573 for a, b: the dialplan could not tell them apart',
        ),
        (
            '[[app]]\nname = "a"\ncommand = ["x"]\nuses = ["fastagi"]\nfastagi_port = 21002',
            'site.toml:9: "fastagi_port" is 21002; 21000 to 21999 are the harness\'s own',
        ),
        (
            '[[app]]\nname = "a"\ncommand = ["x"]\nready = {txt = "up"}',
            'site.toml:8: unknown key "txt" in "ready"; did you mean "text"?',
        ),
        (
            '[[app]]\nname = "a"\ncommand = ["x"]\nenvironment = {PORT = 5038}',
            "site.toml:8: \"PORT\" is '5038' without quotes, a number",
        ),
        ('[[app]]\nname = "a"\ncommand = ["x"]\nready = {port = 0}', "1 to 65535 or a placeholder"),
        ('[[app]]\nname = "a"\ncommand = ["x"]\nready = {port = 65536}', "1 to 65535 or a placeholder"),
        ('[[app]]\nname = "a"\ncommand = ["x"]\nready = {port = "http"}', "1 to 65535 or a placeholder"),
        (
            '[[app]]\nname = "a"\ncommand = ["x"]\nready = {seconds = nan}',
            "site.toml:8: \"seconds\" is 'nan'; wanted: a number that ends",
        ),
        (
            '[[app]]\nname = "a"\ncommand = ["x"]\nstop_seconds = inf',
            "site.toml:8: \"stop_seconds\" is 'inf'; wanted: a number that ends",
        ),
        ('[[app]]\nname = "a"\nimage = "My Image"', "site.toml:7: \"image\" is 'My Image'; wanted: an image"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(make_site: MakeSite, text: str, message: str) -> None:
    assert message in "\n".join(wrong(make_site, text))


def test_a_scenario_names_apps_that_there_are(make_site: MakeSite) -> None:
    """A name that is not there would let the scenario play without its program."""
    from harness.play import load_scenarios

    scenario = "scenarios:\n  - name: one\n    uses: [app/bord]\n    steps: [{call: 1@x}]\n"
    path = make_site(HEAD + '[[app]]\nname = "board"\nimage = "i"\n', **{"s.yaml": scenario})
    with pytest.raises(SiteError, match=r's\.yaml:3: the site has no app "bord"; did you mean "board"'):
        load_scenarios(load_site(path))


@pytest.mark.parametrize(("use", "meant"), [("queu/sales", "queue"), ("mail/101", "mailbox"), ("printer/1", "")])
def test_a_kind_of_shared_thing_may_be_the_sites_own_and_no_misspelt_one(
    make_site: MakeSite, use: str, meant: str
) -> None:
    from harness.play import load_scenarios

    scenario = f"scenarios:\n  - name: one\n    uses: [{use}]\n    steps: [{{call: 1@x}}]\n"
    site = load_site(make_site(HEAD, **{"s.yaml": scenario}))
    if meant:
        kind = use.partition("/")[0]
        with pytest.raises(SiteError, match=rf's\.yaml:3: "uses" knows no "{kind}"; did you mean "{meant}"'):
            load_scenarios(site)
    else:
        assert [one.uses for one in load_scenarios(site)] == [{use}]
