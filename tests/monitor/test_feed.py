"""A reader that does not read costs nobody anything, and goes on at a key frame."""

from itertools import pairwise
from pathlib import Path
from time import monotonic

from msgspec.structs import replace
from played_camera import Listener

from monitor.feed.packets import Packet, Quality, StreamEnd, StreamStart, Wanted
from monitor.feed.server import Feed

GROUP = 10
START = StreamStart(
    camera="a",
    run="0",
    quality=Quality.MAIN,
    codec="avc1",
    width=1,
    height=1,
    extradata=b"",
    time_base=(1, 1000),
)


def packet(number: int, size: int = 100_000) -> Packet:
    return Packet(
        camera="a",
        run="0",
        quality=Quality.MAIN,
        arrived_at_ms=number,
        monotonic_ms=number,
        pts=number,
        dts=number,
        is_key=number % GROUP == 0,
        data=bytes(size),
    )


def test_who_does_not_read_misses_whole_groups_and_nobody_waits(tmp_path: Path) -> None:
    feed = Feed(tmp_path)
    feed.start()
    feed.started(START)
    sleeper, reader = Listener(tmp_path), Listener(tmp_path)
    assert [one.wait(StreamStart, 10).run for one in (sleeper, reader)] == ["0", "0"]
    slowest_s, read = 0.0, 0
    for number in range(1000):
        began_s = monotonic()
        feed.packet(packet(number))
        slowest_s = max(slowest_s, monotonic() - began_s)
        read = max(read, reader.wait(Packet, 10).pts)
    assert read == 999, "who reads gets everything"
    assert slowest_s < 1.0
    got = [sleeper.wait(Packet, 10).pts for _ in range(100)]
    while got[-1] < 2000:
        feed.packet(packet(max(2000, got[-1]), size=10))
        got.append(sleeper.wait(Packet, 10).pts)
    breaks = [after for before, after in pairwise(got) if after != before + 1]
    assert breaks, "a hundred megabytes fit into no queue of ours"
    assert all(after % GROUP == 0 for after in breaks), breaks
    end = StreamEnd(camera="a", run="0", quality=Quality.MAIN, at_ms=1, cause="offline")
    feed.ended(end)
    assert sleeper.wait(StreamEnd, 10) == end
    feed.stop()
    sleeper.close()
    reader.close()


def test_only_what_is_wanted_is_given(tmp_path: Path) -> None:
    feed = Feed(tmp_path)
    feed.start()
    feed.started(START)
    feed.started(replace(START, camera="b"))
    listener = Listener(tmp_path, Wanted(cameras=("b",), qualities=(Quality.MAIN,)))
    assert listener.wait(StreamStart, 10).camera == "b"
    assert not feed.wants("b", None)
    feed.packet(packet(0))
    feed.packet(replace(packet(0), camera="b"))
    assert listener.wait(Packet, 10).camera == "b"
    feed.stop()
    listener.close()
