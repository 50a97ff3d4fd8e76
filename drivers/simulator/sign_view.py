"""Signs without letters of their own, for the page: their dots as a picture, and rows to read."""

import base64
import io
from collections.abc import Iterable

import msgspec
from PIL import Image

from drivers.codec.bx_dots import Bitmap
from drivers.simulator.played import Row


class PictureView(msgspec.Struct, frozen=True):
    """`picture` is an address that holds the picture itself."""

    picture: str
    width: int
    height: int
    rows: list[Row]


def picture_view(image: Image.Image, rows: list[Row]) -> PictureView:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return PictureView(f"data:image/png;base64,{data}", image.width, image.height, rows)


def screen_of(size: tuple[int, int], parts: Iterable[tuple[int, int, Bitmap]]) -> Image.Image:
    """A card's screen: each bitmap at its place, red and green where they are lit."""
    screen = Image.new("RGB", size)
    for x, y, bitmap in parts:
        red = Image.frombytes("1", (bitmap.width, bitmap.height), bitmap.red).convert("L")
        dark = Image.new("L", red.size)
        green = dark
        if bitmap.green:
            green = Image.frombytes("1", red.size, bitmap.green).convert("L")
        screen.paste(Image.merge("RGB", (red, green, dark)), (x, y))
    return screen
