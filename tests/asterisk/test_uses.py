"""What a dialplan uses, in whatever way it is run, dialled or watched."""

from __future__ import annotations

import pytest

from harness.asterisk.conf import Config
from harness.asterisk.dialplan.invocations import key_invocations
from harness.asterisk.dialplan.show import Dialplan, Hint, Priority, parse_dialplan
from harness.asterisk.dialplan.uses import SiteUses
from harness.facts.inventory import Inventory
from harness.model import Place

HERE = Place("extensions.conf", 1)


def dialplan(text: str, *contexts: str) -> Dialplan:
    return Dialplan({"in": {"s": {"1": Priority(text, HERE)}}, **{name: {} for name in contexts}})


def uses(dialplan: Dialplan) -> SiteUses:
    return Inventory(dialplan=dialplan).uses()


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("ExecIf($[${X}]?NoOp():Macro(a))", {"ExecIf", "NoOp", "Macro"}),
        ("ExecIf($[${X}]?Macro(a):NoOp())", {"ExecIf", "NoOp", "Macro"}),
        ("ExecIf(${X}?NoOp(a:b?c):Macro(a))", {"ExecIf", "NoOp", "Macro"}),
        ("ExecIf($[\"${X}\" = \"a?b:c\"]?NoOp:Macro(a))", {"ExecIf", "NoOp", "Macro"}),
        ("execif(${X}?:macro(a))", {"execif", "macro"}),
        ("ExecIfTime(9:00-17:00,mon-fri,*,*?Macro(a))", {"ExecIfTime", "Macro"}),
        ("Exec(Macro(a,b))", {"Exec", "Macro"}),
        ("TryExec(ExecIf(1?Exec(Macro(a))))", {"TryExec", "ExecIf", "Exec", "Macro"}),
        ("MacroIf($[1]?a:b)", {"MacroIf"}),
        ("MacroExclusive(a)", {"MacroExclusive"}),
        ("GosubIf($[1]?Macro(a),s,1)", {"GosubIf"}),
        ("While($[${X} < 3])", {"While"}),
        ("Dial(PJSIP/1,20,tM(screen^x)T)", {"Dial", "Macro"}),
        ("Dial(PJSIP/1,20,tU(screen^x))", {"Dial", "Gosub"}),
        ("Dial(PJSIP/1&PJSIP/2,,${OPTIONS}M(x))", {"Dial", "Macro"}),
        ("Dial(PJSIP/1,20,L(60000)tT)", {"Dial"}),
        ("RetryDial(a,1,2,PJSIP/1,20,M(x))", {"RetryDial", "Macro"}),
        ("Queue(q,t,,,20,agi.sh)", {"Queue", "AGI"}),
        ("Originate(PJSIP/1,app,Macro,a)", {"Originate", "Macro"}),
        ("Originate(PJSIP/1,exten,Macro,a,1)", {"Originate"}),
        ("NoOp(Macro(a))", {"NoOp"}),
        ("Playback(Macro(a))", {"Playback"}),
    ],
)  # fmt: skip
def test_applications_that_others_run_are_used(text: str, used: set[str]) -> None:
    assert set(uses(dialplan(text)).applications) == used


