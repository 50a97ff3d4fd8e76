"""The floor of a camera: ``film_reader.py address cameras`` demultiplexes that many, no more."""

from __future__ import annotations

import sys
import threading

import av

OPTIONS = {"rtsp_transport": "tcp", "timeout": "4000000", "fpsprobesize": "0"}


def read(address: str) -> None:
    """Each coded picture, undecoded, with its bytes: nothing can be made of a camera for less."""
    with av.open(address, options=OPTIONS) as container:
        for packet in container.demux(video=0):
            packet.size  # noqa: B018 - the floor is to have it


if __name__ == "__main__":
    for _ in range(int(sys.argv[2])):
        threading.Thread(target=read, args=(sys.argv[1],)).start()
