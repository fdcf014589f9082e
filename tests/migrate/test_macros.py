"""Macros become subroutines only where nothing is lost; where not, the reason is told and the line stays."""

from __future__ import annotations

import pytest
from migrations import Migrate

CALLER = "[a]\nexten => 100,1,Macro(m,1)\n"
MACRO_M = "[macro-m]\nexten => s,1,NoOp()\n"


@pytest.mark.parametrize(
    ("macro", "reason"),
    [
        ("exten => s,1,Background(menu)\n", "Background() may ask"),
        ("exten => s,1,WaitExten(2)\n", "WaitExten() may ask"),
        ("exten => s,1,SomethingNew()\n", "SomethingNew() may ask"),
        ("exten => s,1,Set(MACRO_OFFSET=101)\n", "MACRO_OFFSET"),
        ("exten => s,1,NoOp(${ARGC})\n", "counts them"),
        ("exten => s,1,NoOp(${ARG${N}})\n", "chooses among its arguments"),
        ("exten => s,1,Goto(nowhere,1)\n", "it goes to nowhere, which is not there"),
        ("exten => s,1,Goto(${DIALSTATUS},1)\nexten => BUSY,1,NoOp()\n", "no pattern takes what is not there"),
        ("exten => s,1,Goto(s-${X},2)\nexten => s-1,1,NoOp()\n", "no pattern takes what is not there"),
        ("exten => s,1,GotoIf($[1]?3)\n same => n,NoOp()\n same => n,NoOp()\n", "which is not written there"),
        ("exten => s,1,Goto(${WHERE},s,1)\n", "it goes to another context"),
        ("exten => s,1,Goto(macro-other,s,1)\n", "it goes to another context, macro-other"),
        ("exten => s,1,Goto(h,1)\nexten => h,1,NoOp()\n", "its extension h, which something goes to"),
        ("exten => s,1,NoOp()\nexten => s,3,NoOp()\nexten => s,2,NoOp()\n", "of s are in another order"),
        ("exten => s,1,NoOp()\nexten => s,n+5,NoOp()\n", "priority n+5"),
        ("exten => t,1,NoOp()\n", "it has no extension s"),
        ("include => dials\nexten => s,1,NoOp()\n", "include => dials"),
        ("include => parkedcalls\nexten => s,1,NoOp()\n", "include => parkedcalls"),
        ("exten => s,1,Dial(PJSIP/1,,d)\n", "option d of Dial()"),
        ("exten => s,1,Dial(PJSIP/${EXTEN})\n", "it reads ${EXTEN}"),
        ("exten => s,1,NoOp()\nexten => s,2,Dial(PJSIP/1,,T)\n", "its priorities have numbers"),
        ("exten => s,1,Dial(PJSIP/1)\nexten => 1,1,NoOp()\n", "its own extension 1 may be the one"),
        ("exten => s,1,Dial(PJSIP/1)\nexten => _X,1,NoOp()\n", "its own extension _X may be the one"),
        ("exten => s,1(x),Dial(PJSIP/1)\n same => n,Goto(s,x)\n", "it goes to s, another extension"),
        ("exten => s,1,Dial(PJSIP/1)\n same => n,Goto(1${X},1)\n", "its own extension _1. may be the one"),
        ("exten => s,1,Queue(q,F)\n", "option F of Queue()"),
        ("exten => s,1,VoiceMail(1@x)\n", "goes to o of the context"),
        ("exten => s,1,VoiceMail(1@x,d(b))\nexten => o,1,NoOp()\n", "may go to the context"),
        ("exten => s,1,Gosub(dials,s,1)\n", "Gosub() dials in [dials]"),
        ("exten => s,1,NoOp(a\\;b)\n", "this line is not understood"),
        ("exten => s,1,NoOp(a) ;-- x --;\n", "this line is not understood"),
        ("exten => s,1,Return()\n", "a subroutine of its own"),
        ("exten => _s-X,1,NoOp()\n same => n,NoOp()\nexten => s,1,NoOp()\nexten => s-1,1,NoOp()\n", "in _s-X"),
    ],
)  # fmt: skip
def test_what_a_subroutine_would_do_otherwise_is_left(run: Migrate, macro: str, reason: str) -> None:
    rest = f"exten => o,1,NoOp()\n[dials]\nexten => s,1,Dial(PJSIP/1)\n same => n,Return()\n[macro-m]\n{macro}"
    found = run(CALLER + rest)
    assert found.extensions == CALLER + rest
    assert any("extensions.conf:2: Macro(m) went" in left and reason in left for left in found.left), found.left


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("Macro(${WHICH})", "not known before the call"),
        ("Macro(gone)", "there is no [macro-gone]"),
        ('Macro(m,"a,b")', "brackets or quotes"),
        ("Macro(m,a(b,c))", "brackets or quotes"),
        ("Macro(m,a(b)", "brackets or quotes"),
        ("Macro(m,${CALLERID(name)})", "brackets or quotes"),
        ("Macro(m,a\\,b)", "brackets or quotes"),
    ],
)
def test_calls_that_are_not_sure_are_left(run: Migrate, call: str, reason: str) -> None:
    text = f"[a]\nexten => 100,1,{call}\n[macro-m]\nexten => s,1,NoOp(${{ARG1}})\n"
    found = run(text)
    assert found.extensions == text
    assert any(reason in left for left in found.left), found.left


