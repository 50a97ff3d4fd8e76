"""How the hall server runs: the only file that names eventlet.

Eventlet is what the customer named; its authors discourage new use, so leaving it must stay a
setting: ``threading`` runs the same hall with ordinary threads. Everything else uses the standard
library's threads, queues and events, which eventlet replaces by its own when patched.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import threading
import warnings
from collections.abc import Callable
from enum import StrEnum
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")
CONNECTIONS_MAX = 4_096
"""eventlet.wsgi hangs at its default of 1,024: one green thread per WebSocket."""
DRAIN_WITHIN_S = 5.0
SLOW_AT_ONCE = 2
"""Slow native works at the same time: a password's hash takes 19 MB and a core."""


class Mode(StrEnum):
    """Which kind of concurrency carries the server."""

    EVENTLET = "eventlet"
    THREADING = "threading"


class Runtime:
    """Patching, serving and stopping in one mode."""

    def __init__(self, mode: Mode) -> None:
        """Patch the standard library in eventlet mode; call before importing anything else."""
        self.mode = mode
        self._stop = threading.Event()
        if mode is Mode.EVENTLET:
            _patch()
            self._stop = threading.Event()  # a green one, now that threading is patched
        self._slow = threading.BoundedSemaphore(SLOW_AT_ONCE)

    def off_loop(self, work: Callable[[], T]) -> T:
        """Run slow native work in a real thread so that the event loop goes on.

        The work may take no lock and open no connection: patched ones belong to the loop's own
        thread, and waiting for one elsewhere waits for ever.
        """
        with self._slow:
            if self.mode is Mode.THREADING:
                return work()
            from eventlet import tpool  # noqa: PLC0415 - only in this mode

            return tpool.execute(work)  # type: ignore[no-any-return]  # eventlet has no types

    def give_way(self) -> None:
        """Let others run: a fast keep-alive client may not starve the rest."""
        if self.mode is Mode.EVENTLET:
            import eventlet  # noqa: PLC0415 - only in this mode

            eventlet.sleep(0)

    def bound_messages(self, bytes_max: int) -> None:
        """Close a WebSocket whose message grows past this over many fragments.

        eventlet bounds a frame, not what continuation frames add up to: one client could fill the
        memory without ever finishing a message.
        """
        if self.mode is not Mode.EVENTLET:
            return
        from eventlet import websocket  # noqa: PLC0415 - only in this mode

        class Bounded(websocket.RFC6455WebSocket.Message):  # type: ignore[misc]  # eventlet has no types
            size = 0

            def push(self, data: bytes, final: bool = False) -> None:  # noqa: FBT001, FBT002 - eventlet's own signature
                self.size += max(len(data), 1)
                if self.size > bytes_max:
                    raise websocket.FailedConnectionError(1009, "message too long")
                super().push(data, final)

        websocket.RFC6455WebSocket.Message = Bounded

    def count_switches(self) -> Callable[[], int]:
        """Count green threads' switches from now on, for the guard against yielding writers.

        It slows every switch a little, so only tests turn it on. Threads switch at any time and
        harm nobody: there the count stays.
        """
        switches = itertools.count()
        seen = [0]
        if self.mode is Mode.EVENTLET:
            import greenlet  # noqa: PLC0415 - only in this mode

            def count(_event: str, _arguments: object) -> None:
                seen[0] = next(switches) + 1

            greenlet.settrace(count)
        return lambda: seen[0]

    def serve(
        self, application: Callable[..., Any], host: str, port: int, on_stop: Callable[[], None]
    ) -> None:
        """Serve until SIGTERM or SIGINT; then close the door, run ``on_stop``, return."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        if self.mode is Mode.EVENTLET:
            self._serve_eventlet(application, host, port)
        else:
            self._serve_threading(application, host, port)
        on_stop()

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _serve_eventlet(self, application: Callable[..., Any], host: str, port: int) -> None:
        import eventlet  # noqa: PLC0415 - only in this mode
        import eventlet.wsgi  # noqa: PLC0415 - only in this mode

        listener = eventlet.listen((host, port), backlog=1024, reuse_port=False)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = eventlet.spawn(
            eventlet.wsgi.server,
            listener,
            application,
            max_size=CONNECTIONS_MAX,
            log_output=False,
            socket_timeout=60,
            url_length_limit=4096,
        )
        # A flag set by a signal does not wake the hub: look at it four times a second.
        while not self._stop.is_set() and not server.dead:
            eventlet.sleep(0.25)
        listener.close()
        server.kill()

    def _serve_threading(self, application: Callable[..., Any], host: str, port: int) -> None:
        from werkzeug.serving import make_server  # noqa: PLC0415 - only in this mode

        server = make_server(host, port, application, threaded=True)
        thread = threading.Thread(target=server.serve_forever, name="http", daemon=True)
        thread.start()
        while not self._stop.wait(0.25) and thread.is_alive():
            pass
        server.shutdown()
        thread.join(DRAIN_WITHIN_S)


def _patch() -> None:
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    # Each native thread that has hashed a password keeps argon2's 19 MiB in its malloc arena:
    # eventlet's default of 20 threads would hold 400 MB for ever.
    os.environ.setdefault("EVENTLET_THREADPOOL_SIZE", "3")
    with warnings.catch_warnings():
        # The customer named eventlet; its notice at import tells us nothing we have not weighed.
        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        import eventlet  # noqa: PLC0415 - only in this mode
        from eventlet import tpool  # noqa: PLC0415 - only in this mode
    eventlet.monkey_patch()
    # Each of its 20 threads would keep the memory of the largest hash it ever made.
    tpool.set_num_threads(SLOW_AT_ONCE)
