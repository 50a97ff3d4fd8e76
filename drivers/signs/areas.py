"""The areas of a sign: "main", and what `area.<name> = x,y,width,height` adds."""

from dataclasses import dataclass

from drivers.options import Options


@dataclass(frozen=True, slots=True)
class SignArea:
    area_id: int
    x: int
    y: int
    width: int
    height: int


def areas_of(options: Options) -> dict[str, SignArea]:
    x, y = options.number("x", 0, 0, 4096), options.number("y", 0, 0, 4096)
    width = options.number("width", 192, 8, 4096)
    height = options.number("height", 16, 8, 1024)
    areas = {"main": SignArea(0, x, y, width, height)}
    for name, text in options.with_prefix("area.").items():
        numbers = text.split(",")
        if len(numbers) != 4 or not all(number.strip().isdecimal() for number in numbers):
            raise options.wrong(f"area.{name}", f"x,y,width,height, found {text!r}")
        areas[name] = SignArea(len(areas), *(int(number) for number in numbers))
    return areas
