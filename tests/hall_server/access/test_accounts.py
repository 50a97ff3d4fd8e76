"""Accounts, sessions and passwords through the HTTP door, on both databases (fault 30)."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from argon2 import PasswordHasher
from http_of_hall import PASSWORD, Front, request_id

from hall_server.access import passwords
from hall_server.access.first_account import FirstAccount
from hall_server.access.forgetting import forget
from hall_server.access.rules import IDLE_MS, LOCK_AFTER_FAILURES, LOCK_MS
from hall_server.access.tables import answered, session

MINUTE_MS = 60_000
NO_SESSION = (401, "not_signed_in")


@pytest.fixture
def front(hall: Any, monkeypatch: pytest.MonkeyPatch) -> Front:
    """A hall's front, with a hash that is right but quick: its cost is measured elsewhere."""
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)
    return Front(hall.hall)


def first(front: Front) -> tuple[str, str]:
    account, password = (
        front.server.hall.settings.data.joinpath("first-password.txt").read_text("utf-8").split()
    )
    return account, password


def clerk(front: Front, account: str = "clerk-1") -> tuple[dict[str, str], str]:
    """The administrators' cookies and that of a clerk."""
    cookies = front.administrators()
    made = front.must(
        "account.create", cookie=cookies["security"], account=account, roles=["clerk"]
    )
    return cookies, front.enter(account, made["password"])


def whoami(front: Front, cookie: str) -> tuple[int, str]:
    told = front.send("account.list", {}, cookie=cookie)
    return told.status, told.code


def test_the_first_password_is_random_private_and_gone_once_changed(front: Front) -> None:
    hall = front.server.hall
    path = hall.settings.data / "first-password.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    account, password = first(front)
    assert (account, len(password)) == ("admin", 19)
    keeper = FirstAccount(hall.database, hall.settings.data)
    keeper.make()
    keeper.tick()
    assert first(front) == (account, password)
    for default in ("admin", "password", "123456", PASSWORD):
        assert front.sign_in(account, default).code == "wrong_password"
    cookie = front.sign_in(account, password).cookie
    refused = front.ask("account.create", cookie=cookie, account="security", roles=["security"])
    assert refused.code == "must_change_password"
    same = front.ask("account.password", cookie=cookie, old=password, new=password)
    assert (same.code, same.body["field"]) == ("password_weak", "$.new")
    front.must("account.password", cookie=cookie, old=password, new=PASSWORD)
    keeper.tick()
    assert not path.exists()
    assert front.sign_in(account, password).code == "wrong_password"
    assert front.sign_in(account).status == 200


def test_the_system_administrator_makes_the_two_others_and_no_one_else(front: Front) -> None:
    cookie = front.enter(*first(front))

    def create(by: str, account: str, *roles: str) -> str:
        return front.ask("account.create", cookie=by, account=account, roles=list(roles)).code

    assert create(cookie, "li", "clerk") == "separate_first"
    assert create(cookie, "li", "security", "auditor") == "roles_exclude"
    assert create(cookie, "li", "kiosk") == "role_not_for_people"
    assert create(cookie, "li") == "malformed"
    made = front.must("account.create", cookie=cookie, account="sec", roles=["security"])
    assert create(cookie, "sec-2", "security") == "separate_first"
    assert create(cookie, "aud", "auditor") == ""
    assert create(cookie, "li", "clerk") == "forbidden"
    assert create(cookie, "aud-2", "auditor") == "forbidden"
    security = front.enter("sec", made["password"])
    assert create(security, "li", "clerk", "supervisor") == ""
    assert create(security, "li", "clerk") == "account_exists"
    assert create(security, "both", "auditor", "administrator") == "roles_exclude"
    listed = front.send("account.list", {}, cookie=security).body["accounts"]
    assert {row["account"]: row["roles"] for row in listed} == {
        "admin": ["administrator"],
        "aud": ["auditor"],
        "li": ["clerk", "supervisor"],
        "sec": ["security"],
    }


