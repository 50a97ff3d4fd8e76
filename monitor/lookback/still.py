"""One picture of a recording: its last key frame up to a moment, masked as every still is."""

from __future__ import annotations

import io
from pathlib import Path

import av

from monitor.cameras.polygon import Polygon
from monitor.cameras.stills import KeyFrame, small_picture
from monitor.lookback.film import Film, film_of
from monitor.recording.clips import Clip

BEFORE_MS = 60_000
"""A file is a minute long, and begins with a key frame."""


def still_of(root: Path, clip: Clip, masks: list[Polygon]) -> KeyFrame | None:
    """The newest key frame of a short clip that is not later than its end."""
    film = film_of(root, clip, clip.t0_ms - 2 * BEFORE_MS)
    if not film.parts:
        return None
    try:
        return _decoded(film, clip, masks)
    except av.FFmpegError:
        return None


def _decoded(film: Film, clip: Clip, masks: list[Polygon]) -> KeyFrame | None:
    found: KeyFrame | None = None
    with av.open(io.BytesIO(b"".join(film.bytes())), "r", format="mp4") as file:
        stream = file.streams.video[0]
        stream.thread_type = "NONE"
        stream.codec_context.skip_frame = "NONKEY"
        for frame in file.decode(stream):
            at_ms = film.origin_ms + round((frame.time or 0) * 1000)
            if found and at_ms >= clip.t1_ms:
                break
            picture = small_picture(frame, masks)
            found = KeyFrame(clip.camera, at_ms, picture)
    return found
