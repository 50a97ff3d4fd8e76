"""A cable that loses one message of the hall on its way, which no real one does: as a bug would."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

from loose_cable import CHUNK, LooseCable

HEAD_END = b"\r\n\r\n"


class LossyCable(LooseCable):
    """Relays whole WebSocket frames; the next one that holds ``losing`` is not passed on."""

    def __init__(self, target_port: int) -> None:
        self.losing = b""
        self.lost = threading.Event()
        super().__init__(target_port)

    def _carry(
        self, source: socket.socket, sink: socket.socket, dropping: threading.Event | None
    ) -> None:
        if dropping is None:  # towards the hall
            super()._carry(source, sink, dropping)
            return
        held = b""
        upgraded = False
        with suppress(OSError):
            while data := source.recv(CHUNK):
                held += data
                if not upgraded:
                    head, end, rest = held.partition(HEAD_END)
                    upgraded = b" 101 " in head.split(b"\r\n", 1)[0]
                    passed, held = (head + end, rest) if upgraded else (held, b"")
                    sink.sendall(passed)
                while upgraded and (size := size_of_frame(held)):
                    frame, held = held[:size], held[size:]
                    if self.losing and self.losing in frame:
                        self.losing = b""
                        self.lost.set()
                    else:
                        sink.sendall(frame)
        for end_ in (source, sink):
            with suppress(OSError):
                end_.shutdown(socket.SHUT_RDWR)
            end_.close()


def size_of_frame(data: bytes) -> int:
    """How long the unmasked frame at the beginning is (RFC 6455 §5.2); 0 while it is not whole."""
    if len(data) < 2:
        return 0
    size, head = data[1] & 127, 2
    if size == 126 and len(data) >= 4:
        size, head = struct.unpack_from("!H", data, 2)[0], 4
    elif size == 127 and len(data) >= 10:
        size, head = struct.unpack_from("!Q", data, 2)[0], 10
    elif size > 125:
        return 0
    return head + size if len(data) >= head + size else 0
