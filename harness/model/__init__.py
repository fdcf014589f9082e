"""The values that flow from the wire to the verdict. All are frozen; none does I/O.

what was seen*  ─►  Trace  ─►  Change*  ─►  Finding*  ─►  Verdict
"""

from __future__ import annotations

from harness.model.changes import (
    ABSENT,
    Change,
    ChangeKind,
    Held,
    Layer,
    Locus,
    Spot,
    Thing,
    held_value,
    is_there,
    without_ids,
)
from harness.model.findings import Finding, Ignore, Place, ScenarioResult, Tolerances, Waiver, day
from harness.model.outcomes import Ending, InstanceName, Outcome, Severity, Verdict
from harness.model.trace import Observation, Trace, Via
from harness.model.values import Attributes, Fields, Headers, Json, Seconds, Value, like, shown

__all__ = [
    "ABSENT",
    "Attributes",
    "Change",
    "ChangeKind",
    "Ending",
    "Fields",
    "Finding",
    "Headers",
    "Held",
    "Ignore",
    "InstanceName",
    "Json",
    "Layer",
    "Locus",
    "Observation",
    "Outcome",
    "Place",
    "ScenarioResult",
    "Seconds",
    "Severity",
    "Spot",
    "Thing",
    "Tolerances",
    "Trace",
    "Value",
    "Verdict",
    "Via",
    "Waiver",
    "day",
    "held_value",
    "is_there",
    "like",
    "shown",
    "without_ids",
]
