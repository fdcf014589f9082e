"""What all readers of observations have in common."""

from __future__ import annotations

from dataclasses import dataclass

from harness.judge.normalise.facts import Whereabouts
from harness.judge.normalise.masks import Masks

__all__ = ["Reader"]


@dataclass(slots=True)
class Reader:
    """How values are compared, and where in the dialplan each channel is."""

    masks: Masks
    whereabouts: Whereabouts
