"""What programs and Asterisk said to each other, as it is compared."""

from __future__ import annotations

from harness.judge.align import align, changes
from harness.judge.normalise import normalise
from harness.model import Change
from harness.testing import trace


def said(interface: str, kind: str, *headers: str) -> str:
    return "\n".join(("App: board", f"Interface: {interface}", f"Kind: {kind}", *headers))


def told(old: list[str], candidate: list[str]) -> list[Change]:
    one, other = normalise(trace("\n\n".join(old))), normalise(trace("\n\n".join(candidate)))
    assert changes(align(one, one)) == ()
    return list(changes(align(one, other)))


def asked(number: int, *headers: str) -> str:
    return said("ami", "action", "Action: QueueSummary", f"ActionID: {number}", *headers)


def answered(number: int, *headers: str) -> str:
    return said("ami", "event", "Event: QueueSummary", f"ActionID: {number}", *headers)


def test_answers_to_two_questions_may_overtake_each_other() -> None:
    questions = [asked(1, "Queue: sales"), asked(2, "Queue: workshop")]
    one, two = answered(1, "Queue: sales", "Callers: 1"), answered(2, "Queue: workshop", "Callers: 0")
    assert told([*questions, one, two], [*questions, two, one]) == []


def test_an_event_that_speaks_of_an_action_is_none() -> None:
    happened = "Event: UserEvent\nUserEvent: Order\nAction: start"
    heard = said("ami", "event", *happened.split("\n"))
    streams = normalise(trace(f"{happened}\n\n{heard}")).streams
    assert ("board", "app hears UserEvent") in streams
    assert ("board", "app asks") not in streams


def test_answers_without_an_id_are_those_to_what_they_refer_to() -> None:
    login, pop = (
        said("ami", "action", "Refers: #1", "Action: Login"),
        said("ami", "action", "Refers: #2", "Action: UserEvent"),
    )
    done = said("ami", "response", "Refers: #2", "Response: Success", "Message: Event Sent")
    happened = said("ami", "event", "Event: BridgeCreate", "Privilege: call,all")
    streams = normalise(trace("\n\n".join([login, pop, happened, done]))).streams
    (fact,) = streams["board", "app answers UserEvent 1"]
    assert fact.event == "board is answered UserEvent"
    assert not any("BridgeCreate" in fact.event for stream in streams.values() for fact in stream)


def test_another_greeting_is_told_before_what_the_program_does_then() -> None:
    def talk(version: str, action: str) -> list[str]:
        return [said("ami", "greeting", f"Version: {version}"), said("ami", "action", f"Action: {action}")]

    found = told(talk("5.0.5", "Status"), talk("11.0.0", "CoreStatus"))
    greeting = next(change for change in found if change.event == "board is greeted")
    assert (greeting.field, greeting.old, greeting.candidate) == ("Version", "5.0.5", "11.0.0")
    assert greeting.seen < min(change.seen for change in found if change is not greeting and change.seen[0] >= 0)


def test_an_answer_is_compared_with_that_to_the_same_question() -> None:
    old = [asked(7), answered(7, "Callers: 1", "TalkTime: 5")]
    new = [asked(9), answered(9, "Callers: 2", "TalkTime: 6")]
    (found,) = told(old, new)
    assert (found.event, found.field) == ("board is answered QueueSummary with QueueSummary", "Callers")


def test_what_keeps_a_connection_alive_is_chance() -> None:
    ping = [
        said("ami", "action", "Action: Ping", "ActionID: 1"),
        said("ami", "response", "Ping: Pong", "ActionID: 1"),
    ]
    assert told([], ping) == []


def test_ids_in_a_request_are_roles() -> None:
    def talk(unique: str, number: str) -> list[str]:
        channel = f"Event: Newchannel\nChannel: PJSIP/101-{number}\nUniqueid: {unique}\nLinkedid: {unique}"
        play = f"POST /ari/channels/{unique}/play"
        return [
            channel,
            said("ari", "request", f"Request: {play}", "query.media: sound:beep", f"query.playbackId: p-{unique}"),
            said(
                "ari", "response", f"Request: {play}", "Status: 201", f'Body: {{"id": "{number}", "state": "x"}}'
            ),
        ]

    assert told(talk("pbx1-1795475240.6", "0000000a"), talk("pbx1-1795475999.7", "0000000b")) == []


def test_another_status_is_told_with_the_operation() -> None:
    hold = "POST /ari/channels/1.1/hold"
    (found,) = told(
        [said("ari", "response", f"Request: {hold}", "Status: 204")],
        [said("ari", "response", f"Request: {hold}", "Status: 409")],
    )
    assert (found.event, found.field) == ("board is answered POST /ari/channels/{id}/hold", "Status")


def test_who_is_in_a_bridge_at_that_moment_is_chance() -> None:
    def event(members: str) -> str:
        body = f'{{"bridge": {{"id": "b", "channels": {members}}}, "channel": {{"id": "1.1"}}}}'
        return said("ari", "event", "Type: ChannelLeftBridge", f"Body: {body}")

    assert told([event("[]")], [event('["1.2"]')]) == []


def test_agi_is_compared_as_the_log_has_it() -> None:
    assert told([], [said("agi", "command", "Command: ANSWER")]) == []


def test_an_event_counts_only_if_it_happened_in_the_scenario() -> None:
    assert told([], [said("ami", "event", "Event: UserEvent")]) == []
