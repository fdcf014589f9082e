"""The console command: exit codes, messages, and that nothing heavy is loaded before it is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cli import main
from harness.cli.doctor import Check
from harness.errors import BootError, EngineError, SiteError
from harness.facts.release import tiny_release
from harness.judge.research.release_changes import compare_releases
from harness.model import Verdict
from harness.report import Report, Side, assemble, read_report, write_report
from harness.site.making.init import Made

REPORT = assemble(
    Report(
        verdict=Verdict.PROMOTE,
        site="demo",
        old=Side("debian:bullseye", "16.28.0"),
        again=Side("debian:bullseye", "16.28.0"),
        candidate=Side("debian:sid", "22.10.1"),
    )
)


def loader(**modules: Any) -> Callable[[str], Any]:
    """Stands for importlib: `harness_stages_program=fake` is `harness.stages.program`; report/ is the real one."""

    def load(name: str) -> Any:
        return modules.get(name.replace(".", "_")) or import_module(name)

    return load


def rejudging(outcome: Report | Exception) -> Callable[[str], Any]:
    def rejudge(_folder: Path) -> Report:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return loader(harness_stages_program=SimpleNamespace(rejudge=rejudge))


@pytest.mark.parametrize(("verdict", "code"), [(Verdict.PROMOTE, 0), (Verdict.HOLD, 1), (Verdict.INCONCLUSIVE, 3)])
def test_compare_tells_the_verdict(capsys: pytest.CaptureFixture[str], verdict: Verdict, code: int) -> None:
    assert main(["compare", "report"], load=rejudging(replace(REPORT, verdict=verdict))) == code
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{verdict.upper()}: ")


@pytest.mark.parametrize(("error", "code"), [(SiteError, 2), (EngineError, 2), (BootError, 3)])
def test_an_error_is_a_message_with_its_notes(
    capsys: pytest.CaptureFixture[str], error: type[Exception], code: int
) -> None:
    problem = error("no such thing")
    problem.add_note("do that")
    assert main(["compare", "report"], load=rejudging(problem)) == code
    assert capsys.readouterr().err == "harness: no such thing\ndo that\n"


def test_compare_as_json_and_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    main(["compare", str(tmp_path), "--format", "json", "--write"], load=rejudging(REPORT))
    assert json.loads(capsys.readouterr().out)["verdict"] == "promote"
    assert read_report(tmp_path) == REPORT


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
    collected = SimpleNamespace(checks=())
    program = SimpleNamespace(Settings=SimpleNamespace, collect=lambda _settings: collected)
    fakes = loader(harness_stages_program=program)
    folder = str(tmp_path)
    assert main(["preflight", "--site", "x", "--report", folder, "--covered-by", folder], load=fakes) == 2
    assert "name another folder" in capsys.readouterr().err
    assert (tmp_path / "run.json").exists()


def test_show_without_a_report_is_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["show", str(tmp_path)]) == 2
    assert "report.json: No such file" in capsys.readouterr().err


def test_a_reader_who_leaves_is_no_error(tmp_path: Path) -> None:
    write_report(REPORT, tmp_path)
    command = f"{sys.executable} -c 'from harness.cli import main; main()' show {tmp_path} | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_an_interrupt_is_told_cleanly(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(_folder: Path) -> Report:
        raise KeyboardInterrupt

    assert main(["compare", "x"], load=loader(harness_stages_program=SimpleNamespace(rejudge=interrupt))) == 130
    assert capsys.readouterr().err == "harness: interrupted\n"


def test_setup_prepares_both_releases(capsys: pytest.CaptureFixture[str]) -> None:
    asked: dict[str, Any] = {}

    def prepare(
        specs: tuple[str, ...],
        *,
        packages: tuple[str, ...],
        python: tuple[str, ...],
        engines: tuple[str, ...],
        progress: Callable[[str], None],
    ) -> Any:
        asked.update(specs=specs, packages=packages, python=python, engines=engines)
        progress("building")
        return {spec: SimpleNamespace(spec=spec, version="22.10.1") for spec in specs}

    def load_site(_path: Path, *, old: str | None, candidate: str | None) -> Any:
        sides = {"old": old or "debian:bullseye", "candidate": candidate or "debian:sid"}
        return SimpleNamespace(
            packages=("sox",),
            python=("pyst2",),
            engines=("mariadb",),
            **{name: SimpleNamespace(release=spec) for name, spec in sides.items()},
        )

    fakes = loader(harness_site=SimpleNamespace(load_site=load_site), harness_lab=SimpleNamespace(prepare=prepare))
    assert main(["setup", "scenarios/demo", "--candidate", "image:mine"], load=fakes) == 0
    assert asked == {
        "specs": ("debian:bullseye", "image:mine"),
        "packages": ("sox",),
        "python": ("pyst2",),
        "engines": ("mariadb",),
    }
    assert "image:mine is ready: Asterisk 22.10.1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        ([], "Asterisk 16 (debian:bullseye) to 22 (debian:sid)"),
        (["--format", "json"], "{"),
        (["--all"], "Asterisk"),
    ],
)
def test_research_tells_the_difference_of_two_releases(
    capsys: pytest.CaptureFixture[str], arguments: list[str], start: str
) -> None:
    def research(old: str, candidate: str, *, progress: Callable[[str], None]) -> Any:
        progress("asking")
        sides = (tiny_release(version="16"), tiny_release({"codec": {"opus": {}}}, version="22"))
        return compare_releases(*(replace(s, spec=spec) for s, spec in zip(sides, (old, candidate), strict=True)))

    fakes = loader(harness_stages_releases=SimpleNamespace(research=research))
    assert main(["research", "debian:bullseye", "debian:sid", *arguments], load=fakes) == 0
    told = capsys.readouterr()
    assert told.out.startswith(start)
    assert "opus" in told.out
    assert told.err == "asking\n"


@pytest.mark.parametrize(("gone", "says"), [(0, "nothing to remove\n"), (3, "removed 3 containers and networks*")])
def test_sweep_tells_what_it_did(capsys: pytest.CaptureFixture[str], gone: int, says: str) -> None:
    assert main(["sweep"], load=loader(harness_lab_housekeeping_sweep=SimpleNamespace(sweep=lambda: gone))) == 0
    assert fnmatch(capsys.readouterr().out, says)


@pytest.mark.parametrize(
    ("check", "code", "says"),
    [
        (Check("engine", ok=True, found="Docker 20"), 0, "ok       engine: Docker 20\n"),
        (
            Check("tool", ok=False, found="none", advice="get it", optional=True),
            0,
            "optional tool: none\n*get it\n",
        ),
        (Check("engine", ok=False, found="none", advice="get it"), 2, "MISSING  engine: none\n*get it\n"),
    ],
)
def test_doctor_tells_what_is_missing(
    capsys: pytest.CaptureFixture[str], check: Check, code: int, says: str
) -> None:
    fakes = loader(harness_cli_doctor=SimpleNamespace(examine=lambda: (check,)))
    assert main(["doctor"], load=fakes) == code
    assert fnmatch(capsys.readouterr().out, says)


@pytest.mark.engine
def test_doctor_and_sweep_for_real(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    assert main(["sweep"]) == 0
    told = capsys.readouterr().out
    assert "container engine: Docker" in told
    assert "debian:sid" in told


def test_init_makes_a_site_and_says_how_to_play_it(capsys: pytest.CaptureFixture[str]) -> None:
    asked: dict[str, Path] = {}

    def init_site(target: Path, *, config: Path) -> Made:
        asked.update(target=target, config=config)
        return Made(left_out=("a socket",))

    fakes = loader(harness_site_making_init=SimpleNamespace(init_site=init_site))
    assert main(["init", "scenarios/mine", "--config", "/tmp/etc"], load=fakes) == 0
    assert asked == {"target": Path("scenarios/mine"), "config": Path("/tmp/etc")}
    printed = capsys.readouterr().out
    assert "pytest suites/ --site scenarios/mine" in printed
    assert "left out: a socket" in printed


def test_init_takes_a_backup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "host/etc/asterisk").mkdir(parents=True)
    (tmp_path / "host/etc/asterisk/extensions.conf").write_text("[inside]\nexten => 600,1,Answer()\n")
    assert main(["init", str(tmp_path / "mine"), "--backup", str(tmp_path / "host")]) == 0
    assert (tmp_path / "mine/old/extensions.conf").is_file()
    assert main(["init", str(tmp_path / "mine"), "--backup", str(tmp_path / "gone.tar")]) == 2
    assert "there is no such file or folder" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["compare"], ["init"], ["research", "debian:sid"]])
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_help_loads_no_engine() -> None:
    code = "import sys; from harness.cli import main\n"
    code += "try: main(['--help'])\nfinally: assert 'docker' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
