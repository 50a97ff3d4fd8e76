"""A crowd at a running hall: kiosks that give numbers and clerks that call, each in a thread.

Like the real ones they keep a request id until it is answered, whatever happens to the hall in
between, and so learn everything exactly once. What each asked, when, and what it was told is kept
as a history that others judge.
"""

from __future__ import annotations

import http.client
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from running_hall import ROOT, People, RunningHall, free_port, request_id

GIVES_UP_AFTER_S = 60.0
TRIES_AGAIN_AFTER_S = 0.1
CANNOT_NOW = 503
"""The hall cannot now: the same request is sent again."""


@dataclass(frozen=True)
class Operation:
    """One ask from its first try to the answer, by one steady clock."""

    client: str
    name: str
    subject: str
    """The item or the window it was about."""
    request_id: str
    asked_at: float
    answered_at: float
    tries: int
    answer: dict[str, Any]
    refused: str
    """Code of the refusal; empty when it was accepted."""


@dataclass
class Client:
    """One sender with a kept connection and its history."""

    hall: RunningHall
    sender: str
    headers: dict[str, str]
    history: list[Operation] = field(default_factory=list)
    connection: http.client.HTTPConnection | None = None
    patience_s: float = 10.0

    def ask(self, name: str, subject: str, body: dict[str, object]) -> Operation:
        """Send until answered."""
        ident = request_id()
        payload = msgspec.json.encode({"request_id": ident, **body})
        began = time.monotonic()
        tries = 0
        while time.monotonic() < began + GIVES_UP_AFTER_S:
            tries += 1
            answered = self._try(name, payload)
            if answered is None or answered[0] == CANNOT_NOW:
                time.sleep(TRIES_AGAIN_AFTER_S)
                continue
            status, told = answered
            refused = "" if status == 200 else str(told["code"])
            now = time.monotonic()
            done = Operation(self.sender, name, subject, ident, began, now, tries, told, refused)
            self.history.append(done)
            return done
        raise AssertionError(f"{self.sender}: {name} was never answered")

    def _try(self, name: str, payload: bytes) -> tuple[int, dict[str, Any]] | None:
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.hall.port, timeout=self.patience_s
            )
        try:
            self.connection.request("POST", f"/api/v1/{name}", payload, self.headers)
            answer = self.connection.getresponse()
            return answer.status, msgspec.json.decode(answer.read())
        except (OSError, http.client.HTTPException):
            self.hang_up()
            return None

    def hang_up(self) -> None:
        """Close the connection; the next ask opens another."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def must(self, name: str, subject: str, body: dict[str, object]) -> dict[str, Any]:
        """Ask for what has to be accepted."""
        done = self.ask(name, subject, body)
        assert not done.refused, done
        return done.answer


@dataclass
class Crowd:
    """Everybody at once, until told to stop."""

    hall: RunningHall
    people: People
    kiosks: list[Client]
    clerks: list[Client]
    items: tuple[str, ...]
    windows: tuple[str, ...]
    pause_s: float = 0.004
    _stop: threading.Event = field(default_factory=threading.Event)
    _errors: list[BaseException] = field(default_factory=list)

    @property
    def history(self) -> list[Operation]:
        """What everybody asked and was told, in the order of asking."""
        told = (operation for client in self.kiosks + self.clerks for operation in client.history)
        return sorted(told, key=lambda operation: operation.asked_at)

    def at(self, hall: RunningHall) -> Crowd:
        """The same people at a copy of their hall, with nothing behind them."""
        kiosks = [Client(hall, one.sender, one.headers) for one in self.kiosks]
        clerks = [Client(hall, one.sender, one.headers) for one in self.clerks]
        return Crowd(hall, self.people, kiosks, clerks, self.items, self.windows, self.pause_s)

    def take(self, kiosk: Client, item: str) -> Operation:
        """A citizen touches the screen."""
        return kiosk.ask("ticket.take", item, {"item_id": item})

    def serve(self, clerk: Client, window: str) -> Operation:
        """Call the next; whoever comes is served at once. What is refused the judge hears of."""
        called = clerk.ask("ticket.call_next", window, {"window_id": window})
        if not called.refused:
            leg = {"leg_id": called.answer["leg_id"]}
            clerk.ask("ticket.start", window, leg)
            clerk.ask("ticket.finish", window, leg)
        return called

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Everybody works until the block ends; then each finishes what it began."""
        self._stop.clear()
        work = [
            *((self._give, kiosk, number) for number, kiosk in enumerate(self.kiosks)),
            *((self._call, clerk, number) for number, clerk in enumerate(self.clerks)),
        ]
        threads = [threading.Thread(target=self._work, args=one, daemon=True) for one in work]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(GIVES_UP_AFTER_S)
            for client in self.kiosks + self.clerks:
                client.hang_up()
        if self._errors:
            raise self._errors[0]

    def _work(self, turn: Callable[[Client, int], object], client: Client, number: int) -> None:
        try:
            while not self._stop.wait(self.pause_s):
                turn(client, number)
        except AssertionError as error:
            self._errors.append(error)

    def _give(self, kiosk: Client, number: int) -> None:
        self.take(kiosk, self.items[(number + len(kiosk.history)) % len(self.items)])

    def _call(self, clerk: Client, number: int) -> None:
        if self.serve(clerk, self.windows[number]).refused == "nobody_waiting":
            time.sleep(self.pause_s * 5)


def gather(
    hall: RunningHall, folder: Path, windows: tuple[str, ...], items: tuple[str, ...], kiosks: int
) -> Crowd:
    """Make the people and stations of a fresh hall; a clerk sits at each window, a day is open."""
    names = [f"staff-{number:02d}" for number in range(1, len(windows) + 1)]
    people = hall.people(names)
    open_day(hall, people)
    clerks = []
    for name, window in zip(names, windows, strict=True):
        clerk = Client(hall, f"staff:{name}", headers(cookie=people.clerks[name]))
        clerk.must("window.open", window, {"window_id": window})
        clerk.hang_up()
        clerks.append(clerk)
    stations = []
    for number in range(1, kiosks + 1):
        station = f"kiosk-{number}"
        token, _ = hall.station(station, "kiosk", people.administrator, folder)
        stations.append(Client(hall, f"station:{station}", headers(token=token)))
    return Crowd(hall, people, stations, clerks, items, windows)


def open_day(hall: RunningHall, people: People) -> None:
    """Open the service day, unless it was its hour and the hall did."""
    ask = {"request_id": request_id()}
    status, answer, _ = hall.send("day.open", ask, cookie=people.supervisor)
    assert status == 200 or answer["code"] == "day_already_open", answer


def headers(*, cookie: str = "", token: str = "") -> dict[str, str]:
    """The head of a request that says who asks."""
    said = {"Content-Type": "application/json"}
    if cookie:
        said["Cookie"] = cookie
    if token:
        said["Authorization"] = f"Bearer {token}"
    return said


def moved(prepared: Crowd, folder: Path, source: Path = ROOT, *more: str) -> Crowd:
    """A copy of a prepared hall in ``folder`` with the same people; not started."""
    shutil.copytree(prepared.hall.data, folder / "hall")
    hall = RunningHall(
        folder / "hall", free_port(), [*prepared.hall.arguments, *more], source=source
    )
    return prepared.at(hall)
