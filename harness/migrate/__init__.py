"""A site's configuration, migrated: the mechanical changes that are sure, and findings about the rest."""

from harness.migrate.run import CHANGES, Migration, migrate
from harness.migrate.site import migrate_site

__all__ = ["CHANGES", "Migration", "migrate", "migrate_site"]
