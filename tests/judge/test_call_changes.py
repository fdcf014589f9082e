"""What a dialplan passes that the new release does not take, by what both releases document."""

from __future__ import annotations

import pytest

from harness.asterisk.dialplan.show import Dialplan, Priority
from harness.facts.release import ReleaseFacts, tiny_release
from harness.facts.site_changes import SiteChange
from harness.judge.research.call_changes import call_changes
from harness.model import Place


def argument(position: int, *, separator: str = ",", many: str = "no") -> dict[str, str]:
    return {"position": str(position), "required": "no", "separator": separator, "many": many}


QUEUE = ("queuename", "options", "URL", "announceoverride", "timeout", "AGI", "macro", "gosub", "rule", "position")
DIAL = ("Technology/Resource", "timeout", "options", "URL")


def arguments(name: str, *names: str) -> dict[str, dict[str, str]]:
    return {f"{name}: {each}": argument(position) for position, each in enumerate(names, 1)}


OLD = tiny_release(
    {
        "application": {"Dial": {}, "Queue": {}, "Gosub": {}, "Macro": {}},
        "application argument": arguments("Dial", *DIAL)
        | arguments("Queue", *QUEUE)
        | arguments("Macro", "name")
        | arguments("AMD", "silence", "total Time")
        | {"Page: who": argument(1, many="yes"), "Page: when": argument(2)},
        "application option": {
            "Dial: g": {"position": "3", "takes": ""},
            "Dial: M": {"position": "3", "takes": "macro arg"},
            "Queue: w": {"position": "2", "takes": ""},
            "Playback: skip": {"position": "2", "takes": ""},
        },
        "function argument": {"FEATUREMAP: feature_name": argument(1), "GONE: a": argument(1)},
        "function value": {"FEATUREMAP: automon": {"position": "1"}, "FEATUREMAP: blindxfer": {"position": "1"}},
    }
)
NEW = tiny_release(
    {
        "application": {"Dial": {}, "Queue": {}, "Gosub": {}},
        "application argument": arguments("Dial", *DIAL)
        | arguments("Queue", *(name for name in QUEUE if name != "macro"))
        | arguments("AMD", "silence", "totalTime")
        | {"Page: who": argument(1, many="yes")},
        "application option": {"Dial: g": {"position": "3", "takes": ""}},
        "function argument": {"FEATUREMAP: feature_name": argument(1)},
        "function value": {"FEATUREMAP: blindxfer": {"position": "1"}},
    }
)


def dialplan(*applications: str) -> Dialplan:
    lines = {str(n): Priority(text, Place("extensions.conf", n)) for n, text in enumerate(applications, 1)}
    return Dialplan({"in": {"s": lines}})


def told(*applications: str) -> list[tuple[str, str, str, str]]:
    changes = call_changes(OLD, NEW, dialplan(*applications))
    return [(change.kind, change.name, change.old, change.new) for change in changes]


@pytest.mark.parametrize(
    ("application", "expected"),
    [
        ("Dial(PJSIP/1,20,gM(screen^1))", ("application-option-gone", "Dial: M", "macro arg", "")),
        ("dial(PJSIP/1,20,M(x))", ("application-option-gone", "Dial: M", "macro arg", "")),
        ("Queue(sales,w)", ("application-option-gone", "Queue: w", "", "")),
        ("Queue(sales,,,,,,greet)", ("application-argument-gone", "Queue: macro", "7", "")),
        ("Queue(sales,,,,,,,sub)", ("application-argument-moved", "Queue: gosub", "8", "7")),
        ("Queue(sales,,,,,,,,,1)", ("application-argument-moved", "Queue: position", "10", "9")),
        ("Set(FEATUREMAP(automon)=*1)", ("function-value-gone", "FEATUREMAP: automon", "", "")),
        ("NoOp(${FEATUREMAP( AutoMon )})", ("function-value-gone", "FEATUREMAP: automon", "", "")),
    ],
)
def test_it_is_told(application: str, expected: tuple[str, ...]) -> None:
    assert told(application) == [expected]


@pytest.mark.parametrize(
    "application",
    [
        "Dial(PJSIP/1,20,g)",
        "Dial(PJSIP/1,M)",
        "Dial(PJSIP/1,20,${OPTIONS})",
        "Dial(PJSIP/1,20,g(M))",
        "Macro(a)",  # gone as a whole: others tell of it
        "AMD(1,2)",  # the argument has another name in the documentation
        "Page(a,b)",  # what the first one holds is not known
        "NoOp(${GONE(x)})",
        "NoOp(${FEATUREMAP(blindxfer)} automon)",
        "Unheard(M)",
    ],
)
def test_it_is_not_told(application: str) -> None:
    assert told(application) == []


def test_one_thing_in_many_places_is_one_change() -> None:
    calls = dialplan("Dial(PJSIP/1,,M(a))", "Answer()", "Dial(PJSIP/2,,M(b))")
    assert call_changes(OLD, NEW, calls) == (
        SiteChange(
            "application-option-gone",
            "Dial: M",
            (Place("extensions.conf", 1), Place("extensions.conf", 3)),
            "macro arg",
        ),
    )


def test_what_has_been_migrated_means_what_it_means_now() -> None:
    before = dialplan("Queue(sales,,,,,,greet)")
    assert call_changes(OLD, NEW, dialplan("Queue(sales,,,,,,sub-greet)"), before=before) == ()
    assert call_changes(OLD, NEW, before, before=before) != ()


def test_a_release_with_itself_has_no_changes() -> None:
    calls = dialplan("Dial(PJSIP/1,,M(a))", "Queue(a,w,,,,,b,c,d,e)", "Set(FEATUREMAP(automon)=1)")
    assert call_changes(OLD, OLD, calls) == ()


def test_an_option_that_is_documented_still_and_does_nothing_without_its_module_is_gone() -> None:
    def side(*modules: str) -> ReleaseFacts:
        return tiny_release(
            {
                "module": {name: {} for name in modules},
                "application": {"Dial": {}},
                "application argument": arguments("Dial", *DIAL),
                "application option": {f"Dial: {letter}": {"position": "3", "takes": ""} for letter in "wx"},
            }
        )

    calls = dialplan("Dial(PJSIP/1,20,tw)", "Dial(PJSIP/1,20,tx)")
    (found,) = call_changes(side("res_monitor"), side("app_dial"), calls)
    assert (found.kind, found.name, found.places) == (
        "application-option-gone",
        "Dial: w",
        (Place("extensions.conf", 1),),
    )
    assert call_changes(side("res_monitor"), side("res_monitor"), calls) == ()
