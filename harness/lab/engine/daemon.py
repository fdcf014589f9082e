"""An engine where there is none: Debian's docker.io, installed and started, when this machine lets us.

An engine that answers is never touched. What is started here outlives this process: it belongs to the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from harness.errors import EngineError
from harness.lab.engine.client import answering, connect, connected, describe
from harness.lab.engine.install import install, may_install
from harness.lab.housekeeping.cache import lock
from harness.lab.housekeeping.progress import Progress, silent
from harness.lab.waiting import wait_until

__all__ = ["ensure_engine", "forget_dead", "start_detached"]

_START_SECONDS = 60.0
_ASK_EVERY = 0.2
_LOG = Path("/var/log/asterisk-upgrade-dockerd.log")
_LOG_LINES = 20
_PID_FILES = {
    "dockerd": Path("/var/run/docker.pid"),
    "containerd": Path("/var/run/docker/containerd/containerd.pid"),
}


def ensure_engine(progress: Progress = silent) -> None:
    """See to it that an engine answers: one is installed and started if there is none, and this machine lets us.

    Raises EngineError, saying what to do. Two processes that find none at the same time start one.
    """
    with lock("engine"):
        if _answers():
            return
        if os.environ.get("DOCKER_HOST") or _forbidden():
            connect()  # says what to do
        if not shutil.which("dockerd"):
            install(_packages(), progress)
        if not _answers():  # the package may have started it
            _start(progress)
        with connected() as client:
            progress(f"Container engine: {describe(client)}")


def _packages() -> tuple[str, ...]:
    """docker.io; with AppArmor in the kernel it starts no container without AppArmor's own tools."""
    switch = Path("/sys/module/apparmor/parameters/enabled")
    on = switch.exists() and switch.read_text().strip() == "Y"
    return ("docker.io", "apparmor") if on else ("docker.io",)


def _answers() -> bool:
    if client := answering():
        client.client.close()
    return client is not None


def _forbidden() -> bool:
    """Whether this machine does not let us: installed or not, starting one takes root."""
    return os.geteuid() != 0 or (not shutil.which("dockerd") and bool(may_install()))


def _start(progress: Progress) -> None:
    if Path("/run/systemd/system").is_dir():
        progress("Starting the container engine (systemctl start docker)")
        subprocess.run(["systemctl", "start", "docker"], capture_output=True, check=False)
        _wait(None, _LOG)
        return
    progress(f"Starting the container engine (dockerd; its log is {_LOG})")
    start_detached(_LOG)


def start_detached(log: Path) -> None:
    """Start dockerd in a session of its own and wait until it answers. EngineError with the end of its log."""
    for name, pid_file in _PID_FILES.items():
        forget_dead(name, pid_file)
    with log.open("ab") as file:
        process = subprocess.Popen(
            ["dockerd"], stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd="/", start_new_session=True
        )
    _wait(process, log)


def forget_dead(name: str, pid_file: Path) -> None:
    """Remove the pid file of a dead process: its number may be another's by now, which stops a new engine."""
    try:
        alive = Path(f"/proc/{int(pid_file.read_text())}/comm").read_text().strip() == name
    except (OSError, ValueError):
        alive = False
    if not alive:
        pid_file.unlink(missing_ok=True)


def _wait(process: subprocess.Popen[bytes] | None, log: Path) -> None:
    def answers() -> bool:
        if _answers():
            return True
        if process and process.poll() is not None:
            raise _failure(f"ended at once (dockerd, exit code {process.returncode})", log)
        return False

    wait_until(
        answers, "answer", within=_START_SECONDS, every=_ASK_EVERY, error=lambda words: _failure(words, log)
    )


def _failure(what: str, log: Path) -> EngineError:
    error = EngineError(
        f"The container engine {what}. Start one by hand, or let DOCKER_HOST name one that runs on this machine."
    )
    if log.exists():
        lines = log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
        error.add_note("\n".join((f"The last lines of {log}:", *(f"  {line}" for line in lines))))
    return error
