"""One stream: a clock that is set, cameras of JPEG pictures, times that are missing."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from random import Random
from time import monotonic, sleep, time_ns
from typing import Any

import av
import cv2
import numpy as np
import pytest
from played_camera import clip

from monitor.cameras.camera import Address, RecordingRules
from monitor.cameras.codec_names import has_picture
from monitor.cameras.demo_scene import Story, drawn, scene_at
from monitor.cameras.sources import Coded, bundled, mono_ms, open_source, settled
from monitor.cameras.stills import REFUSED_MOST, StillDecoder
from monitor.cameras.watcher import BUNDLE_MS, Watcher
from monitor.faults import CameraFault, GapCause
from monitor.feed.packets import Packet, Quality, StreamEnd, StreamStart

LOOPBACK = RecordingRules(networks=("127.0.0.1/32",))


@dataclass
class Heard:
    """Keeps all that a watcher says."""

    starts: list[StreamStart] = field(default_factory=list)
    packets: list[Packet] = field(default_factory=list)
    ends: list[StreamEnd] = field(default_factory=list)
    faults: list[tuple[Quality, CameraFault, int]] = field(default_factory=list)
    awaited: bool = False

    def is_awaited(self, _quality: Quality) -> bool:
        return self.awaited

    def started(self, start: StreamStart) -> None:
        self.starts.append(start)

    def packet(self, packet: Packet) -> None:
        self.packets.append(packet)

    def ended(self, end: StreamEnd) -> None:
        self.ends.append(end)

    def unheard(self, quality: Quality, fault: CameraFault, at_ms: int) -> None:
        self.faults.append((quality, fault, at_ms))

    def until(self, runs: int, packets: int) -> None:
        end_s = monotonic() + 20
        while len(self.starts) < runs or len(self.packets) < packets:
            assert monotonic() < end_s, self
            sleep(0.02)


def test_a_clock_that_is_set_begins_a_new_run() -> None:
    ahead_ms = [0]
    heard = Heard()
    watcher = Watcher(
        *("a", Quality.MAIN, Address("demo://a"), RecordingRules(), heard),
        wall=lambda: time_ns() // 1_000_000 + ahead_ms[0],
    )
    watcher.start()
    heard.until(1, 3)
    ahead_ms[0] = -3_600_000
    heard.until(2, 12)
    watcher.stop(5)
    assert [end.cause for end in heard.ends] == [GapCause.CLOCK, GapCause.STOPPED]
    for start in heard.starts[:2]:
        mine = [packet for packet in heard.packets if packet.run == start.run]
        assert mine[0].is_key
        times = [packet.arrived_at_ms for packet in mine]
        assert times == sorted(times), "within a run the clock only goes on"
    assert heard.packets[-1].arrived_at_ms < heard.packets[0].arrived_at_ms


class Pictures(BaseHTTPRequestHandler):
    """A camera that sends JPEG pictures, one after another."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
        self.end_headers()
        for number in range(400):
            picture = drawn("a", scene_at(Story("a", "always"), number * 100))
            data = cv2.imencode(".jpg", picture)[1].tobytes()
            head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            try:
                self.wfile.write(head.encode() + data + b"\r\n")
            except OSError:
                return
            sleep(0.05)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def web_camera() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/video"
    server.shutdown()
    server.server_close()


def test_a_web_camera_of_jpeg_pictures(web_camera: str) -> None:
    heard = Heard()
    watcher = Watcher("a", Quality.MAIN, Address(web_camera), LOOPBACK, heard)
    watcher.start()
    heard.until(1, 20)
    watcher.stop(5)
    (start,) = heard.starts
    assert (start.codec, start.width, start.height) == ("mjpeg", 640, 360)
    assert all(packet.is_key for packet in heard.packets)
    assert all(packet.data.startswith(b"\xff\xd8") for packet in heard.packets)
    picture = StillDecoder("mjpeg").picture(heard.packets[-1].data, [])
    assert picture is not None
    assert picture.shape == (540, 640)


class Elsewhere(BaseHTTPRequestHandler):
    """A camera that sends whoever asks to another address."""

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.path[1:])
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


def test_a_camera_that_leads_elsewhere_is_not_followed(web_camera: str) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.raises(CameraFault):
        open_source(Address(f"http://127.0.0.1:{server.server_port}/{web_camera}"), LOOPBACK)
    server.shutdown()
    server.server_close()
    open_source(Address(web_camera), LOOPBACK).close()


@pytest.mark.parametrize("codec", ["avc1.42c016", "hvc1", "mjpeg"])
def test_a_key_frame_that_is_none_gives_no_picture(codec: str) -> None:
    decoder = StillDecoder(codec)
    for data in (b"\0\0\1\x65" + bytes(range(256)), b"\xff\xd8\xff", b"\0"):
        assert decoder.picture(data, []) is None


