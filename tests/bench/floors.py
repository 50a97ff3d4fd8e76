"""Floors: what this machine can do at best, measured in the same run as the hall.

- fsync: single-row SQLite commits with WAL and ``synchronous=FULL``;
- null handler: the same server (runtime, Flask) answering an empty JSON object;
- raw broadcast: a plain ``websockets`` server sending the same bytes to the same clients.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from pathlib import Path

FLOOR_S = 2.0


def commits_per_s(folder: Path) -> float:
    """Durable single-row commits a second."""
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t(i INTEGER PRIMARY KEY, body TEXT)")
    body = "x" * 300
    done, until_s = 0, time.perf_counter() + FLOOR_S
    began_s = time.perf_counter()
    while time.perf_counter() < until_s:
        connection.execute("INSERT INTO t(body) VALUES (?)", (body,))
        done += 1
    connection.close()
    return done / (time.perf_counter() - began_s)


async def _broadcast_server(port: int) -> None:
    """Send whatever one client says to all the others: the floor of a push."""
    import websockets.asyncio.server as ws
    from websockets.exceptions import ConnectionClosedError

    clients: set[ws.ServerConnection] = set()

    async def handle(connection: ws.ServerConnection) -> None:
        clients.add(connection)
        try:
            async for text in connection:
                ws.broadcast(clients, text)
        except ConnectionClosedError:  # clients hang up without a word
            pass
        finally:
            clients.discard(connection)

    async with ws.serve(handle, "127.0.0.1", port, compression=None, ping_interval=None):
        print("ready", flush=True)
        await asyncio.get_running_loop().create_future()


def _null_server(port: int) -> None:
    """The hall's own runtime and framework with a handler that does nothing."""
    from hall_server.runtime import Mode, Runtime

    runtime = Runtime(Mode.EVENTLET)
    from flask import Flask, Response, request

    app = Flask("null", static_folder=None)

    @app.post("/api/v1/<name>")
    def answer(name: str) -> Response:
        request.get_data(cache=False)
        return Response(b"{}", mimetype="application/json")

    print("ready", flush=True)
    runtime.serve(app, "127.0.0.1", port, lambda: None)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    kind, port_text = sys.argv[1:]
    if kind == "broadcast":
        asyncio.run(_broadcast_server(int(port_text)))
    else:
        _null_server(int(port_text))
