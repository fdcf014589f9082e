"""Programs that fail, beside real instances: each ends in a clear outcome for what needs it, and nothing else."""

from __future__ import annotations

import pytest

from harness.model import Outcome, Report, Severity
from harness.stages.collect import Settings, collect
from harness.stages.run import run

pytestmark = pytest.mark.engine

SITE = """\
name = "Programs"
old = {release = "debian:bullseye", config = "etc"}
candidate = {release = "debian:sid", config = "etc"}

[[app]]
name = "brittle"
command = ["python3", "main.py"]
uses = ["ami"]
environment = {PORT = "{ami_port}"}
ready = {text = "up"}

[[app]]
name = "broken"
command = ["python3", "main.py"]

[[app]]
name = "mute"
command = ["python3", "main.py", "{fastagi_port}"]
uses = ["fastagi"]

[[app]]
name = "hasty"
command = ["python3", "main.py", "{fastagi_port}"]
uses = ["fastagi"]
fastagi_port = 4574

[[app]]
name = "clumsy"
command = ["python3", "main.py", "{fastagi_port}"]
uses = ["fastagi"]
fastagi_port = 4575

[limits]
replays = 1
deadline = 4
"""
PROGRAMS = {
    "brittle": """\
import os, socket
asterisk = socket.create_connection(("127.0.0.1", int(os.environ["PORT"]))).makefile()
print("up")
if not asterisk.readline().startswith("Asterisk Call Manager/5."):
    raise ValueError("what manager is this?")
asterisk.read()
""",
    "broken": "raise SystemExit('no license')\n",
    "mute": """\
import socket, sys
kept = []
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    while True:
        kept.append(server.accept())
""",
    "hasty": """\
import socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    while True:
        call, _ = server.accept()
        lines = call.makefile("rb")
        while lines.readline().strip():
            pass
        call.sendall(b"VERBOSE \\xff\\xfe 1\\nSET VARI")
        call.shutdown(socket.SHUT_WR)
        lines.read()
""",
    # Fails beside the candidate: once, or each time.
    "clumsy": """\
import socket, sys, traceback
failed = set()
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    while True:
        call, _ = server.accept()
        lines = call.makefile("rb")
        told = dict(line.decode().split(":", 1) for line in iter(lambda: lines.readline().strip(), b""))
        script = told["agi_network_script"].strip()
        if " 22." in told["agi_version"] and not (script == "once" and script in failed):
            failed.add(script)
            try:
                raise KeyError(script)
            except KeyError:
                traceback.print_exc()
        lines.close()
        call.close()
""",
}
ETC = {
    "modules.conf": "[modules]\nautoload = yes\n",
    "manager.conf": "[general]\nenabled = yes\n",
    "extensions.conf": """\
[calls]
exten => plain,1,Answer()
 same => n,UserEvent(Done)
 same => n,Hangup()
exten => mute,1,AGI(agi://127.0.0.1/x)
 same => n,UserEvent(Done)
exten => once,1,AGI(agi://127.0.0.1:4575/once)
 same => n,UserEvent(Done)
exten => always,1,AGI(agi://127.0.0.1:4575/always)
 same => n,UserEvent(Done)
exten => hasty,1,AGI(agi://127.0.0.1:4574/x)
 same => n,UserEvent(Done,Agi: ${AGISTATUS})
""",
}


def scenario(name: str, number: str, uses: str = "") -> str:
    held = f"\n    uses: [app/{uses}]" if uses else ""
    return f"  - name: {name}{held}\n    steps:\n      - call: {number}@calls\n      - wait: {{userevent: Done}}\n"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    root = tmp_path_factory.mktemp("programs")
    names = {"needs-nothing": ("plain", ""), "needs-broken": ("plain", "broken"), "asks-mute": ("mute", "mute")}
    names |= {"half-a-line": ("hasty", "hasty"), "once": ("once", "clumsy"), "always": ("always", "clumsy")}
    calls = "scenarios:\n" + "".join(scenario(name, *what) for name, what in names.items())
    files = {"site.toml": SITE, "calls.yaml": calls} | {f"etc/{name}": text for name, text in ETC.items()}
    files |= {f"apps/{name}/main.py": source for name, source in PROGRAMS.items()}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    settings = Settings(site=root, report=root / "report")
    collected = collect(settings)
    checks = frozenset(check for check in collected.checks if check.startswith("apps/"))
    played = frozenset(scenario.id for scenario in collected.scenarios)
    return run(collected, settings, scenarios=played, checks=checks, progress=lambda _: None)


def outcome(report: Report, id_: str) -> tuple[Outcome, str]:
    result = report.result(id_)
    assert result is not None
    return result.outcome, result.problem


def test_a_program_that_fails_beside_the_candidate_only_is_a_finding(report: Report) -> None:
    result = report.result("apps/brittle")
    assert result is not None
    found = {each.rule: each for cause in result.findings for each in (cause, *cause.consequences)}
    assert found["app-exited"].severity is found["app-traceback"].severity is Severity.BREAKING
    assert "ValueError: what manager is this?" in found["app-traceback"].candidate
    assert "ended with exit code 1" in found["app-exited"].candidate


def test_a_program_that_fails_in_a_scenario_is_believed_when_it_does_so_again(report: Report) -> None:
    result = report.result("calls/always")
    assert result is not None
    (finding,) = [finding for finding in result.findings if finding.rule == "app-traceback"]
    assert finding.severity is Severity.BREAKING
    assert "KeyError: 'always'" in finding.candidate
    once = report.result("calls/once")
    assert once is not None
    holding = [finding for finding in once.findings if finding.severity.holds]
    assert {finding.severity for finding in holding} == {Severity.REVIEW}, "once among many plays is no proof"
    assert all("in 1 of" in finding.title for finding in holding)
    assert outcome(report, "apps/clumsy") == (Outcome.SAME, "")


def test_a_program_that_fails_everywhere_says_nothing_of_the_candidate(report: Report) -> None:
    assert outcome(report, "apps/broken") == (
        Outcome.FAILED,
        "on the old release: the program ended with exit code 1 (its last line: no license)",
    )
    ending, problem = outcome(report, "calls/needs-broken")
    assert ending is Outcome.NOT_COMPARED
    assert problem == "old: the app broken ended with exit code 1 (its last line: no license)"


def test_a_program_that_never_answers_ends_its_own_scenario_only(report: Report) -> None:
    ending, problem = outcome(report, "calls/asks-mute")
    assert ending is Outcome.FAILED
    assert "waited" in problem
    assert outcome(report, "calls/needs-nothing") == (Outcome.SAME, "")
    assert outcome(report, "apps/mute")[0] is Outcome.SAME


def test_half_a_line_and_bytes_that_are_no_text_hang_nobody(report: Report) -> None:
    """Asterisk complains of them in its log, each release in its own words."""
    result = report.result("calls/half-a-line")
    assert result is not None
    assert result.problem == ""
    assert {finding.surface for finding in result.findings} <= {"log", "call"}
    assert outcome(report, "apps/hasty")[0] is Outcome.SAME
