"""Rules about things that the old release has loaded and the candidate has not."""

from __future__ import annotations

from harness.judge.checks.rule import LoadRule, LoadWitness, only, tiny
from harness.model import Severity

__all__ = ["MISSING"]


def _rule(id_: str, section: str, check: str, thing: str, why: str, advice: str, item: str) -> LoadRule:
    return LoadRule(
        id=id_,
        title=thing,
        severity=Severity.BREAKING,
        why=why,
        advice=advice,
        sections=frozenset({section}),
        kind="missing",
        witness=only(section, item, check=f"preflight/{check}"),
    )


_NO_CALLS = "Who is reached through it is not reached any more."
_LOADED = "Look at what the candidate's log says of its configuration file."

MISSING = (
    _rule("context-missing", "context", "dialplan", "The context {item} is not loaded", _NO_CALLS,
          "Look whether its file is included and whether the log complains of a line in it.", "in"),
    _rule("extension-missing", "extension", "dialplan", "The extension {item} is not loaded", _NO_CALLS,
          "Look whether the candidate's dialplan has it elsewhere, or whether a line was refused.", "100@in"),
    _rule("include-missing", "include", "dialplan", "The include {item} is not loaded",
          "Extensions that were reached through it are not.", _LOADED, "night in day"),
    _rule("hint-missing", "hint", "dialplan", "The hint {item} is not loaded",
          "Lamps on the phones that watch it stay dark.", _LOADED, "100@in"),
    _rule("endpoint-missing", "endpoint", "endpoints", "The endpoint {item} is not loaded",
          "The phone or trunk can neither call nor be called.", _LOADED, "101"),
    _rule("sip-peer-missing", "sip peer", "endpoints", "The SIP peer {item} has no PJSIP endpoint",
          "The phone or trunk can neither call nor be called.",
          "Make an endpoint, aor and auth of this name in pjsip.conf (sip_to_pjsip.py helps).", "bob"),
    _rule("aor-missing", "aor", "endpoints", "The address of record {item} is not loaded",
          "Phones cannot register there.", _LOADED, "101"),
    _rule("transport-missing", "transport", "endpoints", "The transport {item} is not loaded",
          "Nothing is received or sent through it.", _LOADED, "udp"),
    _rule("registration-missing", "registration", "endpoints", "The registration {item} is not loaded",
          "The provider does not know where to send calls.", _LOADED, "provider"),
    _rule("queue-missing", "queue", "queues", "The queue {item} is not loaded",
          "Callers who come to Queue() there run on with QUEUESTATUS empty.", _LOADED, "sales"),
    _rule("queue-member-missing", "queue member", "queues", "Queue member {item} is not there",
          "The agent gets no calls from the queue.", _LOADED, "sales PJSIP/1"),
    _rule("mailbox-missing", "mailbox", "mailboxes", "The mailbox {item} is not loaded",
          "Callers can leave no message and the owner hears none.", _LOADED, "100@default"),
    _rule("conference-bridge-missing", "conference bridge", "conferences", "The profile {item} is not loaded",
          "ConfBridge() with that profile fails.", _LOADED, "big"),
    _rule("conference-user-missing", "conference user", "conferences", "The user profile {item} is not loaded",
          "ConfBridge() with that profile fails.", _LOADED, "chair"),
    _rule("conference-menu-missing", "conference menu", "conferences", "The conference menu {item} is not loaded",
          "Keys pressed in the conference do nothing.", _LOADED, "keys"),
    _rule("manager-user-missing", "manager user", "manager", "The manager user {item} is not loaded",
          "The program that logs in with it is refused.", _LOADED, "desk"),
    _rule("ari-down", "ARI", "ari", "ARI does not answer", "Every program that talks ARI gets errors only.",
          "See which module did not load (res_ari, res_http_websocket) and what ari.conf says.", "ARI"),
    _rule("ari-user-missing", "ARI user", "ari", "The ARI user {item} is not loaded",
          "The program that logs in with it is refused.", _LOADED, "wall"),
    _rule("parking-lot-missing", "parking lot", "parking", "The parking lot {item} is not loaded",
          "Calls cannot be parked there.", _LOADED, "default"),
    _rule("music-class-missing", "music class", "music", "The music on hold class {item} is not loaded",
          "Callers on hold hear silence or other music.", _LOADED, "default"),
    LoadRule(
        id="codec-missing",
        title="The codec {item}, which the site allows, does not exist any more",
        severity=Severity.BREAKING,
        why="Calls with a peer that speaks nothing else fail.",
        advice="Allow another codec that both sides have.",
        sections=frozenset({"codec"}),
        kind="missing",
        witness=LoadWitness(
            "preflight/codecs", tiny({"codec": {"ilbc": {}}}), tiny(files={"pjsip.conf": "allow = ilbc"})
        ),
    ),
    _rule("cdr-backend-missing", "CDR", "records", "{item} is not there",
          "Call detail records are not written to it: calls are not billed.", _LOADED, "CDR backend csv"),
    _rule("cel-missing", "CEL", "records", "{item} is not there",
          "What reads the channel event log misses it.", "Check cel.conf.", "CEL Tracking Event ANSWER"),
    LoadRule(
        id="feature-code-changed",
        title="The feature {item} had the code {old} and has none",
        severity=Severity.BREAKING,
        why="People press the code that they know, and nothing happens.",
        advice="Check features.conf on the candidate.",
        sections=frozenset({"feature"}),
        kind="missing",
        witness=only("feature", "Park Call", check="preflight/features", code="*7"),
    ),
)  # fmt: skip
