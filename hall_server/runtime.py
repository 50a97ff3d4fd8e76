"""How the hall server runs: the only file that names eventlet.

Eventlet is what the customer named; its authors discourage new use, so leaving it must stay a
setting: ``threading`` runs the same hall with ordinary threads. Everything else uses the standard
library's threads, queues and events, which eventlet replaces by its own when patched.
"""

from __future__ import annotations

import errno
import gc
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

from config.ending import BROKEN
from hall_server.arrivals import Arrivals, Pace

T = TypeVar("T")
CONNECTIONS_MAX = 4_096
"""One green thread each; eventlet.wsgi hangs when it has no more to give, so the door refuses."""
PER_ADDRESS_MAX = 2_000
CONNECTIONS_PER_S, CONNECTIONS_BURST = 200.0, 3_000.0
OWN_FILES = 128
"""Files the hall itself has open: database, logs, pages."""
OUT_OF_FILES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
REQUEST_WITHIN_S = 60.0
"""A kept connection may be silent for so long; a head or a body, once begun, must get on."""
REST_WITHIN_S = 10.0
HANG_UP = "hall.hang_up"
"""Set in a request's environ by whoever wants its connection closed after the answer."""
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
        self.code = 0
        """What the program ends with."""
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

    def bound_messages(self, bytes_max: int) -> None:
        """Let no WebSocket take more than its share of memory and time.

        eventlet bounds a frame, not what continuation frames add up to; it unmasks byte by byte in
        Python; and while a client goes on sending, nobody else is served.
        """
        if self.mode is not Mode.EVENTLET:
            return
        import eventlet  # noqa: PLC0415 - only in this mode
        from eventlet import websocket  # noqa: PLC0415 - only in this mode

        class Bounded(websocket.RFC6455WebSocket.Message):  # type: ignore[misc]  # eventlet has no types
            size = 0

            def push(self, data: bytes, final: bool = False) -> None:  # noqa: FBT001, FBT002 - eventlet's own signature
                self.size += max(len(data), 1)
                if self.size > bytes_max:
                    raise websocket.FailedConnectionError(1009, "message too long")
                super().push(data, final)

        class Fair(websocket.RFC6455WebSocket):  # type: ignore[misc]  # eventlet has no types
            Message = Bounded
            _apply_mask = staticmethod(unmasked)

            def _recv_frame(self, message: object = None) -> object:
                eventlet.sleep(0)
                return super()._recv_frame(message)

            def close(self, close_data: tuple[int, str] | None = None) -> None:
                if self.socket.fileno() >= 0:  # else it has ended, which is no news for the log
                    super().close(close_data)

        websocket.RFC6455WebSocket = Fair

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
        self,
        application: Callable[..., Any],
        host: str,
        port: int,
        on_stop: Callable[[], None],
        *,
        rate: int = 0,
    ) -> None:
        """Serve until SIGTERM or SIGINT; then close the door, run ``on_stop``, return.

        ``rate`` is the hall clock's and scales what may come from one address; 0 sets no limit,
        as behind a proxy, from whose own address all come.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        # What has been built by now stays; looking through it again and again would stall everybody
        # for a tenth of a second each time.
        gc.collect()
        gc.freeze()
        if self.mode is Mode.EVENTLET:
            self._serve_eventlet(application, host, port, rate=rate)
        else:
            self._serve_threading(application, host, port)
        on_stop()

    def end_broken(self) -> None:
        """A thread has died of a bug: end in good order, to be started again whole."""
        self.code = BROKEN
        self._stop.set()

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _serve_eventlet(
        self, application: Callable[..., Any], host: str, port: int, *, rate: int
    ) -> None:
        import eventlet  # noqa: PLC0415 - only in this mode
        import eventlet.wsgi  # noqa: PLC0415 - only in this mode

        listener = eventlet.listen((host, port), backlog=1024, reuse_port=False)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        in_all = _connections_max()
        arrivals = (
            Arrivals(Pace(CONNECTIONS_PER_S * rate, CONNECTIONS_BURST), PER_ADDRESS_MAX, in_all)
            if rate
            else Arrivals(None, in_all, in_all)
        )
        door = _Door(listener, arrivals, eventlet.sleep)
        server = eventlet.spawn(
            eventlet.wsgi.server,
            door,
            application,
            custom_pool=_pool(in_all, arrivals),
            protocol=_prompt_protocol(),
            log_output=False,
            socket_timeout=REQUEST_WITHIN_S,
            url_length_limit=4096,
            capitalize_response_headers=False,
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


class _Door:
    """The listener as eventlet.wsgi sees it: lets in whom there is room for, one at a time."""

    def __init__(self, listener: Any, arrivals: Arrivals, sleep: Callable[[float], None]) -> None:  # noqa: ANN401 - eventlet has no types
        self._arrivals = arrivals
        self._listener = listener
        self._sleep = sleep
        self.family, self.getsockname = listener.family, listener.getsockname
        self.close = listener.close

    def accept(self) -> tuple[Any, Any]:
        """Wait for the next; whoever came too often is hung up on before a word is read."""
        while True:
            self._sleep(0)  # however many stand outside, those inside are served in between
            try:
                line, address = self._listener.accept()
            except OSError as error:
                if error.errno not in OUT_OF_FILES:
                    raise
                self._sleep(0.1)
                continue
            if not self._arrivals.enter(address[0]):
                return line, address
            line.close()


def _connections_max() -> int:
    """As many as this process may have files open; the limit is raised where that is allowed."""
    import resource  # noqa: PLC0415 - only where there are such limits

    wanted = CONNECTIONS_MAX + OWN_FILES
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed < wanted:
        allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return min(CONNECTIONS_MAX, allowed - OWN_FILES)


def _pool(size: int, arrivals: Arrivals) -> object:
    """Green threads for connections, which tell when theirs has ended."""
    import eventlet  # noqa: PLC0415 - only in this mode

    class Pool(eventlet.GreenPool):  # type: ignore[misc]  # eventlet has no types
        def spawn(self, serve: Callable[[Any], None], connection: Any) -> object:  # noqa: ANN401 - eventlet has no types
            def serve_and_leave() -> None:
                try:
                    serve(connection)
                finally:
                    arrivals.leave(connection[0][0])

            return super().spawn(serve_and_leave)

    return Pool(size)


def _prompt_protocol() -> type:
    """HTTP as eventlet speaks it, but nobody is served twice in a row or trickles in for ever."""
    import eventlet  # noqa: PLC0415 - only in this mode
    from eventlet import wsgi  # noqa: PLC0415 - only in this mode

    class Body(wsgi.Input):  # type: ignore[misc]  # eventlet has no types
        def _do_read(self, reader: object, length: int | None = None) -> bytes:
            with eventlet.Timeout(REST_WITHIN_S, TimeoutError()):
                return super()._do_read(reader, length)  # type: ignore[no-any-return]

    class Prompt(wsgi.HttpProtocol):  # type: ignore[misc]  # eventlet has no types
        def _read_request_line(self) -> bytes:
            eventlet.sleep(0)
            with eventlet.Timeout(REQUEST_WITHIN_S, TimeoutError()):
                return super()._read_request_line()  # type: ignore[no-any-return]

        def parse_request(self) -> bool:
            with eventlet.Timeout(REST_WITHIN_S, TimeoutError()):
                return super().parse_request()  # type: ignore[no-any-return]

        def handle_one_response(self) -> None:
            super().handle_one_response()
            if self.environ.get(HANG_UP):
                self.close_connection = True

    wsgi.Input = Body
    return Prompt


def unmasked(
    data: bytes, mask: tuple[int, ...], length: int | None = None, offset: int = 0
) -> bytes:
    """What a client sent masked (RFC 6455 §5.3), by one large number instead of byte by byte."""
    size = len(data) if length is None else length
    turned = bytes(mask[(offset + place) % 4] for place in range(4))
    key = (turned * (size // 4 + 1))[:size]
    one = int.from_bytes(data[:size], "little") ^ int.from_bytes(key, "little")
    return one.to_bytes(size, "little")


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
