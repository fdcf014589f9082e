"""What the candidate's dialplan uses and the candidate has not: applications, functions, technologies, zones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.asterisk.dialplan.uses import Uses
from harness.asterisk.modules import BRINGS
from harness.asterisk.replacements import APPLICATIONS, FUNCTIONS, TECHNOLOGIES
from harness.asterisk.zones import COMPUTED, REGIONS, RENAMED, RENAMED_WORDS, UTC
from harness.facts.inventory import Inventory
from harness.judge.checks.changes import View
from harness.judge.checks.rule import LoadChange
from harness.judge.checks.voicemail import CLASH, voicemail_advice
from harness.model import Place

__all__ = ["use_changes", "zone_changes"]


def use_changes(view: View) -> Iterator[LoadChange]:
    """Each missing application, function and technology once, with the places that use it."""
    used, before = view.candidate.uses(), view.old.uses()
    yield from _missing_uses(view, "application", used.applications, before.applications, APPLICATIONS)
    yield from _missing_uses(view, "function", used.functions, before.functions, FUNCTIONS)
    yield from _missing_uses(view, "technology", used.technologies, {}, TECHNOLOGIES)


def _missing_uses(
    view: View, section: str, used: Uses, used_on_old: Uses, replacements: Mapping[str, str]
) -> Iterator[LoadChange]:
    on_old = {name.lower() for name in used_on_old}
    for name, places in used.items():
        if not name or view.candidate.has(section, name):
            continue
        was_there = view.old.has(section, name)
        if not was_there and section == "technology":
            continue  # missing on the old release as well, or no technology at all
        if not was_there and name.lower() in on_old:
            if _is_told(view, section):
                yield _nowhere(section, name, places)
            continue
        yield LoadChange(
            section,
            "missing",
            name,
            old=f"{name} is there" if was_there else "",
            candidate="does not exist",
            where=next(iter(places), None),
            cause=_clash(name, view.candidate),
            advice=voicemail_advice(name, view.candidate) or _advice(name, replacements, view.candidate),
            places=places,
        )


def _is_told(view: View, section: str) -> bool:
    """Whether it is known what either release has, and they are two releases: one against itself is silent."""
    known = view.old.section(section).items and view.candidate.section(section).items
    return bool(known) and view.old.version != view.candidate.version


def _nowhere(section: str, name: str, places: tuple[Place, ...]) -> LoadChange:
    where, none = next(iter(places), None), "does not exist"
    return LoadChange(section, "own", name, old=none, candidate=none, where=where, places=places)


def _clash(name: str, candidate: Inventory) -> str:
    """Two modules that bring the same application: the second fails and takes the first one's away."""
    clash = f"{CLASH} '{name}'".lower()
    line = next((line for line in candidate.log if clash in line.message.lower()), None)
    return f"Asterisk's log says: {line.message}" if line else ""


def _advice(name: str, replacements: Mapping[str, str], candidate: Inventory) -> str:
    known = next((text for key, text in replacements.items() if key.lower() == name.lower()), "")
    if known:
        return known
    modules = [module for module, things in BRINGS.items() if name.lower() in {thing.lower() for thing in things}]
    modules += [f"app_{name.lower()}", f"func_{name.lower()}"]
    there = next((module for module in modules if module in candidate.modules_on_disk), "")
    if not there:
        return ""
    if candidate.has("module", there):
        return f"{there} runs: keep the other module that brings {name} from loading (noload in modules.conf)."
    return f"Load {there}.so (modules.conf): the candidate has it."


def zone_changes(view: View) -> Iterator[LoadChange]:
    """Time zones that Asterisk reads and that do not resolve on the candidate; a name of UTC needs not to."""
    zones = view.candidate.section("time zone").items
    before, again = (side.section("time zone").items for side in (view.old, view.again))
    for zone in sorted(zones):
        if zones[zone].get("resolves") == "yes" or zone in UTC:
            continue
        resolved = [side[zone].get("resolves") for side in (before, again) if zone in side]
        known = zone.partition("/")[0] in REGIONS and "/" in zone
        if "no" in resolved or not (resolved or known):
            continue
        canonical = RENAMED.get(zone) or RENAMED_WORDS.get(zone) or COMPUTED.get(zone)
        listing = view.candidate.section("time zone")
        where = listing.places.get(zone)
        yield LoadChange(
            "time zone",
            "missing",
            zone,
            old="resolves" if resolved else "",
            candidate="does not resolve: UTC is used",
            where=where,
            places=listing.every.get(zone, (where,) if where else ()),
            cause="The candidate's system has no such zone (Debian keeps old names in tzdata-legacy since 2024)",
            advice=f"Write {canonical} instead, or install tzdata-legacy." if canonical else "",
        )
