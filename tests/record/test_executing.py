"""Where a line of the log was written: the priority that its thread executed, by the log's own order."""

import json

from harness.record.executing import Executing


def line(message: str, *, call: str = "C-00000001", thread: int = 7) -> bytes:
    place = {"filename": "pbx.c", "function": "run", "line": 1}
    said = {"location": place, "level": "VERBOSE", "message": message}
    return json.dumps({"identifiers": {"lwp": thread, "callid": f"[{call}]"}, "logmsg": said}).encode()


def executes(where: str, channel: str = "PJSIP/101-00000001", **of: object) -> bytes:
    return line(f'Executing [{where}] NoOp("{channel}", "a") in new stack', **of)  # type: ignore[arg-type]


def test_a_line_is_where_its_thread_was_when_it_was_written() -> None:
    executing = Executing()
    executing.add(executes("105@internal:1"))
    first = executing.where(line("x"))
    executing.add(executes("105@internal:2"))
    assert first == ("PJSIP/101-00000001", ("internal", "105", "1"))
    assert executing.where(line("x")) == ("PJSIP/101-00000001", ("internal", "105", "2"))


def test_two_channels_of_one_call_are_told_apart_by_their_threads() -> None:
    executing = Executing()
    executing.add(executes("105@internal:1"))
    executing.add(executes("s@announce:4", "PJSIP/105-00000002", thread=8))
    assert executing.where(line("x"))[1] == ("internal", "105", "1")
    assert executing.where(line("x", thread=8))[1] == ("announce", "s", "4")
    assert executing.where(line("x", thread=9))[1] == ("announce", "s", "4"), "a helper's: the call's newest"


def test_a_line_of_no_call_or_of_another_is_nowhere() -> None:
    executing = Executing()
    executing.add(executes("105@internal:1"))
    assert executing.where(line("x", call="C-00000002")) == ("", None)
    assert executing.where(b"no json") == ("", None)


def test_an_extension_may_hold_what_parts_it_from_its_context() -> None:
    executing = Executing()
    executing.add(executes("a@b:c]@internal:3"))
    assert executing.where(line("x"))[1] == ("internal", "a@b:c]", "3")
