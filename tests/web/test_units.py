"""The pages' own logic under vitest, and their picture of the hall against the hall's own."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import msgspec
import pytest
from running_hall import People, RunningHall, free_port

ROOT = Path(__file__).resolve().parents[2]
VITEST = ROOT / "node_modules/vitest/vitest.mjs"
CLERKS = ["staff-01", "staff-02"]
RATE = 20
"""The hall's clock runs so much faster: a citizen's way to the window takes a second."""
NINE_O_CLOCK = 1_795_482_000_000
LIMIT_S = 240
Ask = Callable[..., dict[str, Any]]


def vitest(node: str, *arguments: str, **environment: str) -> None:
    if not VITEST.is_file():
        pytest.skip("node_modules is not there: ./hall test brings it")
    done = subprocess.run(
        [node, str(VITEST), "run", *arguments],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_pages_own_logic(node: str) -> None:
    vitest(node)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RunningHall]:
    clock = ["--clock-start", str(NINE_O_CLOCK), "--clock-rate", str(RATE)]
    running = RunningHall(
        tmp_path / "hall",
        free_port(),
        [*clock, "--no-limits", "--simulated-devices-from", str(free_port())],
    )
    try:
        yield running.start()
    finally:
        running.stop()


def test_a_page_that_heard_every_event_sees_what_the_hall_sees(
    node: str, hall: RunningHall, tmp_path: Path
) -> None:
    people = hall.people(CLERKS)
    before = picture_of_open_day(hall, people)
    a_morning(hall, people)
    after = hall.read("hall.snapshot", cookie=people.supervisor)
    events: list[dict[str, Any]] = []
    place = before["seq"]
    while place < after["seq"]:
        page = hall.read("events.read", cookie=people.supervisor, after=place, limit=500)
        events += [event for event in page["events"] if event["seq"] <= after["seq"]]
        place = page["upto"]
    recording = tmp_path / "recording.json"
    recording.write_bytes(msgspec.json.encode({"before": before, "events": events, "after": after}))
    vitest(node, "tests/web/shared/recorded.test.ts", HALL_RECORDING=str(recording))


def picture_of_open_day(hall: RunningHall, people: People) -> dict[str, Any]:
    """The hall opens its day by itself, a moment after it has started."""
    deadline_s = monotonic() + LIMIT_S
    while monotonic() < deadline_s:
        picture = hall.read("hall.snapshot", cookie=people.supervisor)
        if picture["day"]:
            return picture
        sleep(0.1)
    pytest.fail("the hall did not open its day")


def asking(hall: RunningHall, cookie: str) -> Ask:
    """A clerk's hands."""

    def ask(name: str, **body: object) -> dict[str, Any]:
        return hall.must(name, dict(body), cookie=cookie)

    return ask


def until_accepted(hall: RunningHall, cookie: str, name: str, **body: object) -> None:
    """Ask until the citizen has had the time to walk that the hall's rules give."""
    deadline_s = monotonic() + LIMIT_S
    while monotonic() < deadline_s:
        status, answer, _ = hall.send(
            name,
            {"request_id": f"again-{monotonic():.9f}".replace(".", "-"), **body},
            cookie=cookie,
        )
        if status == 200:
            return
        assert answer["code"] in {"recall_too_soon", "miss_too_soon"}, answer
        sleep(0.1)
    pytest.fail(f"{name} was never accepted")


def a_morning(hall: RunningHall, people: People) -> None:
    """Every act that moves a leg or a window, each at least once."""
    facts = hall.read("facts.read", cookie=people.supervisor)["facts"]
    items = [item["id"] for item in facts["items"] if item["queue"] == "general"]
    priority = next(fact["id"] for fact in facts["priorities"] if fact["kiosk"])
    reason = {kind["kind"]: kind["id"] for kind in facts["reasons"]}
    li, wang = (asking(hall, people.clerks[clerk]) for clerk in CLERKS)
    li("window.open", window_id="window-1")
    wang("window.open", window_id="window-2")
    for item in items[:8]:
        li("ticket.take", item_id=item)
    late = li("ticket.take", item_id=items[0], priority_id=priority)
    li("ticket.add_item", ticket_id=late["ticket_id"], item_id=items[1])
    li("ticket.move_back", leg_id=late["leg_id"], places=2)

    missed = li("ticket.call_next", window_id="window-1")["leg_id"]
    until_accepted(hall, people.clerks["staff-01"], "ticket.recall", leg_id=missed)
    until_accepted(hall, people.clerks["staff-01"], "ticket.miss", leg_id=missed)
    li("ticket.bring_back", leg_id=missed)

    held = li("ticket.call_next", window_id="window-1")["leg_id"]
    li("ticket.start", leg_id=held)
    li("ticket.hold", leg_id=held, reason_id=reason["hold"], note="去复印")
    sent = li("ticket.call_next", window_id="window-1")["leg_id"]
    li("ticket.start", leg_id=sent)
    onward = li(
        "ticket.transfer", leg_id=sent, window_id="window-2", place="first", return_after=True
    )
    assert wang("ticket.call_next", window_id="window-2")["leg_id"] == onward["leg_id"]
    wang("ticket.start", leg_id=onward["leg_id"])
    wang("ticket.finish", leg_id=onward["leg_id"], note="转回")
    back = li("ticket.call_next", window_id="window-1")["leg_id"]
    li("ticket.transfer", leg_id=back, queue_id="complaints", place="last")
    li("ticket.resume", leg_id=held, window_id="window-1")
    li("ticket.finish", leg_id=held, outcome_id=reason["outcome"])

    legs = hall.read("hall.snapshot", cookie=people.supervisor)["legs"]
    waiting = [leg for leg in legs if (leg["state"], leg["queue_id"]) == ("waiting", "general")]
    last = waiting[-1]
    wang("window.pause", window_id="window-2", reason_id=reason["pause"])
    wang("window.resume", window_id="window-2")
    wang("ticket.serve_direct", window_id="window-2", item_id=items[3])
    li("ticket.call", window_id="window-1", leg_id=last["leg_id"], reason_id=reason["choose"])
    li("ticket.start", leg_id=last["leg_id"])
    li("ticket.hold", leg_id=last["leg_id"], reason_id=reason["hold"])
    li("ticket.resume", leg_id=last["leg_id"], to_queue=True)
    li("ticket.cancel", ticket_id=last["ticket_id"], reason_id=reason["cancel"])
    li("window.close", window_id="window-1")
    site = {**facts["site"], "phone": "0883-7654321"}
    asking(hall, people.administrator)(
        "fact.save", kind="site", body=msgspec.json.encode(site).decode()
    )
