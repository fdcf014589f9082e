"""What was written into files belongs to the scenario that had it written."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from harness.asterisk.written_files import CDR, MAIL, MESSAGE, QUEUE_LOG, SOUND, Piece
from harness.lab import Instance
from harness.lab.instance.shell import FileState
from harness.model import AmiPacket, Headers, Written
from harness.record import written
from harness.record.ledger import Ledger
from harness.record.session import Session
from harness.record.written import WrittenFiles, file_pieces, of_things

CALL = "1795475240.6"


def sessions(ledger: Ledger, *things: str) -> tuple[Session, Session]:
    """The first has a call and holds things, the second plays at the same time."""
    one, two = Session("test/one", "old"), Session("test/two", "old")
    ledger.open(one, ids=[CALL], holds=things)
    ledger.open(two, ids=["1795475240.9"], holds=[])
    return one, two


def paths(session: Session) -> list[str]:
    return [seen.path for seen in session.observations if isinstance(seen, Written)]


def test_a_record_belongs_to_the_call_that_it_names() -> None:
    ledger = Ledger()
    one, two = sessions(ledger)
    line = Piece(CDR, "cdr-csv/Master.csv", (("Source", "101"), ("UniqueID", CALL)))
    assert file_pieces([line], ledger, [one, two]) == 0
    assert (paths(one), paths(two)) == (["cdr-csv/Master.csv"], [])


def test_a_recording_of_voicemail_belongs_to_whom_its_message_does() -> None:
    ledger = Ledger()
    one, two = sessions(ledger)
    box = "voicemail/default/201/INBOX/msg0000"
    sound, message = Piece(SOUND, f"{box}.wav", ()), Piece(MESSAGE, f"{box}.txt", (("uniqueid", CALL),))
    assert file_pieces([sound, message], ledger, [one, two]) == 0
    assert sorted(paths(one)) == [f"{box}.txt", f"{box}.wav"]


def test_a_recording_belongs_to_who_had_it_made_under_that_name() -> None:
    ledger = Ledger()
    one, two = sessions(ledger)
    for session, application, name in (
        (one, "Record", "/var/spool/asterisk/notes/note%d:wav"),
        (two, "MixMonitor", "call-of-ann.wav,b"),
        (one, "Monitor", "wav,old-way"),
    ):
        session.feed(AmiPacket(0.0, (("Event", "Newexten"), ("Application", application), ("AppData", name))))
    of_one, of_two = ["notes/note3.wav", "monitor/old-way-in.wav"], ["monitor/call-of-ann.wav"]
    assert file_pieces([Piece(SOUND, path, ()) for path in (*of_one, *of_two)], ledger, [one, two]) == 0
    assert (paths(one), paths(two)) == (of_one, of_two)


@pytest.mark.parametrize(
    ("kind", "path", "details", "thing"),
    [
        (QUEUE_LOG, "queue_log", (("Event", "PAUSED"), ("Queue", "desk"), ("Call", "NONE")), "queue/desk"),
        (SOUND, "voicemail/default/201/unavail.wav", (), "mailbox/201"),
        (MAIL, "mail.out", (("To", "ann@example.org"),), "mailbox/201"),
    ],
)
def test_what_names_no_call_belongs_to_who_holds_the_thing(
    kind: str, path: str, details: Headers, thing: str
) -> None:
    ledger = Ledger()
    one, two = sessions(ledger, thing)
    assert file_pieces([Piece(kind, path, details)], ledger, [two]) == 0
    assert (paths(one), paths(two)) == ([path], [])


def test_what_nobody_is_known_to_have_written_is_nobodys_unless_one_plays_alone() -> None:
    ledger = Ledger()
    one, two = sessions(ledger)
    stray = Piece("file", "fax/one.tif", ())
    assert file_pieces([stray], ledger, [one, two]) == 1
    assert file_pieces([stray], ledger, [one], one) == 0
    assert paths(one) == ["fax/one.tif"]


def test_which_files_only_a_holder_can_have_had_written() -> None:
    assert of_things(["phone/101"]) is None
    box, queue = of_things(["mailbox/201"]), of_things(["queue/desk"])
    assert box is not None
    assert queue is not None
    assert box("voicemail/default/201/INBOX/msg0000.txt")
    assert not box("voicemail/default/202/INBOX/msg0000.txt")
    assert box("mail.out")
    assert not box("monitor/call.wav")
    assert not box("cdr-csv/Master.csv")
    assert queue("queue_log")
    assert not queue("mail.out")


class Disk:
    """Folders of this machine in place of an instance's."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.in_tmp: Callable[[], Collection[str]] = lambda: ("unrelated",)
        self.files = WrittenFiles(
            cast(Instance, SimpleNamespace(release=SimpleNamespace(directory=str), shell=lambda: self))
        )

    def write(self, path: str, data: bytes, *, at: int = 0) -> None:
        file = self.top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        os.utime(file, (at, at))

    def list_files(self, folder: str) -> dict[str, FileState]:
        if folder == "/tmp":
            return {path: FileState(1, 0) for path in self.in_tmp()}
        found = (path for path in sorted((self.top / folder).rglob("*")) if path.is_file())
        states = ((path, path.stat()) for path in found)
        return {
            path.relative_to(self.top / folder).as_posix(): FileState(stat.st_size, int(stat.st_mtime))
            for path, stat in states
        }

    def read_added(self, folder: str, since: Mapping[str, int], *, most: int) -> dict[str, bytes]:
        return {path: (self.top / folder / path).read_bytes()[begin:][:most] for path, begin in since.items()}

    @property
    def read(self) -> list[str]:
        """What was written since, each by its path and first detail."""
        return [f"{piece.path} {piece.details[0][1]}" for piece in self.files.read()]


