"""An engine on another machine, by ssh: its socket becomes one of this machine's.

So nothing else in the house knows of ssh. The program `ssh` makes the connection, with the user's own settings.
"""

from __future__ import annotations

import atexit
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.errors import EngineError
from harness.lab.housekeeping.scratch import scratch
from harness.lab.waiting import Overdue, wait_until

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

__all__ = ["socket_of"]

_SOCKET = "/var/run/docker.sock"
_SECONDS = 30.0
_OPTIONS = ("BatchMode=yes", "ExitOnForwardFailure=yes", "ServerAliveInterval=15", "ConnectTimeout=20")


@cache
def socket_of(host: str) -> str:
    """`unix://…` for `ssh://[USER@]NAME[:PORT][/SOCKET]`, until this process ends. Raises EngineError."""
    there = urlsplit(host)
    folder = scratch()
    here = Path(folder.name, "engine.sock")
    command = ["ssh", *(word for option in _OPTIONS for word in ("-o", option))]
    command += ["-L", f"{here}:{there.path.rstrip('/') or _SOCKET}"]
    command += (port := ("-p", str(there.port)) if there.port else ())
    name = there.netloc.rpartition("@")[0]
    # `cat` ends when nobody writes to it any more, however this process has ended.
    command += ["--", f"{name}@{there.hostname}" if name else str(there.hostname), "cat"]
    try:
        ssh = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as problem:
        raise EngineError(f"The engine at {host} is reached by the program ssh, which is not here.") from problem
    atexit.register(_end, ssh, folder)
    with suppress(Overdue):
        wait_until(lambda: here.exists() or ssh.poll() is not None, "connect", within=_SECONDS)
    if not here.exists():
        _end(ssh, folder)
        said = ssh.stderr.read().decode(errors="replace").strip() if ssh.stderr else ""
        raise EngineError(
            f"No way to the engine at {host}: ssh says {said or 'nothing'!r}.\n"
            f"  `ssh {' '.join((*port, command[-2]))} docker version` has to work without a question:"
            " a key that needs no password (or an agent), and a host that is known."
        )
    return f"unix://{here}"


def _end(ssh: subprocess.Popen[bytes], folder: TemporaryDirectory[str]) -> None:
    if ssh.poll() is None:
        ssh.terminate()
        ssh.wait()
    folder.cleanup()
