"""What passes over a manager connection, read: packets in any pieces, and whatever is none."""

from __future__ import annotations

from harness.asterisk.ami import packet_bytes
from harness.model import AmiPacket
from harness.record.ami_talk import AmiTalk
from harness.record.said import LONGEST, Said


def packet(said: Said) -> AmiPacket:
    assert isinstance(said.said, AmiPacket)
    return said.said


def heard(talk: AmiTalk, way: str, *pieces: bytes) -> list[Said]:
    return [said for piece in pieces for said in talk.feed(way, piece)]


def test_packets_come_in_any_pieces() -> None:
    stream = b"Action: Originate\r\nChannelId: mine-1\r\nActionID: 7\r\n\r\nAction: Ping\r\n\r\n"
    for size in (1, 3, 17, len(stream)):
        pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
        first, second = heard(AmiTalk(), ">", *pieces)
        originate = AmiPacket(0.0, (("Action", "Originate"), ("ChannelId", "mine-1"), ("ActionID", "7")))
        assert first == Said("action", originate, makes=("mine-1",), refers="7", action_id="7")
        assert (second.kind, packet(second).headers) == ("action", (("Action", "Ping"),))


def test_the_greeting_is_no_header_of_the_first_answer() -> None:
    said = heard(AmiTalk(), "<", b"Asterisk Call Manager/7.0.3\r\n", b"Response: Success\r\nActionID: 1\r\n\r\n")
    assert [one.kind for one in said] == ["greeting", "response"]
    assert said[0].details == (("Version", "7.0.3"),)
    assert packet(said[1]).headers[0] == ("Response", "Success")


def test_events_name_the_calls_that_they_are_about() -> None:
    packet = b"Event: Hangup\r\nChannel: PJSIP/101-0000002a\r\nUniqueid: pbx1-1795475240.6\r\nCause: 16\r\n\r\n"
    (said,) = heard(AmiTalk(), "<", packet)
    assert (said.kind, said.ids) == ("event", ("PJSIP/101-0000002a", "pbx1-1795475240.6"))


def test_without_action_ids_the_next_response_answers_the_oldest_action() -> None:
    talk = AmiTalk()
    first, second, third = heard(
        talk, ">", b"Action: Login\r\n\r\nAction: Ping\r\nActionID: 7\r\n\r\nAction: QueueStatus\r\n\r\n"
    )
    assert (first.action_id, second.action_id, third.action_id) == ("", "7", "")
    answers = heard(
        talk,
        "<",
        b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n",
        b"Event: Newstate\r\nPrivilege: call,all\r\n\r\n",
        b"Response: Success\r\nActionID: 7\r\nPing: Pong\r\n\r\n",
        b"Response: Success\r\nEventList: start\r\n\r\n",
        b"Event: QueueParams\r\nQueue: sales\r\n\r\n",
        b"Event: Hangup\r\nPrivilege: call,all\r\n\r\n",
        b"Event: QueueStatusComplete\r\nEventList: Complete\r\n\r\n",
    )
    refers = [one.refers for one in answers]
    assert refers == [first.refers, "", "7", third.refers, third.refers, "", third.refers]


def test_a_response_that_nothing_asked_for_answers_nothing() -> None:
    (said,) = heard(AmiTalk(), "<", b"Response: Error\r\n\r\n")
    assert said.refers == ""


def test_part_of_an_action_id_names_nothing() -> None:
    """panoramisk's ActionIDs begin with an id of the connection, which all calls of it share."""
    action = b"Action: Ping\r\nActionID: action/185fe2e7-0bb5-4b00-8f22-7e622f248017/1/4\r\n\r\n"
    (said,) = heard(AmiTalk(), ">", action)
    assert (said.ids, said.refers) == ((), "action/185fe2e7-0bb5-4b00-8f22-7e622f248017/1/4")


def test_invalid_utf8_and_lines_without_a_colon_are_kept() -> None:
    data = b"Event: X\r\nName: \xff\xfe\r\nno header"
    (said,) = heard(AmiTalk(), "<", data + b"\r\n\r\n")
    assert packet(said).headers[1:] == (("Name", "\\xff\\xfe"), ("no header", ""))
    assert packet_bytes(packet(said)) == data


def test_half_a_packet_is_told_at_the_end() -> None:
    talk = AmiTalk()
    assert heard(talk, "<", b"Event: Hang") == []
    (said,) = talk.end("<", "")
    assert said.kind == "broken"
    assert dict(said.details) == {"Problem": "the connection ended within a packet", "Data": "Event: Hang"}


def test_a_packet_without_end_is_given_up_and_the_other_direction_goes_on() -> None:
    talk = AmiTalk()
    said = heard(talk, ">", *[b"x" * 100_000] * (10 * LONGEST // 100_000))
    assert [one.kind for one in said] == ["broken"]
    assert [one.kind for one in heard(talk, "<", b"Response: Error\r\n\r\n")] == ["response"]


def test_a_reset_is_told() -> None:
    (said,) = AmiTalk().end(">", "Connection reset by peer")
    assert said.details[0] == ("Problem", "Connection reset by peer")
