"""GStreamer's RTSP server, whose packets can be spoilt on their way out.

Run by Debian's own Python, which has GStreamer (``python3-gi gir1.2-gst-rtsp-server-1.0
gstreamer1.0-plugins-good gstreamer1.0-plugins-bad``): ``gstreamer_server.py PORT MOUNTS``, MOUNTS
being JSON, of each mount its ``Spoilt``. It imports nothing of this house.
"""

import json
import random
import struct
import sys
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 - versions first

RTP_CLOCK = 90_000
HEADER_BYTES = 12


class Factory(GstRtspServer.RTSPMediaFactory):  # type: ignore[misc]
    """One file, sent anew to each who asks."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__()
        self.told = told
        codec = told["codec"]
        rate = told.get("says_rate")
        lie = f" ! capssetter caps=video/x-{codec},framerate={rate}/1" if rate else ""
        self.set_launch(
            f"( filesrc location={told['file']} ! qtdemux ! {codec}parse config-interval=-1{lie}"
            f" ! rtp{codec}pay name=pay0 pt=96 )"
        )
        self.set_shared(False)

    def do_configure(self, media: Any) -> None:
        if self.told.get("tells_uptime"):
            media.connect("prepared", tell_own_clock)
        pay = media.get_element().get_by_name("pay0")
        pad, spoiling = pay.get_static_pad("src"), Spoiling(self.told)
        pad.add_probe(Gst.PadProbeType.BUFFER, spoiling.one)
        pad.add_probe(Gst.PadProbeType.BUFFER_LIST, spoiling.several)


def tell_own_clock(media: Any) -> None:
    """In the sender reports, in place of this machine's wall clock."""
    found = media.get_element().get_parent().iterate_elements()
    while (step := found.next())[0] == Gst.IteratorResult.OK:
        if step[1].get_factory().get_name() == "rtpbin":
            step[1].set_property("ntp-time-source", 3)


class Spoiling:
    """What becomes of the packets of one connection."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.told, self.count = told, 0
        self.first: int | None = None
        self.random = random.Random(told.get("seed", 1))

    def one(self, pad: Any, info: Any) -> Any:
        return self.spoil(pad, [info.get_buffer()])

    def several(self, pad: Any, info: Any) -> Any:
        buffers = info.get_buffer_list()
        return self.spoil(pad, [buffers.get(n) for n in range(buffers.length())])

    def spoil(self, pad: Any, buffers: list[Any]) -> Any:
        for buffer in buffers:
            data = self.changed(buffer.extract_dup(0, buffer.get_size()))
            if data is not None:
                fresh = Gst.Buffer.new_wrapped(data)
                fresh.pts, fresh.dts = buffer.pts, buffer.dts
                pad.get_peer().chain(fresh)
        return Gst.PadProbeReturn.DROP

    def changed(self, data: bytes) -> bytes | None:
        """A packet as it leaves; None for one that is lost."""
        self.count += 1
        chance, told = self.random.random(), self.told
        if chance < told.get("loses", 0):
            return None
        if chance > 1 - told.get("corrupts", 0):
            place = self.random.randrange(HEADER_BYTES, len(data))
            data = data[:place] + bytes([data[place] ^ 0xFF]) * min(8, len(data) - place)
        goes = told.get("goes", 1)
        if goes != 1:
            (stamp,) = struct.unpack_from(">I", data, 4)
            self.first = stamp if self.first is None else self.first
            stamp = (self.first + round((stamp - self.first) % 2**32 * goes)) % 2**32
            data = data[:4] + struct.pack(">I", stamp) + data[8:]
        jump_s = sum(s for after, s in told.get("jumps", ()) if self.count > after)
        if jump_s:
            (stamp,) = struct.unpack_from(">I", data, 4)
            stamp = (stamp + round(jump_s * RTP_CLOCK)) % 2**32
            data = data[:4] + struct.pack(">I", stamp) + data[8:]
        return data


def main(port: str, mounts: str) -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    places = server.get_mount_points()
    for name, told in json.loads(mounts).items():
        places.add_factory(f"/{name}", Factory(told))
    server.attach(None)
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
