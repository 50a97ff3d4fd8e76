"""Exports of recordings: two people, a monitor that may repeat itself, and a time that ends."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest

from hall_server.audience import Audience, view
from hall_server.contract.admission import ADMITTED_MS, admission_of
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.exports import ExportList, ExportOrders, ExportState
from hall_server.contract.messages.ledger import CheckpointRead
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import ASKS
from hall_server.supervision import rules_exports as rules

HASH = "ab" * 32
MADE = {"sha256": HASH, "file_sha256": "cd" * 32, "bytes": 1_000, "gaps": 0}


class Desk:
    """A hall, two who oversee, a clerk and a monitor."""

    def __init__(self, hall: Any) -> None:
        self.hall = hall
        self.boss = hall.person("boss", Role.SUPERVISOR, staff_id="staff-09")
        self.auditor = hall.person("shen", Role.AUDITOR)
        self.clerk = hall.person("li", Role.CLERK, staff_id="staff-01")
        self.monitor = hall.station("monitor-1", Role.MONITOR)

    def ask(self, name: str, asker: Any, **fields: Any) -> Any:
        body = {"request_id": self.hall.request_id(), **fields}
        return self.hall.ask(name, asker, msgspec.convert(body, ASKS[name].ask))

    def refused(self, name: str, asker: Any, **fields: Any) -> str:
        before = len(self.hall.bodies())
        with pytest.raises(Refusal) as refused:
            self.ask(name, asker, **fields)
        assert len(self.hall.bodies()) == before
        return refused.value.code

    def wish(self, **changed: Any) -> dict[str, Any]:
        now_ms = self.hall.clock.now_ms()
        return {
            "window_id": "window-1",
            "begins_at": now_ms - 600_000,
            "ends_at": now_ms - 60_000,
            "purpose": "complaint",
            "copy": "plain",
            "note": "群众投诉，核实当时情况",
            **changed,
        }

    def asked(self, **changed: Any) -> int:
        return int(self.ask("export.ask", self.auditor, **self.wish(**changed)).export_id)

    def approved(self) -> int:
        export_id = self.asked()
        self.ask("export.approve", self.boss, export_id=export_id, note="同意")
        return export_id

    def made(self) -> int:
        export_id = self.approved()
        self.ask("export.report", self.monitor, export_id=export_id, permille=100)
        self.ask("export.make", self.monitor, export_id=export_id, **MADE)
        return export_id

    def one(self, export_id: int) -> Any:
        listed = self.hall.read("export.list", self.boss, ExportList()).exports
        return next(one for one in listed if one.export_id == export_id)

    def orders(self, station: Any = None) -> Any:
        return self.hall.read("export.orders", station or self.monitor, ExportOrders())

    def kinds(self) -> list[str]:
        return [
            one["type"]
            for one in self.hall.bodies()
            if one["type"].startswith(("export.", "recording."))
        ]

    def key(self) -> str:
        hall = self.hall.hall
        hall.database.write(lambda tx: hall.ledger.sign_checkpoint(tx.connection, tx.now_ms))
        return str(self.hall.read("ledger.checkpoint", self.boss, CheckpointRead()).verifier_key)


@pytest.fixture
def desk(hall: Any) -> Desk:
    return Desk(hall)


def test_from_asking_to_expiring_every_step_stands_in_the_ledger(desk: Desk) -> None:
    export_id = desk.asked()
    assert desk.orders().to_make == []
    desk.ask("export.approve", desk.boss, export_id=export_id, note="情况属实")
    (order,) = desk.orders().to_make
    bodies = [msgspec.json.decode(text) for text in (order.asked_body, order.decided_body)]
    assert [one["type"] for one in bodies] == ["export.asked", "export.approved"]
    assert [one["actor"] for one in bodies] == ["staff:shen", "staff:boss"]
    desk.ask("export.report", desk.monitor, export_id=export_id, permille=450)
    assert desk.one(export_id).permille == 450
    desk.ask("export.make", desk.monitor, export_id=export_id, **MADE)
    assert desk.orders().to_make == []
    assert desk.orders().to_keep == [export_id]
    answer = desk.ask("export.download", desk.auditor, export_id=export_id)
    admission = admission_of(answer.token, desk.key(), desk.hall.clock.now_ms())
    assert (admission.export_id, admission.account) == (export_id, "shen")
    assert (admission.camera_ids, admission.is_live) == ([], False)
    assert admission.expires_at - desk.hall.clock.now_ms() == ADMITTED_MS
    assert desk.one(export_id).downloads == 1
    desk.hall.clock.advance(rules.OPEN_FOR_MS)
    assert desk.orders().to_expire == [export_id]
    assert desk.refused("export.download", desk.auditor, export_id=export_id) == "export_lapsed"
    desk.ask("export.expire", desk.monitor, export_id=export_id)
    assert desk.one(export_id).state is ExportState.EXPIRED
    steps = ("asked", "approved", "made", "downloaded", "expired")
    assert desk.kinds() == [f"export.{step}" for step in steps]


def test_nobody_decides_about_their_own_by_no_account(desk: Desk) -> None:
    export_id = int(desk.ask("export.ask", desk.boss, **desk.wish()).export_id)
    other_account = desk.hall.person("boss-2", Role.AUDITOR, staff_id="staff-09")
    for who in (desk.boss, other_account):
        for act in ("export.approve", "export.refuse"):
            told = {"export_id": export_id, "note": "自己审批"}
            assert desk.refused(act, who, **told) == "export_own"
    desk.ask("export.refuse", desk.auditor, export_id=export_id, note="理由不足")
    shown = desk.one(export_id)
    assert (shown.state, shown.decision, shown.decided_by) == ("refused", "理由不足", "shen")
    assert desk.orders().to_make == []


def test_a_request_repeated_is_the_same_export(desk: Desk) -> None:
    body = {"request_id": "request-once", **desk.wish()}
    ask = msgspec.convert(body, ASKS["export.ask"].ask)
    first = desk.hall.ask("export.ask", desk.auditor, ask)
    assert desk.hall.ask("export.ask", desk.auditor, ask) == first
    assert desk.kinds() == ["export.asked"]


def test_a_monitor_says_it_as_often_as_it_likes(desk: Desk) -> None:
    export_id = desk.made()
    desk.ask("export.make", desk.monitor, export_id=export_id, **MADE)
    other = {**MADE, "sha256": "ef" * 32}
    assert desk.refused("export.make", desk.monitor, export_id=export_id, **other) == (
        "export_decided"
    )
    failing = desk.approved()
    for _ in range(2):
        desk.ask("export.fail", desk.monitor, export_id=failing, failure="nothing")
    assert (desk.one(failing).state, desk.one(failing).failure) == ("failed", "nothing")
    desk.hall.clock.advance(rules.OPEN_FOR_MS)
    for _ in range(2):
        desk.ask("export.expire", desk.monitor, export_id=export_id)
    assert [kind for kind in desk.kinds() if kind != "export.asked"] == [
        *("export.approved", "export.made", "export.approved", "export.failed", "export.expired")
    ]


def test_one_monitor_makes_it(desk: Desk) -> None:
    export_id = desk.approved()
    second = desk.hall.station("monitor-2", Role.MONITOR)
    desk.ask("export.report", desk.monitor, export_id=export_id, permille=0)
    assert desk.orders(second).to_make == []
    told = {"export_id": export_id, "permille": 10}
    assert desk.refused("export.report", second, **told) == "export_elsewhere"
    assert desk.refused("export.make", second, export_id=export_id, **MADE) == "export_elsewhere"


def test_only_whoever_asked_fetches_and_only_what_was_made(desk: Desk) -> None:
    waiting = desk.approved()
    assert desk.refused("export.download", desk.auditor, export_id=waiting) == "export_not_made"
    export_id = desk.made()
    assert desk.refused("export.download", desk.boss, export_id=export_id) == "export_not_yours"
    assert desk.refused("export.download", desk.auditor, export_id=9_999) == "export_unknown"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"window_id": ""}, "export_place"),
        ({"camera_id": "camera-1"}, "export_place"),
        ({"window_id": "window-99"}, "window_unknown"),
        ({"note": "请联系 13800138000"}, "note_personal"),
    ],
)
def test_what_is_asked_for_must_be_there(desk: Desk, changed: dict[str, str], code: str) -> None:
    assert desk.refused("export.ask", desk.auditor, **desk.wish(**changed)) == code


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [
        (-1_000, 0, ""),
        (-rules.EXPORT_MOST_MS, 0, ""),
        (-rules.EXPORT_MOST_MS - 1, 0, "export_span"),
        (0, 0, "export_span"),
        (-1, -2, "export_span"),
        (-1_000, 1, "export_span"),
    ],
)
def test_an_export_is_of_a_time_that_is_over(begins: int, ends: int, code: str) -> None:
    now_ms = 10 * rules.EXPORT_MOST_MS
    try:
        rules.check_span(now_ms + begins, now_ms + ends, now_ms)
        found = ""
    except Refusal as refusal:
        found = refusal.code
    assert found == code


@pytest.mark.parametrize(
    ("state", "wanted"),
    [*itertools.product(ExportState, (ExportState.APPROVED, ExportState.REFUSED))],
)
def test_every_state_and_every_decision(state: ExportState, wanted: ExportState) -> None:
    def code(now_ms: int, *, is_own: bool) -> str:
        try:
            rules.check_decision(state, wanted, 100, now_ms, is_own=is_own)
        except Refusal as refusal:
            return refusal.code
        return ""

    may = state is ExportState.ASKED
    assert code(99, is_own=True) == "export_own"
    assert code(99, is_own=False) == ("" if may else "export_decided")
    assert code(100, is_own=False) == ("export_lapsed" if may else "export_decided")


@pytest.mark.parametrize("state", ExportState)
def test_every_state_and_its_end(state: ExportState) -> None:
    def code(now_ms: int) -> str:
        try:
            rules.check_expiry(state, 100, now_ms)
        except Refusal as refusal:
            return refusal.code
        return ""

    ends = state in rules.OPEN
    assert code(99) == ("export_running" if ends else "export_decided")
    assert code(100) == ("" if ends else "export_decided")


def test_an_ask_that_nobody_decides_lapses(desk: Desk) -> None:
    export_id = desk.asked()
    desk.hall.clock.advance(rules.OPEN_FOR_MS)
    told = {"export_id": export_id, "note": "同意"}
    assert desk.refused("export.approve", desk.boss, **told) == "export_lapsed"
    assert desk.orders().to_expire == [export_id]
    desk.ask("export.expire", desk.monitor, export_id=export_id)
    assert desk.kinds() == ["export.asked", "export.expired"]


def test_there_is_an_end_to_what_may_be_open(desk: Desk) -> None:
    for _ in range(rules.OPEN_MOST):
        desk.asked()
    assert desk.refused("export.ask", desk.auditor, **desk.wish()) == "export_many"


def test_what_an_export_names_is_held_until_it_is_made(desk: Desk) -> None:
    export_id = desk.asked()
    (held,) = desk.orders().holds
    wish = desk.wish()
    assert (held.hold_id, held.window_id) == (export_id, "window-1")
    assert (held.begins_at, held.ends_at) == (wish["begins_at"], wish["ends_at"])
    desk.ask("export.approve", desk.boss, export_id=export_id, note="同意")
    assert len(desk.orders().holds) == 1
    desk.ask("export.make", desk.monitor, export_id=export_id, **MADE)
    assert desk.orders().holds == []


def test_a_hold_is_placed_and_lifted_with_a_reason(desk: Desk) -> None:
    now_ms = desk.hall.clock.now_ms()
    span = {"begins_at": now_ms - 60_000, "ends_at": now_ms, "until": now_ms + rules.DAY_MS}
    wish = {"camera_id": "camera-1", **span}
    hold_id = desk.ask("recording.hold", desk.boss, **wish, note="诉讼保全").hold_id
    (held,) = desk.orders().holds
    assert (held.hold_id, held.made_by, held.note) == (hold_id, "boss", "诉讼保全")
    assert desk.hall.read("export.list", desk.auditor, ExportList()).holds == [held]
    lift = {"hold_id": hold_id, "note": "案件已结"}
    desk.ask("recording.lift", desk.auditor, **lift)
    assert desk.orders().holds == []
    assert desk.refused("recording.lift", desk.auditor, **lift) == "hold_unknown"
    assert desk.kinds() == ["recording.held", "recording.lifted"]
    desk.ask("recording.hold", desk.boss, **wish, note="再次保全")
    desk.hall.clock.advance(rules.DAY_MS)
    assert desk.orders().holds == [], "its time is over"


@pytest.mark.parametrize(
    ("days", "until_days", "code"),
    [(1, 30, ""), (31, 366, ""), (32, 30, "hold_span"), (0, 1, "hold_span"), (1, 0, "hold_span")],
)
def test_a_hold_is_neither_of_everything_nor_for_ever(
    days: int, until_days: int, code: str
) -> None:
    now_ms = 100 * rules.DAY_MS
    ends, until = now_ms, now_ms + until_days * rules.DAY_MS
    try:
        rules.check_hold(ends - days * rules.DAY_MS, ends, until, now_ms)
        found = ""
    except Refusal as refusal:
        found = refusal.code
    assert found == code


def test_a_monitor_tells_what_is_gone(desk: Desk) -> None:
    told = {
        "camera_id": "camera-1",
        "day": "2026-10-20",
        "cause": "retention",
        "begins_at": 1,
        "ends_at": 2,
        "files": 480,
        "bytes": 9,
        "left": 0,
        "first_place": 5,
        "last_place": 484,
        "sha256": HASH,
    }
    desk.ask("recording.forget", desk.monitor, **told)
    (body,) = [one for one in desk.hall.bodies() if one["type"] == "recording.forgotten"]
    assert {name: body[name] for name in told} == told
    assert body["station_id"] == "monitor-1"
    assert view(body, Audience.STAFF) is None, "read by auditors, pushed to nobody"


def test_staff_hear_only_that_there_is_one_and_others_nothing(desk: Desk) -> None:
    export_id = desk.asked()
    (body,) = [one for one in desk.hall.bodies() if one["type"] == "export.asked"]
    heard = view(body, Audience.STAFF)
    assert heard is not None
    assert {name for name, value in heard.items() if value} == {"type", "seq", "at", "export_id"}
    assert heard["export_id"] == export_id
    assert view(body, Audience.STATION) is None
    assert view(body, Audience.PUBLIC) is None
