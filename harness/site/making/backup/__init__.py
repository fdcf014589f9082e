"""A backup of a machine, as a folder or an archive, and what of it belongs to a site."""

from harness.site.making.backup.own_modules import is_own
from harness.site.making.backup.restore import Restored, restore
from harness.site.making.backup.tree import Bounds

__all__ = ["Bounds", "Restored", "is_own", "restore"]
