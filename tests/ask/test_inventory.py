"""Real releases with small sites: what the candidate has not is found, what is equal is silent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.ask.inventory import take_inventory
from harness.ask.over_ami import AmiAsk
from harness.facts.inventory import Inventory
from harness.judge.checks import CHECKS, RESEARCH
from harness.judge.checks.judging import judge_load
from harness.lab import Release, boot_trio, prepare
from harness.model import Finding, Outcome, Place, ScenarioResult, Severity
from harness.site import Data

pytestmark = pytest.mark.engine

OLD, NEW = "debian:bullseye", "debian:sid"

BASE = {
    "asterisk.conf": "[options]\n",
    "logger.conf": "[general]\n[logfiles]\nmessages => notice,warning,error\n",
    "manager.conf": "[general]\nenabled = yes\n[desk]\nsecret = x\nread = call\nwrite = call\n",
    "http.conf": "[general]\nenabled = yes\nbindaddr = 127.0.0.1\n",
    "ari.conf": "[general]\nenabled = yes\n[wall]\ntype = user\npassword = x\n",
    "cdr.conf": "[general]\nenable = yes\n[csv]\nloguniqueid = yes\n",
    "cel.conf": "[general]\nenable = yes\napps = all\nevents = ALL\n",
    "queues.conf": "[general]\n[sales]\nstrategy = linear\nmember => Local/1@in/n,2,Ann\n",
    "voicemail.conf": "[general]\nformat = wav\n[default]\n100 => 1,Ann\n",
    "confbridge.conf": """\
[general]
[caller]
type = user
[small]
type = bridge
max_members = 2
[keys]
type = menu
1 = toggle_mute
""",
    "pjsip.conf": """\
[udp]
type = transport
protocol = udp
bind = 0.0.0.0
[101]
type = endpoint
context = in
disallow = all
allow = ulaw
aors = 101
[101]
type = aor
max_contacts = 1
""",
    "extensions.conf": """\
[in]
exten => 1,1,Answer()
exten => 101,hint,PJSIP/101
exten => 101,1,Dial(PJSIP/101)
""",
}
AUTOLOAD = {"modules.conf": "[modules]\nautoload = yes\n"}

LOSING = {
    "features.conf": """\
[general]
[featuremap]
blindxfer => *2
automon => *1
[applicationmap]
note => *9,self,NoOp
""",
    "sip.conf": "[general]\nbindaddr = 127.0.0.1\n[bob]\ntype = friend\nhost = dynamic\n",
    "extensions.conf": BASE["extensions.conf"]
    + """\
exten => 2,1,Macro(hello,x)
 same => n,Set(X=$["${CALLERPRES()}" = "y"])
 same => n,Dial(SIP/bob)
[globals]
ZONE = US/Eastern
[macro-hello]
exten => s,1,GotoIfTime(9:00-17:00,*,*,*,${ZONE}?s,1)
 same => n,GotoIfTime(9:00-17:00,*,*,*,EST5EDT?s,1)
 same => n,Set(NOW=${STRFTIME(,MET,%H)})
