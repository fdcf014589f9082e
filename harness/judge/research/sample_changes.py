"""What changed in the sample files between two releases, as far as a site has to do with it. Pure.

Three texts of each file are looked at: the old release's sample, the new one's, the site's own. A sample sets some
options and shows others in comments, mostly with their default, sometimes as an example only: a value with `;` in
front is what Asterisk's makers found worth writing down, no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.asterisk.conf import Section
from harness.asterisk.documents.samples import FEW, Sampled, is_dialplan, read_sample
from harness.facts.site_changes import SiteChange, placed
from harness.model import Place
from harness.site.reading.site_files import SiteFiles

__all__ = ["sample_changes"]

_COMMON = frozenset({"general", "global", "globals"})
"""Sections about the whole: what a sample has there says nothing of a single queue or phone."""

_Found = tuple[SiteChange, Place]


def sample_changes(
    old_samples: Mapping[str, str], new_samples: Mapping[str, str], site_files: SiteFiles
) -> tuple[SiteChange, ...]:
    """Changes of the samples in files, sections and options that the site has; by kind and name, sorted.

    `sample-file-gone`: the site has the file, and the new release has no sample of it any more.
    `sample-option-gone`: the site sets it, and the new sample neither sets nor shows it, in no section.
    `sample-option-changed`: the site sets it, and not to what the new sample has in place of the old one's.
    `sample-option-new`: a section that the site has knows it now; the site does not set it.
    Of an option with many values nothing is said: they are examples; nor is anything of a release without samples.
    """
    if not old_samples or not new_samples:
        return ()
    return placed(
        (change, (site_files.place(place),))
        for file in sorted(site_files.confs.keys() & old_samples.keys())
        for change, place in _of_file(file, old_samples[file], new_samples.get(file), site_files)
    )


def _of_file(file: str, old: str, new: str | None, site_files: SiteFiles) -> Iterator[_Found]:
    if new is None:
        yield SiteChange("sample-file-gone", file), Place(file, 0)
        return
    before, now = _Sample(old), _Sample(new)
    for section in site_files.file(file).usable:
        if not is_dialplan(file) or section.name.lower() == "general":
            yield from _set_by_the_site(file, section, before, now)
            yield from _new(file, section, before, now)


def _set_by_the_site(file: str, section: Section, before: _Sample, now: _Sample) -> Iterator[_Found]:
    was_shown, is_shown = before.about(section), now.about(section)
    for option in section.options:
        name = option.name.lower()
        was, is_now = was_shown.get(name, ()), is_shown.get(name, ())
        if not 0 < len(was) <= FEW or len(is_now) > FEW:
            continue
        if name not in now.names:
            yield SiteChange("sample-option-gone", f"{file}: {name}", old=_text(was)), option.place
        elif is_now and _text(was) != _text(is_now) and option.value not in _set(is_now):
            change = SiteChange("sample-option-changed", f"{file}: {name}", (), _text(was), _text(is_now))
            yield change, option.place


def _new(file: str, section: Section, before: _Sample, now: _Sample) -> Iterator[_Found]:
    own = {option.name.lower() for option in section.options}
    for name, shown in now.about(section).items():
        if name not in before.names and name not in own and len(shown) <= FEW:
            yield SiteChange("sample-option-new", f"{file}: {name}", new=_text(shown)), section.place


class _Sample:
    """One sample file, asked for what it says about a section of the site's."""

    def __init__(self, text: str) -> None:
        self._entries = read_sample(text)
        self._known: dict[tuple[str, str], Mapping[str, tuple[Sampled, ...]]] = {}
        self.names = frozenset(entry.name for entry in self._entries)

    def about(self, section: Section) -> Mapping[str, tuple[Sampled, ...]]:
        """Options that it sets or shows for such a section, by name, each value once.

        For a section with a type that is what it has below a heading of that name (as pjsip.conf's lists of all
        options), else in sections of that type; for others what it has below the same heading, else below any
        heading that is not about the whole.
        """
        key = (section.name.lower(), section.get("type").lower())
        if key not in self._known:
            self._known[key] = _by_name(self._chosen(*key))
        return self._known[key]

    def _chosen(self, name: str, type_: str) -> list[Sampled]:
        chosen = [entry for entry in self._entries if type_ and entry.section.lower() == type_]
        chosen = chosen or [entry for entry in self._entries if type_ and entry.type == type_]
        chosen = chosen or [entry for entry in self._entries if entry.section.lower() == name]
        if chosen or name in _COMMON:
            return chosen
        return [entry for entry in self._entries if entry.section.lower() not in _COMMON]


def _by_name(entries: list[Sampled]) -> Mapping[str, tuple[Sampled, ...]]:
    found: dict[str, dict[str, Sampled]] = {}
    for entry in entries:
        found.setdefault(entry.name, {}).setdefault(entry.text, entry)
    return {name: tuple(each[text] for text in sorted(each)) for name, each in found.items()}


def _set(entries: tuple[Sampled, ...]) -> frozenset[str]:
    """Values that the sample sets, not those that it shows in comments."""
    return frozenset(entry.value for entry in entries if not entry.shown)


def _text(entries: tuple[Sampled, ...]) -> str:
    return " | ".join(entry.text for entry in entries)
