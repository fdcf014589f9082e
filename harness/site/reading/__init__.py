"""A site folder → a checked `Site`."""