""",
}

EXPLICIT = {
    "modules.conf": "[modules]\nautoload = no\n"
    + "".join(
        f"load = {name}.so\n"
        for name in """pbx_config app_dial app_stack app_voicemail app_queue app_confbridge bridge_simple
        bridge_softmix res_timing_timerfd codec_ulaw format_wav res_sorcery_config res_sorcery_memory res_pjproject
        res_pjsip chan_pjsip res_pjsip_session res_pjsip_pubsub res_http_websocket res_stasis res_ari_model res_ari
        res_ari_asterisk func_callerid cdr_csv cdr_manager cel_manager func_channel""".split()
    )
}


PREFLIGHT = [
    c.partition("/")[2]
    for c in CHECKS
    if c.startswith("preflight/") and c not in RESEARCH | {"preflight/interfaces"}
]


class Judged:
    """The results of all checks of one site, by the name of the check."""

    def __init__(self, old: Inventory, again: Inventory, candidate: Inventory) -> None:
        self.results: Mapping[str, ScenarioResult] = {
            check: judge_load(f"preflight/{check}", old, again, candidate) for check in PREFLIGHT
        }

    def findings(self, check: str) -> list[Finding]:
        return [f for f in self.results[check].findings if f.severity is not Severity.ADDITIVE]

    def rules(self, check: str) -> set[str]:
        return {finding.rule for finding in self.findings(check)}

    def holding(self) -> list[str]:
        return [f.title for r in self.results.values() for f in r.findings if f.severity.holds]


@pytest.fixture(scope="module")
def releases() -> Mapping[str, Release]:
    return prepare([OLD, NEW])


def judged(tmp_path: Path, releases: Mapping[str, Release], files: Mapping[str, str], candidate: str) -> Judged:
    for name, text in (BASE | files).items():
        (tmp_path / name).write_text(text)
    return asyncio.run(_judged(tmp_path, releases, candidate))


async def _judged(config: Path, releases: Mapping[str, Release], candidate: str) -> Judged:
    site = SimpleNamespace(
        old=SimpleNamespace(release=OLD, config=config),
        candidate=SimpleNamespace(release=candidate, config=config),
        data_of=lambda _: Data(),
        data=Data(),
        limits=SimpleNamespace(memory_mb=1024, pids=8192, boot_seconds=60),
        phones=(),
        standins=(),
        agi_servers=(),
        databases=(),
    )
    async with boot_trio(site, releases) as trio:  # type: ignore[arg-type] # a site of a few lines
        asks = [AmiAsk(trio.old), AmiAsk(trio.again), AmiAsk(trio.candidate)]
        return Judged(*await asyncio.gather(*map(take_inventory, asks)))


@pytest.fixture(scope="module")
def losing(tmp_path_factory: pytest.TempPathFactory, releases: Mapping[str, Release]) -> Judged:
    return judged(tmp_path_factory.mktemp("losing"), releases, AUTOLOAD | LOSING, NEW)


@pytest.fixture(scope="module")
def explicit(tmp_path_factory: pytest.TempPathFactory, releases: Mapping[str, Release]) -> Judged:
    return judged(tmp_path_factory.mktemp("explicit"), releases, EXPLICIT, NEW)


def test_the_same_release_on_both_sides_has_no_finding(tmp_path: Path, releases: Mapping[str, Release]) -> None:
    same = judged(tmp_path, releases, AUTOLOAD | LOSING, OLD)
    assert [(r.outcome, r.findings, r.problem) for r in same.results.values()] == [(Outcome.SAME, (), "")] * len(
        PREFLIGHT
    )


def test_an_obsolete_key_takes_the_feature_codes_away(losing: Judged) -> None:
    """D123: the whole of features.conf is ignored for the sake of automon."""
    assert losing.rules("log") >= {"config-file-rejected"}
    rejected = next(f for f in losing.findings("log") if f.rule == "config-file-rejected")
    assert rejected.where == Place("features.conf", 4)
    assert "automon" in rejected.advice
    codes = {f.rule: f for f in losing.findings("features")}
    assert codes["feature-code-moved"].old == "*2"
    assert codes["feature-code-moved"].candidate == "#"
    assert "featuremap" in codes["feature-code-moved"].cause
    assert {"note", "One Touch Monitor"} <= {
        f.title.split(" had ")[0].removeprefix("The feature ")
        for f in losing.findings("features")
        if f.rule == "feature-code-changed"
    }


def test_what_the_loaded_dialplan_uses_is_missed_where_it_stands(losing: Judged) -> None:
    found = {f.title.partition(",")[0].rpartition(" ")[2]: f for f in losing.findings("applications")}
    assert found["Macro()"].where == Place("extensions.conf", 5)
    assert "Gosub" in found["Macro()"].advice
    assert found["CALLERPRES"].where == Place("extensions.conf", 6)
    assert found["SIP/..."].where == Place("extensions.conf", 7)


def test_peers_of_sip_conf_are_missed(losing: Judged) -> None:
    peers = [f for f in losing.findings("endpoints") if f.rule == "sip-peer-missing"]
    assert [(f.where, f.severity) for f in peers] == [(Place("sip.conf", 3), Severity.BREAKING)]
    modules = {f.title.split()[2]: f for f in losing.findings("modules") if f.rule == "module-missing"}
    assert {"chan_sip", "app_macro"} <= set(modules)


def test_a_zone_that_moved_to_another_package_does_not_resolve(losing: Judged) -> None:
    """D22b: US/Eastern, named by a global variable; MET, a name of one word."""
    zones = {f.about.rpartition(": ")[2]: f for f in losing.findings("time-zones")}
    assert {f.rule for f in zones.values()} == {"time-zone-unresolved"}
    assert "America/New_York" in zones["US/Eastern"].advice
    assert zones["US/Eastern"].where == Place("extensions.conf", 9)
    assert "Europe/Brussels" in zones["MET"].advice


def test_a_zone_that_asterisk_computes_itself_resolves(losing: Judged) -> None:
    """EST5EDT: a name as POSIX has them; it gives New York's time in summer and in winter."""
    assert "EST5EDT" not in str(losing.findings("time-zones"))


@pytest.mark.parametrize("check", ["conferences", "queues", "mailboxes", "manager", "ari", "dialplan", "records"])
def test_what_is_equal_is_silent(losing: Judged, check: str) -> None:
    """S62 and its like: profiles, queues, mailboxes, users load equally."""
    assert [f.title for f in losing.findings(check) if f.severity.holds] == []
    assert losing.results[check].outcome is Outcome.SAME


def test_an_explicit_module_list_without_a_new_dependency_takes_ari_down(explicit: Judged) -> None:
    """D137: res_ari of later releases needs res_websocket_client."""
    failed = {f.title.split()[2]: f for f in explicit.findings("modules") if f.rule == "module-load-failed"}
    assert "res_websocket_client" in failed["res_ari"].advice
    assert failed["res_ari"].where is not None
    assert failed["res_ari"].where.file == "modules.conf"
    down = explicit.findings("ari")
    assert [f.rule for f in down] == ["ari-down"]
    assert "undefined symbol" in down[0].cause


def test_every_check_could_be_made(losing: Judged, explicit: Judged) -> None:
    for each in (losing, explicit):
        assert {r.problem for r in each.results.values()} == {""}
