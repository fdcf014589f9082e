"""What went with applications, keys and files: changed where that is sure, told where it is not."""

from __future__ import annotations

import pytest
from migrations import Migrate

MACRO = "[macro-m]\nexten => s,1,NoOp()\n"


def step(run: Migrate, application: str, rest: str = "", **files: str) -> tuple[str, list[str]]:
    """What becomes of a step, and what is left of the whole."""
    found = run(f"[a]\nexten => 1,1,{application}\n{rest}", **files)
    return found.extensions.split("\n")[1].removeprefix("exten => 1,1,"), found.left


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Monitor(,x)", "MixMonitor(,r(x-in.wav)t(x-out.wav))"),
        ("Monitor( gsm ,x)", "MixMonitor(,r(x-in.gsm)t(x-out.gsm))"),
        ("Monitor(wav,x,)", "MixMonitor(,r(x-in.wav)t(x-out.wav))"),
        ("Monitor(wav,x,b)", "MixMonitor(,br(x-in.wav)t(x-out.wav))"),
        ("Monitor(wav,x,m)", "MixMonitor(x.wav)"),
        ("Monitor(wav,x,bm)", "MixMonitor(x.wav,b)"),
        ("Monitor(wav,${STRFTIME(,,%s)}-${CALLERID(num)}-${A:1:2})",
         "MixMonitor(,r(${STRFTIME(,,%s)}-${CALLERID(num)}-${A:1:2}-in.wav)"
         "t(${STRFTIME(,,%s)}-${CALLERID(num)}-${A:1:2}-out.wav))"),
        ("StopMonitor", "StopMixMonitor()"),
        ("ImportVar( X = c ,Y)", "Set( X =${IMPORT( c ,Y)})"),
        ("SetAMAFlags(x) ; why", "Set(CHANNEL(amaflags)=x) ; why"),
        ("MailboxExists(1@x)", "Set(VMBOXEXISTSSTATUS=${IF(${VM_INFO(1@x,exists)}?SUCCESS:FAILED)})"),
        ("NoOp(${MAILBOX_EXISTS(1@x)})", "NoOp(${VM_INFO(1@x,exists)})"),
        ("NoOp(${CALLERPRES( )})", "NoOp(${CALLERID(pres)})"),
        ("NoOp(US/Eastern,x/US/Eastern,US/Eastern-2)", "NoOp(America/New_York,x/US/Eastern,US/Eastern-2)"),
    ],
)  # fmt: skip
def test_what_another_does_the_same_is_changed(run: Migrate, before: str, after: str) -> None:
    assert step(run, before) == (after, [])


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("Monitor(wav)", "names no file"),
        ("Monitor(wav,)", "its file's name may have characters"),
        ("Monitor(wav, x)", "its file's name may have characters"),
        ("Monitor(wav,x y(z))", "its file's name may have characters"),
        ("Monitor(wav,${CALLERID(all)})", "its file's name may have characters"),
        ("Monitor(wav,x,i)", "its options i have no counterpart"),
        ("Monitor(wav,x,m,more)", "its arguments are not understood"),
        ("Monitor(mp3,x)", "mp3 is no format"),
        ("ImportVar(X)", "ImportVar() that is not understood"),
        ("ImportVar(X=c)", "ImportVar() that is not understood"),
        ("ImportVar(X,Y)", "ImportVar() that is not understood"),
        ("ImportVar(=c,Y)", "ImportVar() that is not understood"),
        ("ImportVar(X=,Y)", "ImportVar() that is not understood"),
        ("ImportVar(X=c,Y,Z)", "ImportVar() that is not understood"),
        ("MailboxExists(1@x,j)", "MailboxExists() with options"),
        ("MailboxExists()", "MailboxExists() with options"),
        ("SetAMAFlags()", "SetAMAFlags() is gone"),
        ("Dial(SIP/101)", "SIP/... is dialled"),
        ("ExecIf($[1]?SendURL(x))", "SendURL() is gone"),
    ],
)
def test_what_is_not_sure_stays_and_is_told(run: Migrate, before: str, reason: str) -> None:
    after, left = step(run, before)
    assert after == before
    assert len(left) == 1
    assert left[0].startswith("extensions.conf:2: ")
    assert reason in left[0]


