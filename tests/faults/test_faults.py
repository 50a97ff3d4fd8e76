"""Faults of every kind at a running hall, and what it has to do then; one test each."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import socketio
from crowd import Client, Crowd, moved
from judge import kinds, standing
from running_hall import PASSWORD, request_id

from hall_server.contract.version import VERSION

AT_ONCE = 100
ITEM = "item-a"
WINDOW = "window-1"


@pytest.fixture(scope="module")
def open_hall(prepared: Crowd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """One hall for all faults that leave it running."""
    crowd = moved(prepared, tmp_path_factory.mktemp("faults"))
    crowd.hall.start()
    yield crowd
    crowd.hall.stop()
    for client in (*crowd.kiosks, *crowd.clerks):
        client.hang_up()


@contextmanager
def dying(crowd: Crowd, place: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a hall that is killed at a place of its eighth transaction."""
    crowd.hall.environment["HALL_FAILPOINT"] = f"{place}:kill:8"
    process = crowd.hall.spawn()
    crowd.hall.environment.pop("HALL_FAILPOINT")
    assert crowd.hall.wait_until_ready()
    yield process


def take(client: Client, ident: str, item: str = ITEM) -> tuple[int, dict[str, Any]]:
    """One try to take a ticket under a request id of the caller's."""
    token = client.headers["Authorization"].removeprefix("Bearer ")
    status, told, _ = client.hall.send(
        "ticket.take", {"request_id": ident, "item_id": item}, token=token
    )
    return status, told


def cookie(client: Client) -> str:
    return client.headers["Cookie"]


def test_1_the_same_request_a_hundred_times_at_once_is_one_ticket(open_hall: Crowd) -> None:
    ident = request_id()
    with ThreadPoolExecutor(20) as hands:
        told = list(hands.map(lambda _: take(open_hall.kiosks[0], ident), range(AT_ONCE)))
    assert [status for status, _ in told] == [200] * AT_ONCE
    assert {str(answer) for _, answer in told} == {str(told[0][1])}
    labels = list(standing(open_hall.hall.data).tickets.values())
    assert labels.count(told[0][1]["label"]) == 1


def test_2_the_same_id_with_another_body_is_refused_and_changes_nothing(open_hall: Crowd) -> None:
    ident = request_id()
    kiosk = open_hall.kiosks[0]
    status, first = take(kiosk, ident)
    before = standing(open_hall.hall.data).tickets
    refused = take(kiosk, ident, "item-b")
    assert (status, refused[0], refused[1]["code"]) == (200, 409, "request_id_reused")
    assert standing(open_hall.hall.data).tickets == before
    assert take(kiosk, ident) == (200, first)


@pytest.mark.parametrize("place", ["before_commit", "after_commit"])
def test_3_4_killed_before_or_after_the_commit_the_retry_gets_one_number_without_a_gap(
    prepared: Crowd, tmp_path: Path, place: str
) -> None:
    crowd = moved(prepared, tmp_path)
    kiosk = crowd.kiosks[0]
    with dying(crowd, place) as process:
        acknowledged = []
        ident = request_id()
        try:
            while True:
                acknowledged.append(take(kiosk, ident)[1])
                ident = request_id()
        except OSError:
            process.wait(30)
    stood = standing(crowd.hall.data)
    crowd.hall.start()
    _, told = take(kiosk, ident)
    _, following = take(kiosk, request_id())
    crowd.hall.stop()
    assert len(stood.tickets) == len(acknowledged) + (place == "after_commit")
    if place == "after_commit":
        assert stood.tickets[told["ticket_id"]] == told["label"]
    numbers = [int(one["label"][1:]) for one in [*acknowledged, told, following]]
    assert numbers == list(range(1, len(numbers) + 1))


def test_9_two_clerks_press_at_once_and_get_two_citizens_or_one_and_nobody(
    open_hall: Crowd,
) -> None:
    for _ in range(10):
        open_hall.take(open_hall.kiosks[0], ITEM)
    with ThreadPoolExecutor(2) as hands:
        for _ in range(20):
            called = list(
                hands.map(
                    lambda n: open_hall.serve(open_hall.clerks[n], open_hall.windows[n]), (0, 1)
                )
            )
            labels = [one.answer["label"] for one in called if not one.refused]
            assert len(labels) == len(set(labels))
            assert {one.refused for one in called} <= {"", "nobody_waiting"}
    assert calls_twice(open_hall) == []


def calls_twice(crowd: Crowd) -> list[str]:
    """Calls told twice or to two."""
    legs = [leg for leg, _ in standing(crowd.hall.data).calls]
    return [f"leg {leg} called twice" for leg in set(legs) if legs.count(leg) > 1]


