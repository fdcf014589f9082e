"""Endpoints, ARI, feature codes, codecs, call records: where a table alone would say too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.judge.checks.changes import View, added, all_unused, changed, missing, tables
from harness.judge.checks.modules import lost_modules
from harness.judge.checks.needs import lost_peers, says_something
from harness.judge.checks.rule import LoadChange

__all__ = ["ari_changes", "codec_changes", "endpoint_changes", "feature_changes", "record_changes"]

_WRITERS: Mapping[str, str] = {
    "CDR backend cdr-custom": "cdr_custom.conf",
    "CDR backend cdr_sqlite3_custom": "cdr_sqlite3_custom.conf",
    "CEL Event Subscriber CEL Custom CSV Logging": "cel_custom.conf",
    "CEL Event Subscriber CEL sqlite3 custom backend": "cel_sqlite3_custom.conf",
}
"""Writers that old releases start without a file that tells them what to write."""


_SHOWN_OTHERWISE: Mapping[str, tuple[str, frozenset[str]]] = {
    "dtls_verify": ("Yes", frozenset({"Fingerprint", "Certificate"})),
}
"""Settings of endpoints that old releases show as yes or no, and new ones with what is verified."""


def endpoint_changes(view: View) -> Iterator[LoadChange]:
    """Endpoints and what belongs to them; a SIP peer that became an endpoint is there."""
    if lost := lost_peers(view):
        places = tuple(place for name in lost if (place := view.place("sip peer", name)))
        first = next(iter(places), None)
        yield LoadChange("sip peer", "missing", ", ".join(lost), where=first, places=places)
    yield from (change for change in tables(view) if not _is_shown_otherwise(change))


def _is_shown_otherwise(change: LoadChange) -> bool:
    old, candidates = _SHOWN_OTHERWISE.get(change.attribute, ("", frozenset()))
    return bool(old) and change.old == old and change.candidate in candidates


def ari_changes(view: View) -> Iterator[LoadChange]:
    """ARI as a whole, or else its users one by one."""
    down = list(missing(view, "ARI"))
    users = list(missing(view, "ARI user"))
    if down:
        lost = tuple(f"The ARI user {user.item} is not loaded" for user in users)
        failed = _ari_failure(view)
        reason = (failed.cause, failed.advice) if failed else (down[0].cause, "")
        yield replace(down[0], cause=reason[0], advice=reason[1], consequences=lost)
        return
    yield from changed(view, "ARI")
    yield from users
    yield from changed(view, "ARI user")
    yield from added(view, "ARI user")


def _ari_failure(view: View) -> LoadChange | None:
    failed = (change for change in lost_modules(view) if change.kind == "failed")
    return next((change for change in failed if change.item.startswith(("res_ari", "res_http"))), None)


def feature_changes(view: View) -> Iterator[LoadChange]:
    """A code that moved from Monitor to MixMonitor is the same for people who press it."""
    before, now = (side.section("feature").items for side in (view.old, view.candidate))
    for change in tables(view):
        heirs = [name for name in now if name not in before and now[name].get("code") == change.old]
        is_monitor = change.kind == "missing" and "Monitor" in change.item and "One Touch MixMonitor" in heirs
        yield replace(change, kind="replaced", candidate=heirs[0]) if is_monitor else change


def codec_changes(view: View) -> Iterator[LoadChange]:
    """Codecs that the site allows; the others are one change."""
    unused: list[str] = []
    for change in missing(view, "codec"):
        allowed = view.candidate.mention(change.item)
        if allowed or any(change.item in e.get("allow", "") for e in view.old.section("endpoint").items.values()):
            yield replace(change, where=allowed)
        else:
            unused.append(change.item)
    yield from all_unused("codec", "codecs", unused)
    yield from added(view, "codec")


def record_changes(view: View) -> Iterator[LoadChange]:
    """CDR and CEL. A backend that has no file to say what it writes has written nothing."""
    idle: list[str] = []
    for change in tables(view):
        file = _WRITERS.get(change.item)
        if change.kind == "missing" and file and not says_something(view.old, file):
            idle.append(change.item)
        else:
            yield change
    yield from all_unused("CDR", "backends", idle)
