"""How often Python looks for objects that keep each other alive.

What is recorded and judged is millions of tuples and texts, and hardly a circle: to look for these whenever 700
objects are new takes a sixth of playing and judging.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collected_rarely"]

_NEW_OBJECTS = 50_000


@contextmanager
def collected_rarely() -> Iterator[None]:
    """Until the end of the block, circles are looked for when there are 50,000 new objects.

    Blocks may lie within each other; two that overlap would leave the wrong one in force.
    """
    before = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
