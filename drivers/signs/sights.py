"""What a sign shows to prove itself, of characters that every Chinese font has."""

from drivers.orders import Colour
from drivers.self_test import SelfTest
from drivers.signs.areas import SignArea

CELL_PIXELS = 16
_LAMPS = "■"

SIGN_TESTS = (
    SelfTest("red", "全红", "all red", "红色方块排满", "red blocks everywhere"),
    SelfTest("green", "全绿", "all green", "绿色方块排满", "green blocks everywhere"),
    SelfTest(
        "yellow",
        "全黄",
        "all yellow",
        "黄色方块排满（红绿同时亮）",
        "yellow blocks: red and green lit at once",
    ),
    SelfTest(
        "border",
        "边框",
        "border",
        "边框贴住四边，没有缺口",
        "a border along all edges, without a gap",
    ),
    SelfTest(
        "identify",
        "认屏",
        "identify",
        "显示设备名，核对是否在正确的窗口",
        "its own name: is it at its window?",
    ),
)


def sight(name: str, device_id: str, area: SignArea) -> tuple[str, Colour]:
    """The text of one of `SIGN_TESTS`, as wide and high as the area, and its colour."""
    columns = max(2, area.width // CELL_PIXELS)
    rows = max(1, area.height // CELL_PIXELS)
    match name:
        case "border":
            return _border(columns, rows), Colour.GREEN
        case "identify":
            return device_id, Colour.GREEN
        case _:
            return _LAMPS * columns * rows, Colour(name)


def _border(columns: int, rows: int) -> str:
    inside = columns - 2
    if rows == 1:
        return "┣" + "━" * inside + "┫"
    middle = "┃" + "　" * inside + "┃"
    return "┏" + "━" * inside + "┓" + middle * (rows - 2) + "┗" + "━" * inside + "┛"
