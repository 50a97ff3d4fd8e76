"""A window bar: the latest text wins, comes again after a broken link, and is acknowledged once."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from drivers.errors import LinkClosed
from drivers.memory import MemoryExchange, MemoryLink
from drivers.orders import (
    Colour,
    DeviceCode,
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    ShowText,
    TextShown,
)
from drivers.registry import open_bench
from drivers.signs.texts import LatestTexts
from drivers.simulator.bar_engine import BarEngine, BarFault, LitArea


class Hall:
    def __init__(self, **options: str | int) -> None:
        self.exchange = MemoryExchange()
        self.engine = BarEngine()
        self.lock = threading.Lock()
        self.links: list[MemoryLink] = []
        self.events: list[DeviceEvent] = []
        self.now_ms = 1_000_000
        self.listen()
        config = DeviceConfig("b", "bx-k", "memory:bar", options)
        self.bench = open_bench(
            [config], self.events.append, now_ms=lambda: self.now_ms, exchange=self.exchange
        )

    def listen(self) -> None:
        self.exchange.listen("bar", self._called)

    def show(self, text: str, ttl_ms: int = 60_000, area: str = "main", order_id: str = "") -> None:
        self.bench.show(ShowText("b", area, text, ttl_ms, Colour.RED, order_id))

    def lit(self) -> list[LitArea]:
        with self.lock:
            return self.engine.lit(self.now_ms)

    def texts(self) -> list[str]:
        return [lit.text for lit in self.lit()]

    def health(self) -> DeviceHealth:
        return self.bench.health()["b"].health

    def shown(self) -> list[str]:
        return [event.order.text for event in self.events if isinstance(event, TextShown)]

    def hang_up(self) -> None:
        while self.links:
            self.links.pop().close()

    def until(self, is_so: Callable[[], bool], within_s: float = 5) -> None:
        deadline = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < deadline, "it did not come to pass"
            time.sleep(0.01)

    def _called(self, link: MemoryLink) -> None:
        self.links.append(link)
        threading.Thread(target=self._serve, args=(len(self.links), link), daemon=True).start()

    def _serve(self, number: int, link: MemoryLink) -> None:
        with self.lock:
            self.engine.connected(number)
        try:
            while True:
                data = link.incoming.get(4096, 5)
                with self.lock:
                    answer = self.engine.receive(number, data, self.now_ms)
                link.outgoing.put(answer)
        except LinkClosed:
            with self.lock:
                self.engine.disconnected(number)


@pytest.fixture
def open_hall() -> Iterator[Callable[..., Hall]]:
    halls: list[Hall] = []

    def open_one(**options: str | int) -> Hall:
        halls.append(Hall(**options))
        halls[-1].until(lambda: halls[-1].health() is DeviceHealth.OK)
        return halls[-1]

    yield open_one
    for hall in halls:
        hall.bench.close()


def test_a_call_lights_and_is_acknowledged_by_the_card(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.show("请A001号到3号窗口", order_id="w3:17")
    hall.until(lambda: bool(hall.shown()))
    assert hall.texts() == ["请A001号到3号窗口"]
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
    hall.until(lambda: hall.lit()[0].until_ms == hall.now_ms + 30_000)
    hall.show("请A002号到3号窗口", order_id="w3:18")
    hall.until(lambda: len(hall.shown()) == 2)
    assert hall.shown() == ["请A001号到3号窗口", "请A002号到3号窗口"]


def test_a_stale_call_goes_dark_by_the_card_itself(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.show("请A001号到3号窗口", ttl_ms=30_000)
    hall.until(lambda: bool(hall.texts()))
    hall.bench.close()
    hall.now_ms += 29_000
    assert hall.texts() == ["请A001号到3号窗口"]
    hall.now_ms += 2_000
    assert hall.texts() == []


def test_an_empty_text_darkens_the_bar(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.show("请A001号到3号窗口")
    hall.until(lambda: bool(hall.texts()))
    hall.show("")
    hall.until(lambda: not hall.texts())
    hall.until(lambda: hall.shown() == ["请A001号到3号窗口", ""])


def test_only_the_latest_waits(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.exchange.leave("bar")
    hall.hang_up()
    hall.until(lambda: hall.health() is DeviceHealth.OFFLINE, within_s=8)
    for number in range(500):
        hall.show(f"请A{number:03}号到3号窗口")
    hall.listen()
    hall.until(lambda: hall.texts() == ["请A499号到3号窗口"])
    assert hall.shown() == ["请A499号到3号窗口"]


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
    hall.until(lambda: bool(hall.texts()), within_s=8)
    assert hall.lit()[0].until_ms == hall.now_ms + 40_000
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
    assert hall.texts() == []


def test_a_card_that_refuses_is_not_said_to_show(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    with hall.lock:
        hall.engine.set_fault(BarFault.REFUSING, on=True)
    hall.show("请A001号到3号窗口")
    hall.show("请A001号到3号窗口")
    hall.until(lambda: hall.health() is DeviceHealth.FAULT, within_s=12)
    assert hall.bench.health()["b"].codes == {DeviceCode.REFUSED}
    assert hall.shown() == []


def test_a_silent_card_is_offline(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    with hall.lock:
        hall.engine.set_fault(BarFault.SILENT, on=True)
    hall.show("请A001号到3号窗口")
    hall.until(lambda: hall.health() is DeviceHealth.OFFLINE)
    assert hall.shown() == []
    with hall.lock:
        hall.engine.clear_faults()
    hall.until(lambda: hall.shown() == ["请A001号到3号窗口"], within_s=8)


def test_areas_stand_where_the_configuration_puts_them(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(width=128, **{"area.foot": "0,16,128,16"}, reserved="zero")
    hall.show("请A001号到3号窗口办理业务")
    hall.show("暂停服务", area="foot")
    hall.until(lambda: len(hall.lit()) == 2)
    head, foot = (lit.area for lit in hall.lit())
    assert (head.area_id, head.y, head.width, head.display) == (0, 0, 128, 3)  # too long: scrolls
    assert (foot.area_id, foot.y, foot.width, foot.display) == (1, 16, 128, 1)


def test_a_high_bar_shows_two_lines_rather_than_scrolling(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(width=128, height=32)
    hall.show("请A001号到3号窗口办理")
    hall.until(lambda: bool(hall.lit()))
    area = hall.lit()[0].area
    assert (area.display, area.single_line, area.wrap) == (1, 2, 2)


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