def spoilt(key: bytes, random: Random) -> bytes:
    """A key frame of which a packet was lost or changed on its way."""
    data, place = bytearray(key), random.randrange(60, len(key))
    if random.random() < 0.5:
        for at in range(place, min(place + 8, len(data))):
            data[at] ^= 0xFF
    else:
        del data[place : place + 1200]
    return bytes(data)


@pytest.mark.parametrize(("codec", "name", "most"), [("h264", "avc1", 0), ("hevc", "hvc1", 4)])
def test_a_spoilt_key_frame_is_no_picture(tmp_path: Path, codec: str, name: str, most: int) -> None:
    """The library fills in what was lost, and shows what a picture before had there."""
    clip(tmp_path / "a.mp4", codec, 2)
    source = open_source(Address("file:///a.mp4"), RecordingRules(files=str(tmp_path)))
    key = next(one.data for one in source.packets if one.is_key)
    source.close()
    decoder, random, shown = StillDecoder(name), Random(3), 0
    whole = decoder.picture(key, [])
    assert whole is not None
    for _ in range(100):
        picture = decoder.picture(spoilt(key, random), [])
        off = 0.0 if picture is None else float(np.abs(picture[:360] - whole[:360] * 1.0).mean())
        shown += off > 2
        assert decoder.picture(key, []) is not None, "the next whole one is shown"
    assert shown <= most


def test_a_camera_never_quite_right_is_shown_all_the_same(tmp_path: Path) -> None:
    clip(tmp_path / "a.mp4", "h264", 2)
    source = open_source(Address("file:///a.mp4"), RecordingRules(files=str(tmp_path)))
    key = next(one.data for one in source.packets if one.is_key)
    source.close()
    never_right, decoder = key[:-200], StillDecoder("avc1")
    told = [decoder.picture(never_right, []) is not None for _ in range(REFUSED_MOST + 2)]
    assert told == [*[False] * REFUSED_MOST, True, True]


def test_pictures_without_times_get_those_before_the_next() -> None:
    base = Fraction(1, 90_000)
    came = [
        Coded(None, None, 0, is_key=True, data=b"key", came_ms=1),
        Coded(9000, None, 3600, is_key=False, data=b"b", came_ms=2),
        Coded(12600, 12600, 3600, is_key=False, data=b"c", came_ms=3),
    ]
    told = [(one.data, one.pts, one.dts) for one in settled(came, base)]
    assert told == [(b"key", 5400, 5400), (b"b", 9000, 9000), (b"c", 12600, 12600)]


def test_what_holds_no_part_of_a_picture_is_none() -> None:
    """By the types of ITU-T H.264 table 7-1 and H.265 table 7-1, whatever unit stands before."""
    before = {"h264": b"\0\0\1\x67sps", "hevc": b"\0\0\1\x42sps"}
    for first in range(256):
        is_part = {"h264": 1 <= first % 32 <= 5, "hevc": first // 2 % 64 < 32}
        for codec, other in before.items():
            unit = b"\0\0\1" + bytes([first])
            assert has_picture(codec, unit) is has_picture(codec, other + unit) is is_part[codec]
    assert not any(has_picture(codec, other + b"\0\0\1") for codec, other in before.items())


def test_pictures_nobody_awaits_are_taken_together_and_keep_their_times() -> None:
    """Somebody who looks is given each as it comes; a fault of the line loses none."""
    heard = Heard()
    watcher = Watcher("a", Quality.MAIN, Address("demo://a"), RecordingRules(), heard)
    given: list[tuple[int, int]] = []

    def filmed(pictures: int) -> Iterator[Any]:
        for _ in range(pictures):
            sleep(0.04)
            yield av.Packet(b"picture")
        raise av.ExitError(5, "the line is down")

    def take(pictures: int) -> list[int]:
        """How long each was kept back, in milliseconds."""
        given.clear()
        with suppress(av.ExitError):
            given.extend(
                (came_ms, mono_ms()) for _, came_ms in bundled(filmed(pictures), watcher.is_due)
            )
        assert len(given) == pictures
        assert all(later[0] - one[0] >= 39 for one, later in pairwise(given))
        return [given_ms - came_ms for came_ms, given_ms in given]

    unseen = take(40)
    assert sum(kept_ms > 100 for kept_ms in unseen) > 10
    assert max(unseen) <= BUNDLE_MS + 100
    heard.awaited = True
    assert sum(kept_ms < 20 for kept_ms in take(40)) >= 38 - BUNDLE_MS // 40
