"""A copy of a site's configuration that is being added to, and the list of what was added.

Every change goes through here, so that nothing is added without a line and a reason in the report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.lab.instance.conf_lines import Setting, decode, encode, has_section, settings
from harness.model.report import OverlayLine

__all__ = ["Copy"]


@dataclass(slots=True)
class Copy:
    """The files of one side, by their path below /etc/asterisk, while the overlay is laid over them."""

    files: dict[str, bytes]
    lines: list[OverlayLine] = field(default_factory=list)

    def has(self, file: str) -> bool:
        """Whether the site has that file."""
        return file in self.files

    def value(self, file: str, section: str, key: str) -> str | None:
        """The last value of a setting, None where it is not set."""
        found = [line.value for line in settings(self.files, file) if (line.section, line.key) == (section, key)]
        return found[-1] if found else None

    def add(self, file: str, section: str, values: Mapping[str, str], why: str, *, secret: str = "") -> None:
        """Settings of a section, at the end of the file: to the section the site has, or to a new one.

        Asterisk knows only the first of two sections of a name, and refuses `(+)` to one that is not there.
        """
        heading = f"[{section}](+)" if has_section(self.files, file, section) else f"[{section}]"
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
        self.files[file] = encode(text)
        self.lines += [OverlayLine(file, line, why) for line in text.splitlines() if line]

    def comment_out(self, file: str, unwanted: Callable[[Setting], bool], why: str) -> None:
        """Turn settings into comments in place, in the file or what it includes: the lines keep their numbers."""
        for line in [line for line in settings(self.files, file) if line.key and unwanted(line)]:
            texts = decode(self.files[line.file]).split("\n")
            text = texts[line.index]
            texts[line.index] = f"; {text}"
            self.files[line.file] = encode("\n".join(texts))
            self.lines.append(OverlayLine(line.file, f"; {text.strip()}", why))

    def _append(self, file: str, texts: list[str]) -> None:
        before = decode(self.files.get(file, b"")).rstrip("\n")
        after = "\n".join(texts)
        self.files[file] = encode(f"{before}\n\n{after}\n" if before else f"{after}\n")
