"""pytest-xdist's workers on other hosts, over ssh: a server of our own on loopback, whose workers share no folder.

The trios are those of the plugin's tests. One test plays on real ones.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.model import Verdict
from harness.record.no_call import NO_CALL
from harness.record.store import trace_files
from harness.report import read_report
from harness.stages.kept import read_kept
from harness.stages.rejudge import rejudge
from tests.test_plugin import SAME, Lab

ROOT = Path(__file__).parents[1]
SERVER = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
TABLE = "".join(f"ivr/s{number:02d} {'differs' if number == 3 else 'same'}\n" for number in range(12))

pytestmark = pytest.mark.skipif(SERVER is None, reason="sshd is not installed (Debian: openssh-server)")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The configuration file of a client that reaches the host `there`."""
    folder = tmp_path_factory.mktemp("ssh")
    for name in ("host", "user"):
        command = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
        subprocess.run(command, check=True)
    if os.getuid() == 0:  # where sshd separates its privileges
        Path("/run/sshd").mkdir(exist_ok=True)
    port = free_port()
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder / 'host'}\nAuthorizedKeysFile {folder / 'user.pub'}\n"
        f"PidFile none\nStrictModes no\nPasswordAuthentication no\nUsePAM {'yes' if os.getuid() == 0 else 'no'}\n"
        f"SetEnv PYTHONPATH={ROOT}\n"
    )
    client = folder / "config"
    client.write_text(
        f"Host there\n HostName 127.0.0.1\n Port {port}\n User {getpass.getuser()}\n"
        f" IdentityFile {folder / 'user'}\n IdentitiesOnly yes\n"
        " StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n LogLevel ERROR\n"
    )
    assert SERVER is not None
    server = subprocess.Popen((SERVER, "-D", "-E", str(folder / "log"), "-f", str(folder / "sshd_config")))
    try:
        wait_for(lambda: subprocess.run(("ssh", "-qF", str(client), "there", "true"), check=False).returncode == 0)
        yield client
    finally:
        server.terminate()
        server.wait(timeout=10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def wait_for(is_there: object) -> None:
    until = time.monotonic() + 30
    while not is_there():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.1)


class Hosts:
    """A lab here and a copy of its site on each of two hosts, which is in a folder of its own."""

    def __init__(self, lab: Lab, client: Path) -> None:
        self.lab, self._client = lab, client
        self.folders = [lab.pytester.path.parent / f"{lab.pytester.path.name}-host{number}" for number in (1, 2)]

    def arguments(self, *more: str) -> tuple[str, ...]:
        """What pytest is given."""
        where = [
            f"--tx=ssh=there//ssh_config={self._client}//python={sys.executable}//chdir={folder}"
            for folder in self.folders
        ]
        return ("-d", *where, "--site=site", *more)

    def prepare(self, table: str) -> None:
        """Lay the site and what stands in for the trio onto the hosts."""
        self.lab.prepare(table)
        for folder in self.folders:
            shutil.copytree(self.lab.pytester.path, folder, ignore=shutil.ignore_patterns("report"))


@pytest.fixture
def hosts(pytester: pytest.Pytester, host: Path) -> Hosts:
    return Hosts(Lab(pytester), host)


def test_what_hosts_have_played_is_one_run_here(hosts: Hosts) -> None:
    hosts.prepare(TABLE)
    result = hosts.lab.pytester.runpytest_subprocess(*hosts.arguments())
    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["failed"]) == (12, 1)
    assert result.ret == 1
    assert len(hosts.lab.report["scenarios"]) == 13  # type: ignore[arg-type]
    report = hosts.lab.pytester.path / "report"
    assert read_kept(report).site == str(hosts.lab.site)
    assert len(read_kept(report).scenarios) == 13
    assert len(list((report / "traces").iterdir())) == 2  # of each host one
    assert (report / "index.html").is_file()
    assert not any((folder / "report").exists() for folder in hosts.folders)


