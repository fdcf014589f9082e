"""Files that Asterisk writes in calls, read."""

from __future__ import annotations

import math
from array import array

from harness.asterisk.written_files import CDR, MAIL, MESSAGE, QUEUE_LOG, SOUND, Piece, pieces_of


def only(path: str, data: bytes) -> Piece:
    (piece,) = pieces_of(path, data, len(data))
    return piece


def wav(seconds: float, loudness: int) -> bytes:
    samples = array("h", (round(loudness * math.sin(number / 3)) for number in range(round(8000 * seconds))))
    return b"RIFF".ljust(44, b"\0") + samples.tobytes()


def test_a_line_of_queue_log_is_an_event_with_its_data() -> None:
    piece = only("queue_log", b"1764364800|1764364799.3|desk|Ann|CONNECT|5|1764364799.4|2\n")
    assert (piece.kind, piece.details) == (
        QUEUE_LOG,
        (
            ("Event", "CONNECT"), ("Queue", "desk"), ("Agent", "Ann"), ("Call", "1764364799.3"),
            ("Data1", "5"), ("Data2", "1764364799.4"), ("Data3", "2"),
        ),
    )  # fmt: skip


def test_lines_that_are_none_of_a_queue_are_left_out() -> None:
    assert list(pieces_of("queue_log", b"half a li\n1|NONE\n", 17)) == []


def test_the_columns_of_master_csv_have_names_and_others_have_numbers() -> None:
    line = b'"","101","600","","""Ann"" <101>","PJSIP/1-00000001","","Queue","desk,t","","","",5,3,"ANSWERED"\n'
    master, custom = only("cdr-csv/Master.csv", line), only("cdr-custom/Master.csv", line)
    assert (master.kind, dict(master.details)["CallerID"], dict(master.details)["Disposition"]) == (
        CDR, '"Ann" <101>', "ANSWERED",
    )  # fmt: skip
    assert dict(custom.details)["Column 2"] == "101"


def test_a_message_of_voicemail_is_its_lines() -> None:
    text = b";\n; Message Information file\n;\n[message]\norigmailbox=201\nmacrocontext=\ncallerid=Ann <101>\n"
    piece = only("voicemail/default/201/INBOX/msg0000.txt", text)
    assert (piece.kind, piece.details) == (
        MESSAGE, (("origmailbox", "201"), ("macrocontext", ""), ("callerid", "Ann <101>")),
    )  # fmt: skip


def test_a_recording_has_a_length_and_is_silent_or_not() -> None:
    loud, silent = only("monitor/a.wav", wav(2, 8000)), only("monitor/b.wav", wav(2, 3))
    assert (loud.kind, dict(loud.details)) == (SOUND, {"Format": "wav", "Seconds": "2.0", "Silent": "no"})
    assert dict(silent.details)["Silent"] == "yes"
    assert dict(only("monitor/empty.wav", wav(0, 0)).details)["Silent"] == "yes"
    assert dict(only("monitor/c.gsm", b"x" * 3300).details) == {"Format": "gsm", "Seconds": "2.0"}


def test_mails_in_one_file_are_told_apart_and_read() -> None:
    one = (
        "Date: Sat, 28 Nov 2026 21:00:00 +0000\nFrom: Größe <pbx>\nTo: =?UTF-8?Q?S=C3=B6ren?= <s@example.org>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b1"\n\n--b1\n'
        "Content-Type: text/plain; charset=UTF-8\n\nDear Sören:\n\nFrom: 101\n\n--b1\n"
        'Content-Type: audio/x-wav; name="msg0000.wav"\nContent-Transfer-Encoding: base64\n'
        'Content-Disposition: attachment; filename="msg0000.wav"\n\nAAAA\n\n--b1--\n\n.\n'
    ).encode()
    two = b"Date: Sat, 28 Nov 2026 21:00:01 +0000\nFrom: Exchange <pbx>\nTo: pager@example.org\n\nFrom Ann\n"
    first, second = pieces_of("mail.out", one + two, 0)
    assert (first.kind, second.kind) == (MAIL, MAIL)
    has = dict(first.details)
    assert has["From"] == "Größe <pbx>"
    assert has["To"] == "Sören <s@example.org>"
    assert has["Text"] == "Dear Sören:\n\nFrom: 101"
    assert has["Attachment"] == "msg0000.wav (audio/x-wav)"
    assert has["Attachment Silent"] == "yes"
    assert dict(second.details)["Text"] == "From Ann"


def test_another_file_is_there_or_empty() -> None:
    assert only("fax/one.tif", b"x").details == (("Empty", "no"),)
    assert only("fax/one.tif", b"").details == (("Empty", "yes"),)


def test_a_whole_recording_that_players_take_can_be_heard() -> None:
    sound = wav(1, 8000)
    (whole,) = pieces_of("monitor/a.wav", sound, len(sound))
    assert whole.sound == sound
    for path, data in (("monitor/a.wav", sound[:-2]), ("monitor/a.gsm", sound), ("monitor/a.WAV", sound)):
        (piece,) = pieces_of(path, data, len(sound))
        assert not piece.sound
