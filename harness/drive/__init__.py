"""Acting: the manager interface of an instance, and the site's phones on the far end."""

from __future__ import annotations

from harness.drive.ami import Driver, Fields
from harness.drive.far_end_files import phone_files
from harness.drive.phones import FarEnd

__all__ = ["Driver", "FarEnd", "Fields", "phone_files"]
