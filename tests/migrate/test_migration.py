"""A migration as a whole: bytes that it does not change stay, lines are traced back, whatever the input is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from migrations import Migrate, fill, migrated

from harness.migrate.apply import Rewritten, diff, rewrite
from harness.migrate.folder import read_subject, write_copy

DEMO = Path(__file__).parents[2] / "scenarios" / "demo" / "old"


def test_comments_ends_of_lines_and_odd_bytes_stay(run: Migrate) -> None:
    before = b"; caf\xe9\r\n[a]\r\nexten => 1,1,Macro(m) ; r\xe9sum\xe9\r\n[macro-m]\r\nexten => s,1,NoOp()"
    after = run(**{"extensions.conf": before}).extensions.encode("utf-8", "surrogateescape")
    assert after == (
        b"; caf\xe9\r\n[a]\r\nexten => 1,1,Gosub(macro-m,s,1) ; r\xe9sum\xe9\r\n[macro-m]\r\nexten => s,1,NoOp()"
        b"\n same => n,Return()"
    ).replace(b"NoOp()\n", b"NoOp()\n")


def test_changes_of_one_line_come_one_after_the_other(run: Migrate) -> None:
    found = run(
        "[a]\nexten => 1,1,Macro(m,${CALLERPRES()},US/Eastern)\n[macro-m]\nexten => s,1,NoCDR()\n",
    )
    assert found.extensions == (
        "[a]\nexten => 1,1,Gosub(macro-m,s,1(${CALLERID(pres)},America/New_York))\n"
        "[macro-m]\nexten => s,1,Set(CDR_PROP(disable)=1)\n same => n,Return()\n"
    )


def test_what_is_left_is_named_by_the_lines_of_the_old_file(run: Migrate) -> None:
    found = run(
        "[a]\nexten => 1,1,Macro(m)\n[macro-m]\nexten => s,1,Dial(PJSIP/1,,T)\n[b]\nexten => 1,1,SendURL(x)\n"
        " same => n,Dial(SIP/2)\n same => n,NoOp(${SIP_HEADER(X)})\n"
    )
    assert [left.split(" ")[0] for left in found.left] == [f"extensions.conf:{n}:" for n in (6, 7, 8)]


def test_other_languages_and_files_are_looked_through(run: Migrate) -> None:
    found = run(
        "[a]\n",
        **{
            "extensions.ael": "context x { 1 => Macro(m); // Monitor(wav)\n};\n",
            "extensions.lua": 'app.NoCDR() -- app.Macro("x")\n',
            "sip.conf": "[general]\n",
            "stir_shaken.conf": "[general]\n",
        },
    )
    assert [left.partition(":")[0] for left in found.left] == [
        "extensions.ael", "extensions.lua", "sip.conf", "stir_shaken.conf",
    ]  # fmt: skip


def test_sip_conf_that_nothing_reads_is_none_of_it(run: Migrate) -> None:
    modules = "[modules]\nautoload=yes\nnoload => chan_sip.so\n"
    assert run("[a]\n", **{"sip.conf": "[general]\n", "modules.conf": modules}).left == []


def test_modules_that_are_needed_are_loaded(run: Migrate) -> None:
    found = run(
        "[a]\nexten => 1,1,Macro(m)\n[macro-m]\nexten => s,1,NoOp()\n",
        **{"modules.conf": "[modules]\nload => app_macro.so\nrequire=cdr_custom.so\nload=func_logic.so\n"},
    )
    assert found.files["modules.conf"] == (
        "[modules]\n;load => app_macro.so\nrequire=cdr_custom.so\nload=func_logic.so\nload => app_stack.so\n"
        "load => func_dialplan.so\nload => res_cdrel_custom.so\n"
    )


def test_a_key_of_its_own_for_automixmon_stays(run: Migrate) -> None:
    features = "[featuremap]\nautomon => *1\nautomixmon => *2\n"
    found = run("[a]\nexten => 1,1,Dial(PJSIP/1,,w)\n same => n,Queue(q,wt)\n", **{"features.conf": features})
    assert found.files["features.conf"] == "[featuremap]\n;automon => *1\nautomixmon => *2\n"
    assert "Dial(PJSIP/1,,w)" in found.extensions
    assert "Queue(q,t)" in found.extensions


def test_an_empty_folder_is_migrated_already(tmp_path: Path) -> None:
    assert migrated(tmp_path).migration.changed == {}


@pytest.mark.skipif(not shutil.which("patch"), reason="needs the program patch")
def test_the_diff_can_be_applied(tmp_path: Path) -> None:
    found = migrated(DEMO)
    shutil.copytree(DEMO, tmp_path / "old")
    text = "\n".join(diff(found.migration.changed, old="old", new="candidate")) + "\n"
    subprocess.run(["patch", "-p0", "--no-backup-if-mismatch"], input=text, text=True, check=True, cwd=tmp_path)
    assert {p.name: p.read_text() for p in (tmp_path / "old").iterdir()} == found.files


PIECES = st.sampled_from(
    ["Macro", "MacroIf", "MacroExit", "(", ")", ",", "m", "s", "h", "1", "n", "${", "}", "$[", "]", "ARG1", "?",
     "EXTEN", '"', "\\", ";", ";--", "--;", "=>", "=", "exten", " same ", "\n", "\r\n", "[a]", "[macro-m]", "(!)",
     "(+)", "Dial", "Queue", "T", "w", "US/Eastern", "Monitor", "wav", "NoCDR", "ExecIf", "Goto", "Set", " ", "é",
     "CALLERPRES()", "#include extensions.conf", "\0", "\t", "include", "U", "M(m^x)", "PJSIP/1"],
)  # fmt: skip
LINES = st.one_of(
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(PIECES, max_size=8).map(lambda parts: "exten => s,1," + "".join(parts).replace("\n", "")),
    st.lists(PIECES, max_size=8).map(lambda parts: " same => n," + "".join(parts).replace("\n", "")),
    st.sampled_from(["[a]", "[macro-m]", "exten => 100,1,Macro(m,x)", "exten => s,1,Dial(PJSIP/${ARG1},,T)",
                     "exten => h,1,NoOp()", " same => n,ExecIf($[1]?Macro(m):MacroExit())"]),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, max_size=25), st.binary(max_size=40))
def test_whatever_stands_there_migrates_once_and_for_all(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], rest: bytes
) -> None:
    text = "\n".join(lines).encode() + rest
    folder = tmp_path_factory.mktemp("fuzz")
    fill(folder, {"extensions.conf": text, "features.conf": text, "queues.conf": text, "modules.conf": text})
    once = migrated(folder)
    again = fill(folder, {n: t.encode("utf-8", "surrogateescape") for n, t in once.files.items()})
    assert migrated(again).migration.changed == {}
    shutil.rmtree(folder)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_without_edits_a_configuration_stays_as_it_is_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    old = fill(folder / "old", {"any.conf": content, "sub/any.txt": content})
    subject = read_subject(old)
    assert rewrite(subject.files, ()) == ({}, ())
    unchanged = Rewritten(tuple(subject.files["any.conf"].split("\n")), {}, {})
    write_copy(old, folder / "new", {"any.conf": unchanged})
    assert [(folder / "new" / name).read_bytes() for name in ("any.conf", "sub/any.txt")] == [content, content]
    shutil.rmtree(folder)
