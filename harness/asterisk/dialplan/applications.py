"""What applications and functions do with their arguments: which of them run, dial or pass on. Facts as data.

Sources: the documentation of 16.28 and 22.10, and app_exec.c, app_dial.c, app_queue.c and app_originate.c.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["APPLICATIONS", "DEVICE_OPTIONS", "FUNCTIONS", "JOIN", "NOTHING", "RUN_BY_OPTIONS", "Takes"]

_SUBROUTINES = {"b": "Gosub", "B": "Gosub"}
_DIALS = {"M": "Macro", "U": "Gosub", **_SUBROUTINES}


@dataclass(frozen=True, slots=True)
class Takes:
    """What an application's arguments are; they are counted from 1.

    `runs`: the whole is an application with its arguments. `branches`: so are the branches after `?`.
    `devices` name channels to call or to ask about. `options` is the argument of the options, and `by_option`
    the application that each runs. `by_argument`: the same for whole arguments. `subroutines` name a macro or the
    context of a subroutine, whichever there is; `named` an application. `carries`: values that may end up anywhere
    (Set, Gosub), hence may name a device too.
    """

    runs: bool = False
    branches: bool = False
    devices: tuple[int, ...] = ()
    options: int = 0
    by_option: Mapping[str, str] = field(default_factory=dict)
    by_argument: Mapping[int, str] = field(default_factory=dict)
    subroutines: tuple[int, ...] = ()
    named: int = 0
    carries: bool = False


NOTHING = Takes()

APPLICATIONS: Mapping[str, Takes] = {
    "exec": Takes(runs=True),
    "tryexec": Takes(runs=True),
    "execif": Takes(branches=True, carries=True),
    "execiftime": Takes(branches=True),
    "dial": Takes(devices=(1,), options=3, by_option=_DIALS),
    "retrydial": Takes(devices=(4,), options=6, by_option=_DIALS),
    "page": Takes(devices=(1,), options=2, by_option=_SUBROUTINES),
    "originate": Takes(devices=(1,), options=7, by_option=_SUBROUTINES, named=3),
    "followme": Takes(options=2, by_option=_SUBROUTINES),
    # Until 20 a macro is the seventh and a subroutine the eighth; since 21 the seventh is the subroutine.
    "queue": Takes(options=2, by_argument={6: "AGI"}, subroutines=(7, 8)),
    "addqueuemember": Takes(devices=(2,)),
    "removequeuemember": Takes(devices=(2,)),
    "pausequeuemember": Takes(devices=(2,)),
    "unpausequeuemember": Takes(devices=(2,)),
    "parkandannounce": Takes(devices=(4,)),
    **dict.fromkeys(
        "bridge channelredirect chanisavail chanspy pickupchan sendimage softhangup transfer".split(),
        Takes(devices=(1,)),
    ),
    **dict.fromkeys(
        "gosub gosubif gotoif macro macroexclusive macroif mset return set while".split(), Takes(carries=True)
    ),
}
"""By name in lower case, as Asterisk tells no cases apart; others take nothing of that kind."""

JOIN = frozenset({"dial", "queue", "retrydial"})
"""Applications that join two people, whose options let them transfer and record by keys."""

FUNCTIONS: Mapping[str, int] = {
    "CHANNELS": 1,
    "DEVICE_STATE": 1,
    "IMPORT": 1,
    "QUEUE_MEMBER": 3,
    "QUEUE_MEMBER_PENALTY": 2,
    "SHARED": 2,
}
"""Which argument of a function names a channel or device."""

DEVICE_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "calendar.conf": ("channel",),
    "queues.conf": ("member",),
    "sla.conf": ("device",),
}
"""Options of configuration files that name a device to call."""

RUN_BY_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "queues.conf": {"membermacro": "Macro", "membergosub": "Gosub"},
}
"""Options of configuration files that make an application run."""