def test_what_is_not_sure_hides_nothing_that_is(run: Migrate) -> None:
    rest = " same => n,ImportVar(X=c,Y)\n same => n,MailboxExists()\n same => n,MailboxExists(1@x)\n"
    found = run(f"[a]\nexten => 1,1,ImportVar(X)\n{rest} same => n,Monitor(mp3,x)\n same => n,Monitor(wav,x,m)\n")
    assert "Set(X=${IMPORT(c,Y)})" in found.extensions
    assert "VM_INFO(1@x,exists)" in found.extensions
    assert "MixMonitor(x.wav)" in found.extensions
    assert [left.partition(" ")[0] for left in found.left] == [f"extensions.conf:{n}:" for n in (2, 4, 6)]


def test_beside_mixmonitor_monitor_stays(run: Migrate) -> None:
    text = "[a]\nexten => 1,1,Monitor(wav,x)\n same => n,StopMonitor()\n same => n,MixMonitor(y.wav)\n"
    found = run(text)
    assert found.extensions == text
    assert [left.partition(" ")[0] for left in found.left] == ["extensions.conf:2:", "extensions.conf:3:"]
    assert all("MixMonitor records as well" in left for left in found.left)


def test_what_monitor_alone_runs_is_an_obstacle_but_in_a_comment(run: Migrate) -> None:
    for line, stays in (
        ("Set(MONITOR_EXEC=x)", True),
        ("NoOp() ; MONITOR_EXEC", False),
        ("NoOp(XMONITOR_EXEC)", False),
    ):
        after, left = step(run, "Monitor(wav,x,m)", f" same => n,{line}\n")
        assert (after == "Monitor(wav,x,m)") is stays
        assert any("extensions.conf:3 runs or reads" in one for one in left) is stays


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Dial(PJSIP/1,,wW)", "Dial(PJSIP/1,,xX)"),
        ("Dial(PJSIP/1,,wx)", "Dial(PJSIP/1,,x)"),
        ("Queue(q,W)", "Queue(q,X)"),
        ("Set(FEATUREMAP(automon)=*9)", "Set(FEATUREMAP(automixmon)=*9)"),
        ("NoOp(wW)", "NoOp(wW)"),
    ],
)
def test_a_key_that_records_does_so_with_mixmonitor(run: Migrate, before: str, after: str) -> None:
    files = {"features.conf": "[featuremap]\natxfer = *2\nautomon = *1\nparkcall = *3\n"}
    assert step(run, before, **files) == (after, [])


def test_a_key_that_the_dialplan_names_counts_as_well(run: Migrate) -> None:
    after, left = step(run, "Dial(PJSIP/1,,w)", " same => n,Set(FEATUREMAP(automon)=*9)\n")
    assert (after, left) == ("Dial(PJSIP/1,,x)", [])


def test_options_that_are_not_known_are_told_where_a_key_records(run: Migrate) -> None:
    files = {"features.conf": "[featuremap]\nautomon = *1\n"}
    after, left = step(run, "Dial(PJSIP/1,,w${MORE})", **files)
    assert after == "Dial(PJSIP/1,,w${MORE})"
    assert ["options are not known before the call" in one for one in left] == [True]
    assert step(run, "Dial(PJSIP/1,,w${MORE})", **{"features.conf": ""})[1] == []


def test_names_of_recordings_by_key_are_told(run: Migrate) -> None:
    _, left = step(run, "Set(__TOUCH_MONITOR_PREFIX=x)", " same => n,Set(MY_TOUCH_MONITOR=x)\n")
    assert [one.partition(":")[2][:1] for one in left] == ["2"]


def test_phones_that_record_by_their_own_key_do_so_with_mixmonitor(run: Migrate) -> None:
    pjsip = "[automon]\nrecord_on_feature = automon ; automon\nRecord_Off_Feature=automon\nmailboxes = automon\n"
    assert run("[a]\n", **{"pjsip.conf": pjsip}).files["pjsip.conf"] == (
        "[automon]\nrecord_on_feature = automixmon ; automon\nRecord_Off_Feature=automixmon\nmailboxes = automon\n"
    )


