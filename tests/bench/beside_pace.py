"""Calls beside cameras: is the hall as quick while 24 cameras are recorded and eight people look?

Clerks call, start and finish one after another at an even pace: with the machine quiet, beside a
reader of 24 streams that throws them away (what the machine itself makes of so much traffic), and
beside the real recorder with 24 cameras over RTSP, the analyser's share of key frames, and the live
door with eight viewers of one camera each. Clerks and viewers run on the same cores; so do the
streams' server, which stands for cameras with processors of their own, and so gives way to
everything else. The hall's own work is the same each time; what is measured is whether it is kept
waiting.
"""

from __future__ import annotations

import asyncio
import http.client
import statistics
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

import cameras_pace
from clients import SocketIo, is_open
from displays_pace import until
from live_pace import processor_s, swallow
from running_hall import People, RunningHall, free_port, request_id

from hall_server.contract.version import VERSION

VIEWERS, LOOKERS = 8, 30
CALLS, PERIOD_S = 600, 0.05
SETTLE_S, SPELL_S = 12.0, 10.0
AddRow = Callable[[str, str, str], None]


async def measure(
    hall: RunningHall,
    people: People,
    windows: Mapping[str, str],
    fill: Callable[[], Awaitable[None]],
    folder: Path,
    add_row: AddRow,
) -> None:
    """Quiet, then beside cameras; ``fill`` lets as many wait as are called in one spell."""

    async def spell(what: str, quiet_ms: float = 0.0) -> float:
        await fill()
        took_ms = await calls(hall, people, windows)
        slow_ms = at_99(took_ms)
        told = f"p50 {statistics.median(took_ms):.1f} ms, p99 {slow_ms:.1f} ms"
        add_row(what, told, f"p99 {slow_ms / quiet_ms:.1f} × quiet" if quiet_ms else "")
        return slow_ms

    quiet_ms = await spell("call, paced, quiet")
    folder = folder / "beside"
    folder.mkdir()
    with ExitStack() as beside:
        address = beside.enter_context(cameras_pace.serving(folder))
        if address is None:
            print("  no GStreamer RTSP server here: calls beside cameras are left out")
            return
        with cameras_pace.reader(address):
            await asyncio.sleep(SETTLE_S)
            await spell(f"call beside {cameras_pace.CAMERAS} streams read alone", quiet_ms)
        cookie = people.supervisor
        beside.enter_context(cameras_pace.recorder(folder / "recorded", address))
        beside.enter_context(cameras_pace.analyser(folder, address, folder / "recorded"))
        port = free_port()
        cameras = folder / "recorded.toml"
        words = ["-m", "monitor.live", "--cameras", str(cameras), "--port", str(port)]
        words += ["--recorder", str(folder / "recorded"), "--hall", hall.url]
        door = beside.enter_context(cameras_pace.running([sys.executable, *words]))
        await until(lambda: is_open(port), 2 * SETTLE_S)
        await asyncio.sleep(SETTLE_S)
        given = [0] * (VIEWERS + LOOKERS)
        for number in range(VIEWERS):
            look(beside, hall, cookie, port, number, given)
        await asyncio.sleep(2)
        before = [*given]
        await spell(f"call beside {cameras_pace.CAMERAS} cameras, {VIEWERS} viewers", quiet_ms)
        stood = sum(now == then for now, then in zip(given, before, strict=True)) - LOOKERS
        if stood:
            raise RuntimeError(f"{stood} of {VIEWERS} viewers were given nothing")
        eight = await spent(door.pid)
        for number in range(VIEWERS, LOOKERS):
            look(beside, hall, cookie, port, number, given)
        await asyncio.sleep(2)
        thirty = await spent(door.pid)
        add_row(f"live door, {VIEWERS} viewers of 1080p25", f"{eight * 100:.1f} % of a core", "")
        ratio = f"{thirty / eight:.1f} × eight"
        spent_by = f"{thirty * 100:.1f} % of a core"
        add_row(f"live door, {LOOKERS} viewers of 1080p25", spent_by, ratio)


async def spent(process: int) -> float:
    """Of a core, by a process."""
    began_s, before_s = time.monotonic(), processor_s(process)
    await asyncio.sleep(SPELL_S)
    return (processor_s(process) - before_s) / (time.monotonic() - began_s)


def look(
    beside: ExitStack, hall: RunningHall, cookie: str, port: int, number: int, given: list[int]
) -> None:
    """One viewer more, of one of eight cameras, admitted by the hall."""
    camera = f"camera-{number % VIEWERS}"
    asked = {"camera_ids": [camera], "note": "bench"}
    word = str(hall.must("camera.admit", asked, cookie=cookie)["token"])
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    beside.enter_context(closing(line))
    line.request("GET", f"/live/{camera}", headers={"Authorization": f"Bearer {word}"})
    answer = line.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{camera}: {answer.status}")
    threading.Thread(target=swallow, args=(answer, given, number), daemon=True).start()


async def calls(hall: RunningHall, people: People, windows: Mapping[str, str]) -> list[float]:
    """How long each call took, in milliseconds; one at a time, evenly."""
    auth: dict[str, object] = {"version": VERSION, "cursor": 0}
    clients = [
        await SocketIo(lambda _text, _at: None).open(
            "127.0.0.1", hall.port, auth, f"Cookie: {people.clerks[account]}\r\n"
        )
        for account in windows
    ]
    await asyncio.sleep(2)  # each is given its picture of the hall
    took_ms: list[float] = []
    due_s = time.monotonic()
    for number in range(2 * CALLS):
        if len(took_ms) == CALLS:
            break
        client = clients[number % len(clients)]
        window = [*windows.values()][number % len(clients)]
        began_s = time.perf_counter()
        called = await client.ask(
            "ticket.call_next", {"request_id": request_id(), "window_id": window}
        )
        if not called["ok"]:
            continue  # nobody waits at this window any more
        took_ms.append((time.perf_counter() - began_s) * 1000)
        leg = called["answer"]["leg_id"]
        for act in ("ticket.start", "ticket.finish"):
            await client.ask(act, {"request_id": request_id(), "leg_id": leg})
        due_s += PERIOD_S
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
    for client in clients:
        client.socket.close()
    if len(took_ms) < CALLS // 2:
        raise RuntimeError(f"only {len(took_ms)} had somebody to call")
    return took_ms


def at_99(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