def test_only_what_is_new_is_read_and_half_a_line_when_it_is_whole(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.write("astspooldir/monitor/before.wav", b"x")
    disk.write("astlogdir/queue_log", b"1|NONE|desk|ann|PAUSE|\n")
    disk.write("astlogdir/messages", b"is no record")
    disk.files.begin()
    assert disk.read == []
    disk.write("astlogdir/queue_log", b"1|NONE|desk|ann|PAUSE|\n2|NONE|desk|ann|UNPAUSE|\n3|NONE|de")
    assert disk.read == ["queue_log UNPAUSE"]
    disk.write(
        "astlogdir/queue_log", b"1|NONE|desk|ann|PAUSE|\n2|NONE|desk|ann|UNPAUSE|\n3|NONE|desk|ann|PAUSE|\n"
    )
    assert disk.read == ["queue_log PAUSE"]


def test_a_mail_that_is_being_sent_is_waited_for(tmp_path: Path) -> None:
    disk, asked = Disk(tmp_path), list[str]()

    def in_tmp() -> Collection[str]:
        asked.append("")
        if len(asked) < 3:
            return ("astmail-Xy12Zw", "unrelated")
        disk.write("astspooldir/harness-mail.abc", b"x")
        return ("unrelated",)

    disk.files.begin()
    disk.in_tmp = in_tmp
    assert [piece.path for piece in disk.files.read()] == ["harness-mail.abc"]


def test_a_mail_that_is_never_sent_is_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "_MAIL_SECONDS", 0.1)
    disk, asked = Disk(tmp_path), list[str]()
    disk.files.begin()
    disk.in_tmp = lambda: asked.append("") or ("astmail-Xy12Zw",)  # type: ignore[func-returns-value]
    assert disk.read == []
    assert len(asked) > 1
    asked.clear()
    assert disk.read == []
    assert len(asked) == 1


def test_a_file_that_is_written_anew_is_read_anew(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.files.begin()
    disk.write("astspooldir/monitor/call.wav", b"x" * 44)
    disk.write("astspooldir/tmp/half.wav", b"x" * 44)
    disk.write("astspooldir/voicemail/default/201/.lock", b"")
    assert disk.read == ["monitor/call.wav wav"]
    assert disk.read == []
    disk.write("astspooldir/monitor/call.wav", b"y" * 44, at=7)
    assert disk.read == ["monitor/call.wav wav"]


def test_recordings_are_kept_to_be_heard_up_to_a_size_where_the_site_wants_them(tmp_path: Path) -> None:
    ledger = Ledger()
    (one, two), disk = sessions(ledger), Disk(tmp_path)
    disk.files.begin()
    for most, kept in ((0, b""), (49, b""), (50, b"x" * 50)):
        disk.files.most_sound = most
        disk.write(f"astspooldir/monitor/{CALL}-{most}.wav", b"x" * 50)
        file_pieces(disk.files.read(), ledger, [one, two])
        last = one.observations[-1]
        assert isinstance(last, Written)
        assert last.sound == kept


def test_only_what_is_asked_for_is_taken_for_read(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.files.begin()
    disk.write("astspooldir/monitor/call.wav", b"x" * 44)
    mail = b"Date: today\nTo: ann\n\nA message\n"
    disk.write("astspooldir/mail.out", mail)
    assert [piece.kind for piece in disk.files.read(only=of_things(["mailbox/201"]))] == [MAIL]
    disk.write(
        "astspooldir/mail.out", b"Date: today\nTo: ann\n\nA message\nDate: then\nTo: bob\n\nAnother\n", at=9
    )
    assert disk.read == ["mail.out then", "monitor/call.wav wav"]
