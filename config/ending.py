"""How a program of threads ends: when it is asked to, or when one of its own threads met a bug.

A thread that dies of a bug leaves half a program behind that looks alive. So its trace goes to the
log, the program ends in good order, and whoever started it starts it again whole. Threads of ours
have names; one without belongs to a library, or to a single connection, and takes nobody along.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

BROKEN = os.EX_SOFTWARE
END_WITHIN_S = 10.0
"""After a bug: whoever still waits for the dead thread then, waits for ever."""
NAMELESS = "Thread-"
"""How Python calls a thread that nobody has named."""


class Ending(threading.Event):
    """Set by SIGTERM, by SIGINT, and by the bug that killed a thread."""

    code = 0
    """What the program ends with."""


def ending() -> Ending:
    """From here on this program ends so; called in its main thread, before it starts others."""
    end = Ending()

    def stop(_number: int, _frame: FrameType | None) -> None:
        end.set()

    def broken() -> None:
        end.code = BROKEN
        end.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    end_at_a_bug(broken)
    return end


def end_at_a_bug(end: Callable[[], None]) -> None:
    """Call ``end`` when a thread of ours dies of a bug; where that is not enough, end by force."""

    def fell(told: threading.ExceptHookArgs) -> None:
        threading.__excepthook__(told)
        if told.thread is None or told.thread.name.startswith(NAMELESS):
            return
        end()
        last = threading.Timer(END_WITHIN_S, os._exit, (BROKEN,))
        last.daemon = True
        last.start()

    threading.excepthook = fell
