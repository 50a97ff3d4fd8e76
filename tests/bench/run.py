"""``./hall bench``: the costly paths beside their floors, measured in the same run.

    issue      20 HTTP kiosks take tickets as fast as they can      / fsync floor, / null handler
    call       20 clerks over Socket.IO call, start and finish      p50, p99, doubles
    displays   call → last of N displays, full payload              / raw broadcast, same clients
    start      ./hall run → pages, warm                               / loading the libraries
    touch      a touch at the kiosk → number, and paper            / a bare request
    ledger     recording, a proof, hall-verify over the whole       / bare inserts, / bare hashing
    signs      an order made into a sign's bytes, an answer read    / sending, / one pass over them
    cameras    recorded, and watched; calls beside 24 of them      / reading them alone, / quiet
    live       coded → shown in a browser; 30 viewers                 / one viewer
    devices    64 on one bench at rest; a ticket → the printer's word  / the bare bytes

The ratios are what can be compared. A markdown table for the README is printed at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import msgspec

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE), str(ROOT / "tests" / "support")]

import beside_pace  # noqa: E402 - the path is set above: this is a script
import cameras_pace  # noqa: E402 - as above
import device_pace  # noqa: E402 - as above
import floors  # noqa: E402 - as above
import ledger_pace  # noqa: E402 - as above
import live_pace  # noqa: E402 - as above
import sign_pace  # noqa: E402 - as above
import start_pace  # noqa: E402 - as above
import touch  # noqa: E402 - as above
from clients import Http, SocketIo, is_open  # noqa: E402 - as above
from displays_pace import display_rounds, raw_broadcast, until  # noqa: E402 - as above
from running_hall import People, RunningHall, free_port, request_id  # noqa: E402 - as above

from config.load import load_profile  # noqa: E402 - as above
from hall_server.contract.version import VERSION  # noqa: E402 - as above

CLERKS = 20
KIOSKS = 20
DAY_OF_THE_LARGEST_HALL = 3_500
"""Tickets. More than that waiting at once no hall has, and each is counted among those ahead."""
SPELLS = 7


@dataclass
class Table:
    """Rows of the table printed at the end."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, what: str, measured: str, ratio: str = "") -> None:
        """Add a row and show it at once."""
        self.rows.append((what, measured, ratio))
        print(f"  {what:<44}{measured:<34}{ratio}", flush=True)

    def markdown(self) -> str:
        """The table for the README."""
        lines = ["| what | measured | ratio to its floor |", "|---|---|---|"]
        return "\n".join(lines + [f"| {a} | {b} | {c} |" for a, b, c in self.rows])


def percentiles(values_s: list[float]) -> str:
    """p50 and p99 in milliseconds."""
    ordered = sorted(values_s)
    at_99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"p50 {statistics.median(ordered) * 1000:.1f} ms, p99 {at_99 * 1000:.1f} ms"


async def post_all(port: int, name: str, bodies: list[bytes], token: str) -> float:
    """How many seconds ``bodies`` take over KIOSKS connections; answers must be 200."""
    header = f"Authorization: Bearer {token}\r\n"
    connections = [await Http.open("127.0.0.1", port, header) for _ in range(KIOSKS)]
    work = iter(bodies)

    async def drive(connection: Http) -> None:
        for body in work:
            status, answer = await connection.post(f"/api/v1/{name}", body)
            if status != 200:
                raise AssertionError(f"{status} {answer!r}")

    began_s = time.perf_counter()
    await asyncio.gather(*(drive(connection) for connection in connections))
    took_s = time.perf_counter() - began_s
    for connection in connections:
        connection.writer.close()
    return took_s


