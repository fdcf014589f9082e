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
    without_numbers,
)
from harness.model.findings import Finding, Ignore, Place, ScenarioResult, Tolerances, Waiver, day
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
from harness.model.outcomes import INSTANCES, Ending, InstanceName, Outcome, Severity, Verdict
from harness.model.report import OverlayLine, Report, Side
from harness.model.values import Attributes, Fields, Headers, Json, Seconds, Value, like, shown, text_of

__all__ = [
    "ABSENT",
    "INSTANCES",
    "AgiLine",
    "AmiPacket",
    "AppLife",
    "AppSaid",
    "AriAnswer",
    "AriEvent",
    "AriRequest",
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
    "Spot",
    "State",
    "Step",
    "Thing",
    "Tolerances",
    "Trace",
    "Value",
    "Verdict",
    "Waiver",
    "day",
    "held_value",
    "is_there",
    "like",
    "shown",
    "text_of",
    "without_ids",
    "without_numbers",
]
