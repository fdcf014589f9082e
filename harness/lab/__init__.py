"""The lab: engine, images, networks, instances, far end, and the overlay. Everything here has a lifetime."""

from harness.lab.baseline import load_baseline
from harness.lab.images import prepare
from harness.lab.instance import Instance
from harness.lab.overlay import OverlayLine
from harness.lab.progress import Progress
from harness.lab.release import Release
from harness.lab.sweep import sweep
from harness.lab.trio import PhoneFiles, Trio, boot_trio

__all__ = [
    "Instance",
    "OverlayLine",
    "PhoneFiles",
    "Progress",
    "Release",
    "Trio",
    "boot_trio",
    "load_baseline",
    "prepare",
    "sweep",
]
