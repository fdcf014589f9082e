"""The values that flow from the wire to the verdict. All are frozen; none does I/O.

what was seen*  ─►  Trace  ─►  Difference*  ─►  Finding*  ─►  Verdict
"""

from __future__ import annotations

from harness.model.findings import Difference, Finding, Ignore, Place, ScenarioResult, Tolerances, Waiver, day
from harness.model.outcomes import Ending, InstanceName, Outcome, Severity, Verdict
from harness.model.report import OverlayLine, Report, Side, assemble, holds, is_complete
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
    "OverlayLine",
    "Place",
    "Report",
    "ScenarioResult",
    "Seconds",
    "Severity",
    "Side",
    "Tolerances",
    "Trace",
    "Value",
    "Verdict",
    "Via",
    "Waiver",
    "assemble",
    "day",
    "holds",
    "is_complete",
    "shown",
]
