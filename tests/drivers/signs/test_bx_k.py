"""A window bar: the latest text wins, comes again after a broken link, and is acknowledged once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from bad_cables import Cable
from sign_hall import SignHall, sign_hall

from drivers.orders import DeviceCode, DeviceHealth, TextShown
from drivers.simulator.bar_engine import BarEngine, BarFault, LitArea

Hall = SignHall[BarEngine]


@pytest.fixture
def open_hall(cable: Cable) -> Iterator[Callable[..., Hall]]:
    with ExitStack() as halls:
        yield lambda **options: halls.enter_context(
            sign_hall(BarEngine(), "bx-k", cable, **options)
        )


def lit(hall: Hall) -> list[LitArea]:
    with hall.lock:
        return hall.engine.lit(hall.now_ms)


def texts(hall: Hall) -> list[str]:
    return [area.text for area in lit(hall)]


def test_a_call_lights_and_is_acknowledged_by_the_card(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.show("请A001号到3号窗口", order_id="w3:17")
    hall.until(lambda: bool(hall.shown()))
    assert texts(hall) == ["请A001号到3号窗口"]
    (event,) = [event for event in hall.events if isinstance(event, TextShown)]
    assert (event.device_id, event.order.order_id, event.at_ms) == ("b", "w3:17", hall.now_ms)


def test_an_order_given_again_gets_more_time_and_one_acknowledgement(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall()
    hall.show("请A001号到3号窗口", ttl_ms=30_000, order_id="w3:17")
    hall.until(lambda: bool(hall.shown()))
    hall.now_ms += 15_000
    hall.show("请A001号到3号窗口", ttl_ms=30_000, order_id="w3:17")
    hall.until(lambda: lit(hall)[0].until_ms == hall.now_ms + 30_000)
    hall.show("请A002号到3号窗口", order_id="w3:18")
    hall.until(lambda: len(hall.shown()) == 2)
    assert hall.shown() == ["请A001号到3号窗口", "请A002号到3号窗口"]


def test_a_stale_call_goes_dark_by_the_card_itself(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.show("请A001号到3号窗口", ttl_ms=30_000)
    hall.until(lambda: bool(texts(hall)))
    hall.bench.close()
    hall.now_ms += 29_000
    assert texts(hall) == ["请A001号到3号窗口"]
    hall.now_ms += 2_000
    assert texts(hall) == []


def test_an_empty_text_darkens_the_bar(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.show("请A001号到3号窗口")
    hall.until(lambda: bool(texts(hall)))
    hall.show("")
    hall.until(lambda: not texts(hall))
    hall.until(lambda: hall.shown() == ["请A001号到3号窗口", ""])


def test_only_the_latest_waits(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.exchange.leave("bar")
    hall.hang_up()
    hall.until(lambda: hall.health() is DeviceHealth.OFFLINE, within_s=8)
    for number in range(500):
        hall.show(f"请A{number:03}号到3号窗口")
    hall.listen()
    hall.until(lambda: bool(hall.shown()))  # the card's own word, which comes after the light
    assert (texts(hall), hall.shown()) == (["请A499号到3号窗口"], ["请A499号到3号窗口"])


def test_what_is_still_valid_comes_again_with_the_rest_of_its_time(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall()
    hall.show("请A001号到3号窗口", ttl_ms=60_000)
    hall.until(lambda: bool(hall.shown()))
    with hall.lock:
        hall.engine.set_fault(BarFault.UNPLUGGED, on=True)
        hall.engine.clear_faults()
    hall.now_ms += 20_000
    hall.hang_up()
    hall.until(lambda: bool(texts(hall)), within_s=8)
    assert lit(hall)[0].until_ms == hall.now_ms + 40_000
    assert hall.shown() == ["请A001号到3号窗口"]  # the same order is acknowledged once


def test_what_went_stale_meanwhile_does_not_come_again(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.show("请A001号到3号窗口", ttl_ms=10_000)
    hall.until(lambda: bool(hall.shown()))
    hall.now_ms += 11_000
    hall.hang_up()
    hall.until(lambda: len(hall.links) > 0, within_s=8)
    hall.show("", area="main")
    hall.until(lambda: hall.shown()[-1] == "")
    assert texts(hall) == []


def test_a_card_that_refuses_is_not_said_to_show(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    with hall.lock:
        hall.engine.set_fault(BarFault.REFUSING, on=True)
    hall.show("请A001号到3号窗口")
    hall.show("请A001号到3号窗口")
    hall.until(lambda: hall.health() is DeviceHealth.FAULT, within_s=12)
    assert hall.codes() == {DeviceCode.REFUSED}
    assert hall.shown() == []


def test_a_silent_card_is_offline(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.is_silent = True
    hall.show("请A001号到3号窗口")
    hall.until(lambda: hall.health() is DeviceHealth.OFFLINE)
    assert hall.shown() == []
    hall.is_silent = False
    hall.until(lambda: hall.shown() == ["请A001号到3号窗口"], within_s=8)


def test_areas_stand_where_the_configuration_puts_them(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(width=128, **{"area.foot": "0,16,128,16"}, reserved="zero")
    hall.show("请A001号到3号窗口办理业务")
    hall.show("暂停服务", area="foot")
    hall.until(lambda: len(lit(hall)) == 2)
    head, foot = (one.area for one in lit(hall))
    assert (head.area_id, head.y, head.width, head.display) == (0, 0, 128, 3)  # too long: scrolls
    assert (foot.area_id, foot.y, foot.width, foot.display) == (1, 16, 128, 1)


def test_a_high_bar_shows_two_lines_rather_than_scrolling(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(width=128, height=32)
    hall.show("请A001号到3号窗口办理")
    hall.until(lambda: bool(lit(hall)))
    area = lit(hall)[0].area
    assert (area.display, area.single_line, area.wrap) == (1, 2, 2)
