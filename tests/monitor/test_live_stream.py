"""A drawn camera's packets become films that players play, once for all who look."""

from __future__ import annotations

import io
import itertools
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import av
import msgspec
import pytest
from drawn_recording import BEGAN_MS, camera, packets, start

from monitor.feed.packets import Packet, Quality, StreamEnd
from monitor.feed.server import Feed, connect
from monitor.live.fragments import Fragment, LiveMuxer
from monitor.live.stream import (
    CAMERAS_MOST,
    HEADER,
    QUEUE_MESSAGES,
    VIEWERS_MOST,
    Head,
    Kind,
    LiveStreams,
    Viewer,
)

SECONDS = 4


def fragments() -> tuple[bytes, list[Fragment]]:
    muxer = LiveMuxer(start())
    made = [one for one in map(muxer.add, packets(SECONDS)) if one]
    muxer.close()
    return muxer.head, made


def pictures(film: bytes) -> list[int]:
    """When each picture stands in the film, in milliseconds."""
    with av.open(io.BytesIO(film), "r") as container:
        return [round((frame.time or 0) * 1000) for frame in container.decode(video=0)]


def taken_apart(data: bytes) -> list[tuple[Kind, int, int, bytes]]:
    found = []
    while data:
        kind, length, at_ms, media_ms = HEADER.unpack_from(data)
        found.append((Kind(kind), at_ms, media_ms, data[HEADER.size : HEADER.size + length]))
        data = data[HEADER.size + length :]
    return found


def test_a_film_from_its_beginning_and_from_every_key_frame() -> None:
    sent = packets(SECONDS)
    head, made = fragments()
    # The last picture waits for the one after it, which does not come.
    assert pictures(head + b"".join(one.data for one in made)) == [
        one.pts - BEGAN_MS for one in sent[:-1]
    ]
    keys = [place for place, one in enumerate(made) if one.is_key]
    assert len(keys) == SECONDS
    for place in keys:
        film = pictures(head + b"".join(one.data for one in made[place:]))
        assert film[0] == made[place].media_ms
    assert all(one.at_ms - BEGAN_MS == one.media_ms for one in made)


def test_pictures_that_come_quickly_are_bundled() -> None:
    muxer = LiveMuxer(start())
    quick = [
        msgspec.structs.replace(one, pts=BEGAN_MS + number * 40, dts=BEGAN_MS + number * 40)
        for number, one in enumerate(packets(SECONDS))
    ]
    made = [one for one in map(muxer.add, quick) if one]
    lasts = [
        (after.media_ms - one.media_ms, after.is_key) for one, after in itertools.pairwise(made)
    ]
    assert {ms for ms, before_key in lasts if not before_key} == {120}
    assert max(lasts)[0] == 120


def test_what_comes_before_a_key_frame_or_goes_backwards_is_left_out() -> None:
    muxer = LiveMuxer(start())
    sent = packets(2)
    made = [one for one in map(muxer.add, [*sent[3:12], sent[9], *sent[12:]]) if one]
    assert pictures(muxer.head + b"".join(one.data for one in made)) == [
        one.pts - sent[8].pts for one in sent[8:-1]
    ]


HEAD, ANOTHER = Head("0000aaaa", b"head"), Head("0000bbbb", b"head")


def test_a_viewer_too_slow_goes_on_at_a_key_frame() -> None:
    viewer = Viewer()
    viewer.offer(HEAD, b"late", is_key=False)
    assert viewer.take(0) == b"", "nothing can be played before a key frame"
    viewer.offer(HEAD, b"K", is_key=True)
    for number in range(QUEUE_MESSAGES):
        viewer.offer(HEAD, bytes([number]), is_key=False)
    assert viewer.take(0) == b"", "all of it is too old"
    viewer.offer(HEAD, b"late", is_key=False)
    viewer.offer(HEAD, b"K", is_key=True)
    viewer.offer(HEAD, b"p", is_key=False)
    assert [viewer.take(0) for _ in range(3)] == [b"headK", b"p", b""]
    viewer.offer(ANOTHER, b"p", is_key=False)
    viewer.offer(ANOTHER, b"K", is_key=True)
    assert [viewer.take(0) for _ in range(2)] == [b"headK", b""]
    viewer.close()
    assert viewer.take(0) is None


