"""Judging: traces in, findings and a verdict out. No clock, no network, no files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.judge.gate import accepted, gate, waives
from harness.late import late

if TYPE_CHECKING:
    from harness.judge.causes.maps import Maps
    from harness.judge.judging import Judged, Plays, judge
    from harness.judge.rule_ids import RULE_IDS

__all__ = ["RULE_IDS", "Judged", "Maps", "Plays", "accepted", "gate", "judge", "waives"]

__getattr__ = late(__name__, {"causes.maps": "Maps", "judging": "Judged Plays judge", "rule_ids": "RULE_IDS"})
