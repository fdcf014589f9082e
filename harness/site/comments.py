"""Lines of a `.conf` file without their comments, as Asterisk takes them away (main/config.c)."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["BLANKS", "Comments", "code_lines"]

BLANKS = "".join(map(chr, range(1, 33)))
"""What Asterisk strips: everything up to the space, and no other kind of blank."""

_MOST_NESTED = 128


class Comments:
    """Takes comments off line by line; remembers the blocks `;-- … --;` that are open, as they may nest."""

    def __init__(self) -> None:
        self._opened: list[int] = []
        self.swallowed_from = 0
        """The line of a `--;` that ends nothing. Asterisk skips all that follows it; 0 where there is none."""

    @property
    def open_since(self) -> int:
        """The line on which the outermost open block began, 0 when none is open."""
        return self._opened[0] if self._opened else 0

    def strip(self, line: str, number: int) -> str:
        """The code of one line."""
        if self.swallowed_from:
            return ""
        code: list[str] = []
        start, at = 0, line.find(";")
        while at >= 0:
            inside = bool(self._opened)
            if at > start and line[at - 1] == "\\":
                if not inside:
                    code += (line[start : at - 1], ";")
                start = at + 1
            elif line.startswith("--", at + 1) and line[at + 3 : at + 4] != "-" and self._may_open():
                if not inside:
                    code.append(line[start:at])
                self._opened.append(number)
                start = at + 3
            elif at >= start + 2 and line[at - 2 : at] == "--":
                if not inside:
                    self.swallowed_from = number
                    break
                self._opened.pop()
                start = at + 1
            elif inside:
                start = at + 1
            else:
                return "".join((*code, line[start:at])).strip(BLANKS)
            at = line.find(";", start)
        if not self._opened:
            code.append(line[start:])
        return "".join(code).strip(BLANKS)

    def _may_open(self) -> bool:
        return len(self._opened) < _MOST_NESTED


def code_lines(text: str, comments: Comments) -> Iterator[tuple[int, str]]:
    """Line numbers and code of all lines that have any. What follows a NUL on a line is not read."""
    for number, line in enumerate(text.split("\n"), 1):
        code = comments.strip(line.partition("\0")[0], number)
        if code:
            yield number, code