def test_10_a_double_click_is_one_call(open_hall: Crowd) -> None:
    for _ in range(2):
        open_hall.take(open_hall.kiosks[0], ITEM)
    clerk = cookie(open_hall.clerks[0])
    before = len(standing(open_hall.hall.data).calls)

    def press(_: int) -> tuple[int, dict[str, Any]]:
        ask = {"request_id": request_id(), "window_id": WINDOW}
        return open_hall.hall.send("ticket.call_next", ask, cookie=clerk)[:2]

    with ThreadPoolExecutor(2) as hands:
        told = sorted(hands.map(press, range(2)), key=lambda pair: pair[0])
    assert [status for status, _ in told] == [200, 409]
    assert told[1][1]["code"] == "window_busy"
    assert len(standing(open_hall.hall.data).calls) == before + 1
    for act in ("ticket.start", "ticket.finish"):
        open_hall.hall.must(act, {"leg_id": told[0][1]["leg_id"]}, cookie=clerk)


def test_11_a_stale_recall_is_refused_and_nothing_is_recorded(open_hall: Crowd) -> None:
    open_hall.take(open_hall.kiosks[0], ITEM)
    served = open_hall.serve(open_hall.clerks[0], WINDOW)
    head = open_hall.hall.read("ledger.checkpoint")
    ask = {"request_id": request_id(), "leg_id": served.answer["leg_id"]}
    status, told, _ = open_hall.hall.send("ticket.recall", ask, cookie=cookie(open_hall.clerks[0]))
    assert (status, told["code"], bool(head)) == (409, "wrong_state", True)
    assert "ticket.recalled" not in kinds(open_hall.hall)


def test_27_whoever_may_not_gets_nothing(open_hall: Crowd) -> None:
    hall = open_hall.hall
    kiosk = open_hall.kiosks[0].headers["Authorization"].removeprefix("Bearer ")
    revoked, _ = hall.station("kiosk-9", "kiosk", open_hall.people.administrator, hall.data.parent)
    ask = {"station_id": "kiosk-9"}
    hall.must("station.revoke", ask, cookie=open_hall.people.administrator)
    strangers: list[tuple[dict[str, object], dict[str, str]]] = [
        ({"token": kiosk, "version": VERSION}, {"Origin": "https://evil.example"}),
        ({"version": VERSION}, {}),
        ({"token": revoked, "version": VERSION}, {}),
    ]
    for auth, headers in strangers:
        heard: list[object] = []
        stranger = socketio.Client(reconnection=False)
        for name in ("push", "snapshot"):
            stranger.on(name, heard.append)
        with pytest.raises(socketio.exceptions.ConnectionError):
            stranger.connect(hall.url, headers, auth, ["websocket"])
        stranger.disconnect()
        assert heard == []
    status, told, _ = hall.send(
        "ticket.call_next", {"request_id": request_id(), "window_id": WINDOW}, token=kiosk
    )
    assert (status, told["code"]) == (403, "forbidden")
    told_by_log = (hall.data / "server.log").read_text("utf-8")
    for line in (
        "https://evil.example is not an accepted origin",
        "a connection refused to public at 127.0.0.1: not_signed_in",
        "ticket.call_next refused to station:kiosk-1 at 127.0.0.1: forbidden",
    ):
        assert line in told_by_log, line


def test_30_ten_wrong_passwords_at_once_lock_and_ended_sessions_are_worth_nothing(
    open_hall: Crowd,
) -> None:
    hall, people = open_hall.hall, open_hall.people

    def sign_in(password: str) -> tuple[int, str]:
        ask = {"request_id": request_id(), "account": "staff-04", "password": password}
        status, told, _ = hall.send("account.sign_in", ask)
        return status, str(told.get("code", ""))

    with ThreadPoolExecutor(10) as hands:
        told = [code for _, code in hands.map(sign_in, ["wrong"] * 10)]
    assert sorted(told) == ["account_locked"] * 5 + ["wrong_password"] * 5
    assert sign_in(PASSWORD)[1] == "account_locked"
    signed_in = hall.sign_in("staff-03", PASSWORD)
    hall.must("account.sign_out", cookie=signed_in)
    other = hall.sign_in("staff-03", PASSWORD)
    change = {"account": "staff-03", "roles": ["clerk"], "staff_id": "staff-03", "enabled": True}
    hall.must("account.change", change, cookie=people.security)
    for ended in (signed_in, other):
        ask = {"request_id": request_id(), "window_id": WINDOW}
        status, answer, _ = hall.send("ticket.call_next", ask, cookie=ended)
        assert (status, answer["code"]) == (401, "not_signed_in")