def test_hosts_with_another_site_prove_nothing(hosts: Hosts) -> None:
    (hosts.lab.site / "broken.txt").write_text("silent")  # else the lab's trio writes into the site
    hosts.prepare(SAME)
    (hosts.folders[1] / "site" / "old" / "extensions.conf").write_text("[other]\n")
    result = hosts.lab.pytester.runpytest_subprocess(*hosts.arguments())
    assert result.ret == 6
    (problem,) = hosts.lab.report["problems"]  # type: ignore[misc]
    assert problem.startswith("worker gw")
    assert f"has another site than {hosts.lab.site}" in problem


@pytest.mark.parametrize("is_absolute", [False, True])
def test_paths_that_hosts_do_not_have_are_told(hosts: Hosts, is_absolute: bool) -> None:
    hosts.prepare(SAME)
    suites = hosts.lab.pytester.path / "suites" if is_absolute else "suites"
    result = hosts.lab.pytester.runpytest_subprocess(suites, *hosts.arguments())
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*suites: workers on other hosts*need paths that are theirs as well*"])


def test_hosts_are_asked_for_their_reports_when_the_run_is_interrupted(hosts: Hosts) -> None:
    (hosts.lab.site / "broken.txt").write_text("wait")
    hosts.prepare(SAME)
    child = hosts.lab.pytester.popen(
        (sys.executable, "-m", "pytest", *hosts.arguments()), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for(lambda: all((folder / "site" / "batches.txt").exists() for folder in hosts.folders))
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=60) == 2
    assert hosts.lab.report["counts"]["outcomes"]["not-compared"] == 4  # type: ignore[index]
    assert "the run was interrupted (SIGTERM)" in hosts.lab.report["problems"]  # type: ignore[operator]


@pytest.mark.engine
def test_hosts_play_the_demo_on_trios_of_their_own(tmp_path: Path, host: Path) -> None:
    here = tmp_path / "here"
    hosts = [tmp_path / "host1", tmp_path / "host2"]
    for folder in (here, *hosts):
        shutil.copytree(ROOT / "scenarios" / "demo", folder / "site")
    where = [f"--tx=ssh=there//ssh_config={host}//python={sys.executable}//chdir={folder}" for folder in hosts]
    command = (sys.executable, "-m", "pytest", "-d", *where, "--site=site", "-k", "incoming or modules", "-q")
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    report = read_report(here / "report")
    assert (report.verdict, report.problems) == (Verdict.PARTIAL, ())
    played = {file.scenario for file in trace_files(here / "report" / "traces")}
    assert played - {NO_CALL} == {result.id for result in report.results if result.suite == "dialplan"}
    assert rejudge(here / "report").findings == report.findings


ASK = "from harness.lab.engine.client import connect; print(connect().client.ping())"


@pytest.fixture
def ask(host: Path, tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Asks an engine whether it is there, in a process of its own, which knows the host `there`."""
    ssh = tmp_path / "ssh"
    ssh.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {host} "$@"\n')
    ssh.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"

    def ask(engine: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PATH": path, "DOCKER_HOST": engine}
        return subprocess.run(
            (sys.executable, "-c", ASK), env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    return ask


@pytest.mark.parametrize("socket_there", ["", "/var/run/docker.sock"])
def test_an_engine_on_another_host_is_reached_by_ssh(
    ask: Callable[[str], subprocess.CompletedProcess[str]], socket_there: str
) -> None:
    asked = ask(f"ssh://there{socket_there}")
    assert (asked.stdout, asked.stderr) == ("True\n", "")


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        (
            "ssh://nobody@there",
            "No way to the engine at ssh://nobody@there: ssh says 'nobody@127.0.0.1: Permission",
        ),
        ("ssh://there:1", "port 1: Connection refused"),
        ("ssh://there/nowhere.sock", "No container engine answers at"),
    ],
)
def test_why_there_is_no_way_is_told(
    ask: Callable[[str], subprocess.CompletedProcess[str]], engine: str, words: str
) -> None:
    assert words in ask(engine).stderr
