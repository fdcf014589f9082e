"""What judging leaves behind: nothing that keeps itself in memory until somebody looks for circles."""

import gc

from harness.judge.normalise import normalise
from harness.testing import trace


def test_what_was_needed_to_normalise_a_trace_is_gone_afterwards() -> None:
    recorded = trace("Event: Hangup\nChannel: Local/a@x-0000000a;1\nUniqueid: a.1\nCause: 16")
    normalise(recorded)
    gc.collect()
    gc.disable()
    try:
        for _ in range(100):
            normalise(recorded)
        assert gc.collect() == 0
    finally:
        gc.enable()