def test_arguments_stay_as_they_are(run: Migrate) -> None:
    found = run(
        "[a]\nexten => 1,1,Macro(m, x ,${CUT(A,,1)},$[${B} + 1],,${IF($[1]?a:b)},TM(c)) ; note\n"
        "[macro-m]\nexten => s,1,NoOp(${ARG1})\n"
    )
    arguments = " x ,${CUT(A,,1)},$[${B} + 1],,${IF($[1]?a:b)},TM(c)"
    assert f"exten => 1,1,Gosub(macro-m,s,1({arguments})) ; note" in found.extensions
    assert found.left == []


def test_a_macro_that_dials_is_entered_as_the_extension_that_was_called(run: Migrate) -> None:
    found = run(
        "[a]\nexten => _1X,1,Macro(m)\nexten => s,1,Macro(m)\nexten => i,1,Macro(m)\nexten => _.,1,Macro(m)\n"
        "[macro-m]\nexten => s,1,Macro(inner)\nexten => s,n,NoOp()\n[macro-inner]\nexten => s,1,Dial(PJSIP/1)\n"
    )
    assert found.extensions == (
        "[a]\nexten => _1X,1,Gosub(macro-m,${EXTEN},1)\nexten => s,1,Gosub(macro-m,s,1)\n"
        "exten => i,1,Gosub(macro-m,s,1)\nexten => _.,1,Macro(m)\n"
        "[macro-m]\nexten => _[s0-9*#+]!,1,Gosub(macro-inner,${EXTEN},1)\nexten => _[s0-9*#+]!,n,NoOp()\n"
        "exten => _[s0-9*#+]!,n,Return()\n[macro-inner]\nexten => _[s0-9*#+]!,1,Dial(PJSIP/1)\n"
        " same => n,Return()\n"
    )
    assert ["_. may be an extension of any name" in left for left in found.left] == [True]


def test_a_hangup_finds_the_callers_h(run: Migrate) -> None:
    found = run("[a]\nexten => 1,1,Macro(m)\nexten => h,1,NoOp()\n[macro-m]\nexten => s,1,Wait(1)\n")
    assert found.extensions.endswith(
        "exten => s,1,Wait(1)\n same => n,Return()\nexten => h,1,Set(CALLED_FROM=${STACK_PEEK(1,c)})\n"
        " same => n,StackPop()\n same => n,GotoIf(${DIALPLAN_EXISTS(${CALLED_FROM},h,1)}?${CALLED_FROM},h,1)\n"
    )