def test_the_last_of_a_separated_role_stays_and_nobody_changes_themselves(front: Front) -> None:
    cookies = front.administrators()

    def change(account: str, roles: list[str], *, enabled: bool = True) -> str:
        return front.ask(
            "account.change",
            cookie=cookies["security"],
            account=account,
            roles=roles,
            enabled=enabled,
        ).code

    assert change("auditor", ["clerk"]) == "last_of_role"
    assert change("auditor", ["auditor"], enabled=False) == "last_of_role"
    assert change("admin", ["security"]) == "last_of_role"
    assert change("security", ["administrator"]) == "own_account"
    assert change("nobody", ["clerk"]) == "account_unknown"
    front.must("account.create", cookie=cookies["security"], account="aud-2", roles=["auditor"])
    assert change("auditor", ["clerk"]) == ""


def test_ten_wrong_passwords_at_once_are_five_and_a_lock(front: Front, hall: Any) -> None:
    cookies, cookie = clerk(front)
    with ThreadPoolExecutor(10) as burglars:
        codes = list(
            burglars.map(lambda _: front.sign_in("clerk-1", "Wrong-pass1").code, range(10))
        )
    assert codes.count("wrong_password") == LOCK_AFTER_FAILURES
    assert codes.count("account_locked") == 10 - LOCK_AFTER_FAILURES
    locked = front.sign_in("clerk-1")
    assert (locked.status, locked.code, locked.cookie) == (403, "account_locked", "")
    assert "15" in locked.body["zh"]
    failures = [body for body in hall.bodies() if body["type"] == "account.sign_in_failed"]
    assert [body["locked"] for body in failures] == [False] * 4 + [True]
    assert whoami(front, cookie)[0] == 403  # a session that stood stays: nobody is thrown out so
    hall.clock.advance(LOCK_MS + 1)
    assert front.sign_in("clerk-1").status == 200
    assert cookies


def test_guessing_the_old_password_on_a_page_left_open_locks_too(front: Front) -> None:
    _, cookie = clerk(front)

    def guess() -> str:
        return front.ask("account.password", cookie=cookie, old="Guess-1", new="New-word-1").code

    codes = [guess() for _ in range(6)]
    assert codes == ["wrong_password"] * 5 + ["account_locked"]
    assert front.sign_in("clerk-1").code == "account_locked"


