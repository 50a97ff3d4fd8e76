"""A ticket that nobody takes: the citizen is told, so is the supervisor, and the next one waits."""

from __future__ import annotations

import re

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect
from running_hall import People
from sights import room, watch
from whole_hall import WholeHall

pytestmark = pytest.mark.browser
PATIENT_MS = 40_000
ITEM = "land-registration"
TAKE_WITHIN_S = 4


@pytest.fixture(scope="module")
def people(whole: WholeHall) -> People:
    return whole.hall.people([])


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


def alerted(whole: WholeHall) -> list[str]:
    told = whole.events("device.alerted")
    return [one["device_id"] for one in told if one["alert"] == "not_taken"]


def shows(page: Page, text: str) -> None:
    expect(page.locator("body")).to_contain_text(text, timeout=PATIENT_MS)


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
        expect(desk.page.locator(".alerts")).to_contain_text("未取走", timeout=PATIENT_MS)
        desk.picture("journey-ticket-drawn-back-supervisor")
        whole.at_printer(action="clear_faults")

        after = whole.take(ITEM)  # the mouth is empty, so the next citizen's comes out
        assert after["paper"] == "printed", after
        assert after["label"] != left
    assert alerted(whole) == [with_mouth]
    assert len([one for one in whole.events("ticket.taken") if one["label"] == left]) == 1
