"""Release notes: read, dated, tied to what they speak of. Pure."""

from __future__ import annotations

from harness.asterisk.notes.model import Note, NoteKind, Notes, shown_version
from harness.asterisk.notes.reader import read_notes

__all__ = [
    "Note",
    "NoteKind",
    "Notes",
    "read_notes",
    "shown_version",
]
