"""AGI conversations as facts: environments, commands and answers, channel by channel."""

from harness.judge.normalise import normalise
from harness.judge.normalise.facts import Fact
from harness.testing import trace

CHANNEL = "PJSIP/101-0000000a"


def says(who: str, *lines: str, channel: str = CHANNEL) -> str:
    return "\n\n".join(f"Agi: {who}\nChannel: {channel}\nLine: {line}" for line in lines)


def facts(*parts: str) -> tuple[Fact, ...]:
    return normalise(trace("\n\n".join(parts))).streams["PJSIP/101", "agi"]


def test_a_conversation_is_environment_commands_and_answers() -> None:
    found = facts(
        says("asterisk", "agi_request: lookup.py", f"agi_channel: {CHANNEL}", "agi_threadid: 1404", ""),
        says("script", "GET VARIABLE CALLERID(num)"),
        says("asterisk", "200 result=1 (4125550101)"),
        says("script", 'VERBOSE "hello" 1'),
        says("asterisk", "200 result=1"),
        says("asterisk", "HANGUP"),
    )
    assert [(fact.event, fact.fields) for fact in found] == [
        ("AGI environment", (("agi_request", "lookup.py"), ("agi_channel", "PJSIP/101"))),
        ("AGI command GET VARIABLE", (("Command", "GET VARIABLE CALLERID(num)"),)),
        ("AGI answer to GET VARIABLE", (("Code", "200"), ("Result", "1"), ("Data", "(4125550101)"))),
        ("AGI command VERBOSE", (("Command", 'VERBOSE "hello" 1'),)),
        ("AGI answer to VERBOSE", (("Code", "200"), ("Result", "1"), ("Data", ""))),
    ]


def test_the_usage_that_asterisk_explains_is_not_compared() -> None:
    found = facts(
        says("script", "get data"),
        says(
            "asterisk", "520-Invalid command syntax.  Proper usage follows:", "Stream the given file\\nand so on"
        ),
        says("asterisk", "520 End of proper usage."),
    )
    assert [fact.event for fact in found] == ["AGI command GET DATA", "AGI answer to GET DATA"]
    assert found[1].fields[0] == ("Code", "520")


def test_lines_of_several_channels_are_told_apart() -> None:
    mine = says("script", "ANSWER")
    theirs = says("script", "EXEC Dial PJSIP/102", channel="PJSIP/103-0000000b")
    found = facts(mine, theirs, says("asterisk", "200 result=0"))
    assert [fact.event for fact in found] == ["AGI command ANSWER", "AGI answer to ANSWER"]


def test_an_empty_command_and_broken_bytes_are_facts_as_well() -> None:
    assert facts(says("script", ""))[0].event == "AGI command nothing"
    assert facts(says("script", "\udcff\udcfe"))[0].fields == (("Command", "\udcff\udcfe"),)


def test_the_environment_of_async_agi_is_compared_part_by_part() -> None:
    env = "agi_request%3A%20async%0Aagi_threadid%3A%20140%0Aagi_language%3A%20en%0A%0A"
    (fact,) = normalise(trace(f"Event: AsyncAGIStart\nChannel: {CHANNEL}\nUniqueid: 1.1\nEnv: {env}")).streams[
        "PJSIP/101", "events"
    ]
    assert fact.fields == (("Env.agi_language", "en"), ("Env.agi_request", "async"))
