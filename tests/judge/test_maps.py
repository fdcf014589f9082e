"""Where findings stand in the site's files, by the loaded dialplans."""

from __future__ import annotations

from harness.asterisk.dialplan.show import parse_dialplan
from harness.judge import Maps
from harness.model import Place

SHOWN = """\
[ Context 'a' created by 'pbx_config' ]
  '1' =>            1. NoOp()                                     [acme.conf:7]
[ Context 'harness-leg' created by 'pbx_config' ]
  '1' =>            1. Answer()                                   [harness-extensions.conf:2]
"""
FILES = ("extensions.conf", "extensions.d/acme.conf", "harness-extensions.conf", "queues.conf")
MAPS = Maps(candidate=parse_dialplan(SHOWN, folder="candidate/", files=FILES))


def test_a_line_of_the_log_names_a_file_of_the_configuration_wherever_its_dialplan_is() -> None:
    assert MAPS.where(("a", "1", "1")) == Place("candidate/extensions.d/acme.conf", 7)
    assert MAPS.named("Unknown keyword at line 34 of queues.conf") == Place("candidate/queues.conf", 34)


def test_what_the_harness_added_is_no_place() -> None:
    assert MAPS.where(("harness-leg", "1", "1")) is None
