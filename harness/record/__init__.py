"""Listening: what AMI, ARI and the log say as typed values, told apart by scenario, kept as traces."""

from __future__ import annotations

from harness.record.ari_events import AriEvents
from harness.record.ledger import Ledger
from harness.record.life import file_complaints, life_of
from harness.record.lines import Pieces
from harness.record.session import Session
from harness.record.store import TraceFile, TraceWriter, read_trace, trace_files, write_trace
from harness.record.tail import LogTail
from harness.record.tap_tail import TapTail
from harness.record.wire import Wire, connect

__all__ = [
    "AriEvents",
    "Ledger",
    "LogTail",
    "Pieces",
    "Session",
    "TapTail",
    "TraceFile",
    "TraceWriter",
    "Wire",
    "connect",
    "file_complaints",
    "life_of",
    "read_trace",
    "trace_files",
    "write_trace",
]
