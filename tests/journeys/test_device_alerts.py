"""Devices that need somebody: from the cable over the station and the ledger to the supervisor.

Bars are missed only after a minute; meanwhile a citizen leaves a ticket in the printer's mouth: the
citizen is told, so is the supervisor, and the next one waits.
"""

from __future__ import annotations

import re

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect
from running_hall import People
from sights import room, watch
from whole_hall import WholeHall, eventually

pytestmark = pytest.mark.browser
PATIENT_MS = 40_000
OFFLINE_WITHIN_S = 150.0
ITEM = "land-registration"
TAKE_WITHIN_S = 4
LOST = [f"bar-{number}" for number in range(1, 9)]


@pytest.fixture
def with_mouth(whole: WholeHall, people: People) -> str:
    """The kiosk's printer holds its tickets out; the administrator has said so in the facts."""
    administrator = people.administrator
    facts = whole.hall.read("facts.read", cookie=administrator)["facts"]
    printer = next(device for device in facts["devices"] if device["kind"] == "escpos")
    options = {"presenter": "custom", "take_within_s": TAKE_WITHIN_S}
    body = msgspec.json.encode({**printer, "options": options}).decode()
    whole.hall.must("fact.save", {"kind": "devices", "body": body}, cookie=administrator)
    return str(printer["id"])


@pytest.fixture(scope="module", autouse=True)
def lost_bars(whole: WholeHall) -> None:
    """Their cables are pulled before anything else, for it takes a minute until they are missed."""
    for bar in LOST:
        whole.at_printer(device=bar, fault="unplugged", on=True)


def story(whole: WholeHall, kind: str, alert: str) -> list[str]:
    return [one["device_id"] for one in whole.events(kind) if one["alert"] == alert]


def shows(page: Page, text: str, where: str = "body") -> None:
    expect(page.locator(where)).to_contain_text(text, timeout=PATIENT_MS)


def test_a_ticket_left_in_the_mouth_is_drawn_back_and_everybody_is_told(
    whole: WholeHall, browser: Browser, people: People, with_mouth: str
) -> None:
    whole.at_printer(fault="not_taken", on=True)
    with (
        room(browser, 1080, 1920, touch=True) as hall_side,
        room(browser, 1920, 1080, cookie=people.supervisor, of=whole.hall.url) as office,
    ):
        glass = watch(hall_side, f"{whole.kiosk}/", whole.origins)
        page = glass.page
        for target in ("button.tile:has-text('国土资源局')", ".read >> nth=0", "button.take"):
            page.locator(target).tap(timeout=PATIENT_MS)
        expect(page.locator(".stub .label")).to_have_text(re.compile(r"^\w\d{3}$"))
        left = str(page.locator(".stub .label").text_content()).strip()
        expect(page.locator(".paper.retracted")).to_be_visible(timeout=PATIENT_MS)
        shows(page, "号票未取走，已由机器收回")
        glass.picture("journey-ticket-drawn-back")
        assert glass.faults(least_target=88) == {}

        desk = watch(office, f"{whole.monitor}/?lang=zh", whole.origins)
        shows(desk.page, "未取走", ".alerts")
        desk.picture("journey-ticket-drawn-back-supervisor")
        whole.at_printer(action="clear_faults")

        after = whole.take(ITEM)  # the mouth is empty, so the next citizen's comes out
        assert after["paper"] == "printed", after
        assert after["label"] != left
    assert story(whole, "device.alerted", "not_taken") == [with_mouth]
    assert len([one for one in whole.events("ticket.taken") if one["label"] == left]) == 1


def test_many_lost_bars_are_one_line_and_each_alert_is_recorded_once(
    whole: WholeHall, browser: Browser, people: People
) -> None:
    supervisor = people.supervisor
    whole.at_printer(fault="cover_open", on=True)
    with room(browser, 1920, 1080, cookie=supervisor, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang=zh", whole.origins)
        page = sight.page
        shows(page, "机盖未关好", ".alerts")
        eventually(
            lambda: len(story(whole, "device.alerted", "offline")) == len(LOST),
            "all lost",
            OFFLINE_WITHIN_S,
        )
        shows(page, f"{len(LOST)} 台窗口条屏未连接", ".alerts")
        page.locator(".alerts summary").click()
        expect(page.locator(".alerts .members li")).to_have_count(len(LOST))
        sight.picture("page-alerts-of-devices-zh")
        assert sight.faults(still=True, least_target=0) == {}
        with room(browser, 1366, 768, cookie=supervisor, of=whole.hall.url) as other:
            english = watch(other, f"{whole.monitor}/?lang=en", whole.origins)
            shows(english.page, f"{len(LOST)} window bars: not connected", ".alerts")
            english.picture("page-alerts-of-devices-en")
            assert english.faults(still=True, least_target=0) == {}
        whole.at_printer(action="clear_faults")
        for bar in LOST:
            whole.at_printer(device=bar, action="clear_faults")
        eventually(
            lambda: len(story(whole, "device.cleared", "offline")) == len(LOST),
            "all back",
            OFFLINE_WITHIN_S,
        )
        eventually(lambda: story(whole, "device.cleared", "cover_open"), "the cover is closed")
        expect(page.locator(".alerts")).not_to_contain_text("未连接", timeout=PATIENT_MS)
    assert len(story(whole, "device.alerted", "cover_open")) == 1
    assert sorted(story(whole, "device.alerted", "offline")) == sorted(
        story(whole, "device.cleared", "offline")
    )
