"""Listening: AMI, ARI's events and Asterisk's log, byte for byte, told apart by scenario, kept as traces.

Names are loaded when they are first used: who reads kept traces needs none of the libraries that listen.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.record.ari_events import AriEvents, event_raw, ids_in
    from harness.record.ledger import Ledger
    from harness.record.life import file_complaints, life_of
    from harness.record.lines import Pieces
    from harness.record.session import Session
    from harness.record.store import TraceFile, TraceWriter, read_trace, trace_files, write_trace
    from harness.record.tail import LogTail
    from harness.record.tap_tail import TapTail
    from harness.record.wire import Splitter, Wire, connect

__all__ = [
    "AriEvents",
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
    "event_raw",
    "file_complaints",
    "ids_in",
    "life_of",
    "read_trace",
    "trace_files",
    "write_trace",
]

_HOMES = {
    "ari_events": ("AriEvents", "event_raw", "ids_in"),
    "ledger": ("Ledger",),
    "life": ("file_complaints", "life_of"),
    "lines": ("Pieces",),
    "session": ("Session",),
    "store": ("TraceFile", "TraceWriter", "read_trace", "trace_files", "write_trace"),
    "tail": ("LogTail",),
    "tap_tail": ("TapTail",),
    "wire": ("Splitter", "Wire", "connect"),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
