"""Which settings of channel variables mean something."""

from harness.judge.normalise.variables import Variables


def test_who_is_on_the_other_side_counts_whenever_it_is_another() -> None:
    """Asterisk sets it two to four times while one bridge is made, as it comes."""
    variables = Variables()
    peers = ["PJSIP/b", "PJSIP/b", "", "", "PJSIP/b", "PJSIP/c", "PJSIP/c"]
    taken = [bool(variables.take("PJSIP/a", "BRIDGEPEER", peer)) for peer in peers]
    assert taken == [True, False, True, False, True, True, False]
    assert variables.take("PJSIP/other", "BRIDGEPEER", "PJSIP/c")


def test_what_the_dialplan_sets_counts_each_time() -> None:
    variables = Variables()
    assert [variables.take("a", "X", "1") for _ in range(2)] == [("X", "effect")] * 2
