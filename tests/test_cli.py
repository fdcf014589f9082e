"""The console command: exit codes, messages, and that nothing heavy is loaded before it is needed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from harness.cli import main
from harness.cli.doctor import Need
from harness.cli.printing import say
from harness.errors import BootError, EngineError, SiteError
from harness.facts.release import tiny_release
from harness.judge.research.release_changes import compare_releases
from harness.lab import Release
from harness.lab.housekeeping.sweep import Swept
from harness.model import INSTANCES, Outcome, Place, Report, ScenarioResult, Side, Tolerances, Verdict
from harness.record.store import write_trace
from harness.report import claim_folder, read_report, write_report
from harness.stages.kept import Kept, KeptScenario, write_kept
from harness.testing import trace

DEMO = str(Path(__file__).parents[1] / "scenarios" / "demo")
HEAVY = {"ari", "docker", "h11", "panoramisk", "pytest", "requests", "testcontainers", "websocket", "wsproto"}

REPORT = Report(
    Verdict.PROMOTE,
    "demo",
    Side("debian:bullseye", "16.28.0"),
    Side("debian:bullseye", "16.28.0"),
    Side("debian:sid", "22.10.1"),
)


def keep_a_run(folder: Path) -> None:
    """A run of one scenario in which nothing was seen."""
    (folder / "traces").mkdir()
    for instance in INSTANCES:
        write_trace(folder / "traces", trace("", scenario="a/one", instance=instance))
    write_kept(folder, Kept(scenarios=(KeptScenario("a/one", "", Place("a.yaml", 1), Tolerances()),)))


def rejudging(monkeypatch: pytest.MonkeyPatch, outcome: Report | BaseException) -> None:
    """What judging again gives, or raises."""

    def rejudge(_folder: Path) -> Report:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr("harness.stages.rejudge.rejudge", rejudge)


@pytest.mark.parametrize(
    ("verdict", "code"), [(Verdict.PROMOTE, 0), (Verdict.HOLD, 1), (Verdict.INCONCLUSIVE, 3), (Verdict.PARTIAL, 4)]
)
def test_compare_tells_the_verdict(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, verdict: Verdict, code: int
) -> None:
    rejudging(monkeypatch, replace(REPORT, verdict=verdict))
    assert main(["compare", "report"]) == code
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{verdict.upper()}: ")


@pytest.mark.parametrize(("error", "code"), [(SiteError, 2), (EngineError, 2), (BootError, 3)])
def test_an_error_is_a_message_with_its_notes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: type[Exception], code: int
) -> None:
    problem = error("no such thing")
    problem.add_note("do that")
    rejudging(monkeypatch, problem)
    assert main(["compare", "report"]) == code
    assert capsys.readouterr().err == "harness: no such thing\ndo that\n"


def test_compare_judges_a_kept_run_and_writes_the_report(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    keep_a_run(tmp_path)
    write_report(replace(REPORT, verdict=Verdict.INCONCLUSIVE), tmp_path)
    assert main(["compare", str(tmp_path), "--format", "json", "--write"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["verdict"], [result["id"] for result in printed["scenarios"]]) == ("promote", ["a/one"])
    assert read_report(tmp_path).verdict is Verdict.PROMOTE


@pytest.mark.parametrize("more", [[], ["--side-by-side"]])
def test_of_a_scenario_that_fails_it_is_said_first_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, more: list[str]
) -> None:
    keep_a_run(tmp_path)
    assert main(["show", str(tmp_path), "a/one", *more]) == 0
    assert capsys.readouterr().out.lstrip().startswith("old "), "no report is there"
    failed = ScenarioResult("a/one", "dialplan", Outcome.NOT_COMPARED, problem="it took 60 s")
    write_report(replace(REPORT, results=(failed,)), tmp_path)
    assert main(["show", str(tmp_path), "a/one", *more]) == 0
    first, empty, title, *_ = capsys.readouterr().out.splitlines()
    assert (first, empty, title.split()[0]) == ("not compared: it took 60 s", "", "old")


@pytest.mark.parametrize(
    ("form", "start"), [("text", "Asterisk"), ("json", "{"), ("markdown", "### PROMOTE"), ("junit", "<?xml")]
)
def test_show_reads_a_report(capsys: pytest.CaptureFixture[str], tmp_path: Path, form: str, start: str) -> None:
    write_report(REPORT, tmp_path)
    assert main(["show", str(tmp_path), "--format", form]) == 0
    assert capsys.readouterr().out.startswith(start)


def test_a_day_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["preflight", "--site", "x", "--as-of", "soon"])
    assert ended.value.code == 2
    assert "argument --as-of: invalid day value: 'soon'" in capsys.readouterr().err


def test_a_report_does_not_replace_the_run_that_covers_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "run.json").write_text("{}")
    folder = str(tmp_path)
    assert main(["preflight", "--site", DEMO, "--report", folder, "--covered-by", folder]) == 2
    assert "name another folder" in capsys.readouterr().err
    assert (tmp_path / "run.json").exists()


def test_show_without_a_report_is_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["show", str(tmp_path)]) == 2
    assert "holds no report.json: give the folder that pytest had as --report" in capsys.readouterr().err
    assert main(["show", str(tmp_path / "gone")]) == 2
    assert "gone: there is no such folder" in capsys.readouterr().err
    write_kept(tmp_path, Kept())
    assert main(["show", str(tmp_path)]) == 2
    assert "a run that did not come to its end" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["site.toml", "menu.yaml"])
def test_a_file_in_place_of_the_sites_folder_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    (tmp_path / name).touch()
    assert main(["preflight", "--site", str(tmp_path / name)]) == 2
    wanted = f"`--site {tmp_path}`" if name == "site.toml" else "the site's folder"
    assert f"{tmp_path / name} is a file: give " in (said := capsys.readouterr().err)
    assert wanted in said


def test_an_unusable_site_leaves_no_verdict_of_an_earlier_preflight(tmp_path: Path) -> None:
    write_report(REPORT, tmp_path)
    assert main(["preflight", "--site", str(tmp_path / "gone"), "--report", str(tmp_path)]) == 2
    assert main(["show", str(tmp_path)]) == 2


def test_what_a_run_keeps_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    os.close(claim_folder(folder))
    write_trace(folder / "traces", trace("", scenario="a/one"))
    write_kept(folder, Kept())
    write_report(REPORT, folder)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    assert modes == {
        "report": 0o700,
        "traces": 0o700,
        "report.json": 0o600,
        "run.json": 0o600,
        "a__one.old.jsonl": 0o600,
    }


def test_a_reader_who_leaves_is_no_error(tmp_path: Path) -> None:
    write_report(REPORT, tmp_path)
    command = f"{sys.executable} -c 'from harness.cli import main; main()' show {tmp_path} | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_an_interrupt_is_told_cleanly(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rejudging(monkeypatch, KeyboardInterrupt())
    assert main(["compare", "x"]) == 130
    assert capsys.readouterr().err == "harness: interrupted\n"


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What `harness setup` asks the lab to prepare, with an engine that is there."""
    asked: dict[str, Any] = {}

    def prepare(specs: tuple[str, ...], *, progress: Callable[[str], None], **more: Any) -> Any:
        asked.update(specs=specs, **more)
        return {spec: Release(spec, "image", "sha256:1", "22.10.1") for spec in specs}

    monkeypatch.setattr("harness.lab.ensure_engine", lambda progress: progress("Container engine: Docker 20"))
    monkeypatch.setattr("harness.lab.sweep", lambda: Swept(2))
    monkeypatch.setattr("harness.lab.prepare", prepare)
    return asked


