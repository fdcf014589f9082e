"""What is told of a version: its notes, its advisories, and what a series changed. Pure."""

from harness.asterisk.notes.reader import Note, NoteKind, Notes, read_notes, shown_version

__all__ = ["Note", "NoteKind", "Notes", "read_notes", "shown_version"]
