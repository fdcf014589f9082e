"""Differences → causes: which rule names them, where in the site's files, why, and what follows from what."""

from harness.judge.causes.finding import classify
from harness.judge.causes.maps import Maps

__all__ = ["Maps", "classify"]