def test_setup_prepares_the_engine_and_both_releases_of_a_site(
    capsys: pytest.CaptureFixture[str], prepared: dict[str, Any]
) -> None:
    assert main(["setup", DEMO, "--candidate", "image:mine"]) == 0
    assert prepared["specs"] == ("debian:bullseye", "image:mine")
    assert "pyst2==0.5.1" in prepared["python"]
    assert (prepared["packages"], prepared["engines"]) == ((), ())
    assert capsys.readouterr().out.splitlines() == [
        "Container engine: Docker 20",
        "removed 2 containers and networks of runs that died",
        "debian:bullseye is ready: Asterisk 22.10.1",
        "image:mine is ready: Asterisk 22.10.1",
    ]


def test_setup_without_a_site_prepares_debians_releases(prepared: dict[str, Any]) -> None:
    assert main(["setup"]) == 0
    assert prepared == {"specs": ("debian:bullseye", "debian:sid")}


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        ([], "Asterisk 16 (debian:bullseye) to 22 (debian:sid)"),
        (["--format", "json"], "{"),
        (["--all"], "Asterisk"),
    ],
)
def test_research_tells_the_difference_of_two_releases(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], start: str
) -> None:
    def research(old: str, candidate: str, *, progress: Callable[[str], None]) -> Any:
        progress("asking")
        sides = (tiny_release(version="16"), tiny_release({"codec": {"opus": {}}}, version="22"))
        return compare_releases(*(replace(s, spec=spec) for s, spec in zip(sides, (old, candidate), strict=True)))

    monkeypatch.setattr("harness.stages.releases.research", research)
    assert main(["research", "debian:bullseye", "debian:sid", *arguments]) == 0
    told = capsys.readouterr()
    assert told.out.startswith(start)
    assert "opus" in told.out
    assert told.err == "asking\n"


@pytest.mark.parametrize(
    ("swept", "code", "says"),
    [
        (Swept(0), 0, "nothing to remove\n"),
        (Swept(3), 0, "removed 3 containers and networks*"),
        (Swept(0, ("the network n stays: it is in use",)), 2, "the network n stays: it is in use\n"),
    ],
)
def test_sweep_tells_what_it_did_and_what_it_could_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, swept: Swept, code: int, says: str
) -> None:
    monkeypatch.setattr("harness.lab.housekeeping.sweep.sweep", lambda: swept)
    assert main(["sweep"]) == code
    assert fnmatch(capsys.readouterr().out, says)


