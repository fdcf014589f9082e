"""Peers of chan_sip that are endpoints of chan_pjsip on the candidate: one name in hints, queues, answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from harness.asterisk.sip_names import as_pjsip
from harness.facts.inventory import Inventory, Listing

__all__ = ["one_name"]

_IN_A_PATTERN = "$"  # SIP/${EXTEN}


def one_name(
    old: Inventory, again: Inventory, candidate: Inventory, sections: Collection[str]
) -> tuple[Inventory, Inventory, Inventory]:
    """The three with these sections as the candidate names what is in them."""
    peers, endpoints = set(old.section("sip peer").items), set(candidate.section("endpoint").items)
    same = (peers & endpoints) - set(old.section("endpoint").items)
    if not same:
        return old, again, candidate
    same.add(_IN_A_PATTERN)
    first, second, third = (_renamed(side, sections, same) for side in (old, again, candidate))
    return first, second, third


def _renamed(side: Inventory, sections: Collection[str], same: Collection[str]) -> Inventory:
    listed = {name: _listing(side.section(name), same) for name in sections}
    return replace(side, sections={**side.sections, **listed})


def _listing(listing: Listing, same: Collection[str]) -> Listing:
    items = {
        as_pjsip(name, same): {key: as_pjsip(value, same) for key, value in item.items()}
        for name, item in listing.items.items()
    }
    return replace(listing, items=items, places={as_pjsip(n, same): place for n, place in listing.places.items()})
