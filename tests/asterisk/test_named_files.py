"""Files that a dialplan and the configuration name, as Asterisk reads them."""

from __future__ import annotations

import pytest

from harness.asterisk.conf import Config
from harness.asterisk.dialplan.invocations import functions_in, invocations_in
from harness.asterisk.named_files import files_of_invocations, files_of_options
from harness.model import Place
from harness.site.reading.site_files import SiteFiles


@pytest.mark.parametrize(
    ("application", "named"),
    [
        ("AGI(hello.sh,a,b)", [("AGI script", "hello.sh")]),
        ('EAGI("/opt/pbx/with blank.php")', [("AGI script", "/opt/pbx/with blank.php")]),
        ("ExecIf($[1]?DeadAGI(/opt/x.py):NoOp())", [("AGI script", "/opt/x.py")]),
        ("Queue(sales,t,,,30,/opt/queue.agi)", [("AGI script", "/opt/queue.agi")]),
        ("AGI(agi://host/x)", []),
        ("AGI(agi:async)", []),
        ("AGI(${SCRIPT})", []),
        ("AGI()", []),
        ("System(/usr/local/bin/note ${EXTEN} > /dev/null)", [("program", "/usr/local/bin/note")]),
        ('TrySystem("/opt/a.sh" x)', [("program", "/opt/a.sh")]),
        ("System(/opt/${WHICH}.sh)", []),
        ("System(rm -f /opt/x)", []),
        ("MixMonitor(a.wav,b,/opt/after.sh ^{X})", [("program", "/opt/after.sh")]),
        ("MixMonitor(/var/spool/a.wav)", []),
        ("Playback(/opt/hi&beep&/opt/ho,noanswer)", [("prompt", "/opt/hi"), ("prompt", "/opt/ho")]),
        ("Read(X,/opt/menu,1)", [("prompt", "/opt/menu")]),
        ("Background(hello)", []),
    ],
)
def test_what_an_application_names(application: str, named: list[tuple[str, str]]) -> None:
    found = files_of_invocations(invocations_in(application, place=Place("x", 1)))
    assert [(one.kind, one.name) for one in found] == named


def test_what_a_function_runs() -> None:
    (found,) = files_of_invocations(functions_in("Set(x=${SHELL(/opt/a.sh b)})"))
    assert (found.kind, found.name) == ("program", "/opt/a.sh")


def test_what_options_name() -> None:
    texts = {
        "musiconhold.conf": "[a]\nmode=files\ndirectory=moh-own\n[b]\nmode=custom\napplication=/opt/mpg -q\n",
        "voicemail.conf": "[general]\nexternnotify=/opt/n.sh x\nmailcmd=/usr/sbin/sendmail -t\n",
        "http.conf": "[general]\ntlsenable=no\ntlscertfile=/opt/off.pem\n",
        "manager.conf": "[general]\ntlsenable=yes\ntlscertfile=/opt/on.pem\n",
        "pjsip.conf": "[t]\ntype=transport\ncert_file=/opt/t.pem\n[u](!)\ncert_file=/opt/template.pem\n",
    }
    config = Config(texts=texts)
    files = SiteFiles({name: config.file(name) for name in texts}, "old/")
    assert {(one.kind, one.name, str(one.place)) for one in files_of_options(files)} == {
        ("music", "moh-own", "old/musiconhold.conf:3"),
        ("program", "/opt/mpg", "old/musiconhold.conf:6"),
        ("program", "/opt/n.sh", "old/voicemail.conf:2"),
        ("key or certificate", "/opt/on.pem", "old/manager.conf:3"),
        ("key or certificate", "/opt/t.pem", "old/pjsip.conf:3"),
    }
