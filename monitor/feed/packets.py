"""What a camera sends, on its way from the recorder to whoever wants it, undecoded.

The recorder gives its streams on a Unix socket (``feed.sock`` in its data folder, owner only). Who
connects says once what is wanted (``Wanted``) and then only reads: for each stream a
``StreamStart``, again whenever the camera has come back, then its ``Packet``s, the first of them a
key frame, and a ``StreamEnd`` when the camera is gone. Pictures of key frames come as ``Still``.

    ┌ length, 4 bytes, big-endian ┬ one message, MessagePack with its kind as tag ┐

Each reader has a bounded queue of its own in the recorder. A reader too slow for its stream misses
packets up to the next key frame; the recorder waits for nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec
from msgspec import Struct

FEED = "feed.sock"
CALENDAR = "opening.json"
"""Where the monitor's station, which hears the hall, leaves its calendar for the recorder."""
MESSAGE_BYTES_MOST = 16 * 2**20
"""A key frame of a 4K camera stays far below."""


class Quality(StrEnum):
    """Which of a camera's streams."""

    MAIN = "main"
    SUB = "sub"


class StreamStart(Struct, frozen=True, kw_only=True, tag="start"):
    """A stream has begun, or begun again: what a player must know before its first packet."""

    camera: str
    run: str
    """Names this connection to the camera; packets of one run share clock and time base."""
    quality: Quality
    codec: str
    """As browsers name it, such as ``avc1.640028`` or ``hvc1.1.6.L93.B0``; ``mjpeg``."""
    width: int
    height: int
    extradata: bytes
    """The decoder's configuration as the camera gave it (Annex B, or avcC / hvcC)."""
    time_base: tuple[int, int]
    """Numerator and denominator of a second, the unit of ``pts`` and ``dts``."""


class Packet(Struct, frozen=True, kw_only=True, tag="packet"):
    """One coded picture."""

    camera: str
    run: str
    quality: Quality
    arrived_at_ms: int
    """UTC, by the anchor of the run: never runs backwards within one."""
    monotonic_ms: int
    pts: int
    dts: int
    is_key: bool
    data: bytes


class StreamEnd(Struct, frozen=True, kw_only=True, tag="end"):
    """The camera is not heard any more; ``cause`` is a gap's cause (``index.GapCause``)."""

    camera: str
    run: str
    quality: Quality
    at_ms: int
    cause: str


class Still(Struct, frozen=True, kw_only=True, tag="still"):
    """A key frame's picture on the wire; ``stills.KeyFrame`` is what a reader makes of it."""

    camera: str
    at_ms: int
    picture: bytes


class Wanted(Struct, frozen=True, kw_only=True, tag="wanted"):
    """What a reader asks for, once; no cameras means all of them."""

    cameras: tuple[str, ...] = ()
    qualities: tuple[Quality, ...] = ()
    stills: bool = False


Message = StreamStart | Packet | StreamEnd | Still | Wanted


class NotAMessageError(ValueError):
    """Bytes that no side of this socket would write."""


def encoded(message: Message) -> bytes:
    """A message as it stands on the wire."""
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(4, "big") + body


class Incoming:
    """Takes bytes as they come and gives the messages that are complete."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._bytes = bytearray()
        self._decoder = msgspec.msgpack.Decoder(Message)

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that these bytes complete."""
        self._bytes += data
        while len(self._bytes) >= 4:
            length = int.from_bytes(self._bytes[:4], "big")
            if length > MESSAGE_BYTES_MOST:
                raise NotAMessageError(f"{length} bytes announced")
            if len(self._bytes) < 4 + length:
                return
            body = bytes(self._bytes[4 : 4 + length])
            del self._bytes[: 4 + length]
            try:
                yield self._decoder.decode(body)
            except msgspec.DecodeError as error:
                raise NotAMessageError(str(error)) from error
