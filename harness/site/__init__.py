"""A site folder → a checked `Site`; Asterisk's configuration format with file and line kept."""

from __future__ import annotations

from harness.site.model import App, Data, Database, Limits, Phone, Ready, Site, SiteSide
from harness.site.reading.load import load_site

__all__ = ["App", "Data", "Database", "Limits", "Phone", "Ready", "Site", "SiteSide", "load_site"]
