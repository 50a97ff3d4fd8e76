"""Recorded files taken apart: times and key frames as the library reads them, at every cut."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import av
import pytest
from drawn_recording import BEGAN_MS, ended, recorded

from monitor.cameras.camera import RecordingRules
from monitor.lookback.film import film_of
from monitor.lookback.pieces import head_of, moved, pieces_of
from monitor.lookback.still import still_of
from monitor.recording.archive import Archive
from monitor.recording.clips import Clip
from monitor.recording.fragments import whole_part
from monitor.recording.index.archive_index import Segment
from monitor.recording.index.tables import SegmentState


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("recorded")
    archive = Archive(folder, RecordingRules(), free=lambda _folder: 0.5)
    ended(recorded(archive, folder, 5))
    (segment,) = archive.index.segments(["a"])
    archive.index.close()
    return (archive.root / segment.path).read_bytes()


def reading(data: bytes):  # type: ignore[no-untyped-def] # noqa: ANN201 - a slice of it
    return lambda place, length: data[place : place + length]


def packets(data: bytes) -> list[tuple[int, bool]]:
    with av.open(io.BytesIO(data), "r") as file:
        return [(one.dts or 0, one.is_keyframe) for one in file.demux(video=0) if one.size]


def test_times_and_key_frames_are_those_of_the_library(data: bytes) -> None:
    head = head_of(reading(data))
    assert head is not None
    assert head.codec.startswith("avc1.42c0")
    pieces = list(pieces_of(reading(data)))
    told = packets(data)
    assert [key for piece in pieces for key in piece.keys] == [at for at, is_key in told if is_key]
    assert all(before.ends == after.begins for before, after in pairwise(pieces))
    assert (pieces[-1].ends - pieces[0].begins) * 1000 // head.scale == 5000


def test_a_fragment_elsewhere_in_time_is_the_same_fragment(data: bytes) -> None:
    head, pieces = head_of(reading(data)), list(pieces_of(reading(data)))
    assert head is not None
    later = 7_000 * head.scale // 1000
    film = head.data + b"".join(
        moved(piece.moof, later) + data[piece.start + len(piece.moof) : piece.end]
        for piece in pieces
    )
    assert packets(film) == [(at + later, is_key) for at, is_key in packets(data)]


def test_a_file_that_is_cut_anywhere_gives_what_is_whole(data: bytes) -> None:
    for length in {*range(0, len(data), 211), *range(1200)}:
        cut = data[:length]
        head, pieces = head_of(reading(cut)), list(pieces_of(reading(cut)))
        assert head is None or head == head_of(reading(data))
        assert len(pieces) == whole_part(cut).fragments
        assert all(piece.end <= length for piece in pieces)


@pytest.mark.parametrize("spoilt", [b"", b"\0" * 64, b"\xff" * 64, b"\0\0\0\1moof" * 9])
def test_what_is_no_film_gives_nothing(spoilt: bytes) -> None:
    assert head_of(reading(spoilt)) is None
    assert list(pieces_of(reading(spoilt))) == []


def hevc(path: Path, seconds: int) -> None:
    """A file as the recorder writes it, of a camera that codes H.265."""
    flags = {"movflags": "empty_moov+default_base_moof+delay_moov", "frag_duration": "1000000"}
    with av.open(str(path), "w", format="mp4", options=flags) as out:
        options = {"x265-params": "log-level=none:keyint=8", "preset": "ultrafast"}
        stream = out.add_stream("libx265", rate=8, options=options)
        stream.width, stream.height, stream.pix_fmt = 320, 192, "yuv420p"
        for number in range(8 * seconds):
            frame = av.VideoFrame(320, 192, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([number * 3]) * plane.buffer_size)
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


def test_hevc_is_named_as_browsers_name_it_and_has_stills(tmp_path: Path) -> None:
    hevc(tmp_path / "hevc.mp4", 5)
    segment = Segment(
        id=1,
        camera="a",
        run="r",
        path="hevc.mp4",
        t0_ms=BEGAN_MS,
        t1_ms=BEGAN_MS + 5_000,
        bytes=1,
        state=SegmentState.CLOSED,
        sha256="",
        recovered=False,
        place=None,
        chain="",
        deleted_at_ms=0,
        deleted_for="",
    )
    for at in (0, 1_500, 4_900):
        clip = Clip("a", BEGAN_MS + at, BEGAN_MS + at + 1, [segment], [])
        still = still_of(tmp_path, clip, [])
        assert still is not None
        assert 0 <= BEGAN_MS + at - still.at_ms <= 1_000 + 125
        shade = (still.at_ms - BEGAN_MS) // 125 * 3
        assert abs(int(still.gray.mean()) - shade) < 12, "that very picture"
    film = film_of(tmp_path, Clip("a", BEGAN_MS, BEGAN_MS + 4_000, [segment], []), BEGAN_MS - 9)
    assert film.codec.startswith("hev1.1.6.L")
