"""The values that flow from the wire to the verdict. All are frozen; none does I/O.

what was seen*  ─►  Trace  ─►  Difference*  ─►  Finding*  ─►  Verdict
"""

from __future__ import annotations

from harness.model.findings import Difference, Finding, Ignore, Place, ScenarioResult, Tolerances, Waiver, day
from harness.model.observations import (
    AgiLine,
    AmiPacket,
    AppLife,
    AppSaid,
    AriAnswer,
    AriEvent,
    AriRequest,
    LogLine,
    Playback,
    Seen,
    State,
    Step,
    Trace,
)
from harness.model.outcomes import Ending, InstanceName, Outcome, Severity, Verdict
from harness.model.report import OverlayLine, Report, Side, assemble, is_complete
from harness.model.values import Attributes, Fields, Headers, Json, Seconds, Value, shown, text_of

__all__ = [
    "AgiLine",
    "AmiPacket",
    "AppLife",
    "AppSaid",
    "AriAnswer",
    "AriEvent",
    "AriRequest",
    "Attributes",
    "Difference",
    "Ending",
    "Fields",
    "Finding",
    "Headers",
    "Ignore",
    "InstanceName",
    "Json",
    "LogLine",
    "Outcome",
    "OverlayLine",
    "Place",
    "Playback",
    "Report",
    "ScenarioResult",
    "Seconds",
    "Seen",
    "Severity",
    "Side",
    "State",
    "Step",
    "Tolerances",
    "Trace",
    "Value",
    "Verdict",
    "Waiver",
    "assemble",
    "day",
    "is_complete",
    "shown",
    "text_of",
]
