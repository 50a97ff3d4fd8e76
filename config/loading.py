"""What a program does not load: a weak PC starts five of them at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_out(name: str) -> Iterator[None]:
    """Libraries that are imported meanwhile find none of this name, and do without it.

    It can be imported afterwards; if it is loaded already, nothing changes.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # as Python's reference has it: not found
    try:
        yield
    finally:
        del sys.modules[name]
