"""What the control group of a build has counted, asked inside when its command has ended.

That a container came to its limit of memory is told by the engine; by Podman not, where control groups are of
version 1, and what a compiler's end makes of the exit code is anybody's guess.
"""

from __future__ import annotations

from harness.lab.instance.health import COUNTERS

__all__ = ["apart", "counted"]

_MARK = "counted by the harness:"


def counted(command: str) -> str:
    """A shell's words for a command, after which it prints what was counted; the exit code is the command's.

    The command may have taken all processes that it may have: no other is started. Its errors go where all else
    goes, as an engine keeps no order between two streams.
    """
    return f"exec 2>&1; {command}; code=$?; echo; echo '{_MARK}'; {COUNTERS}; exit $code"


def apart(printed: str) -> tuple[str, str]:
    """What the command printed, and what was counted; that is empty where the container was ended before."""
    own, mark, counters = printed.rpartition(f"\n{_MARK}\n")
    return (own, counters) if mark else (printed, "")