async def call_rounds(
    hall: RunningHall, people: People, windows: dict[str, str], seconds: float
) -> tuple[list[float], Counter[int], float, float]:
    """Every clerk calls, starts and finishes until the time is over or a line is empty.

    Calls' latencies, legs called, the hall's work, how long it took.
    """
    latencies: list[float] = []
    legs: Counter[int] = Counter()
    auth: dict[str, object] = {"version": VERSION, "cursor": 0}
    pictures: list[str] = []

    def hear(text: str, _at_s: float) -> None:
        if text.startswith('42["snapshot"'):
            pictures.append(text)

    clients = [
        await SocketIo(hear).open(
            "127.0.0.1", hall.port, auth, f"Cookie: {people.clerks[account]}\r\n"
        )
        for account in windows
    ]
    await until(lambda: len(pictures) == len(clients))
    someone_waits = True
    begun_s = time.perf_counter()
    worked_s = hall.processor_s()

    async def work(client: SocketIo, window: str) -> None:
        nonlocal someone_waits

        async def ask(name: str, **body: object) -> dict[str, object] | None:
            answer = await client.ask(name, {"request_id": request_id(), **body})
            if answer["ok"]:
                return answer["answer"]  # type: ignore[no-any-return]  # JSON of the answer
            if answer["refused"]["code"] != "nobody_waiting":
                raise AssertionError(f"{name}: {answer}")
            return None

        while someone_waits and time.perf_counter() < begun_s + seconds:
            asked_s = time.perf_counter()
            called = await ask("ticket.call_next", window_id=window)
            if called is None:
                someone_waits = False
                return
            latencies.append(time.perf_counter() - asked_s)
            leg = called["leg_id"]
            legs[int(str(leg))] += 1
            await ask("ticket.start", leg_id=leg)
            await ask("ticket.finish", leg_id=leg)

    await asyncio.gather(*map(work, clients, windows.values()))
    took_s = time.perf_counter() - begun_s
    worked_s = hall.processor_s() - worked_s
    for client in clients:
        client.socket.close()
    return latencies, legs, worked_s, took_s


