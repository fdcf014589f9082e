"""Two releases compared: what counts as gone, changed and new, and what is no news."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.facts.inventory import Listing
from harness.facts.release import KINDS, ReleaseFacts, tiny_release
from harness.judge.research.release_changes import ReleaseChange, compare_releases

OLD = tiny_release(
    {
        "application": {"Dial": {}, "Macro": {}, "Queue": {}},
        "application argument": {
            "Macro: name": {"position": "1"},
            "Queue: queuename": {"position": "1"},
            "Queue: macro": {"position": "2"},
            "Queue: gosub": {"position": "3"},
            "Dial: totalAnalysis Time": {"position": "1"},
        },
        "application option": {"Dial: g": {"takes": ""}, "Dial: M": {"takes": "macro arg"}},
        "ARI operation": {"GET /channels (channels.list)": {}},
        "ARI parameter": {"GET /channels: app": {"required": "no"}},
        "config option": {"pjsip.conf endpoint: dtmf": {"default": "rfc4733", "type": "Custom"}},
        "config object": {"pjsip.conf endpoint": {"module": "res_pjsip"}},
        "AMI event": {"EndpointDetail": {}},
        "AMI event header": {"EndpointDetail: Disallow": {}},
    },
    version="16",
)
NEW = tiny_release(
    {
        "application": {"Dial": {}, "If": {}, "Queue": {}},
        "application argument": {
            "If: condition": {"position": "1"},
            "Queue: queuename": {"position": "1"},
            "Queue: gosub": {"position": "2"},
            "Dial: totalAnalysisTime": {"position": "1"},
        },
        "application option": {"Dial: g": {"takes": ""}, "Dial: G": {"takes": ""}},
        "ARI operation": {"GET /channels (channels.list)": {}, "GET /new (new.list)": {}},
        "ARI parameter": {"GET /channels: app": {"required": "yes"}, "GET /new: app": {"required": "no"}},
        "config option": {"pjsip.conf endpoint: dtmf": {"default": "auto", "type": "Enum"}},
        "config object": {"pjsip.conf endpoint": {"module": "res_sip"}},
        "AMI event": {"EndpointDetail": {}},
        "AMI event header": {"EndpointDetail: disallow": {}},
    },
    version="22",
)


def told(how: str) -> set[str]:
    return {f"{change.kind} {change.name}" for change in compare_releases(OLD, NEW).changes if change.how == how}


def test_what_is_gone() -> None:
    """Not the arguments of what is gone, nor what is only written otherwise, nor an argument's other name."""
    assert told("gone") == {"application Macro", "application argument Queue: macro", "application option Dial: M"}


def test_what_is_new() -> None:
    assert told("new") == {"application If", "application option Dial: G", "ARI operation GET /new (new.list)"}


def test_what_is_otherwise_has_both_values() -> None:
    """The type of an option is how Asterisk reads it, not what it does."""
    assert {change for change in compare_releases(OLD, NEW).changes if change.how == "changed"} == {
        ReleaseChange("application argument", "changed", "Queue: gosub", "position", "3", "2"),
        ReleaseChange("ARI parameter", "changed", "GET /channels: app", "required", "no", "yes"),
        ReleaseChange("config option", "changed", "pjsip.conf endpoint: dtmf", "default", "rfc4733", "auto"),
    }


@pytest.mark.parametrize("release", [OLD, NEW])
def test_a_release_against_itself_has_no_difference(release: ReleaseFacts) -> None:
    assert compare_releases(release, release).changes == ()


def test_what_could_not_be_read_is_no_difference() -> None:
    unread = replace(NEW, sections={**NEW.sections, "application": Listing(problem="asked in vain")})
    difference = compare_releases(OLD, unread)
    assert difference.problems == tuple(
        (kind.name, "22: asked in vain") for kind in KINDS if "application" in (kind.name, kind.whole)
    )
    assert not any(change.kind.startswith("application") for change in difference.changes)


names = st.dictionaries(st.sampled_from(["Dial", "dial", "Queue", "Queue: a", "A: b", "a.b", ""]), st.just({}))
releases = st.dictionaries(st.sampled_from([kind.name for kind in KINDS]), names).map(tiny_release)


@given(releases, releases)
def test_the_other_way_round_gone_is_new(one: ReleaseFacts, other: ReleaseFacts) -> None:
    def keys(old: ReleaseFacts, new: ReleaseFacts, how: str) -> list[tuple[str, str]]:
        found = compare_releases(old, new).changes
        return [(change.kind, change.name) for change in found if change.how == how]

    assert keys(one, other, "gone") == keys(other, one, "new")


@given(releases)
def test_facts_are_kept_as_they_are(facts: ReleaseFacts) -> None:
    kept = replace(facts, digest="sha256:1", samples={"queues.conf": "[general]\n"})
    assert msgspec.json.decode(msgspec.json.encode(kept), type=ReleaseFacts) == kept


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 16},
        {"samples": {"a": None}},
        {"sections": []},
        {"sections": {"module": {"items": {"a": {"b": 1}}, "problem": ""}}},
        {"sections": {"module": {"items": []}}},
    ],
)
def test_what_is_no_facts_is_told_from_facts(damage: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        msgspec.convert({**msgspec.to_builtins(OLD), **damage}, ReleaseFacts)
