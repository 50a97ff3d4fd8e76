"""The number on the paper: pure text from a series and a count, never the other way round."""

from __future__ import annotations

DIRECT_SERIES = "Z"
"""Series of those served without having taken a ticket (直接办理).

They need a number too: to be transferred, called at the next window, rated and found again. Where a
queue of the hall also uses the letter, both draw on the same counter, so no number comes twice.
"""
WIDTH = 3


def label(series: str, number: int) -> str:
    """``A001`` … ``A999``, ``A1000``: widening, so that no number of a day ever comes again."""
    return f"{series}{number:0{WIDTH}d}"
