"""The values that flow from the wire to the verdict. All are frozen; none does I/O.

what was seen*  ─►  Trace  ─►  Difference*  ─►  Finding*  ─►  Verdict
"""

from __future__ import annotations

from harness.model.findings import Difference, Finding, Ignore, Place, ScenarioResult, Tolerances, Waiver, day
from harness.model.outcomes import Ending, InstanceName, Outcome, Severity, Verdict
from harness.model.trace import Observation, Trace, Via
from harness.model.values import Attributes, Fields, Headers, Json, Seconds, Value, shown

__all__ = [
    "Attributes",
    "Difference",
    "Ending",
    "Fields",
    "Finding",
    "Headers",
    "Ignore",
    "InstanceName",
    "Json",
    "Observation",
    "Outcome",
    "Place",
    "ScenarioResult",
    "Seconds",
    "Severity",
    "Tolerances",
    "Trace",
    "Value",
    "Verdict",
    "Via",
    "Waiver",
    "day",
    "shown",
]
