"""The whole HTTP front of a hall (gate, headers, doors) in this process, without a port."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import msgspec
from werkzeug.test import Client, TestResponse

from hall_server.app import Server
from hall_server.hall import Hall

PASSWORD = "Hall-2026!"
_IDS = itertools.count(1)


def request_id() -> str:
    """A request id nobody has used."""
    return f"asked-{next(_IDS):08d}"


@dataclass
class Told:
    """An answer: status, JSON body, and the session's cookie if one was set."""

    status: int
    body: dict[str, Any]
    cookie: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Of a refusal."""
        return str(self.body.get("code", ""))


class Front:
    """Sends messages as browsers and stations do."""

    def __init__(self, hall: Hall) -> None:
        """Open the doors; neither pusher nor ticker runs."""
        self.server = Server(hall)
        self.client = Client(self.server.flask, use_cookies=False)

    def send(
        self, name: str, body: object, *, cookie: str = "", token: str = "", **more: Any
    ) -> Told:
        """Send exactly this."""
        headers = {"Content-Type": "application/json", **more.pop("headers", {})}
        headers |= {"Cookie": cookie} if cookie else {}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return told(self.client.post(f"/api/v1/{name}", data=raw, headers=headers, **more))

    def ask(self, name: str, *, cookie: str = "", token: str = "", **body: object) -> Told:
        """Send an ask under a fresh request id."""
        return self.send(name, {"request_id": request_id(), **body}, cookie=cookie, token=token)

    def must(self, name: str, *, cookie: str = "", token: str = "", **body: object) -> Any:
        """Send an ask that has to be accepted."""
        answer = self.ask(name, cookie=cookie, token=token, **body)
        assert answer.status == 200, (name, answer)
        return answer.body

    def sign_in(self, account: str, password: str = PASSWORD) -> Told:
        """Try to sign in."""
        return self.ask("account.sign_in", account=account, password=password)

    def enter(self, account: str, one_time: str) -> str:
        """Sign in for the first time and choose a password; the cookie."""
        cookie = self.sign_in(account, one_time).cookie
        self.must("account.password", cookie=cookie, old=one_time, new=PASSWORD)
        return cookie

    def administrators(self) -> dict[str, str]:
        """Cookies of the three separated administrators, by role."""
        path = self.server.hall.settings.data / "first-password.txt"
        account, password = path.read_text("utf-8").split()
        cookies = {"administrator": self.enter(account, password)}
        for role in ("security", "auditor"):
            made = self.must(
                "account.create", cookie=cookies["administrator"], account=role, roles=[role]
            )
            cookies[role] = self.enter(role, made["password"])
        return cookies


def told(response: TestResponse) -> Told:
    """What came back."""
    cookie = response.headers.get("Set-Cookie", "").partition(";")[0]
    is_json = response.mimetype == "application/json"
    body = msgspec.json.decode(response.data) if is_json and response.data else {}
    return Told(response.status_code, body, cookie, dict(response.headers))
