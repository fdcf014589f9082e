"""docs/backup.md on real machines: what its commands collect is a site whose calls are those of the original."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker.models.containers import Container

from harness.judge.checks import PRODUCTION
from harness.lab import prepare
from harness.lab.engine.client import connected
from harness.lab.instance.archive import Archive
from harness.model import Outcome, Report
from harness.site.making.backup.script import collect_script
from harness.site.making.init import init_from_backup
from harness.stages.collect import Settings, collect
from harness.stages.run import run
from tests.asleep import asleep

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "scenarios" / "demo"
PAGE = (ROOT / "docs" / "backup.md").read_text(encoding="utf-8")
OLD, CANDIDATE = "debian:bullseye", "debian:sid"
# ssh as the page has it: the machine's name, then a command that reads from standard input.
SSH = """#!{python}
import io, sys, tarfile
import docker
machine, script = docker.from_env().containers.get("{container}"), sys.stdin.buffer.read()
packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w") as tar:
    info = tarfile.TarInfo("script")
    info.size = len(script)
    tar.addfile(info, io.BytesIO(script))
machine.put_archive("/root", packed.getvalue())
command = ["sh", "-c", 'exec "$@" < /root/script', "sh", *sys.argv[2:]]
done = machine.exec_run(command, demux=True)
sys.stdout.buffer.write(done.output[0] or b"")
sys.stderr.buffer.write(done.output[1] or b"")
sys.exit(done.exit_code)
"""


class Production:
    """A machine with the demo's files where Debian has them."""

    def __init__(self, container: Container) -> None:
        self.container = container

    def run(self, *command: str) -> tuple[int, bytes]:
        done = self.container.exec_run(list(command))
        return done.exit_code, done.output

    def console(self, command: str) -> str:
        return self.run("asterisk", "-rx", command)[1].decode()

    def start(self) -> None:
        assert (
            self.run("sh", "-c", "asterisk && until asterisk -rx 'core waitfullybooted'; do sleep 0.1; done")[0]
            == 0
        )

    def stop(self) -> None:
        self.run(
            "sh", "-c", "asterisk -rx 'core stop now'; while asterisk -rx 'core show version'; do sleep 0.1; done"
        )


@pytest.fixture(scope="module", params=[OLD, CANDIDATE])
def production(request: pytest.FixtureRequest) -> Iterator[Production]:
    release = prepare([request.param])[request.param]
    archive = Archive(release.uid, release.gid)
    archive.tree(DEMO / ("old" if request.param == OLD else "candidate"), "/etc/asterisk")
    archive.tree(DEMO / "data/voicemail", "/var/spool/asterisk/voicemail")
    archive.tree(DEMO / "data/agi-bin", "/usr/share/asterisk/agi-bin")
    archive.tree(DEMO / "data/sounds", "/usr/share/asterisk/sounds")
    archive.file("/var/lib/asterisk/astdb.sqlite3", (DEMO / "data/astdb.sqlite3").read_bytes())
    with connected() as client, asleep(client, release.image) as container:
        container.exec_run(["rm", "-rf", "/etc/asterisk"])  # the package's samples
        container.put_archive("/", archive.data())
        machine = Production(container)
        machine.start()
        yield machine


