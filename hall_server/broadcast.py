"""Send one push to everybody of a circle, quickly, and let nobody's slowness grow a queue.

The stock way queues the packet for each client, whose own green thread packs and sends it. Here
the WebSocket frame is packed once (RFC 6455 §5.2) and given to every idle socket without waiting;
a socket that is not idle, or takes only part of it, goes the stock way, so order is kept. This
reaches into private parts of python-engineio and eventlet: both are pinned, the ordering test
guards it, and ``fast=False`` turns it off. Under threads there is only the stock way.

A client whose queue grows past ``QUEUED_MAX`` is dropped: it comes back and gets a snapshot.
"""

from __future__ import annotations

import logging
import struct
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any

from engineio.exceptions import SocketIsClosedError
from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from flask_socketio import SocketIO
from socketio.packet import EVENT

QUEUED_MAX = 64
NAMESPACE = "/"
_TEXT_FRAME = 0x81
_DONT_WAIT = 0x40
"""MSG_DONTWAIT on Linux."""

log = logging.getLogger(__name__)


class Broadcast:
    """Pushes to rooms of one Socket.IO server."""

    def __init__(self, socketio: SocketIO, *, fast: bool) -> None:
        """``fast`` needs eventlet; otherwise every push goes the stock way."""
        self._server: Any = socketio.server
        self._fast = fast and self._server.async_mode == "eventlet"
        self._spawn = socketio.start_background_task
        self._stock_send = self._server.eio.send_packet
        if self._fast:
            self._server.eio.send_packet = self._send_one
        self._remember_websockets()

    def listens(self, room: str) -> bool:
        """Whether anybody is in ``room``."""
        return any(True for _ in self._server.manager.get_participants(NAMESPACE, room))

    def send(self, room: str, event: str, payload: object) -> None:
        """Push to everybody in ``room``; returns without waiting for any of them."""
        everybody = list(self._server.manager.get_participants(NAMESPACE, room))
        if not everybody:
            return
        packet = self._server.packet_class(EVENT, namespace=NAMESPACE, data=[event, payload])
        encoded = EnginePacket(MESSAGE, packet.encode())
        frame = _frame(encoded) if self._fast else b""
        sockets = self._server.eio.sockets
        for _sid, engine_id in everybody:
            socket = sockets.get(engine_id)
            if socket is None or socket.closed:
                continue
            if socket.queue.qsize() > QUEUED_MAX:
                log.info("a client that reads too slowly is dropped")
                self.drop(socket)
            elif not (self._fast and self._send_now(socket, frame)):
                with suppress(SocketIsClosedError):  # under threads it may close at any moment
                    self._stock_send(engine_id, encoded)

    def _send_one(self, engine_id: str, packet: EnginePacket) -> None:
        """Answers, and whatever else is meant for one client, go the same way."""
        socket = self._server.eio.sockets.get(engine_id)
        if socket is None or socket.closed or not self._send_now(socket, _frame(packet)):
            self._stock_send(engine_id, packet)

    def drop(self, socket: Any) -> None:  # noqa: ANN401 - engineio has no types
        """Close a client's WebSocket without waiting for it."""
        self._spawn(socket.close, wait=False, abort=True)
        websocket = getattr(socket, "hall_websocket", None)
        if websocket is not None:
            _cut(websocket)

    def _send_now(self, socket: Any, frame: bytes) -> bool:  # noqa: ANN401 - engineio has no types
        """Send at once if the client is idle; False when it must queue."""
        websocket = getattr(socket, "hall_websocket", None)
        if websocket is None or not socket.queue.empty():
            return False
        lock = websocket._sendlock  # noqa: SLF001 - the lock every sender of this socket takes
        if lock.balance < 1:  # somebody sends, or has been promised to be the next who does
            return False
        lock.acquire()
        try:
            sent = websocket.socket.fd.send(frame, _DONT_WAIT)
        except BlockingIOError:
            lock.release()
            return False
        except OSError:
            lock.release()  # the reader's thread notices the broken link and closes
            return True
        if sent == len(frame):
            lock.release()
        else:
            self._spawn(_send_rest, websocket, frame[sent:], lock)
        return True

    def _remember_websockets(self) -> None:
        """Let each Engine.IO socket know its WebSocket."""
        engine = self._server.eio
        stock = engine._async["websocket"]  # noqa: SLF001 - the class this mode uses

        def remembering(handler: Any, server: Any) -> Any:  # noqa: ANN401 - engineio has no types
            def handle(websocket: Any) -> Any:  # noqa: ANN401 - eventlet has no types
                handler.__self__.hall_websocket = websocket
                return handler(websocket)

            return stock(handle, server)

        engine._async = {**engine._async, "websocket": remembering}  # noqa: SLF001 - this instance only


def _send_rest(websocket: Any, rest: bytes, lock: Any) -> None:  # noqa: ANN401 - eventlet has no types
    """Finish a frame that the socket took only part of, holding its lock meanwhile."""
    try:
        websocket.socket.sendall(rest)
    except OSError:  # broken, or not read for too long: nothing may follow half a frame
        _cut(websocket)
    finally:
        lock.release()


def _cut(websocket: Any) -> None:  # noqa: ANN401 - neither server has types
    """End the connection at once; whoever reads or writes it notices."""
    threaded = getattr(websocket, "ws", None)
    line = threaded.sock if threaded is not None else websocket.socket.fd
    with suppress(OSError):  # it has ended already
        line.shutdown(SHUT_RDWR)


def _frame(packet: EnginePacket) -> bytes:
    return text_frame(packet.encode())


def text_frame(text: str) -> bytes:
    """One unmasked, uncompressed, final text frame."""
    payload = text.encode()
    length = len(payload)
    if length < 126:
        return struct.pack("!BB", _TEXT_FRAME, length) + payload
    if length < 65_536:
        return struct.pack("!BBH", _TEXT_FRAME, 126, length) + payload
    return struct.pack("!BBQ", _TEXT_FRAME, 127, length) + payload