def floor_server(kind: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start a floor's server and wait until it listens."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(HERE / "floors.py"), kind, str(port)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    process.stdout.readline()
    while process.poll() is None and not is_open(port):
        time.sleep(0.02)
    return process, port


def take_bodies(items: list[str], count: int) -> list[bytes]:
    """Bodies of ``ticket.take`` over all items."""
    return [
        msgspec.json.encode({"request_id": request_id(), "item_id": items[i % len(items)]})
        for i in range(count)
    ]


@dataclass
class Bench:
    """A running hall with its people, and the table that grows."""

    hall: RunningHall
    people: People
    kiosk: str
    page: str
    items: list[str]
    items_of_first_window: list[str]
    items_of_clerks: list[str]
    windows: dict[str, str]
    table: Table

    async def issue(self, tickets: int, folder: Path) -> None:
        """Tickets a second beside both floors.

        In spells that change places with the null handler's, as a shared machine is never equally
        quick for long.
        """
        process, port = floor_server("null")
        null_s, hall_s = [], []
        worked_s = self.hall.processor_s()
        try:
            for number in range(SPELLS):
                bodies = take_bodies(self.items, len(range(number, tickets, SPELLS)))
                null_s.append(await post_all(port, "ticket.take", bodies, "x"))
                hall_s.append(await post_all(self.hall.port, "ticket.take", bodies, self.kiosk))
        finally:
            process.terminate()
        worked_ms = (self.hall.processor_s() - worked_s) / tickets * 1000
        null, fsync = tickets / sum(null_s), floors.commits_per_s(folder)
        floor, rate = min(fsync, null), tickets / sum(hall_s)
        of_null = sorted(empty / full for empty, full in zip(null_s, hall_s, strict=True))
        self.table.add("floor: fsync'd single-row SQLite commits", f"{fsync:.0f}/s")
        self.table.add("floor: null handler of the same server", f"{null:.0f}/s")
        self.table.add(
            f"issue, {KIOSKS} kiosks",
            f"{rate:.0f}/s, {worked_ms:.2f} ms of work each",
            f"{rate / floor:.2f} of the lower; {of_null[0]:.2f}–{of_null[-1]:.2f} of the handler",
        )
        figures = self.hall.read("hall.figures", cookie=self.people.supervisor)
        if figures["taken"] != tickets:
            raise AssertionError(f"{figures['taken']} tickets in the ledger, {tickets} asked for")

    async def call(self, seconds: float) -> None:
        """Calls a second with 20 clerks; nobody is called twice."""
        latencies, legs, worked_s, took_s = await call_rounds(
            self.hall, self.people, self.windows, seconds
        )
        doubles = sum(1 for times in legs.values() if times > 1)
        self.table.add(
            f"call next (with start and finish), {len(self.windows)} clerks",
            f"{len(latencies) / took_s:.0f}/s, {percentiles(latencies)}",
            f"{worked_s / len(latencies) * 1000:.2f} ms of work for the three; {doubles} double",
        )

    async def displays(self, counts: list[int]) -> None:
        """Call → last display, beside a raw broadcast of as many bytes to as many clients."""
        account, window = next(iter(self.windows.items()))
        rounds_of = {count: 40 if count <= 100 else 20 for count in counts}
        waiting = take_bodies(self.items_of_first_window, sum(rounds_of.values()))
        await post_all(self.hall.port, "ticket.take", waiting, self.kiosk)
        for count, rounds in rounds_of.items():
            took, size = await display_rounds(
                self.hall, self.page, self.people.clerks[account], window, count, rounds
            )
            process, port = floor_server("broadcast")
            try:
                raw = await raw_broadcast(port, count, "x" * int(size), rounds)
            finally:
                process.terminate()
            ratio = statistics.median(took) / statistics.median(raw)
            self.table.add(
                f"call → last of {count} displays ({size:.0f} B)",
                percentiles(took),
                f"{ratio:.1f} × raw broadcast ({percentiles(raw)})",
            )

    async def beside(self, folder: Path) -> None:
        """Calls while cameras are recorded."""

        async def fill() -> None:
            waiting = take_bodies(self.items_of_clerks, beside_pace.CALLS)
            await post_all(self.hall.port, "ticket.take", waiting, self.kiosk)

        await beside_pace.measure(
            self.hall, self.people, self.windows, fill, folder, self.table.add
        )


def prepare(folder: Path, *, fast: bool, table: Table) -> Bench:
    """Start a hall of the load model's county, with clerks at their windows."""
    arguments = ["--profile", "county_typ", "--no-limits", "--simulated-devices-from", "1"]
    arguments += [] if fast else ["--no-fast-broadcast"]
    hall = RunningHall(folder / "hall", free_port(), arguments).start()
    facts = msgspec.to_builtins(load_profile("county_typ"))
    staff = [person["id"] for person in facts["staff"]][:CLERKS]
    people = hall.people(staff)
    windows = {
        account: window["id"] for account, window in zip(staff, facts["windows"], strict=False)
    }
    for account, window in windows.items():
        hall.must("window.open", {"window_id": window}, cookie=people.clerks[account])
    kiosk, page = hall.station("kiosk-1", "kiosk", people.administrator, folder)
    queue_of = {item["id"]: item["queue"] for item in facts["items"] if item.get("queue")}
    queues = [window["queues"] for window in facts["windows"][: len(windows)]]
    of_first = [item for item, queue in queue_of.items() if queue in queues[0]]
    of_clerks = [item for item, queue in queue_of.items() if queue in {*chain(*queues)}]
    return Bench(hall, people, kiosk, page, list(queue_of), of_first, of_clerks, windows, table)


async def measure_hall(folder: Path, options: argparse.Namespace, table: Table) -> None:
    """Every benchmark of clients beside one another, against one hall."""
    bench = prepare(folder, fast=not options.no_fast_broadcast, table=table)
    try:
        await bench.issue(options.tickets, folder)
        await bench.call(options.seconds)
        await bench.displays(options.displays)
        await bench.beside(folder)
    finally:
        bench.hall.stop()


def measure(folder: Path, options: argparse.Namespace) -> Table:
    """Run every benchmark."""
    asyncio.run(measure_hall(folder, options, table := Table()))
    start_pace.measure(folder, table.add)
    touch.measure(folder, table.add, percentiles)
    ledger_pace.measure(folder, options.events, table.add)
    sign_pace.measure(table.add)
    device_pace.measure(table.add, percentiles)
    cameras_pace.measure(table.add)
    live_pace.measure(table.add)
    return table


def main() -> int:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(prog="./hall bench", description=__doc__)
    parser.add_argument("--tickets", type=int, default=DAY_OF_THE_LARGEST_HALL)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--displays", type=int, nargs="*", default=[10, 100, 500, 1000])
    parser.add_argument("--events", type=int, default=1_000_000, help="in the ledger's bench")
    parser.add_argument("--no-fast-broadcast", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print("\n" + measure(Path(folder), options).markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
