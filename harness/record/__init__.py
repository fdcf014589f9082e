"""Listening: the manager wire and Asterisk's log, byte for byte, told apart by scenario, kept as traces."""

from __future__ import annotations

from harness.record.ledger import Ledger
from harness.record.life import life_of
from harness.record.session import Session
from harness.record.store import TraceFile, TraceWriter, read_trace, trace_files, write_trace
from harness.record.tail import LogTail, Pieces
from harness.record.tap_tail import TapTail
from harness.record.wire import Splitter, Wire, connect

__all__ = [
    "Ledger",
    "LogTail",
    "Pieces",
    "Session",
    "Splitter",
    "TapTail",
    "TraceFile",
    "TraceWriter",
    "Wire",
    "connect",
    "life_of",
    "read_trace",
    "trace_files",
    "write_trace",
]
