"""A card without a font: pictures of the text, in the card's own form, until their time is over."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import pytest
from bad_cables import Cable
from PIL import ImageFont
from sign_hall import SignHall, sign_hall

from drivers.codec import bx_e
from drivers.fonts import FontChain
from drivers.orders import Colour, DeviceCode, DeviceHealth, ShowText, TextShown
from drivers.signs.areas import SignArea
from drivers.signs.bx_e import BxE, CardSettings
from drivers.signs.picture import Painter
from drivers.signs.texts import SignTask
from drivers.simulator.bx_e_engine import CardEngine, CardFault, LitPages

Hall = SignHall[CardEngine]
CALL = "请A001号到3号窗口"
PAINTER = Painter(FontChain())


@pytest.fixture
def open_hall(cable: Cable) -> Iterator[Callable[..., Hall]]:
    with ExitStack() as halls:

        def open_one(controller: str = "6e1", **options: str | int) -> Hall:
            engine = CardEngine(controller)
            settings: dict[str, str | int] = {"controller": controller, "height": 32, **options}
            return halls.enter_context(sign_hall(engine, "bx-e", cable, **settings))

        yield open_one


def lit(hall: Hall) -> list[LitPages]:
    with hall.lock:
        return hall.engine.lit(hall.now_ms)


def picture(text: str, width: int = 192, height: int = 32) -> bytes:
    (page,) = PAINTER.pages(text, width, height)
    return page.tobytes()


@pytest.mark.parametrize("controller", ["5e1", "5e2", "6e1", "6e2x"])
def test_a_call_lights_dot_for_dot_and_is_acknowledged(
    open_hall: Callable[..., Hall], controller: str
) -> None:
    hall = open_hall(controller, x=0, width=188)
    hall.show(CALL, order_id="w3:17")
    hall.until(lambda: hall.shown() == [CALL])
    (area,) = lit(hall)
    assert area.page(hall.now_ms).red == picture(CALL, 188)
    assert area.page(hall.now_ms).green == b""


@pytest.mark.parametrize("controller", ["5e1", "6e1"])
@pytest.mark.parametrize("x", [0, 3, 40])
def test_two_colours(open_hall: Callable[..., Hall], controller: str, x: int) -> None:
    hall = open_hall(controller, x=x, width=100, colours="two")
    dots, dark = picture("A001", 100), bytes(len(picture("A001", 100)))
    for colour, red, green in (
        (Colour.RED, dots, dark),
        (Colour.GREEN, dark, dots),
        (Colour.YELLOW, dots, dots),
    ):
        hall.show("A001", colour=colour, order_id=str(colour))
        hall.until(partial(has_shown, hall, colour))
        page = lit(hall)[0].page(hall.now_ms)
        assert (page.red, page.green) == (red, green), colour


def has_shown(hall: Hall, order_id: str) -> bool:
    events = (event for event in hall.events if isinstance(event, TextShown))
    return any(event.order.order_id == order_id for event in events)


def test_a_stale_call_goes_dark_by_the_card_itself(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.show(CALL, ttl_ms=30_000)
    hall.until(lambda: bool(lit(hall)))
    hall.bench.close()
    hall.now_ms += 29_000
    assert len(lit(hall)) == 1
    hall.now_ms += 2_000
    assert lit(hall) == []


def test_an_empty_text_deletes_the_area(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.show(CALL)
    hall.until(lambda: bool(lit(hall)))
    hall.show("")
    hall.until(lambda: hall.shown() == [CALL, ""])
    assert lit(hall) == []


def test_only_the_latest_waits_and_comes_after_the_link_is_back(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall()
    hall.exchange.leave("sign")
    hall.hang_up()
    hall.until(lambda: hall.health() is DeviceHealth.OFFLINE, within_s=8)
    for number in range(300):
        hall.show(f"请A{number:03}号")
    hall.listen()
    hall.until(lambda: hall.shown() == ["请A299号"], within_s=8)
    assert lit(hall)[0].page(hall.now_ms).red == picture("请A299号")


def test_what_a_card_forgot_without_power_comes_again_with_the_rest_of_its_time(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall()
    hall.show(CALL, ttl_ms=60_000)
    hall.until(lambda: bool(hall.shown()))
    hall.fault("unplugged")
    hall.fault("unplugged", on=False)
    hall.now_ms += 20_000
    hall.hang_up()
    hall.until(lambda: bool(lit(hall)), within_s=8)
    assert lit(hall)[0].until_ms == hall.now_ms + 40_000
    assert hall.shown() == [CALL]


@pytest.mark.parametrize("fault", CardFault)
def test_a_card_that_says_no_is_not_said_to_show(
    open_hall: Callable[..., Hall], fault: CardFault
) -> None:
    hall = open_hall()
    hall.fault(fault)
    hall.show(CALL)
    hall.until(lambda: hall.health() is DeviceHealth.FAULT, within_s=8)
    assert hall.codes() == {DeviceCode.REFUSED}
    assert hall.shown() == []
    hall.fault(fault, on=False)
    hall.now_ms += 5_000
    hall.until(lambda: hall.shown() == [CALL])


def test_a_card_of_another_type_says_no(cable: Cable) -> None:
    with sign_hall(CardEngine("6e2"), "bx-e", cable, controller="6e1") as hall:
        hall.show(CALL)
        hall.until(lambda: hall.health() is DeviceHealth.FAULT, within_s=8)
        assert hall.shown() == []


def test_an_area_off_the_screen_is_refused(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(x=8, width=192)
    hall.show(CALL)
    hall.until(lambda: hall.health() is DeviceHealth.FAULT, within_s=8)
    assert lit(hall) == []


def test_areas_and_brightness_are_as_configured(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall("5e1", width=128, height=16, brightness=5, **{"area.foot": "0,16,128,16"})
    hall.show("请A001号")
    hall.show("暂停服务", area="foot")
    hall.until(lambda: len(lit(hall)) == 2)
    head, foot = (pages.area for pages in lit(hall))
    assert (head.area_id, head.y, head.alone) == (0, 0, False)
    assert (foot.area_id, foot.y, foot.alone) == (1, 16, False)
    assert hall.engine.brightness == 5


def test_long_texts_are_leafed_through_by_the_card(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(width=128, height=16)
    hall.show("综合服务一窗口 王小明 暂停服务")
    hall.until(lambda: bool(lit(hall)))
    (area,) = lit(hall)
    assert area.area.alone
    first, second = area.page(hall.now_ms), area.page(hall.now_ms + 3_000)
    assert first != second
    assert area.page(hall.now_ms + 6_000) == first


def test_without_a_font_nothing_is_sent_and_nothing_claimed() -> None:
    class NoFonts(FontChain):
        def font_for(self, character: str, dots: int) -> ImageFont.FreeTypeFont | None:
            del character, dots
            return None

    settings = CardSettings(bx_e.CONTROLLERS["6e1"])
    make = BxE({"main": SignArea(0, 0, 0, 64, 16)}, settings, Painter(NoFonts()))
    talk = make.show(SignTask(ShowText("b", "main", CALL, 1), 1_000), 0)
    with pytest.raises(StopIteration) as end:
        next(talk)
    assert end.value.value.codes == {DeviceCode.UNPRINTABLE}
