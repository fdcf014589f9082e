"""A backup of a machine, as a folder or an archive, and what of it belongs to a site."""

from harness.site.backup.own_modules import is_own
from harness.site.backup.restore import Restored, restore
from harness.site.backup.tree import Bounds

__all__ = ["Bounds", "Restored", "is_own", "restore"]
