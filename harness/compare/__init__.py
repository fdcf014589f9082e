"""Judging: traces in, findings and a verdict out. No clock, no network, no files."""

from __future__ import annotations

from harness.compare.classify import Maps
from harness.compare.dialplan import Dialplan, parse_dialplan
from harness.compare.gate import Gated, gate, waives
from harness.compare.judge import Judged, Plays, judge

__all__ = ["Dialplan", "Gated", "Judged", "Maps", "Plays", "gate", "judge", "parse_dialplan", "waives"]
