"""Release notes: read, dated, tied to what they speak of, and held against what a site uses."""

from __future__ import annotations

from harness.research.notes.concerns import SiteUses, between, citations, concerns, missing_notes, uses_of
from harness.research.notes.files import note_texts
from harness.research.notes.model import Note, NoteKind, Notes, shown_version
from harness.research.notes.reader import read_notes
from harness.research.notes.ties import Vocabulary, subjects_of, vocabulary_of

__all__ = [
    "Note",
    "NoteKind",
    "Notes",
    "SiteUses",
    "Vocabulary",
    "between",
    "citations",
    "concerns",
    "missing_notes",
    "note_texts",
    "read_notes",
    "shown_version",
    "subjects_of",
    "uses_of",
    "vocabulary_of",
]
