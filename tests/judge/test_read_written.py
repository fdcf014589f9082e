"""What stands in files is compared without moments, ids and numbers of files."""

from __future__ import annotations

from harness.judge.align import align, changes
from harness.judge.normalise import normalise
from harness.judge.rules import rule_for
from harness.model import Change, Severity
from harness.testing import trace

CALL = "Event: Newchannel\nChannel: PJSIP/101-0000000{0}\nUniqueid: {1}.{0}\nLinkedid: {1}.{0}"
ENDS = "Event: Cdr\nUniqueID: {1}.{0}\nChannel: PJSIP/101-0000000{0}\nDuration: {2}\nBillableSeconds: {2}"
BEGAN = 1795475240.0


def written(kind: str, path: str, *details: str) -> str:
    return "\n".join((f"Written: {kind}", f"Path: {path}", *details))


def found(old: list[str], candidate: list[str]) -> list[Change]:
    one, other = (normalise(trace("\n\n".join(blocks), began=BEGAN)) for blocks in (old, candidate))
    assert changes(align(one, one)) == ()
    return list(changes(align(one, other)))


def message(number: int, *lines: str) -> str:
    path = f"voicemail/default/201/INBOX/msg000{number}.txt"
    return written("voicemail message", path, "origmailbox: 201", f"origtime: 179547524{number}", *lines)


def test_messages_are_the_same_whatever_their_number_and_when() -> None:
    assert found([message(0, "duration: 3")], [message(4, "duration: 4")]) == []


def test_a_line_that_said_nothing_is_no_loss() -> None:
    (change,) = found([message(0, "macrocontext: ")], [message(0)])
    assert rule_for(change).severity is Severity.INFO
    (change,) = found([message(0, "category: work")], [message(0)])
    assert rule_for(change).severity is Severity.REVIEW


def test_the_context_that_a_message_names_is_path() -> None:
    (change,) = found([message(0, "context: macro-desk")], [message(0, "context: sub-desk")])
    assert (change.layer, rule_for(change).severity) == ("path", Severity.INFO)


def record(number: int, *columns: str) -> str:
    lines = (f"Column {place}: {column}" for place, column in enumerate(columns, 1))
    return written("CDR line", "cdr-custom/Simple.csv", f"Column 0: PJSIP/101-0000000{number}", *lines)


def test_the_end_of_a_call_is_written_with_whichever_channel_ended_last() -> None:
    def line(event: str, channel: str, name: str) -> str:
        columns = f"Column 0: {event}\nColumn 1: {name}\nColumn 2: PJSIP/{channel}-00000001"
        return written("CEL line", "cel-custom/Master.csv", columns)

    began = [CALL.format(1, int(BEGAN)), CALL.format(2, int(BEGAN)).replace("101", "102")]
    one, other = (line("LINKEDID_END", *whose) for whose in (("101", "Ann"), ("102", "Bob")))
    assert found([*began, one], [*began, other]) == []
    (lost,) = found([*began, one], began)
    assert (lost.kind, rule_for(lost).severity) == ("removed", Severity.BREAKING)
    answers = [line("ANSWER", *whose) for whose in (("101", "Ann"), ("102", "Bob"))]
    assert found([*began, answers[0]], [*began, answers[1]]) != []


def calls(number: int, seconds: int, *columns: str) -> list[str]:
    unique = int(BEGAN) + number
    return [text.format(number, unique, seconds) for text in (CALL, ENDS)] + [record(number, *columns)]


def test_a_custom_record_has_roles_and_durations() -> None:
    moment = "2026-11-23 22:07:2{}"
    assert found(calls(1, 5, moment.format(1), "5", "600"), calls(2, 6, moment.format(2), "6", "600")) == []
    (change,) = found(calls(1, 5, "5", "600"), calls(2, 6, "6", "601"))
    assert (change.subject, change.field, change.old) == ("PJSIP/101", "Column 2", "600")
    assert (change.surface, rule_for(change).severity) == ("cdr", Severity.BREAKING)


def test_a_fraction_of_a_second_is_a_duration_though_the_line_names_no_channel() -> None:
    def line(seconds: str, number: str) -> str:
        return written("CDR line", "cdr-custom/accounting.csv", f"Column 1: {number}", f"Column 2: {seconds}")

    assert found([line("0.335217", "101")], [line("0.629458", "101")]) == []
    assert found([line("0.335217", "101")], [line("4.629458", "101")]) != []


def test_how_long_one_direction_of_a_recording_is_depends_on_what_writes_it() -> None:
    def sound(path: str, seconds: str) -> str:
        return written("recording", path, "Format: wav", f"Seconds: {seconds}", "Silent: no")

    assert found([sound("monitor/call-out.wav", "0.0")], [sound("monitor/call-out.wav", "3.0")]) == []
    (change,) = found([sound("monitor/call.wav", "0.0")], [sound("monitor/call.wav", "3.0")])
    assert change.field == "Seconds"


def test_what_queue_log_tells_more_is_additive_and_how_long_somebody_waited_may_differ() -> None:
    def log(event: str, *data: str) -> str:
        numbered = (f"Data{place}: {value}" for place, value in enumerate(data, 1))
        return written("queue_log", "queue_log", f"Event: {event}", "Queue: desk", "Agent: ann", *numbered)

    assert found([log("CONNECT", "1", "x")], [log("CONNECT", "2", "x")]) == []
    (change,) = found([log("UNPAUSE", "")], [log("UNPAUSE", "lunch is over")])
    assert rule_for(change).severity is Severity.ADDITIVE
    (change,) = found([], [log("PAUSE", "lunch")])
    assert (change.subject, rule_for(change).severity) == ("desk", Severity.ADDITIVE)


def test_a_mail_is_compared_without_its_date_and_number() -> None:
    def mail(number: int, subject: str) -> str:
        return written(
            "mail", f"harness-mail.{number}", f"Date: Sat, 28 Nov 2026 21:00:0{number}", "To: ann@example.org",
            f"Message-ID: <{number}@pbx>", f"Subject: {subject}", f"Attachment: msg000{number}.wav (audio/x-wav)",
        )  # fmt: skip

    assert found([mail(1, "a message")], [mail(2, "a message")]) == []
    (change,) = found([mail(1, "a message")], [mail(1, "one message")])
    assert (change.subject, change.field) == ("ann@example.org", "Subject")
