"""What there is of a camera between two moments, for a page's bar: stretches, and gaps with cause.

Pure. Files that follow one another are one stretch.
"""

from __future__ import annotations

from msgspec import Struct

from monitor.faults import GapCause
from monitor.recording.clips import UNNOTED_GAP_MS, Clip


class Recorded(Struct, frozen=True, kw_only=True):
    """A time of which there are pictures."""

    begins_at: int
    ends_at: int


class Missing(Struct, frozen=True, kw_only=True):
    """A time of which there are none, and why."""

    begins_at: int
    ends_at: int
    cause: GapCause


class Timeline(Struct, frozen=True, kw_only=True):
    """One camera."""

    camera_id: str
    moves: bool
    """Whether it may be seen in motion; where a mask must hold, stills alone are shown."""
    has_recorder: bool
    """Whether a recorder of its own can be asked as well."""
    recorded: list[Recorded]
    gaps: list[Missing]


def timeline_of(clip: Clip, *, moves: bool, has_recorder: bool) -> Timeline:
    """The timeline of what was found."""
    recorded: list[Recorded] = []
    for segment in clip.segments:
        begins_at, ends_at = max(segment.t0_ms, clip.t0_ms), min(segment.t1_ms, clip.t1_ms)
        if recorded and begins_at - recorded[-1].ends_at <= UNNOTED_GAP_MS:
            before = recorded.pop()
            begins_at, ends_at = before.begins_at, max(before.ends_at, ends_at)
        if ends_at > begins_at:
            recorded.append(Recorded(begins_at=begins_at, ends_at=ends_at))
    gaps = [
        Missing(begins_at=one.t0_ms, ends_at=one.t1_ms or clip.t1_ms, cause=one.cause)
        for one in clip.gaps
    ]
    return Timeline(
        camera_id=clip.camera,
        moves=moves,
        has_recorder=has_recorder,
        recorded=recorded,
        gaps=gaps,
    )
