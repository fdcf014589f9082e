"""`harness collect` on a machine whose Asterisk lies elsewhere, under another user, without Python."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from docker.models.containers import Container

from harness.lab import prepare
from harness.lab.engine.client import connected
from harness.lab.images.tools import load_busybox
from harness.lab.instance.archive import Archive
from harness.model import Outcome, Verdict
from harness.site import load_site
from harness.site.making.backup.script import collect_script
from harness.site.making.init import init_from_backup
from harness.stages.collect import Settings, collect
from harness.stages.run import run
from tests.asleep import asleep

pytestmark = pytest.mark.engine

SITE = Path(__file__).parent / "site"
SCRIPT, BUSYBOX, APPLETS = "/root/collect.sh", "/opt/busybox", "/opt/applets"
SHELLS = {"its own": ("sh",), "busybox": (BUSYBOX, "env", f"PATH={APPLETS}:/usr/local/sbin", "sh")}
START = "asterisk && until asterisk -rx 'core waitfullybooted'; do sleep 0.1; done"
STOP = "asterisk -rx 'core stop now'; while asterisk -rx 'core show version'; do sleep 0.1; done"


@pytest.fixture(scope="module")
def production(moved: str) -> Iterator[Container]:
    """A machine with the site's files where this Asterisk has them, and an AGI script elsewhere."""
    release = prepare([f"image:{moved}"])[f"image:{moved}"]
    archive = Archive(release.uid, release.gid)
    archive.tree(SITE / "etc", release.directory("astetcdir"))
    archive.tree(SITE / "agi", release.directory("astagidir"))
    archive.tree(SITE / "machine/srv/pbx", "/srv/pbx")
    archive.file(SCRIPT, collect_script().encode())
    with connected() as client:
        archive.file(BUSYBOX, load_busybox(client, replace(release, lacks=("sh",))), mode=0o755)
        with asleep(client, moved) as container:
            container.exec_run(["sh", "-c", f"rm -rf {release.directory('astetcdir')}/*"], user="0")
            container.put_archive("/", archive.data())
            applets = f"mkdir {APPLETS} && {BUSYBOX} --install -s {APPLETS}"
            assert container.exec_run(["sh", "-c", applets], user="0").exit_code == 0
            yield container


@pytest.fixture(scope="module")
def backups(production: Container, tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], Path]:
    """What was collected, by the shell and by whether Asterisk was up."""
    folder = tmp_path_factory.mktemp("backups")
    made: dict[tuple[str, str], Path] = {}
    for state, command in (("up", START), ("down", STOP)):
        assert production.exec_run(["sh", "-c", command]).exit_code in (0, 1)
        for name, shell in SHELLS.items():
            path = folder / f"{name}-{state}.tar"
            script = ["sh", "-c", f'"$@" -s < {SCRIPT}', "sh", *shell]
            path.write_bytes(production.exec_run(script, user="0", demux=True).output[0])
            made[name, state] = path
    return made


@pytest.fixture(scope="module")
def sites(
    backups: Mapping[tuple[str, str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[tuple[str, str], Path]:
    """The sites of what was collected."""
    folder = tmp_path_factory.mktemp("sites")
    made = {key: folder / "-".join(key) for key in backups}
    for key, site in made.items():
        init_from_backup(site, backup=backups[key])
    return made


def differences(one: Path, other: Path) -> str:
    done = subprocess.run(["diff", "-r", str(one), str(other)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("state", ["up", "down"])
@pytest.mark.parametrize("shell", SHELLS)
def test_its_files_are_collected(sites: Mapping[tuple[str, str], Path], shell: str, state: str) -> None:
    site = sites[shell, state]
    assert differences(site / "old", SITE / "etc") == ""
    assert differences(site / "data/agi-bin", SITE / "agi") == ""
    assert differences(site / "data/machine", SITE / "machine") == ""
    assert (site / "data/astdb.sqlite3").is_file()
    assert bool(load_site(site).production) == (state == "up")


def test_the_site_of_what_was_collected_plays_as_the_original(
    sites: Mapping[tuple[str, str], Path], moved: str
) -> None:
    site = sites["busybox", "up"]
    shutil.copy(SITE / "places.yaml", site / "places.yaml")
    settings = Settings(site, old=f"image:{moved}", candidate="debian:sid")
    given = collect(settings)
    every = frozenset(scenario.id for scenario in given.scenarios)
    assert {f"places/{name}" for name in ("say", "keep", "ring", "mail", "script", "path")} <= every
    report = run(given, settings, scenarios=every, checks=frozenset(given.checks), progress=print)
    holding = [finding for finding in report.findings if finding.severity.holds]
    assert {r.id: r.outcome for r in report.results if r.outcome is not Outcome.SAME} == {}, holding
    assert report.verdict is Verdict.PROMOTE, report.problems
