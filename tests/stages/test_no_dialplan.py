"""Without a dialplan on the old release nothing that is played proves anything."""

from harness.asterisk.dialplan.show import parse_dialplan
from harness.judge import Maps
from harness.stages.ask import NO_DIALPLAN, _mapped
from harness.stages.results import Results

OWN = "[ Context '__func_periodic_hook_context__' created by 'func_periodic_hook' ]\n  'hook' =>  1. NoOp()  [x]\n"
SITE = "[ Context 'in' created by 'pbx_config' ]\n  '9' =>  1. Answer()  [extensions.conf:2]\n"


def test_a_dialplan_that_asterisk_alone_has_made_is_none() -> None:
    assert _mapped(Results(), Maps(old=parse_dialplan(OWN))).problems == (NO_DIALPLAN,)
    assert _mapped(Results(), Maps(old=parse_dialplan(OWN + SITE))).problems == ()
    assert _mapped(Results(), Maps()).problems == (), "nothing was asked"