def test_an_h_of_the_macro_s_own_never_ran_and_does_not_now(run: Migrate) -> None:
    macro = "[macro-m]\nexten => s,1,Wait(1)\nexten => h,1,NoOp(x)\n same => n,NoOp(y)\n"
    found = run(f"[a]\nexten => 1,1,Macro(m)\nexten => h,1,NoOp()\n{macro}")
    assert found.extensions.partition("[macro-m]\n")[2] == (
        "exten => s,1,Wait(1)\n same => n,Return()\nexten => h,1,Set(CALLED_FROM=${STACK_PEEK(1,c)})\n"
        " same => n,StackPop()\n same => n,GotoIf(${DIALPLAN_EXISTS(${CALLED_FROM},h,1)}?${CALLED_FROM},h,1)\n"
        ";exten => h,1,NoOp(x)\n; same => n,NoOp(y)\n"
    )
    assert found.left == []
    assert run(f"[a]\nexten => 1,1,Macro(m)\n{macro}").extensions.partition("[macro-m]\n")[2] == (
        "exten => s,1,Wait(1)\n same => n,Return()\n;exten => h,1,NoOp(x)\n; same => n,NoOp(y)\n"
    )


@pytest.mark.parametrize("goes", ["[b]\nexten => 1,1,Goto(macro-m,h,1)\n", ""])
def test_an_h_that_something_goes_to_is_left(run: Migrate, goes: str) -> None:
    found = run(f"[a]\nexten => 1,1,Macro(m)\n{goes}[macro-m]\nexten => s,1,NoOp()\nexten => h,1,NoOp()\n")
    assert ("Macro(m)" in found.extensions) is bool(goes)


def test_a_macro_in_a_value_becomes_a_subroutine_as_in_an_option(run: Migrate) -> None:
    found = run(
        "[globals]\nTRUNK_OPTIONS = TM(note)\n[a]\nexten => 1,1,Set(X=${OPTIONS}M(note^a))\n"
        ' same => n,NoOp(${REGEX("M[(]note[)]" ${X})} ${ENUM(note)})\n same => n,Dial(PJSIP/1,,M(note)${X})\n'
        " same => n,Set(Y=M(odd))\n[macro-note]\nexten => s,1,NoOp()\n[macro-odd]\nexten => s,1,WaitExten()\n"
    )
    assert found.extensions.startswith(
        "[globals]\nTRUNK_OPTIONS = TU(macro-note)\n[a]\nexten => 1,1,Set(X=${OPTIONS}U(macro-note^a))\n"
        ' same => n,NoOp(${REGEX("U[(]macro-note[)]" ${X})} ${ENUM(note)})\n'
        " same => n,Dial(PJSIP/1,,U(macro-note)${X})\n same => n,Set(Y=M(odd))\n[macro-note]\n"
    )
    assert [left for left in found.left if "M(odd) in a value went" in left and "WaitExten()" in left]


def test_where_a_macro_goes_to_what_is_not_there_it_ends(run: Migrate) -> None:
    found = run(
        "[a]\nexten => 1,1,Macro(m)\n[macro-m]\nexten => s,1,Goto(exit-${VMSTATUS},1)\n"
        "exten => exit-FAILED,1,Goto(s-${X},1)\nexten => _s-.,1,NoOp()\n"
    )
    assert found.extensions.partition("[macro-m]\n")[2] == (
        "exten => s,1,Goto(exit-${VMSTATUS},1)\nexten => exit-FAILED,1,Goto(s-${X},1)\n"
        "exten => _s-.,1,NoOp()\n same => n,Return()\nexten => _e[x]it-.,1,Return()\n"
    )
    assert found.left == []


def test_what_is_only_logged_keeps_no_macro(run: Migrate) -> None:
    found = run("[a]\nexten => 1,1,Macro(m)\n[macro-m]\nexten => s,1,NoOp(Depth is ${MACRO_DEPTH})\n")
    assert found.extensions.startswith("[a]\nexten => 1,1,Gosub(macro-m,s,1)\n")


def test_a_queue_without_a_macro_is_not_told_of_one(run: Migrate) -> None:
    found = run("[a]\nexten => 1,1,Queue(q,t,,,20,${AGI},,${GOSUB},${RULE},${POSITION})\n")
    assert found.extensions == "[a]\nexten => 1,1,Queue(q,t,,,20,${AGI},${GOSUB},${RULE},${POSITION})\n"
    assert not [left for left in found.left if "The macro" in left]


