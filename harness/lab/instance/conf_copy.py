"""A copy of a site's configuration that is being added to, and the list of what was added.

Every change goes through here, so that nothing is added without a line and a reason in the report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.asterisk.conf import Conf, Config, Option, Section
from harness.model.report import OverlayLine

__all__ = ["Copy"]


@dataclass(slots=True)
class Copy:
    """The files of one side, by their path below /etc/asterisk, while the overlay is laid over them."""

    files: dict[str, bytes]
    lines: list[OverlayLine] = field(default_factory=list)

    def conf(self, file: str) -> Conf:
        """What a file says by now, with what it includes."""
        return Config(texts=self.files).file(file)

    def add(self, file: str, section: str, values: Mapping[str, str], why: str, *, secret: str = "") -> None:
        """Settings of a section, at the end of the file: to the section the site has, or to a new one.

        Asterisk knows only the first of two sections of a name, and refuses `(+)` to one that is not there.
        """
        heading = f"[{section}](+)" if self.conf(file).named(section) else f"[{section}]"
        texts = [heading, *(f"{key} = {value}" for key, value in values.items())]
        self._append(file, texts)
        shown = [text.replace(secret, "***") if secret else text for text in texts]
        self.lines += [OverlayLine(file, text, why) for text in shown]

    def add_text(self, file: str, text: str, why: str) -> None:
        """One line at the end of the file, whatever section stands there."""
        self._append(file, [text])
        self.lines.append(OverlayLine(file, text, why))

    def write(self, file: str, text: str, why: str) -> None:
        """A file of the harness's own."""
        self.files[file] = text.encode("latin-1")
        self.lines += [OverlayLine(file, line, why) for line in text.splitlines() if line]

    def comment_out(self, file: str, unwanted: Callable[[Section, Option], bool], why: str) -> None:
        """Turn options into comments in place, in the file or what it includes: the lines keep their numbers."""
        sections = self.conf(file).usable
        places = {option.place for each in sections for option in each.options if unwanted(each, option)}
        for place in sorted(places, key=lambda place: (place.file, place.line)):
            texts = self.files[place.file].split(b"\n")
            line = texts[place.line - 1]
            texts[place.line - 1] = b"; " + line
            self.files[place.file] = b"\n".join(texts)
            self.lines.append(OverlayLine(place.file, f"; {line.decode('utf-8', 'replace').strip()}", why))

    def _append(self, file: str, texts: list[str]) -> None:
        before = self.files.get(file, b"").rstrip(b"\n")
        after = "\n".join(texts).encode("latin-1") + b"\n"
        self.files[file] = before + b"\n\n" + after if before else after
