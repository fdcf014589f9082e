"""The lab: engine, images, networks, instances, far end, and the overlay. Everything here has a lifetime."""

from harness.lab.baseline import load_baseline
from harness.lab.daemon import ensure_engine
from harness.lab.database import Server
from harness.lab.facts import load_facts
from harness.lab.images import prepare
from harness.lab.instance import Instance
from harness.lab.log_tail import LogLine
from harness.lab.overlay import OverlayLine
from harness.lab.program import Program
from harness.lab.progress import Progress
from harness.lab.release import Release
from harness.lab.sweep import sweep
from harness.lab.tap import Tap
from harness.lab.terminate import exit_on_terminate
from harness.lab.trio import Companions, PhoneFiles, Trio, boot_trio

__all__ = [
    "Companions",
    "Instance",
    "LogLine",
    "OverlayLine",
    "PhoneFiles",
    "Program",
    "Progress",
    "Release",
    "Server",
    "Tap",
    "Trio",
    "boot_trio",
    "ensure_engine",
    "exit_on_terminate",
    "load_baseline",
    "load_facts",
    "prepare",
    "sweep",
]