@pytest.mark.parametrize(
    ("contexts", "used"), [(("macro-note",), {"Queue", "Macro"}), (("note",), {"Queue", "Gosub"}), ((), {"Queue"})]
)
def test_contexts_tell_what_the_seventh_argument_of_queue_is(contexts: tuple[str, ...], used: set[str]) -> None:
    assert set(uses(dialplan("Queue(q,t,,,20,,note^a)", *contexts)).applications) == used


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("Set(X=${DEVICE_STATE(SIP/100)})", {"DEVICE_STATE"}),
        ("ExecIf(1?Set(CALLERPRES()=prohib):Set(DB(a/b)=${C(d)}))", {"CALLERPRES", "DB", "C"}),
        ("MSet(A=1,CALLERPRES()=x)", {"CALLERPRES"}),
        ("Exec(Set(CALLERPRES()=x))", {"CALLERPRES"}),
        ("Gosub(a,s,1(${CALLERPRES()}))", {"CALLERPRES"}),
        ("While($[${GROUP_COUNT(x)} < 2])", {"GROUP_COUNT"}),
        ("Set(X=CALLERPRES()=y)", set()),
    ],
)
def test_functions_are_used_where_they_are_read_or_written(text: str, used: set[str]) -> None:
    assert set(uses(dialplan(text)).functions) == used


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("Dial(SIP/100)", {"SIP"}),
        ("Dial(Local/5@x/n&PJSIP/1&SIP/${EXTEN},20)", {"Local", "PJSIP", "SIP"}),
        ("Dial(${IF($[${X}]?SIP/1:PJSIP/${Y})})", {"SIP", "PJSIP"}),
        ("Dial(${TRUNK}/100)", set()),
        ("ExecIf($[1]?NoOp():Dial(SIP/100))", {"SIP"}),
        ("Page(SIP/100&SIP/101,d)", {"SIP"}),
        ("RetryDial(a/b,1,2,SIP/1)", {"SIP"}),
        ("Originate(SIP/100,exten,in,s,1)", {"SIP"}),
        ("ChanIsAvail(SIP/100&IAX2/x)", {"SIP", "IAX2"}),
        ("AddQueueMember(q,SIP/100)", {"SIP"}),
        ("RemoveQueueMember(q,SIP/100)", {"SIP"}),
        ("GotoIf($[\"${DEVICE_STATE(SIP/100)}\" = \"BUSY\"]?x)", {"SIP"}),
        ("NoOp(${DEVICE_STATE(SIP/${EXTEN})})", {"SIP"}),
        ("GotoIf($[\"${CHANNEL(channeltype)}\" = \"SIP\"]?x)", {"SIP"}),
        ("GotoIf($[\"${CHANNEL:0:4}\" = \"SIP/\"]?x)", {"SIP"}),
        ("ExecIf($[\"${CHANNEL(channeltype)}\" != \"SIP\"]?Hangup())", {"SIP"}),
        ("Set(DEVICE=SIP/100)", {"SIP"}),
        ("Set(__TRUNK=${IF($[${X}]?SIP/a:IAX2/b)})", {"SIP", "IAX2"}),
        ("Macro(stdexten,100,SIP/bob)", {"SIP"}),
        ("Gosub(sub,s,1(100,SIP/bob))", {"SIP"}),
        ("SoftHangup(SIP/100-0001)", {"SIP"}),
        ("NoOp(SIP/100)", set()),
        ("Playback(en/SIP/hello)", set()),
        ("Playback(SIP/hello)", set()),
        ("ExecIf(1?Playback(SIP/hello))", set()),
        ("Verbose(1,calling SIP/100)", set()),
        ("Set(URL=http://SIP/100)", set()),
    ],
)  # fmt: skip
def test_technologies_are_used_where_something_is_dialled_or_asked_for(text: str, used: set[str]) -> None:
    assert set(uses(dialplan(text)).technologies) == used


def test_hints_use_the_technologies_that_they_watch() -> None:
    hints = {"in": {"100": Hint("SIP/100&IAX2/101,CustomPresence:x", HERE), "9": Hint("Custom:x&SCCP/9")}}
    assert uses(Dialplan(hints=hints)).technologies == {"IAX2": (HERE,), "SCCP": (), "SIP": (HERE,)}


def test_global_variables_use_the_technologies_in_them() -> None:
    printed = "   TRUNK=SIP/provider\n   RING=20\n   A=B=IAX2/x\n\n    -- 3 variables\n"
    dialplan = parse_dialplan("", variables=printed)
    assert dialplan.variables == {"TRUNK": "SIP/provider", "RING": "20", "A": "B=IAX2/x"}
    assert uses(dialplan).technologies == {"IAX2": (), "SIP": ()}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("a => *1,self,Macro(x)", ["Macro"]),
        ("a => *1,self/both,Macro,x,moh", ["Macro"]),
        ("a => *1,peer,ExecIf(${X}?NoOp():Macro(x)),moh", ["ExecIf", "NoOp", "Macro"]),
        ('a => *1,self,"Macro",x', ["Macro"]),
        ("a => *1,self,NoCDR", ["NoCDR"]),
        (";-- a => *1,self,Macro(x) --;", []),
        ("a => *1,self", []),
    ],
)
def test_keys_of_features_conf_run_applications(line: str, names: list[str]) -> None:
    features = Config(texts={"features.conf": f"[ApplicationMap]\n{line}\n"}).file("features.conf")
    assert [one.name for _, _, one in key_invocations(features)] == names
