"""A site folder → a checked `Site`; Asterisk's configuration format with file and line kept."""

from __future__ import annotations

from harness.site.load import load_site
from harness.site.model import Data, Limits, Phone, Side, Site

__all__ = ["Data", "Limits", "Phone", "Side", "Site", "load_site"]