def test_only_keys_that_start_something_during_a_call_are_renamed(run: Migrate) -> None:
    features = "[general]\nautomon = a\n[applicationmap]\nautomon = b\n[group]\nautomon = *2\n"
    assert run("[a]\n", **{"features.conf": features}).files["features.conf"] == features.replace(
        "automon = *2", "automixmon = *2"
    )


def test_queues_that_recorded_with_monitor_are_told(run: Migrate) -> None:
    queues = (
        "[general]\nmonitor-type = Monitor\n[q]\nmonitor-format = wav\n[r]\nmonitor-format = gsm\n"
        "monitor-type = mixmonitor\n[s]\nmonitor-format =\n"
    )
    found = run("[a]\n", **{"queues.conf": queues})
    assert found.files["queues.conf"] == queues.replace("monitor-type", ";monitor-type")
    assert [left.partition(" ")[0] for left in found.left] == ["queues.conf:4:"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Queue(q,t,,,20,,,,urgent,3)", "Queue(q,t,,,20,,,urgent,3)"),
        ("Queue(q,t,,,20,,,,urgent)", "Queue(q,t,,,20,,,urgent)"),
        ("Queue(q,t,,,20,,,sub^x,)", "Queue(q,t,,,20,,sub^x,)"),
        ("Queue(q,t,,,20,,,urgent,3)", "Queue(q,t,,,20,,,urgent,3)"),
        ("Queue(q,t,,,20,,,urgent,)", "Queue(q,t,,,20,,,urgent,)"),
        ("Queue(q,t,,,20,,)", "Queue(q,t,,,20,,)"),
    ],
)
def test_arguments_of_queue_move_once(run: Migrate, before: str, after: str) -> None:
    assert step(run, before, "[sub]\nexten => s,1,Return()\n") == (after, [])


def test_files_of_modules_that_went_are_told_unless_they_are_kept_out(run: Migrate) -> None:
    files = dict.fromkeys(("sip.conf", "cdr_mysql.conf", "url.conf", "adsi.conf"), "[general]\n")
    told = [left.partition(":")[0] for left in run("[a]\n", **files).left]
    assert {"sip.conf", "cdr_mysql.conf"} <= {*told}
    assert "url.conf" not in told
    kept = {"modules.conf": "[modules]\nautoload=yes\nnoload=cdr_mysql.so\n"}
    assert "cdr_mysql.conf" not in [left.partition(":")[0] for left in run("[a]\n", **kept).left]


def test_a_technology_that_the_site_does_not_load_is_gone_already(run: Migrate) -> None:
    dialplan = "[a]\nexten => 1,hint,SIP/1\nexten => 2,1,Dial(SIP/2)\n"
    assert len(run(dialplan).left) == 2
    assert run(dialplan, **{"modules.conf": "[modules]\nautoload=yes\nnoload => chan_sip.so\n"}).left == []


def test_functions_of_other_languages_are_told_where_they_are_no_comment(run: Migrate) -> None:
    found = run("[a]\n", **{
        "x.ael": "// CALLERPRES() NoCDR()\nx => { Set(CALLERPRES()=x); nocdr(); };\n",
        "x.lua": "-- CALLERPRES()\napp.Set('CALLERPRES()', 'x') app.my_NoCDR()\n",
    })  # fmt: skip
    assert [left.partition(" is gone")[0] for left in found.left] == [
        "x.ael:2: CALLERPRES()",
        "x.ael:2: NoCDR()",
        "x.lua:2: CALLERPRES()",
    ]


