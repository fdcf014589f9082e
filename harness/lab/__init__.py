"""The lab: engine, images, networks, instances, far end, and the overlay. Everything here has a lifetime."""

from harness.lab.beside.database import Server
from harness.lab.beside.program import Program
from harness.lab.engine.daemon import ensure_engine
from harness.lab.housekeeping.progress import Progress
from harness.lab.housekeeping.sweep import sweep
from harness.lab.housekeeping.terminate import Ending, Interrupted
from harness.lab.images.preparing import prepare
from harness.lab.images.release import Release
from harness.lab.instance.instance import Instance
from harness.lab.trio import Companions, Trio, boot_trio

__all__ = [
    "Companions",
    "Ending",
    "Instance",
    "Interrupted",
    "Program",
    "Progress",
    "Release",
    "Server",
    "Trio",
    "boot_trio",
    "ensure_engine",
    "prepare",
    "sweep",
]
