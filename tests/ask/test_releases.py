"""The real releases, 16.28 and 22.10, asked what they have: what is known to be gone is gone, and no more."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from harness.ask.release import load_facts, take_facts
from harness.cli import main
from harness.facts.release import KINDS, ReleaseFacts
from harness.judge.research.option_changes import config_changes
from harness.judge.research.release_changes import ReleaseDifference, compare_releases
from harness.lab import Release, prepare
from harness.model import Place
from harness.report import release_lines
from harness.site.reading.site_files import read_site_files

pytestmark = pytest.mark.engine

OLD, NEW = "debian:bullseye", "debian:sid"
DEMO = Path(__file__).parents[2] / "scenarios" / "demo"
PAGE = Path(__file__).parents[2] / "docs" / "research.md"

GONE = {
    "module": """app_ices app_image app_macro app_nbscat app_url chan_alsa chan_mgcp chan_oss chan_sip chan_skinny
        res_monitor""",
    "application": """ChangeMonitor ICES ImportVar JabberStatus Macro MacroExclusive MacroExit MacroIf
        MailboxExists Monitor NBScat NoCDR PauseMonitor SIPAddHeader SIPDtmfMode SIPRemoveHeader SIPSendCustomINFO
        SendImage SendURL SetAMAFlags StopMonitor UnpauseMonitor""",
    "function": "CALLERPRES CHECKSIPDOMAIN MAILBOX_EXISTS SIPPEER SIP_HEADER SIP_HEADERS",
    "technology": "MGCP SIP Skinny",
    "AMI action": """ChangeMonitor Monitor PauseMonitor SIPnotify SIPpeers SIPpeerstatus SIPqualifypeer SIPshowpeer
        SIPshowregistry SKINNYdevices SKINNYlines SKINNYshowdevice SKINNYshowline StopMonitor UnpauseMonitor""",
    "AMI event": "MonitorStart MonitorStop SIPQualifyPeerDone SessionTimeout",
    "AGI command": "",
    "ARI operation": "",
    "ARI field": "",
}


@pytest.fixture(scope="module")
def releases() -> dict[str, Release]:
    return prepare([OLD, NEW])


@pytest.fixture(scope="module")
def facts(releases: dict[str, Release]) -> dict[str, ReleaseFacts]:
    """Asked now, not taken from the cache."""
    return {spec: take_facts(release) for spec, release in releases.items()}


@pytest.fixture(scope="module")
def difference(facts: dict[str, ReleaseFacts]) -> ReleaseDifference:
    return compare_releases(facts[OLD], facts[NEW])


@pytest.mark.parametrize("kind", GONE)
def test_what_is_known_to_be_gone_is_gone_and_no_more(difference: ReleaseDifference, kind: str) -> None:
    assert [change.name for change in difference.of(kind, "gone")] == sorted(GONE[kind].split())


def test_every_kind_can_be_compared(facts: dict[str, ReleaseFacts], difference: ReleaseDifference) -> None:
    assert difference.problems == ()
    for release in facts.values():
        assert all(release.section(kind.name).items for kind in KINDS)
        assert {"queues.conf", "pjsip.conf"} <= set(release.samples)


@pytest.mark.parametrize("spec", [OLD, NEW])
def test_a_release_asked_twice_is_the_same(
    releases: dict[str, Release], facts: dict[str, ReleaseFacts], spec: str
) -> None:
    again = load_facts(releases[spec])
    assert compare_releases(facts[spec], again).changes == ()
    assert again.samples == facts[spec].samples


def changed(difference: ReleaseDifference, kind: str) -> set[tuple[str, str, str, str]]:
    return {(each.name, each.attribute, each.old, each.new) for each in difference.of(kind, "changed")}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("application argument", ("Queue: gosub", "position", "8", "7")),
        ("AMI event", ("CEL", "class", "cel", "call")),
        ("config option", ("pjsip.conf system: threadpool_initial_size", "default", "0", "4")),
        ("sample option", ("iax.conf: bandwidth", "[general]", "low", "high")),
        ("sample option", ("queues.conf: shared_lastcall", "[general]", ";no", ";yes")),
        ("ARI parameter", ("POST /channels/externalMedia: external_host", "required", "yes", "no")),
        ("file format", ("sln", "extensions", "raw|sln", "raw|slin|sln")),
    ],
)
def test_what_is_otherwise(difference: ReleaseDifference, kind: str, expected: tuple[str, ...]) -> None:
    assert expected in changed(difference, kind)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("application option", ["Dial: M", "MixMonitor: S", "Queue: W", "Queue: w", "ResetCDR: e"]),
        ("application argument", ["Queue: macro"]),
        ("function value", ["AGENT: password", "CALLCOMPLETION: cc_callback_macro", "FEATUREMAP: automon"]),
        ("AMI event header", ["EndpointDetail: Disallow", "QueueMemberPause: Reason"]),
    ],
)
def test_parts_that_are_gone(difference: ReleaseDifference, kind: str, names: list[str]) -> None:
    assert [change.name for change in difference.of(kind, "gone")] == names


def test_a_default_is_the_one_in_force(facts: dict[str, ReleaseFacts]) -> None:
    about = facts[NEW].section("config option").items["pjsip.conf endpoint: direct_media"]
    assert about == {"module": "res_pjsip", "type": "Boolean", "default": "yes"}
    about = facts[OLD].section("config object").items["confbridge.conf user_profile"]
    assert about == {"module": "app_confbridge", "not": "^general$", "field": "type", "value": "user"}


@pytest.mark.parametrize(("folder", "expected"), [("old", [Place("old/features.conf", 16)]), ("candidate", [])])
def test_the_demo_site_sets_one_option_that_is_gone(
    facts: dict[str, ReleaseFacts], folder: str, expected: list[Place]
) -> None:
    """D123: automon, which takes the whole of features.conf with it."""
    changes = config_changes(facts[OLD], facts[NEW], read_site_files(DEMO / folder, folder=f"{folder}/"))
    gone = [change for change in changes if change.kind in ("config-option-gone", "config-object-gone")]
    assert [place for change in gone for place in change.places] == expected


def test_the_command_says_what_the_page_shows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["research", OLD, NEW]) == 0
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    example = re.search(r"```\n(Asterisk 16.*?)```", PAGE.read_text(), re.DOTALL)
    assert example
    shown = [line for line in example[1].splitlines() if line != "..."]
    assert [line for line in shown if line not in printed] == []


def test_the_command_says_for_a_site_what_the_page_shows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["research", OLD, NEW, "--site", str(DEMO)]) == 0
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    example = re.search(r"```\n(What the versions.*?)```", PAGE.read_text(), re.DOTALL)
    assert example
    assert [line for line in example[1].splitlines() if line != "..." and line not in printed] == []
    titles = [line for line in printed if line and not line.startswith(" ")][-4:]
    assert [title.partition(",")[0] for title in titles] == [
        "What the versions in between removed",
        "Upgrade notes of the versions in between",
        "Reasons to move",
        "What is not known",
    ]


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_the_other_forms_have_the_same_for_a_site(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["research", OLD, NEW, "--site", str(DEMO), "--format", form]) == 0
    printed = capsys.readouterr().out
    if form == "json":
        site = json.loads(printed)["site"]
        (macro,) = [change for change in site["changes"] if change["name"] == "app_macro"]
        assert macro["use"][0] == "old/extensions.conf:51"
        assert any(each["fixed"].startswith("16.28.0") for each in site["advisories"])
    else:
        assert "\n#### Reasons to move\n\n- 16 " in printed


def test_notes_are_for_a_site(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["research", OLD, NEW, "--notes", "x"]) == 2
    assert "--notes belongs to --site" in capsys.readouterr().err


def test_a_person_can_read_it(difference: ReleaseDifference) -> None:
    lines = [line.text for line in release_lines(difference)]
    assert len(lines) < 200
    assert max(map(len, lines)) <= 100
    assert lines.index("Gone") < lines.index("Changed") < lines.index("New")


def test_what_is_no_release_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["research", "debian:bulseye", NEW]) == 2
    assert "Did you mean debian:bullseye?" in capsys.readouterr().err
