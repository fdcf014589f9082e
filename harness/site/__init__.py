"""A site folder → a checked `Site`; Asterisk's configuration format with file and line kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.late import late

if TYPE_CHECKING:
    from harness.site.model import App, Data, Database, Limits, OwnModule, Phone, Ready, Site, SiteSide
    from harness.site.reading.load import load_site

__all__ = ["App", "Data", "Database", "Limits", "OwnModule", "Phone", "Ready", "Site", "SiteSide", "load_site"]

__getattr__ = late(
    __name__,
    {"model": "App Data Database Limits OwnModule Phone Ready Site SiteSide", "reading.load": "load_site"},
)
