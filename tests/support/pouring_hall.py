"""A real hall whose door is made to pour: thousands of large pushes as soon as N clients are in.

    python tests/support/pouring_hall.py CLIENTS PUSHES [arguments of hall_server]

Everything is the hall's own (runtime, doors, broadcast) but the pusher, which would need a whole
day's tickets for as much. It waits whenever somebody's queue grows, so that a slow reader is slow
and not dropped; every connection has a small send buffer, so that now and then the system takes
only part of a frame; and everybody is pinged every second.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from socket import SO_SNDBUF, SOL_SOCKET
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hall_server.app import Server

PADDING = "号" * 640
"""With it a push has about 2 kB."""
LARGE_EVERY, LARGER = 16, 8
SEND_BUFFER = 32_768
QUEUED = 4
PING_EVERY_S = 1


def event(number: int) -> dict[str, object]:
    """What push ``number`` carries; whoever knows the number knows every byte."""
    return {"seq": number, "pad": PADDING * (1 if number % LARGE_EVERY else LARGER)}


def pour(server: Server, clients: int, pushes: int) -> None:
    """Wait for the clients, then push."""
    from hall_server.audience import Audience
    from hall_server.contract.messages.organisation import Push

    engine = server.sockets.socketio.server.eio
    engine.ping_interval = PING_EVERY_S
    lines: dict[str, Any] = engine.sockets
    while len(server.sockets._guests) < clients:
        time.sleep(0.01)
    time.sleep(0.5)  # the first pictures are through
    for line in list(lines.values()):
        line.hall_websocket.socket.fd.setsockopt(SOL_SOCKET, SO_SNDBUF, SEND_BUFFER)
    for number in range(1, pushes + 1):
        push = Push(since=number - 1, upto=number, events=[event(number)])
        server.sockets.send(Audience.PUBLIC, push)
        if number % 3 == 0:
            time.sleep(0)
        while max((line.queue.qsize() for line in list(lines.values())), default=0) > QUEUED:
            time.sleep(0.001)


def main() -> None:
    """Run until SIGTERM."""
    from hall_server.__main__ import parse
    from hall_server.runtime import Mode, Runtime

    clients, pushes, *arguments = sys.argv[1:]
    settings = parse(arguments)
    runtime = Runtime(Mode(settings.mode))
    from hall_server.app import Server, build_hall

    server = Server(build_hall(settings, runtime))
    server.start()
    pouring = threading.Thread(target=pour, args=(server, int(clients), int(pushes)), daemon=True)
    pouring.start()
    runtime.serve(server.flask, settings.host, settings.port, server.stop)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
