"""The npm socket.io-client, and OpenCV's reader of codes, against a whole running hall."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest
import segno
from running_hall import ROOT, RunningHall, free_port, request_id
from whole_hall import WholeHall, built_pages, eventually, whole_hall

from hall_server.contract.version import VERSION

WITHIN_S = 30.0
ITEM = "land-registration"
CODE_SCALE = 6


@dataclass
class Client:
    """One Node process with one socket."""

    process: subprocess.Popen[bytes]
    heard: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)

    def order(self, what: str, **more: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode({"do": what, **more}) + b"\n")
        self.process.stdin.flush()

    def expect(self, kind: str) -> dict[str, Any]:
        """The next thing of this kind; others are passed over."""
        while True:
            told = self.heard.get(timeout=WITHIN_S)
            if told["is"] == kind:
                return told

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.heard.put(msgspec.json.decode(line))


@pytest.fixture
def client(node: str) -> Iterator[Client]:
    if not (ROOT / "node_modules" / "socket.io-client").is_dir():
        pytest.skip("socket.io-client is not installed: run `./hall test`, which brings it")
    with subprocess.Popen(
        [node, str(Path(__file__).with_name("socketio_client.mjs"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        started = Client(process)
        reader = threading.Thread(target=started.read, daemon=True)
        reader.start()
        yield started
        process.kill()
        reader.join(WITHIN_S)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    running = RunningHall(
        tmp_path_factory.mktemp("hall"), free_port(), ["--simulated-devices-from", "9"]
    )
    yield running.start()
    running.stop()


@pytest.fixture(scope="module")
def tokens(hall: RunningHall, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A kiosk's token, and that of its pages."""
    administrator = hall.people([]).administrator
    return hall.station("kiosk-1", "kiosk", administrator, tmp_path_factory.mktemp("kiosk"))


def take(hall: RunningHall, token: str) -> int:
    return int(hall.must("ticket.take", {"item_id": ITEM}, token=token)["seq"])


def test_a_stranger_is_told_why(hall: RunningHall, client: Client) -> None:
    client.order("open", url=hall.url, auth={"version": VERSION})
    refused = client.expect("refused")
    assert refused["message"] == "not_signed_in"
    assert refused["data"]["code"] == "not_signed_in"
    assert refused["data"]["zh"]
    assert refused["data"]["en"]


def test_a_page_too_old_is_told_so(
    hall: RunningHall, client: Client, tokens: tuple[str, str]
) -> None:
    client.order("open", url=hall.url, auth={"token": tokens[1], "version": "0.0.1"})
    assert client.expect("refused")["data"]["code"] == "too_old"


def test_a_page_sees_all_in_order_and_loses_nothing_over_a_cut(
    hall: RunningHall, client: Client, tokens: tuple[str, str]
) -> None:
    station, page = tokens
    client.order("open", url=hall.url, auth={"token": page, "version": VERSION})
    snapshot = client.expect("snapshot")
    assert snapshot["windows"]
    place = snapshot["seq"]
    before = [take(hall, station) for _ in range(3)]
    seen, place = follow(client, place, before[-1])
    client.order("cut")
    assert client.expect("cut")["reason"]
    after = [take(hall, station) for _ in range(3)]
    client.expect("connected")
    more, place = follow(client, place, after[-1])
    taken = [seq for seq, kind in seen + more if kind == "ticket.taken"]
    assert taken == before + after


def follow(client: Client, place: int, until: int) -> tuple[list[tuple[int, str]], int]:
    """All events up to this one. A push may tell again what is known, but never skip anything."""
    seen: list[tuple[int, str]] = []
    while place < until:
        push = client.expect("push")
        assert push["since"] <= place, "a gap"
        seqs = [event["seq"] for event in push["events"]]
        assert seqs == sorted(set(seqs))
        assert all(push["since"] < seq <= push["upto"] for seq in seqs)
        seen += [(event["seq"], event["type"]) for event in push["events"] if event["seq"] > place]
        place = max(place, push["upto"])
    return seen, place


def test_a_page_of_the_public_may_ask_for_nothing(
    hall: RunningHall, client: Client, tokens: tuple[str, str]
) -> None:
    client.order("open", url=hall.url, auth={"token": tokens[1], "version": VERSION})
    client.expect("snapshot")
    body = {"request_id": request_id(), "window_id": "window-1"}
    client.order("ask", name="ticket.call_next", body=body)
    reply = client.expect("reply")["reply"]
    assert (reply["ok"], reply["refused"]["code"]) == (False, "forbidden")


@pytest.fixture(scope="module")
def whole(node: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHall]:
    built_pages()
    with whole_hall(tmp_path_factory.mktemp("whole")) as started:
        yield started


def test_the_code_on_real_paper_is_read_and_its_promise_verified(whole: WholeHall) -> None:
    """What the printer was sent as a code, drawn and read back by a camera's eye."""
    label = whole.take(ITEM)["label"]
    link = eventually(lambda: code_on(whole, label), "the paper with its code")
    read = read_code(link)
    assert read == link
    assert read.startswith(f"{whole.hall.url}/t/")
    assert whole.hall.get(read.removeprefix(whole.hall.url).partition("#")[0])[0] == 200

    eventually(lambda: whole.hall.send("ledger.checkpoint", {})[0] == 200, "a checkpoint", 90)
    key = whole.hall.read("ledger.checkpoint")["verifier_key"]
    assert judged(read, key) == 0
    promise = read.partition("#")[2]
    other = "A" if promise[-20] != "A" else "B"
    assert judged(f"{promise[:-20]}{other}{promise[-19:]}", key) == 1


def code_on(whole: WholeHall, label: str) -> str:
    for marks in whole.papers():
        if any(mark.get("text", "").strip() == label for mark in marks):
            return next(str(mark["text"]) for mark in marks if mark["kind"] == "qr")
    return ""


def read_code(payload: str) -> str:
    """Drawn as the printer draws it (model 2, its level), grey and slightly blurred as on paper."""
    drawn = np.array([list(row) for row in segno.make_qr(payload, error="m").matrix], np.uint8)
    dots = np.kron(np.pad(1 - drawn, 4, constant_values=1), np.ones((CODE_SCALE, CODE_SCALE)))
    paper = cv2.GaussianBlur((dots * 200 + 30).astype(np.uint8), (3, 3), 0)
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(paper)
    return str(text)


def judged(receipt: str, key: str) -> int:
    """The auditor's own program: 0 true, 1 forged."""
    words = [sys.executable, "-I", "hall-verify", "receipt", receipt, "--key", key]
    return subprocess.run(words, cwd=ROOT, check=False, timeout=60, capture_output=True).returncode
