"""The fast way of sending, at the few moments where it could overtake or tear a frame.

Real sockets and the real WebSocket of eventlet; whole halls stand in ``tests/faults``.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import eventlet
import pytest
from engineio.packet import MESSAGE, Packet
from eventlet.greenio import GreenSocket
from eventlet.queue import Queue
from eventlet.websocket import RFC6455WebSocket
from flask import Flask
from flask_socketio import SocketIO

from hall_server.broadcast import Broadcast, text_frame

SEND_TIMEOUT_S = 0.2
LARGE = "x" * 4_000_000
"""More than any system keeps for one connection."""


class Line(SimpleNamespace):
    """One connection as the broadcast sees it, and its far end."""

    queue: Queue
    hall_websocket: Any
    far: socket.socket


@pytest.fixture
def broadcast() -> Broadcast:
    return Broadcast(SocketIO(Flask("door"), async_mode="eventlet"), fast=True)


@pytest.fixture
def line() -> Iterator[Line]:
    near, far = socket.socketpair()
    near = GreenSocket(near)
    near.settimeout(SEND_TIMEOUT_S)
    far.settimeout(0)
    yield Line(queue=Queue(), hall_websocket=RFC6455WebSocket(near, {}, 13), far=far)
    near.close()
    far.close()


def test_an_idle_line_is_sent_to_at_once(broadcast: Broadcast, line: Line) -> None:
    assert broadcast._send_now(line, text_frame("one"))
    assert line.far.recv(100) == text_frame("one")


def test_a_line_with_something_queued_is_not_overtaken(broadcast: Broadcast, line: Line) -> None:
    line.queue.put("an answer")
    assert not broadcast._send_now(line, text_frame("a push"))


def test_an_answer_takes_the_same_way_and_its_turn(broadcast: Broadcast, line: Line) -> None:
    line.closed, line.send = False, line.queue.put
    broadcast._server.eio.sockets["a clerk's"] = line
    first, second = Packet(MESSAGE, "first"), Packet(MESSAGE, "second")
    broadcast._server.eio.send_packet("a clerk's", first)
    assert line.far.recv(100) == text_frame("4first")
    line.queue.put("a push")
    broadcast._server.eio.send_packet("a clerk's", second)
    assert [line.queue.get(), line.queue.get()] == ["a push", second]


def test_whoever_waits_to_send_is_not_overtaken(broadcast: Broadcast, line: Line) -> None:
    """The writer has taken its packet from the queue, and a finished frame has just made room."""
    websocket = line.hall_websocket
    websocket._sendlock.acquire()
    writer = eventlet.spawn(websocket.send, "first")
    eventlet.sleep(0)
    websocket._sendlock.release()
    assert line.queue.empty()
    assert not broadcast._send_now(line, text_frame("second"))
    writer.wait()
    assert line.far.recv(100) == text_frame("first")
    assert broadcast._send_now(line, text_frame("second"))
    assert line.far.recv(100) == text_frame("second")


def test_the_rest_of_a_frame_goes_before_all_else(broadcast: Broadcast, line: Line) -> None:
    assert broadcast._send_now(line, text_frame(LARGE))
    assert not broadcast._send_now(line, text_frame("next"))
    writer = eventlet.spawn(line.hall_websocket.send, "next")
    came = b""
    while len(came) < len(text_frame(LARGE) + text_frame("next")):
        eventlet.sleep(0)
        came += line.far.recv(1 << 20)
    writer.wait()
    assert came == text_frame(LARGE) + text_frame("next")


def test_after_half_a_frame_nothing_follows(broadcast: Broadcast, line: Line) -> None:
    """Whoever has not read for as long as is waited gets the end of the line, not another frame."""
    assert broadcast._send_now(line, text_frame(LARGE))
    eventlet.sleep(2 * SEND_TIMEOUT_S)
    broadcast._send_now(line, text_frame("next"))
    came = b""
    while piece := line.far.recv(1 << 20):
        came += piece
    assert 0 < len(came) < len(LARGE)
    assert text_frame(LARGE).startswith(came)