def test_a_macro_ends_where_a_priority_is_missing(run: Migrate) -> None:
    found = run(
        "[a]\nexten => 1,1,Macro(m)\n[macro-m]\nexten => s,1,GotoIf($[1]?200:300)\nexten => s,200,NoOp()\n"
        "exten => s,300,Hangup()\nexten => s,301,NoOp()\n"
    )
    assert found.extensions.partition("[macro-m]\n")[2] == (
        "exten => s,1,GotoIf($[1]?200:300)\n same => n,Return()\nexten => s,200,NoOp()\n"
        "exten => s,n,Return()\nexten => s,300,Hangup()\nexten => s,301,NoOp()\nexten => s,n,Return()\n"
    )
    assert found.left == []


def test_what_a_macro_sets_for_who_reads_it_as_a_subroutine_s_value_stays(run: Migrate) -> None:
    found = run(
        "[a]\nexten => 1,1,Macro(m)\n same => n,NoOp(${GOSUB_RETVAL})\n"
        "[macro-m]\nexten => s,1,Set(GOSUB_RETVAL=TRUE)\n same => n,ExecIf($[1]?MacroExit())\n"
    )
    assert found.extensions.partition("[macro-m]\n")[2] == (
        "exten => s,1,Set(GOSUB_RETVAL=TRUE)\n same => n,ExecIf($[1]?Return(${GOSUB_RETVAL}))\n"
        " same => n,Return(${GOSUB_RETVAL})\n"
    )


@pytest.mark.parametrize(
    ("dialplan", "more", "gets_one"),
    [
        ("[a]\nexten => 1,1,Macro(m)\n[b]\nexten => h,1,NoOp()\n", {}, False),
        ("[a]\nexten => 1,1,Macro(m)\n[b]\ninclude => a\nexten => h,1,NoOp()\n", {}, True),
        ("[a]\ninclude => b\nexten => 1,1,Macro(m)\n[b]\nexten => h,1,NoOp()\n", {}, True),
        ("[a]\nexten => 1,1,Macro(o)\nexten => h,1,NoOp()\n[macro-o]\nexten => s,1,Macro(m)\n", {}, True),
        ("[a]\nexten => 1,1,Macro(m)\n[b]\nexten => 1,1,Macro(${X})\nexten => h,1,NoOp()\n", {}, True),
        ("[a]\nexten => 1,1,Macro(m)\n", {"extensions.ael": "context b {\n h => NoOp();\n};\n"}, False),
        (
            "[a]\nexten => 1,1,Macro(m)\n",
            {"extensions.ael": "context b {\n h => NoOp(m);\n};\n"},
            True,
        ),
    ],
)
def test_a_macro_whose_callers_have_no_h_gets_none(
    run: Migrate, dialplan: str, more: dict[str, str], gets_one: bool
) -> None:
    found = run(f"{dialplan}[macro-m]\nexten => s,1,Wait(1)\n", **more)
    assert found.extensions.partition("[macro-m]")[2].count("exten => h,1,Set(CALLED_FROM") == gets_one


def test_arguments_of_the_macro_outside_are_handed_on(run: Migrate) -> None:
    """Also to a macro that only hands them on."""
    found = run(
        "[a]\nexten => 1,1,Macro(out,x,y)\n[macro-out]\nexten => s,1,Macro(between)\n"
        "[macro-between]\nexten => s,1,Macro(in,z)\n[macro-in]\nexten => s,1,NoOp(${ARG2})\n"
    )
    assert "Gosub(macro-out,s,1(x,y))" in found.extensions
    assert "Gosub(macro-between,s,1(${ARG1},${ARG2}))" in found.extensions
    assert "Gosub(macro-in,s,1(z,${ARG2}))" in found.extensions
    assert found.left == []


def test_arguments_of_the_subroutine_outside_are_handed_on(run: Migrate) -> None:
    found = run("[a]\nexten => s,1,Macro(m)\n same => n,Return()\n[macro-m]\nexten => s,1,NoOp(${ARG1})\n")
    assert "exten => s,1,Gosub(macro-m,s,1(${ARG1}))" in found.extensions