class Recorder:
    """The recorder's socket, fed by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.feed = Feed(folder)
        self.feed.start()

    def send(self, sent: list[Packet]) -> None:
        for one in sent:
            self.feed.packet(one)

    def readers(self) -> int:
        return len(self.feed._readers)


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    made = Recorder(tmp_path)
    yield made
    made.feed.stop()


@pytest.fixture
def streams(recorder: Recorder) -> Iterator[LiveStreams]:
    made = LiveStreams(partial(connect, recorder.folder))
    yield made
    made.stop()


def looked(streams: LiveStreams) -> Viewer:
    viewer = streams.look(camera())
    assert viewer is not None
    return viewer


def seen(viewer: Viewer) -> bytes:
    data = viewer.take(10)
    assert data
    return data


def test_however_many_look_it_is_made_once_and_who_comes_later_begins_at_once(
    recorder: Recorder, streams: LiveStreams
) -> None:
    first = looked(streams)
    until(lambda: recorder.readers() == 1)
    recorder.feed.started(start())
    sent = packets(1)
    recorder.send(sent[:4])
    codec, head, key = taken_apart(seen(first))
    assert codec == (Kind.CODEC, 0, 0, b"avc1.42c016")
    assert (head[0], key[:3]) == (Kind.HEAD, (Kind.FRAGMENTS, BEGAN_MS, 0))
    rest = [taken_apart(seen(first))[0] for _ in range(2)]
    second = looked(streams)
    codec_again, head_again, group = taken_apart(seen(second))
    assert (codec_again, head_again) == (codec, head)
    assert group[3] == key[3] + b"".join(one[3] for one in rest)
    assert group[1:3] == rest[-1][1:3], "it tells the time of its newest"
    recorder.send(sent[4:5])
    assert seen(first) == seen(second)
    assert recorder.readers() == 1


def test_a_camera_that_comes_back_is_another_film(recorder: Recorder, streams: LiveStreams) -> None:
    viewer = looked(streams)
    until(lambda: recorder.readers() == 1)
    for run in ("0000aaaa", "0000bbbb"):
        began_ms = BEGAN_MS + (60_000 if run == "0000bbbb" else 0)
        recorder.feed.started(start(run))
        recorder.send(packets(1, began_ms, run)[:2])
        codec, head, key = taken_apart(seen(viewer))
        assert (codec[0], key[1]) == (Kind.CODEC, began_ms)
        assert pictures(head[3] + key[3]) == [0]
        recorder.feed.ended(
            StreamEnd(camera="a", run=run, quality=Quality.MAIN, at_ms=0, cause="offline")
        )

    def shows_something_old() -> bool:
        late = looked(streams)
        shown = bool(late.take(0))
        streams.leave(late)
        return shown

    until(lambda: not shows_something_old())


def test_a_recorder_that_comes_later_and_one_that_is_started_again(tmp_path: Path) -> None:
    streams = LiveStreams(partial(connect, tmp_path))
    viewer = looked(streams)
    for run in ("0000aaaa", "0000bbbb"):
        recorder = Recorder(tmp_path)
        until(lambda here=recorder: here.readers() == 1)  # type: ignore[misc]
        recorder.feed.started(start(run))
        recorder.send(packets(1, run=run)[:2])
        assert taken_apart(seen(viewer))[0][0] is Kind.CODEC
        recorder.feed.stop()
    streams.stop()
    assert viewer.take(10) is None


def test_pictures_that_are_no_video_are_called_so(recorder: Recorder, streams: LiveStreams) -> None:
    recorder.feed.started(msgspec.structs.replace(start(), codec="mjpeg"))
    viewer = looked(streams)
    told = taken_apart(seen(viewer))
    assert [(kind, content) for kind, _, _, content in told] == [
        (Kind.CODEC, b"mjpeg"),
        (Kind.HEAD, b""),
    ]
    assert taken_apart(seen(looked(streams))) == told


def test_when_the_last_has_gone_the_recorder_is_let_go(
    recorder: Recorder, streams: LiveStreams
) -> None:
    viewers = [looked(streams), looked(streams)]
    until(lambda: recorder.readers() == 1)
    streams.leave(viewers[0])
    recorder.feed.started(start())
    recorder.send(packets(1)[:2])
    assert seen(viewers[1])
    streams.leave(viewers[1])

    def is_let_go() -> bool:
        recorder.feed.started(start())  # the recorder notices when it next has something to say
        return recorder.readers() == 0

    until(is_let_go)
    assert looked(streams).take(0) == b""
    until(lambda: recorder.readers() == 1)


def test_no_more_look_than_may(recorder: Recorder, streams: LiveStreams) -> None:
    del recorder
    cameras = [msgspec.structs.replace(camera(), id=f"camera-{n}") for n in range(CAMERAS_MOST + 1)]
    viewers = [streams.look(one) for one in cameras]
    assert [one is None for one in viewers] == [False] * CAMERAS_MOST + [True]
    more = [streams.look(cameras[0]) for _ in range(VIEWERS_MOST - CAMERAS_MOST)]
    assert None not in more
    assert streams.look(cameras[0]) is None
    assert viewers[0] is not None
    streams.leave(viewers[0])
    assert streams.look(cameras[0]) is not None


def test_a_film_no_player_could_have_ends_the_look(
    recorder: Recorder, streams: LiveStreams
) -> None:
    viewer = looked(streams)
    until(lambda: recorder.readers() == 1)
    recorder.feed.started(msgspec.structs.replace(start(), width=0, height=0))
    recorder.send(packets(1)[:2])
    assert viewer.take(10) is None


def until(holds: Callable[[], bool], within_s: float = 10) -> None:
    give_up_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < give_up_s
        time.sleep(0.02)
