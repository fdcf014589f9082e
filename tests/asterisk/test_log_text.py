"""Two lines of the log say the same, speak of one thing, or neither."""

import pytest

from harness.asterisk.log_text import is_of_a_busy_machine, likeness, plain_text, weight


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Error loading 'codec_mine.so': /usr/lib/asterisk/modules/codec_mine.so: gone",
            "Error loading 'codec_mine.so', /usr/lib/x86_64-linux-gnu/asterisk/modules/codec_mine.so: gone",
        ),
        ("took 17 ms to load 3 contexts", "Took 2 ms to load 45 contexts."),
        ("See https://wiki.example.org/x for more", "See https://docs.example.org/y/z for more"),
        ("Thread 0x7f8812 [1234] is stuck", "Thread 0xdead01 [77] is stuck"),
        ("Unknown key 'x' at line 12 of queues.conf", "Unknown key 'x' at line 14 of queues.conf"),
        ("Parse error in pbx.c:4113: x", "parse error in pbx.c:4200: x"),
        ("Stuck, tid=1234", "Stuck, tid=99"),
        ("Sorry, but it is gone", "Sorry but it is gone"),
    ],
)  # fmt: skip
def test_folder_count_address_thread_and_comma_are_no_part_of_what_a_line_says(one: str, other: str) -> None:
    assert plain_text(one) == plain_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("No such extension 101@internal", "No such extension 102@internal"),
        ("Unable to dial extension 101", "Unable to dial extension 102"),
        ("No application 'X' for extension (in, 101, 1)", "No application 'X' for extension (in, 102, 1)"),
        ("Unable to create channel (cause 20 - Unknown)", "Unable to create channel (cause 3 - Unknown)"),
        ("Registration got 403 from 'x'", "Registration got 404 from 'x'"),
        ("No such thing, exten=101", "No such thing, exten=102"),
        ("File custom/a does not exist", "File custom/b does not exist"),
    ],
)
def test_numbers_and_words_that_name_something_are_what_a_line_says(one: str, other: str) -> None:
    assert plain_text(one) != plain_text(other)
    assert likeness(one, other) == 0


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (
            "Attempt to pause interface PJSIP/104, not found",
            "Could not pause interface PJSIP/104: it is no member",
            True,
        ),
        ("Couldn't open 'moh/default'", "Unable to read database of voicemail", False),
        ("Endpoint 101 has no contact", "Endpoint 101 was rejected by its ACL", False),
    ],
)
def test_other_words_for_one_thing_have_its_name_and_most_of_the_words(one: str, other: str, alike: bool) -> None:
    assert bool(likeness(one, other)) is bool(likeness(other, one)) is alike


def test_an_error_weighs_more_than_a_warning_and_a_notice_more_than_what_is_verbose() -> None:
    levels = ["VERBOSE", "NOTICE", "WARNING", "ERROR"]
    assert sorted(levels, key=weight) == levels


@pytest.mark.parametrize(
    ("message", "busy"),
    [
        ("Exceptionally long queue length queuing to PJSIP/101-00000001", True),
        ("Exceptionally long voice queue length (97 voice / 97 total) queuing to Local/7@x-00000001;2", True),
        ("Discarded 1 frame due to queue overload on PJSIP/101-00000001", True),
        ("The 'stasis/m:devicestate:all-0000002' task processor queue reached 500 scheduled tasks.", True),
        ("Taskprocessor 'stasis/m:cdr' queue reached 500 scheduled tasks (high water mark: 500) again.", True),
        ("Taskprocessor overload alert: Ignoring 'Request msg INVITE'.", True),
        ("Expected to acknowledge 1 ticks but got 4 instead", True),
        ("Unable to join queue 'support'", False),
        ("Maximum queue length reached", False),
    ],
)
def test_what_asterisk_says_where_something_waits_for_processor_time(message: str, busy: bool) -> None:
    assert is_of_a_busy_machine(message) is busy