def test_who_reads_arguments_outside_of_a_subroutine_keeps_a_macro_that_leaves(run: Migrate) -> None:
    macro = "[macro-m]\nexten => s,1,Goto(a,2,1)\n"
    reads = "[b]\nexten => s,1,NoOp(${ARG1})\n"
    assert "Macro(m)" in run(f"[a]\nexten => 1,1,Macro(m)\nexten => 2,1,NoOp()\n{reads}{macro}").extensions
    returns = f"{reads} same => n,Return()\n"
    assert "Gosub(macro-m" in run(f"[a]\nexten => 1,1,Macro(m)\nexten => 2,1,NoOp()\n{returns}{macro}").extensions


def test_going_to_s_is_nothing_new_where_it_stays_s(run: Migrate) -> None:
    found = run("[a]\nexten => 1,1,Macro(m)\n[macro-m]\nexten => s,1(x),NoOp()\nexten => t,1,Goto(s,x)\n")
    assert found.extensions.startswith("[a]\nexten => 1,1,Gosub(macro-m,s,1)\n")


def test_of_macroif_both_branches_are_changed_or_none(run: Migrate) -> None:
    found = run("[a]\nexten => 1,1,MacroIf($[1]?m:bad)\n[macro-m]\nexten => s,1,NoOp()\n")
    assert "MacroIf($[1]?m:bad)" in found.extensions
    assert len(found.left) == 2


def test_queues_and_keys_run_subroutines(run: Migrate) -> None:
    found = run(
        "[a]\nexten => 1,1,Queue(q,t,,,20,,m,,urgent)\n[macro-m]\nexten => s,1,NoOp()\n",
        **{
            "queues.conf": "[q]\nmembermacro = m\n[r]\nmembermacro=bad\n",
            "features.conf": "[applicationmap]\nx => *5,self,Macro(m)\ny => *6,self,Macro(m,(1))\n",
        },
    )
    assert "Queue(q,t,,,20,,macro-m,urgent)" in found.extensions
    assert found.files["queues.conf"] == "[q]\nmembergosub = macro-m\n[r]\nmembermacro=bad\n"
    assert found.files["features.conf"] == (
        "[applicationmap]\nx => *5,self,Gosub(macro-m,s,1)\ny => *6,self,Macro(m,(1))\n"
    )
    assert len([left for left in found.left if "not changed" in left]) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("*5,self,Macro(m)", "*5,self,Gosub(macro-m,s,1)"),
        ("*5,self/both,Macro,m", "*5,self/both,Gosub(macro-m,s,1)"),
        ("*5,caller,Macro,m,default", "*5,caller,Gosub(macro-m,s,1),default"),
        ('*5,peer,Macro,"m,1,2",default', "*5,peer,Gosub(macro-m,s,1(1,2)),default"),
        ("*5,self,Macro(m,1,2),default", "*5,self,Gosub(macro-m,s,1(1,2)),default"),
    ],
)
def test_a_key_is_written_in_two_ways(run: Migrate, before: str, after: str) -> None:
    found = run(MACRO_M, **{"features.conf": f"[applicationmap]\nx => {before} ; why\n"})
    assert found.files["features.conf"] == f"[applicationmap]\nx => {after} ; why\n"
    assert found.left == []


def test_a_key_without_the_arguments_of_its_macro_is_told(run: Migrate) -> None:
    features = "[applicationmap]\nx => *5,self,Macro(m,1)\n"
    found = run("[macro-m]\nexten => s,1,NoOp(${ARG2})\n", **{"features.conf": features})
    assert found.files["features.conf"] == features
    assert any("reads an argument that is not given" in left for left in found.left)


CUSTOM = "[a]\nexten => 100,1,Macro(m)\n[macro-m]\ninclude => macro-m-custom\nexten => s,1,NoOp()\n"


@pytest.mark.parametrize("rest", ["", "[macro-m-custom]\n", "[macro-m-custom]\ninclude => none\n"])
def test_an_include_that_brings_nothing_is_no_obstacle(run: Migrate, rest: str) -> None:
    found = run(CUSTOM + rest)
    assert "Gosub(macro-m,s,1)" in found.extensions
    assert "include => macro-m-custom" in found.extensions
    assert found.left == []