def test_an_unknown_account_costs_as_much_and_says_the_same(
    front: Front, hall: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    front.administrators()
    verified: list[str | None] = []
    right = passwords.password_is

    def counted(password: str, stored: str | None) -> bool:
        verified.append(stored)
        return right(password, stored)

    monkeypatch.setattr(passwords, "password_is", counted)
    known, unknown = front.sign_in("admin", "Wrong-1"), front.sign_in("nobody", "Wrong-1")
    assert (known.status, known.body) == (unknown.status, unknown.body)
    assert [bool(stored) for stored in verified] == [True, False]
    named = [body["account"] for body in hall.bodies() if body["type"] == "account.sign_in_failed"]
    assert named == ["admin", ""]  # what was typed may be a password: it is not kept


def test_a_session_ends_when_left_alone(front: Front, hall: Any) -> None:
    cookies = front.administrators()
    for _ in range(3):
        hall.clock.advance(IDLE_MS - MINUTE_MS)
        front.server.hall._askers.clear()  # as two real seconds do
        assert whoami(front, cookies["security"])[0] == 200
    hall.clock.advance(IDLE_MS + MINUTE_MS)
    front.server.hall._askers.clear()
    assert whoami(front, cookies["security"]) == NO_SESSION


def test_sessions_end_at_once(front: Front) -> None:
    cookies, cookie = clerk(front)
    again = front.sign_in("clerk-1").cookie
    assert whoami(front, cookie) == whoami(front, again) == (403, "forbidden")
    front.must("account.sign_out", cookie=cookie)
    assert whoami(front, cookie) == NO_SESSION
    assert whoami(front, again) == (403, "forbidden")

    security = cookies["security"]
    front.must("account.change", cookie=security, account="clerk-1", roles=["supervisor"])
    assert whoami(front, again) == NO_SESSION
    third = front.sign_in("clerk-1").cookie
    own = front.ask("account.reset", cookie=security, account="security")
    assert (own.code, whoami(front, security)) == ("own_account", (200, ""))
    made = front.must("account.reset", cookie=security, account="clerk-1")
    assert whoami(front, third) == NO_SESSION
    assert front.sign_in("clerk-1").code == "wrong_password"
    fourth = front.enter("clerk-1", made["password"])
    fifth = front.sign_in("clerk-1").cookie
    front.must("account.password", cookie=fifth, old=PASSWORD, new="Other-word-1")
    assert whoami(front, fourth) == NO_SESSION
    assert whoami(front, fifth) == (403, "forbidden")
    front.must("account.change", cookie=security, account="clerk-1", roles=["clerk"], enabled=False)
    assert whoami(front, fifth) == NO_SESSION
    assert front.sign_in("clerk-1", "Other-word-1").code == "wrong_password"


def test_signing_in_again_leaves_no_second_session(front: Front) -> None:
    _, cookie = clerk(front)
    told = front.ask("account.sign_in", cookie=cookie, account="clerk-1", password=PASSWORD)
    assert told.status == 200
    assert told.cookie != cookie
    assert whoami(front, cookie) == NO_SESSION


def test_no_secret_stands_anywhere(front: Front, hall: Any) -> None:
    """One-time passwords, passwords, tokens and codes: not in tables, ledger, files."""
    cookies, cookie = clerk(front)
    account, one_time = (
        "two",
        front.must("account.create", cookie=cookies["security"], account="two", roles=["clerk"])[
            "password"
        ],
    )
    same = request_id()
    invited = [
        front.send(
            "station.invite",
            {"request_id": same, "station_id": "kiosk-7", "role": "kiosk"},
            cookie=cookies["administrator"],
        ).body["code"]
        for _ in range(2)
    ]
    assert (bool(invited[0]), invited[1]) == (True, "")
    secrets = [one_time, PASSWORD, invited[0], cookie.partition("=")[2]]
    dump = repr(
        [
            [bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]
            for row in all_rows(front)
        ]
    )
    assert account in dump
    files = [path for path in hall.hall.settings.data.rglob("*") if path.is_file()]
    FirstAccount(hall.hall.database, hall.hall.settings.data).tick()
    for secret in secrets:
        assert secret not in dump
        for path in files:
            assert not path.exists() or secret.encode() not in path.read_bytes(), path


def test_a_changed_password_leaves_no_quick_hash(front: Front, hall: Any) -> None:
    """The same request repeated has its first answer, though the passwords are not printed."""
    cookies, _ = clerk(front)
    cookie = front.sign_in("clerk-1").cookie
    ask = {"request_id": request_id(), "old": PASSWORD, "new": "Newer-word-1"}
    answers = [front.send("account.password", ask, cookie=cookie) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].body == answers[1].body
    ask["new"] = "Something-else-1"
    assert front.send("account.password", ask, cookie=cookie).body == answers[0].body
    assert front.sign_in("clerk-1", "Newer-word-1").status == 200
    assert cookies


def test_old_answers_and_dead_sessions_are_swept(front: Front, hall: Any) -> None:
    front.administrators()
    hall.clock.advance(7 * 24 * 60 * MINUTE_MS + MINUTE_MS)
    front.sign_in("admin")
    front.ask("station.enrol", station_id="x", code="y", public_key="0" * 64)
    hall.hall.database.write(forget)
    with hall.hall.database.reading() as reading:
        kept = reading.connection.execute(answered.select()).all()
        sessions = reading.connection.execute(session.select()).all()
    assert len(kept) == len(sessions) == 1


def all_rows(front: Front) -> list[Any]:
    from hall_server.database import metadata

    with front.server.hall.database.reading() as reading:
        return [
            row
            for table in metadata.sorted_tables
            for row in reading.connection.execute(table.select())
        ]
