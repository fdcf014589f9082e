"""Acting: the manager interface of an instance, and the site's phones on the far end."""

from __future__ import annotations

from harness.far_end.ami import Driver, Fields
from harness.far_end.files import phone_files
from harness.far_end.phones import FarEnd

__all__ = ["Driver", "FarEnd", "Fields", "phone_files"]