@pytest.mark.parametrize(
    ("rest", "files"),
    [
        ("[macro-m-custom]\nexten => o,1,NoOp()\n", {}),
        ("[macro-m-custom]\nswitch => Realtime\n", {}),
        ("#exec /x.sh\n", {}),
        ("#tryinclude /opt/x.conf\n", {}),
        ("", {"extensions.ael": "context macro-m-custom { 1 => NoOp(); }"}),
        ("", {"sip.conf": "[general]\nregcontext=macro-m-custom\n"}),
    ],
)
def test_an_include_that_may_bring_something_is_an_obstacle(
    run: Migrate, rest: str, files: dict[str, str]
) -> None:
    found = run(CUSTOM + rest, **files)
    assert found.extensions == CUSTOM + rest
    assert any("include => macro-m-custom" in left for left in found.left)


def test_gosub_that_may_not_load_is_not_used(run: Migrate) -> None:
    text = "[a]\nexten => 1,1,Macro(m)\n[macro-m]\nexten => s,1,NoOp()\n"
    found = run(text, **{"modules.conf": "[modules]\nautoload=yes\nnoload=app_stack.so\n"})
    assert found.extensions == text


def test_a_line_that_two_contexts_have_is_left(run: Migrate) -> None:
    found = run(
        "[a]\nexten => 1,1,Macro(m)\n[macro-m]\n#include b.conf\n[macro-n]\n#include b.conf\n",
        **{"b.conf": "exten => s,1,NoOp()\n"},
    )
    assert found.migration.changed == {}


def test_what_several_queues_inherit_is_renamed_once(run: Migrate) -> None:
    queues = "[usual](!)\nmembermacro = m\n[a](usual)\n[b](usual)\n"
    found = run("[macro-m]\nexten => s,1,NoOp()\n", **{"queues.conf": queues})
    assert found.files["queues.conf"] == "[usual](!)\nmembergosub = macro-m\n[a](usual)\n[b](usual)\n"
    assert found.left == []


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("MacroExclusive(m)", "a Gosub excludes nobody"),
        ("MacroExit()", "it stands in no macro"),
        ("Dial(PJSIP/1,,M(${X}))", "M(${X}) of Dial() went in Asterisk 21; not changed: which macro"),
        ("Dial(PJSIP/1,,M(gone))", "there is no [macro-gone]"),
        ("Dial(PJSIP/1,,M(m^a(b)))", "its arguments may have brackets or quotes"),
        ("Dial(PJSIP/1,,M(where))", "[macro-where] reads where it was called from"),
        ("Queue(q,,,,,,gone)", "there is no [macro-gone]"),
        ("Queue(q,,,,,,m,sub)", "it runs a Gosub as well"),
        ("Queue(q,,,,,,where)", "[macro-where] reads where it was called from"),
    ],
)
def test_what_runs_a_macro_otherwise_is_told(run: Migrate, before: str, reason: str) -> None:
    where = "[macro-where]\nexten => s,1,NoOp(${MACRO_EXTEN})\n"
    found = run(f"[a]\nexten => 1,1,{before}\n{MACRO_M}{where}")
    assert found.extensions.split("\n")[1] == f"exten => 1,1,{before}"
    assert any(left.startswith("extensions.conf:2: ") and reason in left for left in found.left), found.left


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Macro(m)", "Gosub(macro-m,s,1)"),
        ("Macro(m,)", "Gosub(macro-m,s,1())"),
        ("MacroIf($[1]?m,x)", "GosubIf($[1]?macro-m,s,1(x))"),
        ("MacroIf($[1]?:m)", "GosubIf($[1]?:macro-m,s,1)"),
        ("MacroIf($[1]?m:m,y)", "GosubIf($[1]?macro-m,s,1:macro-m,s,1(y))"),
        ("ExecIf($[1]?Macro(m))", "ExecIf($[1]?Gosub(macro-m,s,1))"),
        ("Dial(PJSIP/1,,tM(m)g)", "Dial(PJSIP/1,,tU(macro-m)g)"),
        ("Dial(PJSIP/1,,M(m^x^y))", "Dial(PJSIP/1,,U(macro-m^x^y))"),
        ("Dial(PJSIP/1,,t)", "Dial(PJSIP/1,,t)"),
        ("Queue(q,,,,,,m)", "Queue(q,,,,,,macro-m)"),
        ("Queue(q,,,,,,m,)", "Queue(q,,,,,,macro-m)"),
        ("Queue(q,,,,,,macro-m)", "Queue(q,,,,,,macro-m)"),
        ("Queue(q,,,,,, )", "Queue(q,,,,,, )"),
    ],
)
def test_whatever_runs_a_macro_runs_a_subroutine(run: Migrate, before: str, after: str) -> None:
    found = run(f"[a]\nexten => 1,1,{before}\n[macro-m]\nexten => s,1,NoOp(${{ARG1}})\n")
    assert found.extensions.split("\n")[1] == f"exten => 1,1,{after}"
    assert found.left == []


