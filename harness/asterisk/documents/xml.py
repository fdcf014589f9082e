"""Asterisk's documentation says much by reference (`<xi:include xpointer="…"/>`): here it is written out. Pure."""

from __future__ import annotations

import re
from itertools import islice
from xml.etree import ElementTree

__all__ = ["read_documents"]

Element = ElementTree.Element

_INCLUDE = "{http://www.w3.org/2001/XInclude}include"
_STEP = r"[A-Za-z]+(?:\[[^\]]*\])?"
_POINTER = re.compile(rf"xpointer\(/?docs/(?P<path>{_STEP}(?:/{_STEP})*)\)")
_MOST = 200_000
"""Elements that references may add, ten times what a release has: documents that refer to themselves end."""
_ROUNDS = 20


def read_documents(content: bytes) -> Element:
    """The documentation with its references resolved. ValueError when it is no XML.

    A reference that cannot be followed (to bare text, to another file, in a circle) is left out.
    """
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, LookupError) as problem:
        raise ValueError(f"this is no XML: {problem}") from problem
    resolver = _Resolver(root)
    for _ in range(_ROUNDS):
        if not resolver.round():
            break
    return root


class _Resolver:
    """Puts what is referred to in place of references. What is put in may hold references itself."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._left = _MOST

    def round(self) -> bool:
        """Resolve all references that there are now, by the document as it is now; whether there were any."""
        parents = [element for element in self._root.iter() if element.find(_INCLUDE) is not None]
        found = [[self._replacement(child) for child in parent] for parent in parents]
        for parent, children in zip(parents, found, strict=True):
            own = {id(child) for child in parent}
            parent[:] = [new for child in children for new in child if id(new) in own or self._fits(new, parent)]
        return bool(parents)

    def _replacement(self, child: Element) -> list[Element]:
        """What stands for a child in the end: itself, or what it refers to."""
        if child.tag != _INCLUDE:
            return [child]
        pointer = _POINTER.fullmatch(child.get("xpointer", ""))
        try:
            return self._root.findall(pointer["path"]) if pointer else []
        except (SyntaxError, KeyError):  # more of XPath than is understood here
            return []

    def _fits(self, new: Element, parent: Element) -> bool:
        """Whether something may become a child: that makes no circle, and not too much in all."""
        inside = list(islice(new.iter(), self._left + 1))
        if len(inside) > self._left:
            self._left = 0
        elif not any(element is parent for element in inside):
            self._left -= len(inside)
            return True
        return False