@pytest.mark.parametrize(
    ("modules", "after"),
    [
        ("autoload=yes\nload => chan_sip.so\n", "autoload=yes\n;load => chan_sip.so\n"),
        ("load => pbx_config.so\nload => res_ari.so ; x\nnoload => res_websocket_client.so\n", ""),
        ("load => res_ari.so\nload => res_websocket_client.so\n",
         "load => res_ari.so\nload => res_websocket_client.so\nload => res_sorcery_config.so\n"),
        ("load => app_stack.so\n", ""),
        ("autoload=no\n", "autoload=no\nload => func_cdr.so\n"),
        ("autoload=no\nload => func_cdr.so\n", ""),
        ("autoload=yes\n", ""),
    ],
)  # fmt: skip
def test_what_modules_conf_loads_is_what_is_needed(run: Migrate, modules: str, after: str) -> None:
    needs = "[a]\nexten => 1,1,NoCDR()\n" if "func_cdr" in after + modules else "[a]\n"
    found = run(needs, **{"modules.conf": f"[modules]\n{modules}"})
    assert found.files["modules.conf"] == f"[modules]\n{after or modules}"
    assert found.left == []


def test_a_module_that_is_needed_and_kept_out_is_told(run: Migrate) -> None:
    modules = "[modules]\nautoload=yes\nnoload = app_dial.so\nnoload = func_cdr.so\n"
    found = run("[a]\nexten => 1,1,NoCDR()\n", **{"modules.conf": modules})
    assert [left.partition(" is kept")[0] for left in found.left] == ["modules.conf:4: func_cdr"]


@pytest.mark.parametrize(
    ("modules", "voicemail", "added"),
    [
        ("autoload=yes\n", "[general]\n", "noload => app_voicemail_odbc.so\n"),
        ("autoload=yes\n", "[default]\n1 => 1\n", "noload => app_voicemail_odbc.so\n"),
        ("autoload=yes\n", "[general]\nodbcstorage=x\n", "noload => app_voicemail.so\n"),
        ("autoload=yes\nnoload => app_voicemail.so\n", "[general]\nodbcstorage=x\n", ""),
        ("autoload=no\nload => app_voicemail.so\n", "[general]\n", ""),
        ("autoload=yes\n", "[general]\nimapserver=x\n", ""),
        ("autoload=yes\n", "", ""),
        ("autoload=yes\nnoload => app_voicemail.so\n", "[general]\n", ""),
        ("autoload=yes\nload => app_voicemail_odbc.so\n", "[general]\n", ""),
        ("autoload=yes\nnoload => app_voicemail_odbc.so\n", "[general]\n", ""),
    ],
)
def test_one_voicemail_is_loaded_that_stores_where_voicemail_conf_says(
    run: Migrate, modules: str, voicemail: str, added: str
) -> None:
    found = run("[a]\n", **{"modules.conf": f"[modules]\n{modules}", "voicemail.conf": voicemail})
    assert found.files["modules.conf"].removeprefix(f"[modules]\n{modules}") == added


def test_where_modules_are_named_the_voicemail_that_stores_is_loaded(run: Migrate) -> None:
    files = {"modules.conf": "[modules]\nautoload=no\nload => app_voicemail.so\n"}
    found = run("[a]\n", **files, **{"voicemail.conf": "[general]\nodbcstorage=x\n"})
    assert found.files["modules.conf"] == (
        "[modules]\nautoload=no\n;load => app_voicemail.so\nload => app_voicemail_odbc.so\n"
    )


def test_a_dialplan_without_modules_conf_gets_none(run: Migrate) -> None:
    assert "modules.conf" not in run("[a]\nexten => 1,1,NoCDR()\n").files


def test_zones_and_keys_that_record_are_told_in_ael(run: Migrate) -> None:
    ael = (
        "context a {\n 1 => { ifTime(8:00-17:00,*,*,*,US/Pacific) Dial(PJSIP/1,20,tTw); // US/Eastern\n"
        "  Dial(PJSIP/2,20,tTx); Queue(q,tW); }\n};\n"
    )
    found = run("[a]\n", **{"extensions.ael": ael})
    assert found.left == [
        "extensions.ael:2: the time zone US/Pacific may have no such name on the candidate's system",
        "extensions.ael:2: w and W of Dial do nothing since Asterisk 21",
        "extensions.ael:3: w and W of Queue do nothing since Asterisk 21",
    ]