@pytest.mark.parametrize(
    ("check", "code", "says"),
    [
        (Need("engine", ok=True, found="Docker 20"), 0, "ok       engine: Docker 20\n"),
        (
            Need("tool", ok=False, found="none", advice="get it", optional=True),
            0,
            "optional tool: none\n*get it\n",
        ),
        (Need("engine", ok=False, found="none", advice="get it"), 2, "MISSING  engine: none\n*get it\n"),
    ],
)
def test_doctor_tells_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, check: Need, code: int, says: str
) -> None:
    monkeypatch.setattr("harness.cli.doctor.examine", lambda: (check,))
    assert main(["doctor"]) == code
    assert fnmatch(capsys.readouterr().out, says)


@pytest.mark.engine
def test_doctor_and_sweep_for_real(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    assert main(["sweep"]) == 0
    told = capsys.readouterr().out
    assert "container engine: Docker" in told
    assert "debian:sid" in told


def test_init_makes_a_site_and_says_how_to_play_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/extensions.conf").write_text("[inside]\nexten => 600,1,Answer()\n")
    os.mkfifo(tmp_path / "etc/console")
    mine = tmp_path / "mine"
    assert main(["init", str(mine), "--config", str(tmp_path / "etc")]) == 0
    printed = capsys.readouterr().out
    assert f"harness run {mine}" in printed
    assert "left out: " in printed
    assert (mine / "old/extensions.conf").is_file()


def test_init_takes_a_backup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "host/etc/asterisk").mkdir(parents=True)
    (tmp_path / "host/etc/asterisk/extensions.conf").write_text("[inside]\nexten => 600,1,Answer()\n")
    assert main(["init", str(tmp_path / "mine"), "--backup", str(tmp_path / "host")]) == 0
    assert (tmp_path / "mine/old/extensions.conf").is_file()
    assert main(["init", str(tmp_path / "mine"), "--backup", str(tmp_path / "gone.tar")]) == 2
    assert "there is no such file or folder" in capsys.readouterr().err


def test_collect_prints_a_script_with_the_options_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", "--without-recordings", "--limit-mb", "2000"]) == 0
    script = capsys.readouterr().out
    assert script.startswith("#!/bin/sh\n")
    assert "\nrecordings=no\nlimit_mb=2000\n" in script
    assert main(["collect"]) == 0
    assert "\nrecordings=yes\nlimit_mb=0\n" in capsys.readouterr().out


@pytest.mark.parametrize("number", ["-1", "1.5", "x", "²", "99999999"])
def test_a_limit_is_a_number_of_megabytes(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["collect", f"--limit-mb={number}"])
    assert "is no number of megabytes" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["compare"], ["init"], ["research", "debian:sid"]])
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("command", ["--help", "compare", "show", "show a/one"])
def test_who_looks_back_loads_no_engine_and_no_driver(tmp_path: Path, command: str) -> None:
    keep_a_run(tmp_path)
    write_report(REPORT, tmp_path)
    name, *more = command.split()
    arguments = [name] if name == "--help" else [name, str(tmp_path), *more]
    code = f"import sys; from harness.cli import main\ntry: main({arguments!r})\nexcept SystemExit: pass\n"
    code += f"print(sorted(sys.modules.keys() & {HEAVY!r}), 'harness.lab' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[] False"


def test_merging_reports_loads_no_engine_and_no_driver() -> None:
    code = "import sys; from harness.stages.conclude import merge\n"
    code += f"print(sorted(sys.modules.keys() & {HEAVY!r}), 'harness.lab' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[] False\n"


def test_what_a_command_says_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    say("a\x1b[2J\u202e\tb")
    assert main(["show", str(tmp_path / "x\x1b[2Jy")]) == 2
    told = capsys.readouterr()
    assert told.out == "a\\x1b[2J\\u{202e}\tb\n"
    assert "x\\x1b[2Jy: there is no such folder" in told.err


@pytest.mark.parametrize("name", ["scenarios", "site", "waivers", "report"])
def test_a_schema_is_printed_and_is_one(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", name]) == 0
    Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


def test_a_new_site_has_the_schemas_that_its_files_name(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "extensions.conf").write_text("[in]\nexten => 1,1,Answer()\n")
    site = tmp_path / "mine"
    assert main(["init", str(site), "--config", str(tmp_path / "etc")]) == 0
    for file, title in {
        "scenarios.yaml": "scenarios",
        "waivers.yaml": "waivers.yaml",
        "site.toml": "site.toml",
    }.items():
        first = (site / file).read_text().partition("\n")[0]
        assert json.loads((site / re.split("[= ]", first)[-1]).read_text())["title"] == title


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_can_complete_the_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    said = capsys.readouterr().out
    assert all(command in said for command in ("preflight", "accept", "interactive"))


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert re.fullmatch(r"harness \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_preflight_takes_its_site_as_other_commands_do(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["nowhere"], ["--site", "nowhere"]):
        assert main(["preflight", *arguments]) == 2
        assert "nowhere: there is no such folder" in capsys.readouterr().err
    for arguments in ([], ["one", "--site", "other"]):
        with pytest.raises(SystemExit, match="2"):
            main(["preflight", *arguments])
