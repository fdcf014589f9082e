"""What Asterisk will not read of a new site is told with what follows and what to do; `init` exits 3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.asterisk.conf import Config
from harness.cli import main
from harness.site.making.files import LeftOut
from harness.site.making.gaps import gaps_of

MakeConfig = Callable[..., Config]
DIALPLAN = "[in]\nexten => 100,1,Answer()\n"


def gaps(config: Config, *left_out: LeftOut) -> list[str]:
    return [f"{gap.place}: {gap.what}: {gap.lost}" for gap in gaps_of(config, left_out)]


def test_a_whole_configuration_has_no_gap(make_config: MakeConfig) -> None:
    etc = {"extensions.conf": "#tryinclude custom.conf\n#include more/*.conf\n" + DIALPLAN, "more/a.conf": "[a]\n"}
    assert gaps(make_config(**etc)) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "#include gone.conf",
            "extensions.conf:2: #include gone.conf: there is no such file, and Asterisk refuses",
        ),
        (
            "#include more/*.conf",
            "extensions.conf:2: #include more/*.conf: there is no such file, and Asterisk ref",
        ),
        ("#include /opt/x.conf", "extensions.conf:2: #include /opt/x.conf leads out of the configuration folder"),
        ("[a](none)", "extensions.conf:2: [a] inherits from [none], which is not there, and Asterisk refuses all"),
    ],
)
def test_a_file_that_is_refused_takes_the_dialplan_with_it(make_config: MakeConfig, line: str, said: str) -> None:
    (gap,) = gaps(make_config(**{"extensions.conf": f"[general]\n{line}\n{DIALPLAN}"}))
    assert gap.startswith(said)
    assert gap.endswith(
        "Asterisk refuses all of extensions.conf: without it there is no dialplan, and every call fails"
    )


@pytest.mark.parametrize("line", ["#tryinclude /opt/x.conf", "#exec /opt/x.sh"])
def test_what_is_left_out_of_a_file_is_a_gap(make_config: MakeConfig, line: str) -> None:
    (gap,) = gaps(make_config(**{"extensions.conf": f"{line}\n{DIALPLAN}"}))
    assert gap.endswith("what stands in it is not there")


@pytest.mark.parametrize("target", ["manager_own.conf", "manager.d/*.conf"])
def test_a_manager_conf_that_asterisk_refuses_leaves_the_harness_out(make_config: MakeConfig, target: str) -> None:
    config = make_config(**{"extensions.conf": DIALPLAN, "manager.conf": f'[general]\n#include "{target}"\n'})
    (gap,) = gaps(config)
    assert gap.startswith(
        f"manager.conf:2: #include {target}: there is no such file, and Asterisk refuses all of "
    )
    assert "AMI is off" in gap


def test_ael_goes_on_without_what_it_includes(make_config: MakeConfig) -> None:
    ael = '// #include "no.ael"\n#include "in.ael"\n  #include "/opt/more.ael";\ncontext a { 1 => Answer(); };\n'
    config = make_config(**{"extensions.ael": ael, "in.ael": '#include "gone.ael"\n'})
    assert gaps(config) == [
        'extensions.ael:3: #include "/opt/more.ael" leads to nothing in this folder: Asterisk goes on without the '
        "contexts that stand in it",
        'in.ael:1: #include "gone.ael" leads to nothing in this folder: Asterisk goes on without the '
        "contexts that stand in it",
    ]


@pytest.mark.parametrize("file", ["extensions.conf", "extensions.ael", "extensions.lua", "pjsip.conf", "sip.conf"])
def test_a_link_that_was_left_out_is_a_gap(make_config: MakeConfig, file: str) -> None:
    link = LeftOut(f"etc/asterisk/{file}", "a link that leads out, to /web")
    there = {} if file == "extensions.conf" else {"extensions.conf": DIALPLAN}
    (gap,) = gaps(make_config(**{"a.conf": "[a]\n", **there}), link)
    assert gap.startswith(f"{file}: not copied, it is a link that leads out, to /web: without it ")


def test_an_include_of_a_link_that_was_left_out_says_how_to_follow_it(make_config: MakeConfig) -> None:
    link = LeftOut("more.conf", "a link that leads out, to /web/more.conf")
    config = make_config(**{"extensions.conf": "#include more.conf\n" + DIALPLAN})
    (gap,) = gaps_of(config, [link])
    assert "cp -rL" in gap.advice
    (gap,) = gaps_of(config, [])
    assert "cp -rL" not in gap.advice


def test_a_link_that_was_copied_as_text_is_a_gap(make_config: MakeConfig) -> None:
    (gap,) = gaps(make_config(**{"extensions.conf": "../web/extensions.conf"}))
    assert "it holds nothing but ../web/extensions.conf: a link that was copied as a text" in gap


def test_no_dialplan_at_all_is_a_gap(make_config: MakeConfig) -> None:
    (gap,) = gaps(make_config(**{"pjsip.conf": "[a]\n"}))
    assert gap.startswith("extensions.conf: there is none")
    assert gaps(make_config(**{"extconfig.conf": "[settings]\nextensions.conf => odbc,pbx,ast_config\n"})) == []
    assert gaps(make_config(**{"extconfig.conf": "[settings]\n", "extensions.lua": "x"})) == []


def test_no_dialplan_here_but_in_a_folder_below(make_config: MakeConfig) -> None:
    config = make_config(**{"pjsip.conf": "[a]\n"})
    (config.folder / "etc").mkdir()
    (config.folder / "etc" / "extensions.conf").write_text("[a]\n")
    (gap,) = gaps_of(config, [])
    assert "There is one in the folder etc below" in gap.advice


def test_init_makes_the_site_and_exits_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    etc, web = tmp_path / "etc", tmp_path / "web"
    for folder in (etc, web):
        folder.mkdir()
    for name in ["extensions.conf", "sip.conf", *(f"more{number}.conf" for number in range(60))]:
        (web / name).write_text("[a]\n")
        (etc / name).symlink_to(f"../web/{name}")
    (etc / "own.conf").write_text("[a]\n")
    assert main(["init", str(tmp_path / "mine"), "--config", str(etc)]) == 3
    assert (tmp_path / "mine/site.toml").is_file()
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) <= 15
    assert max(map(len, printed)) <= 120
    text = " ".join(line.strip() for line in printed)
    assert (
        "left out: extensions.conf, more0.conf, more1.conf, more10.conf and 58 more: a link that leads out" in text
    )
    assert "without it there is no dialplan, and every call fails" in text
    assert "cp -rL" in text
    assert "--backup" in text