@pytest.mark.parametrize(
    ("macro", "reason"),
    [
        ("exten => s,1,Goto()\n", "where it goes is not understood"),
        ("exten => s,1,Goto(a,b,c,d)\n", "where it goes is not understood"),
        ("exten => s,1,Goto(a,(b)\n", "where it goes is not understood"),
        ("exten => s,1,Goto\n", "where it goes is not understood"),
        ("exten => s,1,GotoIf($[1])\n", "where it goes is not understood"),
        ("exten => s,1,GotoIf($[1]?(a)\n", "where it goes is not understood"),
        ("exten => s,1,Goto(reads,s,1)\n", "it goes to another context, and [reads] reads arguments of macros"),
        ("exten => s,1,Goto(sub-x,s,1)\n", "it goes to another context, sub-x"),
        ("exten => s,1,Goto(gone,s,1)\n", "it goes to another context, gone"),
        ("exten => s,1(x),Goto(t,x)\nexten => t,1,NoOp()\n", "it goes to priority x of t"),
        ("exten => s,1,Goto(2)\n same => n,NoOp()\n", "it goes to priority 2 of s"),
        ("exten => s,1,Goto(s-${X},2)\nexten => _s-.,1,NoOp()\n same => n,NoOp()\n", "no pattern takes what"),
        ("exten => s,1,Goto(${X},1)\nexten => _s-.,1,NoOp()\n", "no pattern takes what"),
        ("exten => s,1,Goto(a.${X},1)\nexten => _s-X,1,NoOp()\n", "no pattern takes what"),
        ("exten => s,2,NoOp()\n", "extension s does not begin with priority 1"),
        ("exten => s,1,Gosub(${X},s,1)\n", "where Gosub() goes is not known before the call"),
        ("exten => s,hint,PJSIP/1\nexten => s,1,NoOp()\n", "not understood"),
        (
            "exten => s,1,NoOp()\nexten => s-1,1,NoOp()\nexten => _s-X,1,NoOp()\n same => n,NoOp()\n",
            "it goes on in _s-X",
        ),
        (
            "exten => s,1,NoOp()\nexten => 1,1,NoOp()\nexten => _X,1,NoOp()\n same => n,NoOp()\n",
            "of 1 it goes on in _X",
        ),
        ("switch => Realtime\nexten => s,1,NoOp()\n", "switch => Realtime"),
    ],
)
def test_ways_through_a_macro_that_end_otherwise_are_told(run: Migrate, macro: str, reason: str) -> None:
    rest = f"[reads]\nexten => s,1,NoOp(${{ARG1}})\n[sub-x]\nexten => s,1,NoOp()\n[macro-m]\n{macro}"
    found = run(CALLER + rest)
    assert found.extensions == CALLER + rest
    assert any(reason in left for left in found.left), found.left


