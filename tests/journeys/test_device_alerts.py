"""Devices that need somebody: from the cable over the station and the ledger to the supervisor."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from sights import room, watch
from whole_hall import WholeHall, eventually

pytestmark = pytest.mark.browser
PATIENT_MS = 30_000
OFFLINE_WITHIN_S = 150.0
LOST = 8


def story(whole: WholeHall, kind: str, alert: str) -> list[str]:
    return [one["device_id"] for one in whole.events(kind) if one["alert"] == alert]


def told(page: Page, text: str) -> None:
    expect(page.locator(".alerts")).to_contain_text(text, timeout=PATIENT_MS)


def test_many_lost_bars_are_one_line_and_each_alert_is_recorded_once(
    whole: WholeHall, browser: Browser
) -> None:
    supervisor = whole.hall.people([]).supervisor
    bars = [f"bar-{number}" for number in range(1, LOST + 1)]
    whole.at_printer(fault="cover_open", on=True)
    for bar in bars:
        whole.at_printer(device=bar, fault="unplugged", on=True)
    with room(browser, 1920, 1080, cookie=supervisor, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang=zh", whole.origins)
        page = sight.page
        told(page, "机盖未关好")
        eventually(
            lambda: len(story(whole, "device.alerted", "offline")) == LOST,
            "all lost",
            OFFLINE_WITHIN_S,
        )
        told(page, f"{LOST} 台窗口条屏未连接")
        page.locator(".alerts summary").click()
        expect(page.locator(".alerts .members li")).to_have_count(LOST)
        sight.picture("page-alerts-of-devices-zh")
        assert sight.faults(still=True, least_target=0) == {}
        with room(browser, 1366, 768, cookie=supervisor, of=whole.hall.url) as other:
            english = watch(other, f"{whole.monitor}/?lang=en", whole.origins)
            told(english.page, f"{LOST} window bars: not connected")
            english.picture("page-alerts-of-devices-en")
            assert english.faults(still=True, least_target=0) == {}
        whole.at_printer(action="clear_faults")
        for bar in bars:
            whole.at_printer(device=bar, action="clear_faults")
        eventually(
            lambda: len(story(whole, "device.cleared", "offline")) == LOST,
            "all back",
            OFFLINE_WITHIN_S,
        )
        eventually(lambda: story(whole, "device.cleared", "cover_open"), "the cover is closed")
        expect(page.locator(".alerts")).not_to_contain_text("未连接", timeout=PATIENT_MS)
    assert len(story(whole, "device.alerted", "cover_open")) == 1
    assert sorted(story(whole, "device.alerted", "offline")) == sorted(
        story(whole, "device.cleared", "offline")
    )
