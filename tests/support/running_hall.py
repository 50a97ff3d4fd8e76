"""A really running hall server for tests, replays and benchmarks, with people and stations in it.

Starts ``python -m hall_server`` on a free port with its own data folder, and does by its public
doors what an administrator does on the first day: passwords, the three administrators, accounts.
"""

from __future__ import annotations

import http.client
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from hall_server.contract.station_key import StationKey
from hall_server.contract.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 90.0
"""Long: two cores may be shared with a browser, a database and other tests."""
CLOCK_OF_PROCESS = 2
"""CPUCLOCK_SCHED of Linux: the number of a process's clock is made of its id and this."""
PASSWORD = "Hall-2026!"
_IDS = itertools.count(1)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def request_id() -> str:
    """A request id nobody has used."""
    return f"r{os.getpid():x}-{next(_IDS):08x}"


@dataclass
class RunningHall:
    """One hall server process and how to talk to it by HTTP."""

    data: Path
    port: int
    arguments: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    source: Path = ROOT
    """Where the programs stand; a copy with a fault put in, where a test wants one."""
    program: tuple[str, ...] = ("-m", "hall_server")

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> RunningHall:
        """Start the process and wait until it answers."""
        self.spawn()
        if self.wait_until_ready():
            return self
        self.stop(signal.SIGKILL)
        message = (self.data / "server.log").read_text(errors="replace")[-4000:]
        raise RuntimeError(f"the hall did not start:\n{message}")

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for it."""
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    *self.program,
                    *("--data", str(self.data), "--port", str(self.port), *self.arguments),
                ],
                cwd=self.source,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
            )
        return self.process

    def wait_until_ready(self) -> bool:
        """Wait until it answers; False when it ended first or took too long."""
        deadline_s = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline_s:
            if self.process is None or self.process.poll() is not None:
                return False
            try:
                if self.get("/healthz")[0] == 200:
                    return True
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
        return False

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End the process."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def resident_mb(self) -> float:
        """Memory its process holds."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def processor_s(self) -> float:
        """How long its process has had a processor: says more than the clock on a busy machine."""
        assert self.process is not None
        return time.clock_gettime((~self.process.pid << 3) | CLOCK_OF_PROCESS)

    def get(self, path: str) -> tuple[int, bytes]:
        """GET a path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def send(
        self, name: str, body: dict[str, Any], *, cookie: str = "", token: str = ""
    ) -> tuple[int, dict[str, Any], str]:
        """Send a message; status, JSON and the cookie that was set."""
        headers = {"Content-Type": "application/json"}
        headers |= {"Cookie": cookie} if cookie else {}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("POST", f"/api/v1/{name}", msgspec.json.encode(body), headers)
            answer = connection.getresponse()
            set_cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
            return answer.status, msgspec.json.decode(answer.read() or b"{}"), set_cookie
        finally:
            connection.close()

    def must(
        self, name: str, body: dict[str, Any] | None = None, *, cookie: str = "", token: str = ""
    ) -> dict[str, Any]:
        """Send an ask (a request id is added) that has to be accepted."""
        status, answer, _ = self.send(
            name, {"request_id": request_id(), **(body or {})}, cookie=cookie, token=token
        )
        if status != 200:
            raise AssertionError(f"{name}: {status} {answer}")
        return answer

    def read(
        self, name: str, *, cookie: str = "", token: str = "", **body: object
    ) -> dict[str, Any]:
        """Send a read that has to be answered."""
        status, answer, _ = self.send(name, body, cookie=cookie, token=token)
        if status != 200:
            raise AssertionError(f"{name}: {status} {answer}")
        return answer

    def sign_in(self, account: str, password: str) -> str:
        """Sign in, changing a one-time password; the session's cookie."""
        ask = {"request_id": request_id(), "account": account, "password": password}
        status, answer, cookie = self.send("account.sign_in", ask)
        if status != 200:
            raise AssertionError(f"sign-in of {account}: {status} {answer}")
        if answer["must_change_password"]:
            self.must("account.password", {"old": password, "new": PASSWORD}, cookie=cookie)
        return cookie

    def people(self, clerks: list[str]) -> People:
        """The first day's accounts: three administrators, a supervisor, the clerks.

        ``clerks`` are staff ids; an account has the same name.
        """
        name, _, password = (self.data / "first-password.txt").read_text().strip().partition(" ")
        administrator = self.sign_in(name, password)
        first = {
            role: self.must(
                "account.create", {"account": role, "roles": [role]}, cookie=administrator
            )
            for role in ("security", "auditor")
        }
        security = self.sign_in("security", first["security"]["password"])
        auditor = self.sign_in("auditor", first["auditor"]["password"])
        made = {
            "supervisor": self._create(security, "supervisor", "supervisor", ""),
            **{clerk: self._create(security, clerk, "clerk", clerk) for clerk in clerks},
        }
        cookies = {account: self.sign_in(account, word) for account, word in made.items()}
        return People(administrator, security, auditor, cookies.pop("supervisor"), cookies)

    def _create(self, security: str, account: str, role: str, staff_id: str) -> str:
        ask = {"account": account, "roles": [role], "staff_id": staff_id}
        return str(self.must("account.create", ask, cookie=security)["password"])

    def station(
        self, station_id: str, role: str, administrator: str, folder: Path, now_ms: int = 0
    ) -> tuple[str, str]:
        """Invite, enrol, sign on a station: its token and its pages'. ``now_ms`` by the hall."""
        invited = self.must(
            "station.invite", {"station_id": station_id, "role": role}, cookie=administrator
        )
        key = StationKey.load_or_make(folder / f"{station_id}.key")
        enrol = {"station_id": station_id, "code": invited["code"], "public_key": key.public_hex}
        self.must("station.enrol", enrol)
        at = now_ms or time.time_ns() // 1_000_000
        signed = key.sign_on(station_id, VERSION, at, request_id(), "")
        status, answer, _ = self.send("station.sign_on", msgspec.to_builtins(signed))
        if status != 200:
            raise AssertionError(f"sign-on of {station_id}: {status} {answer}")
        return str(answer["token"]), str(answer["page_token"])


@dataclass(frozen=True)
class People:
    """Cookies of the signed-in; ``clerks`` by account."""

    administrator: str
    security: str
    auditor: str
    supervisor: str
    clerks: dict[str, str]
