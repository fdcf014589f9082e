"""A backup of a machine, as a folder or an archive, and what of it belongs to a site."""
