"""What an instance writes into files while it plays, and whose that is."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from harness.asterisk.volatile import ids_in
from harness.asterisk.written_files import MAIL, MESSAGE, QUEUE_LOG, SOUND, Piece, grows, pieces_of
from harness.lab import Instance
from harness.lab.instance.shell import FileState, Shell
from harness.model import AmiPacket, AriEvent, Written
from harness.record.ledger import Ledger
from harness.record.session import Session

__all__ = ["WrittenFiles", "file_pieces", "of_things"]

_SPOOL, _LOG = "astspooldir", "astlogdir"
_RECORDS = ("queue_log", "cdr-csv/", "cdr-custom/", "cel-custom/")
_NOT_OURS = ("outgoing/", "outgoing_done/", "tmp/")
_MAILS, _MAIL = "/tmp", "astmail-"
_MAIL_SECONDS, _MAIL_STEP = 2.0, 0.05
_MOST = 1_000_000
"""Bytes of one file that are looked at: a minute of sound, or ten thousand records."""
_AT_ONCE = 50
_RECORDS_IN = frozenset({"Record", "MixMonitor", "Monitor", "VoiceMail", "Dictate", "ConfBridge", "MeetMe"})
_MAILBOX = "mailbox/"
_Where = tuple[str, str]
"""Which of the two folders, and the path in it."""


@dataclass(slots=True)
class WrittenFiles:
    """Follows the files of one instance: what is there before anything is played is nobody's.

    Recordings of at most `most_sound` bytes are given with their sound. Blocks while it asks the instance; what it
    reads is filed by `file` in the event loop.
    """

    instance: Instance
    most_sound: int = 0
    _known: dict[_Where, FileState] = field(default_factory=dict)
    _ends: dict[_Where, int] = field(default_factory=dict)
    _never_sent: frozenset[str] = frozenset()
    _shell: Shell | None = None

    def begin(self) -> None:
        """Take what is there for read. Raises LabError, as `read` does."""
        self._known = dict(self._listed(_everything))
        self._ends = {where: state.size for where, state in self._known.items()}

    def read(self, *, only: Callable[[str], bool] | None = None) -> Sequence[Piece]:
        """What was written since it was read before. `only` chooses files by their path below the spool or log."""
        self._wait_for_mails()
        states = dict(self._listed(only or _everything))
        changed = {where: state for where, state in states.items() if self._known.get(where) != state}
        return [piece for folder in (_SPOOL, _LOG) for piece in self._added(folder, changed)]

    def close(self) -> None:
        """Ask no more."""
        if self._shell is not None:
            self._shell.close()

    def _asked(self) -> Shell:
        if self._shell is None:
            self._shell = self.instance.shell()
        return self._shell

    def _wait_for_mails(self) -> None:
        """A mail is sent in the background: `( mailcmd < FILE ; rm -f FILE ) &`. Without a shell it never is."""
        until = time.monotonic() + _MAIL_SECONDS
        while mails := self._mails() - self._never_sent:
            if time.monotonic() > until:
                self._never_sent |= mails
                return
            time.sleep(_MAIL_STEP)

    def _mails(self) -> frozenset[str]:
        return frozenset(path for path in self._asked().list_files(_MAILS) if path.startswith(_MAIL))

    def _added(self, folder: str, changed: Mapping[_Where, FileState]) -> Iterator[Piece]:
        paths = [path for where, path in changed if where == folder]
        for start in range(0, len(paths), _AT_ONCE):
            since = {path: self._begin_of(folder, path, changed) for path in paths[start : start + _AT_ONCE]}
            top = self.instance.release.directory(folder)
            for path, data in self._asked().read_added(top, since, most=_MOST).items():
                whole = data[: data.rfind(b"\n") + 1] if folder == _LOG else data
                state = self._known[folder, path] = changed[folder, path]
                self._ends[folder, path] = since[path] + len(whole)
                for piece in pieces_of(path, whole, state.size):
                    yield piece if len(piece.sound) <= self.most_sound else replace(piece, sound=b"")

    def _begin_of(self, folder: str, path: str, changed: Mapping[_Where, FileState]) -> int:
        """Where to read on. A file that is shorter than before was begun anew."""
        before = self._ends.get((folder, path), 0)
        return before if grows(path) and before <= changed[folder, path].size else 0

    def _listed(self, only: Callable[[str], bool]) -> Iterator[tuple[_Where, FileState]]:
        for folder in (_SPOOL, _LOG):
            wanted = _is_record if folder == _LOG else _is_spooled
            for path, state in self._asked().list_files(self.instance.release.directory(folder)).items():
                if wanted(path) and only(path):
                    yield (folder, path), state


def _everything(_: str) -> bool:
    return True


def _is_record(path: str) -> bool:
    return path.startswith(_RECORDS) and not path.endswith(".db")


def _is_spooled(path: str) -> bool:
    return not path.startswith(_NOT_OURS) and "/." not in f"/{path}"


def of_things(uses: Collection[str]) -> Callable[[str], bool] | None:
    """Chooses the files that only who holds these things (`mailbox/201`, `queue/desk`) can have had written."""
    boxes = {thing.removeprefix(_MAILBOX).partition("@")[0] for thing in uses if thing.startswith(_MAILBOX)}
    queues = any(thing.startswith("queue/") for thing in uses)
    if not boxes and not queues:
        return None

    def is_of(path: str) -> bool:
        if path.startswith(_RECORDS):
            return queues and path.startswith(QUEUE_LOG)
        in_mailbox = path.startswith("voicemail/") and len(PurePosixPath(path).parts) > 3
        return bool(boxes) and (PurePosixPath(path).parts[2] in boxes if in_mailbox else grows(path))

    return is_of


def file_pieces(
    pieces: Sequence[Piece], ledger: Ledger, sessions: Collection[Session], alone: Session | None = None
) -> int:
    """Give each piece to its scenario; how many are nobody's.

    It is known by the calls that it names, by the message beside it, by who had a recording made under that name,
    by who holds its queue or mailbox; what is left is that of who played `alone`.
    """
    owners: dict[str, Session] = {}
    makers = list(_makers(sessions)) if any(piece.kind == SOUND for piece in pieces) else []
    left = 0
    # Messages first: they name the call, and the recording beside them does not.
    for piece in sorted(pieces, key=lambda piece: piece.kind != MESSAGE):
        stem = piece.path.rpartition(".")[0]
        owner = (
            ledger.owner_of(*ids_in((piece.path, *(value for _, value in piece.details))))
            or (owners.get(stem) if stem else None)
            or (_maker(stem, makers) if piece.kind == SOUND else None)
            or _holder(piece, ledger)
            or alone
        )
        if owner is None:
            left += 1
            continue
        owners[stem] = owner
        owner.feed(Written(time.monotonic(), piece.kind, piece.path, piece.details, piece.sound))
    return left


def _makers(sessions: Collection[Session]) -> Iterator[tuple[str, Session]]:
    """What scenarios said when they had recordings made: arguments of applications, names of ARI."""
    for session in sessions:
        for seen in session.observations:
            if isinstance(seen, AmiPacket) and seen.get("Application") in _RECORDS_IN:
                yield seen.get("AppData"), session
            elif isinstance(seen, AmiPacket) and seen.get("Variable").endswith("_FILENAME"):
                yield seen.get("Value"), session
            elif isinstance(seen, AriEvent) and seen.kind.startswith("Recording") and isinstance(seen.body, dict):
                recording = seen.body.get("recording")
                yield str(recording.get("name") if isinstance(recording, dict) else ""), session


def _maker(stem: str, makers: Sequence[tuple[str, Session]]) -> Session | None:
    """The newest who named it. `Record(note%d:wav)` counts files itself, Monitor makes one of each direction."""
    name = PurePosixPath(stem).name.removesuffix("-in").removesuffix("-out")
    plain = name.rstrip("0123456789")
    for said, session in reversed(makers):
        if (len(name) > 2 and name in said) or (plain and f"{plain}%d" in said):
            return session
    return None


def _holder(piece: Piece, ledger: Ledger) -> Session | None:
    details = dict(piece.details)
    if piece.kind == QUEUE_LOG:
        return ledger.holder_of(f"queue/{details['Queue']}")
    parts = PurePosixPath(piece.path).parts
    if piece.kind == MAIL:
        return ledger.only_holder_of(_MAILBOX)
    if parts[0] == "voicemail" and len(parts) > 3:
        return ledger.holder_of(f"mailbox/{parts[2]}") or ledger.holder_of(f"mailbox/{parts[2]}@{parts[1]}")
    return None