@pytest.mark.parametrize(
    "macro",
    [
        "exten => s,1(x),Goto(x)\n",
        "exten => s,1,Goto(t,1)\nexten => t,1,Hangup()\n",
        "exten => s,1,Goto(macro-m,t,1)\nexten => t,1,Hangup()\n",
        "exten => s,1,Goto(t,x)\nexten => t,1,NoOp()\n same => n(x),Hangup()\n",
        "exten => s,1,Goto(51,1)\nexten => _5X,1,Hangup()\n",
        "exten => s,1,Goto(s-${X},1)\nexten => _s-.,1,Hangup()\n",
        "exten => s,1,Goto(s-${X},1)\nexten => _s!,1,Hangup()\n",
        "exten => s,1,GotoIf($[1]?t,1)\n same => n,Goto(b,1,1)\nexten => t,1,Hangup()\n",
        "exten => s,1,GotoIf($[1]?t,1:t,1)\n same => n,Hangup()\nexten => t,1,Busy()\n",
        "ignorepat => 9\nexten => s,1,Hangup()\n",
        "exten => s,1,Hangup()\nexten => _s!,1,NoOp()\n same => n,Hangup()\n",
    ],
)
def test_ways_through_a_macro_that_end_alike_are_no_obstacle(run: Migrate, macro: str) -> None:
    found = run(f"{CALLER}[b]\nexten => 1,1,NoOp()\n[macro-m]\n{macro}")
    assert "Gosub(macro-m,s,1(1))" in found.extensions
    assert found.left == []


def test_a_macro_of_a_template_is_left(run: Migrate) -> None:
    text = f"{CALLER}[t](!)\nexten => s,1,NoOp()\n[macro-m](t)\nexten => t,1,NoOp()\n"
    found = run(text)
    assert found.extensions == text
    assert any("it inherits from a template" in left for left in found.left)


def test_a_macro_in_a_macro_may_not_read_its_caller_nor_dial_elsewhere_than_in_s(run: Migrate) -> None:
    where = "[macro-where]\nexten => s,1,NoOp(${MACRO_EXTEN})\n"
    found = run(f"{CALLER}[macro-m]\nexten => s,1,Macro(where)\n{where}")
    assert any("reads where it was called from, which is a macro here" in left for left in found.left)
    dials = "[macro-dials]\nexten => s,1,Dial(PJSIP/1)\n"
    found = run(f"{CALLER}[macro-m]\nexten => s,1,NoOp()\nexten => t,1,Macro(dials)\n{dials}")
    assert any("dials, as an extension that is not known here" in left for left in found.left)


@pytest.mark.parametrize(
    ("given", "inside", "now"),
    [
        ("", "${ARG1}", "(${ARG1})"), (",z", "${ARG1}", "(z)"), (",z,y", "${ARG1}", "(z,y)"),
        (",z", "${ARG2}", "(z,${ARG2})"), (",${CUT(A,,1)}", "${ARG2}", "(${CUT(A,,1)},${ARG2})"), ("", "x", ""),
    ],
)  # fmt: skip
def test_an_argument_that_is_not_given_is_that_of_the_macro_outside(
    run: Migrate, given: str, inside: str, now: str
) -> None:
    found = run(f"{CALLER}[macro-m]\nexten => s,1,Macro(in{given})\n[macro-in]\nexten => s,1,NoOp({inside})\n")
    assert f"exten => s,1,Gosub(macro-in,s,1{now})\n" in found.extensions


def test_members_and_keys_that_are_not_sure_are_told(run: Migrate) -> None:
    queues = "[q]\nmembermacro = m\nmembergosub = x\n[r]\nmembermacro =\n[s]\nmembermacro = m ;-- x --;\n"
    features = "[applicationmap]\nx => *5,self,Macro(gone)\ny => *6,self,Macro(m,${A})\nz => *7,self,NoOp(x)\n"
    found = run("[a]\n" + MACRO_M, **{"queues.conf": queues, "features.conf": features})
    assert found.files["queues.conf"] == queues
    assert found.files["features.conf"] == features
    told = "\n".join(found.left)
    for place, words in (
        ("queues.conf:2", "the queue has a membergosub as well"),
        ("queues.conf:7", "its line is not understood"),
        ("features.conf:2", "there is no [macro-gone]"),
        ("features.conf:3", "its arguments may have brackets or quotes in them"),
    ):
        assert any(left.startswith(f"{place}:") and words in left for left in found.left), told
    assert not any(left.startswith(("queues.conf:5", "features.conf:4")) for left in found.left), told
