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
        self._depth = 0  # below 0 after a `--;` that ends nothing: Asterisk skips what follows then, too
        self._opened: list[int] = []
        self.swallowed_from = 0
        """The line of a `--;` that ends nothing, 0 where there is none."""

    @property
    def open_since(self) -> int:
        """The line on which the outermost open block began, 0 when none is open."""
        return self._opened[0] if self._opened else 0

    def strip(self, line: str, number: int) -> str:
        """The code of one line."""
        code: list[str] = []
        keeps = not self._depth
        start, at = 0, line.find(";")
        while at >= 0:
            before, here = line[start:at], start
            start = at + 1
            if at > here and line[at - 1] == "\\":
                before = f"{before[:-1]};"
            elif self._opens(line, at):
                start = at + 3
                if keeps:
                    code.append(before)
                keeps = False
                self._open(number)
            elif at >= here + 2 and before.endswith("--"):
                self._close(number)
                if not self._depth:
                    keeps, before = True, ""
                else:
                    before += ";"
            elif not self._depth:
                return "".join([*code, before] if keeps else code).strip(BLANKS)
            if keeps:
                code.append(before)
            at = line.find(";", start)
        if keeps:
            code.append(line[start:])
        return "".join(code).strip(BLANKS)

    def _opens(self, line: str, at: int) -> bool:
        return line.startswith("--", at + 1) and line[at + 3 : at + 4] != "-" and self._depth < _MOST_NESTED

    def _open(self, number: int) -> None:
        self._depth += 1
        if self._depth > 0:
            self._opened.append(number)

    def _close(self, number: int) -> None:
        if self._depth == 0:
            self.swallowed_from = number
        self._depth -= 1
        if self._opened:
            self._opened.pop()


def code_lines(text: str, comments: Comments) -> Iterator[tuple[int, str]]:
    """Line numbers and code of all lines that have any. What follows a NUL on a line is not read."""
    for number, line in enumerate(text.split("\n"), 1):
        code = comments.strip(line.partition("\0")[0], number)
        if code:
            yield number, code