@pytest.fixture
def machine(production: Production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Production:
    """Reached by `ssh` from here."""
    ssh = tmp_path / "bin" / "ssh"
    ssh.parent.mkdir()
    ssh.write_text(SSH.format(python=sys.executable, container=production.container.id), encoding="utf-8")
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{ssh.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}")
    return production


def commands_of_the_page() -> str:
    """Its first example, but for the last command, which plays."""
    block = next(iter(re.findall(r"((?:^    \S.*\n)+)", PAGE, re.MULTILINE)))
    lines = [line.strip() for line in block.splitlines()]
    assert lines[-1].startswith("harness preflight")
    return "\n".join(lines[:-1])


def collected(tmp_path: Path, name: str) -> Path:
    script = tmp_path / "collect.sh"
    script.write_text(collect_script(), encoding="utf-8")
    with script.open("rb") as given, (tmp_path / name).open("wb") as archive:
        subprocess.run(["ssh", "production", "sh", "-s"], stdin=given, stdout=archive, check=False, timeout=120)
    return tmp_path / name


def played(site: Path, scenarios: set[str]) -> Report:
    settings = Settings(site, report=site / "report")
    given = collect(settings)
    return run(given, settings, scenarios=frozenset(scenarios), checks=frozenset({PRODUCTION}), progress=print)


def same_files(one: Path, other: Path) -> bool:
    done = subprocess.run(["diff", "-r", str(one), str(other)], capture_output=True, check=False)
    return done.returncode == 0


def test_the_page_makes_a_site_of_production_and_its_calls_are_those_of_the_original(
    machine: Production, tmp_path: Path
) -> None:
    subprocess.run(["sh", "-e", "-c", commands_of_the_page()], cwd=tmp_path, check=True, timeout=120)
    site = tmp_path / "mine"
    original = "old" if "16." in machine.console("core show version") else "candidate"
    assert same_files(site / "old", DEMO / original)
    assert same_files(site / "data/voicemail", DEMO / "data/voicemail")
    assert same_files(site / "data/agi-bin", DEMO / "data/agi-bin")
    assert same_files(site / "data/sounds/acs", DEMO / "data/sounds/acs")
    if original == "candidate":
        return
    toml = (site / "site.toml").read_text("utf-8").replace('config = "candidate"', 'config = "migrated"')
    (site / "site.toml").write_text(toml, encoding="utf-8")
    subprocess.run(["cp", "-r", DEMO / "candidate", site / "migrated"], check=True)
    for name in ("voicemail.yaml", "codes.yaml"):
        (site / name).write_bytes((DEMO / name).read_bytes())
    scenarios = {"voicemail/listen", "voicemail/own-greeting", "codes/blacklist-a-number"}
    results = [result for result in played(site, scenarios).results if not result.id.startswith("log/")]
    found = [
        f"{result.id}: {each.title}: {each.old} | {each.candidate}"
        for result in results
        for each in result.findings
    ]
    outcomes = {result.id: result.outcome for result in results}
    assert outcomes == dict.fromkeys({*scenarios, PRODUCTION}, Outcome.SAME), "\n".join(found)


def test_what_production_has_only_in_memory_is_told(machine: Production, tmp_path: Path) -> None:
    if "16." not in machine.console("core show version"):
        pytest.skip("one release is enough for what is compared in the lab")
    machine.console("dialplan add extension 777,1,NoOp() into from-internal")
    machine.console("module unload app_directory.so")
    archive = collected(tmp_path, "backup.tar")
    machine.console("dialplan remove extension 777@from-internal")
    machine.console("module load app_directory.so")
    init_from_backup(tmp_path / "mine", backup=archive)
    (result,) = (one for one in played(tmp_path / "mine", set()).results if one.id == PRODUCTION)
    found = {finding.rule: finding.old for finding in result.findings}
    # A container of its own network has modules of its own besides: some want a network card.
    assert "app_directory" in found.pop("production-module-unloaded").split(", ")
    assert found == {"production-only": "777@from-internal"}


def test_with_asterisk_stopped_all_but_its_answers_are_collected(machine: Production, tmp_path: Path) -> None:
    with_it = collected(tmp_path, "up.tar")
    machine.stop()
    try:
        without = collected(tmp_path, "down.tar")
    finally:
        machine.start()
    sites = {}
    for archive in (with_it, without):
        sites[archive.stem] = tmp_path / archive.stem
        made = init_from_backup(sites[archive.stem], backup=archive)
        said = [one.name for one in made.left_out]
        assert ("Asterisk does not answer: what it has loaded and in force is not in the archive" in said) == (
            archive == without
        )
    for folder in ("old", "data/voicemail", "data/sounds", "data/agi-bin"):
        assert same_files(sites["up"] / folder, sites["down"] / folder)
    assert (sites["down"] / "data/astdb.sqlite3").is_file()
