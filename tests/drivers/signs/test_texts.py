"""The latest text of each area: one waits, a stale one goes, a sign that cannot forget is told."""

import time

from drivers.orders import DeviceCode, ShowText
from drivers.signs.texts import LatestTexts, SignTask


def test_a_text_is_said_again_every_minute() -> None:
    now_ms = 0
    texts = LatestTexts(lambda: now_ms)
    texts.put(ShowText("b", "main", "A001", 300_000))
    assert texts.take(0) is not None
    assert texts.take(0) is None
    now_ms = 60_000
    again = texts.take(0)
    assert again is not None
    assert texts.shown(again)
    assert texts.take(0) is None
    now_ms = 120_000
    third = texts.take(0)
    assert third is not None
    assert not texts.shown(third)
    now_ms = 300_000
    assert texts.take(0) is None


class Clock:
    now_ms = 0


def test_a_text_that_was_refused_is_tried_again_soon() -> None:
    clock = Clock()
    texts = LatestTexts(lambda: clock.now_ms)
    texts.put(ShowText("b", "main", "A001", 300_000))
    task = texts.take(0)
    assert task is not None
    texts.refused(task)
    clock.now_ms = 4_999
    assert texts.take(0) is None
    clock.now_ms = 5_000
    assert texts.take(0) is not None


def test_a_sign_that_cannot_forget_is_emptied_when_its_text_is_stale() -> None:
    clock = Clock()
    texts = LatestTexts(lambda: clock.now_ms, darkened=["main"])
    texts.put(ShowText("b", "main", "A001", 30_000))
    assert texts.take(0) is not None
    clock.now_ms = 30_000
    dark = texts.take(0)
    assert dark is not None
    assert dark.order.text == ""
    assert not texts.shown(dark)  # nobody asked for it, nobody is told
    assert texts.take(0) is None
    clock.now_ms = 90_000
    again = texts.take(0)
    assert again is not None
    assert again.order.text == ""


def test_a_sign_that_cannot_forget_is_emptied_when_the_link_opens_and_nothing_is_to_be_shown() -> (
    None
):
    texts = LatestTexts(lambda: 0, darkened=["main"])
    assert texts.take(0) is None
    texts.link_opened()
    dark = texts.take(0)
    assert dark is not None
    assert dark.order.text == ""


def test_what_went_stale_while_the_link_was_down_is_emptied_then() -> None:
    clock = Clock()
    texts = LatestTexts(lambda: clock.now_ms, darkened=["main"])
    texts.put(ShowText("b", "main", "A001", 10_000))
    assert texts.take(0) is not None
    clock.now_ms = 20_000
    texts.expire(clock.now_ms, DeviceCode.OFFLINE)
    texts.link_opened()
    dark = texts.take(0)
    assert dark is not None
    assert dark.order.text == ""


def test_waiting_ends_when_a_refresh_is_due() -> None:
    started = time.monotonic()
    texts = LatestTexts(lambda: int((time.monotonic() - started) * 1000), refresh_ms=100)
    texts.put(ShowText("b", "main", "A001", 10_000))
    assert texts.take(0) is not None
    while texts.take(5) is None:
        assert time.monotonic() - started < 2
    assert time.monotonic() - started < 1


def test_a_clock_that_is_set_back_does_not_keep_a_text_waiting() -> None:
    clock = Clock()
    clock.now_ms = 3_600_000
    texts = LatestTexts(lambda: clock.now_ms, refresh_ms=500)
    texts.put(ShowText("b", "main", "A001", 60_000))
    assert texts.take(0) is not None
    assert texts.take(0) is None
    clock.now_ms = 0
    assert texts.take(0) is not None
    assert texts.take(0) is None


def test_the_rest_of_the_time_is_rounded_up() -> None:
    task = SignTask(ShowText("b", "main", "A001", 0), expires_at_ms=10_001)
    assert [task.seconds_left(now) for now in (0, 9_001, 9_002, 10_001, 20_000)] == [11, 1, 1, 1, 1]
