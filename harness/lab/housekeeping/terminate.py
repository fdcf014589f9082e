"""SIGTERM as an orderly end: `finally` blocks run, so that containers are removed at once."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["exit_on_terminate"]


@contextmanager
def exit_on_terminate() -> Iterator[None]:
    """While the block runs, SIGTERM raises SystemExit(143) in the main thread, unless somebody handles it."""
    is_handled = signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    if threading.current_thread() is not threading.main_thread() or is_handled:
        yield
        return
    before = signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _exit(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
