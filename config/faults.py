"""What is wrong with facts and what is wanted instead, told in Chinese and English.

Pure: turns the words of the strict decoder into sentences for the person who wrote the file or
fills the form. A place is written ``kind/id.field``, such as ``windows/w3.queues[0]``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

import msgspec
from msgspec import inspect

from config import values


@dataclass(frozen=True)
class Fault:
    """One thing wrong: where, and what is wanted."""

    where: str
    zh: str
    en: str


class FaultyFactsError(Exception):
    """Facts that do not hold, with every fault found."""

    def __init__(self, faults: list[Fault], source: str = "") -> None:
        """``source`` is the file or the form they came from."""
        self.faults = faults
        self.source = source
        lines = (f"{fault.where}: {fault.zh} {fault.en}" for fault in faults)
        super().__init__("\n".join(f"{source}: {line}" if source else line for line in lines))


_TYPES = {
    "str": ("文字（加引号）", "a text in quotes"),
    "int": ("整数", "a whole number"),
    "bool": ("true 或 false", "true or false"),
    "array": ("列表 […]", "a list […]"),
    "object": ("一组键值", "a table of keys"),
    "date": ("日期", "a date"),
    "time": ("时间", "a time"),
    "datetime": ("日期时间", "a date with time"),
    "float": ("小数", "a decimal number"),
    "null": ("空", "nothing"),
}


def _pattern(alias: object) -> str:
    return str(get_args(alias)[1].pattern)


_PATTERNS = {
    _pattern(values.Identifier): (
        "小写字母、数字、- 和 _ 组成的标识，最多 40 个字符",
        "an identifier of up to 40 lower-case letters, digits, - and _",
    ),
    _pattern(values.OptionalIdentifier): (
        "小写字母、数字、- 和 _ 组成的标识，或留空",
        "an identifier of lower-case letters, digits, - and _, or nothing",
    ),
    _pattern(values.TimeOfDay): ("时间，如 09:00", "a time of day such as 09:00"),
    _pattern(values.Day): ("日期，如 2026-10-01", "a day such as 2026-10-01"),
    _pattern(values.SeriesPrefix): ("一个或两个大写字母", "one or two capital letters"),
}


def _walk(shape: inspect.Type, path: list[str]) -> inspect.Type | None:
    """The type at a path below this one, as far as it can be told."""
    if isinstance(shape, inspect.Metadata):
        return _walk(shape.type, path)
    if not path:
        return shape
    if isinstance(shape, inspect.StructType):
        for field in shape.fields:
            if field.encode_name == path[0]:
                return _walk(field.type, path[1:])
    if isinstance(shape, inspect.ListType):
        return _walk(shape.item_type, path[1:])
    return None


def _allowed(record: type[msgspec.Struct], place: str) -> str:
    """The values an enumeration at this place may take."""
    shape = _walk(inspect.type_info(record), re.findall(r"[^.\[\]]+", place))
    members = list(shape.cls) if isinstance(shape, inspect.EnumType) else []
    return ", ".join(str(member.value) for member in members)


def _sentence(told: str, record: type[msgspec.Struct], place: str) -> tuple[str, str, str]:
    """Place, Chinese and English for what the decoder said of a value at ``place``."""
    if found := re.fullmatch(r"Object missing required field `(.+)`", told):
        key = found[1]
        return f"{place}.{key}".lstrip("."), f"缺少必填项 {key}", f"{key} is required"
    if found := re.fullmatch(r"Object contains unknown field `(.+)`", told):
        key = found[1]
        return f"{place}.{key}".lstrip("."), f"没有 {key} 这一项", f"there is no such key as {key}"
    if told.startswith("Invalid enum value"):
        allowed = _allowed(record, place)
        return place, f"应为以下之一：{allowed}", f"must be one of: {allowed}"
    if found := re.fullmatch(r"Expected `(.+)`, got `(.+)`", told):
        words = [_TYPES.get(name, (name, name)) for name in (found[1], found[2])]
        (zh, en), (got_zh, got_en) = words
        return place, f"应为{zh}，现为{got_zh}", f"must be {en}, not {got_en}"
    if found := re.fullmatch(r"Expected `str` matching regex (.+)", told):
        pattern = found[1].strip("'\"")
        zh, en = _PATTERNS.get(pattern, (f"符合 {pattern} 的文字", f"a text like {pattern}"))
        return place, f"应为{zh}", f"must be {en}"
    if found := re.fullmatch(r"Expected `(?:str|array)` of length <= (\d+)", told):
        return place, f"过长，最多 {found[1]}", f"too long, at most {found[1]}"
    if found := re.fullmatch(r"Expected `array` of length >= (\d+)", told):
        return place, f"至少 {found[1]} 项", f"at least {found[1]}"
    if found := re.fullmatch(r"Expected `(?:int|float)` (>=|<=) (-?[\d.]+)", told):
        zh, en = ("不小于", "at least") if found[1] == ">=" else ("不大于", "at most")
        return place, f"应{zh} {found[2]}", f"must be {en} {found[2]}"
    return place, f"内容不合要求（{told}）", told


def explain(error: msgspec.ValidationError, record: type[msgspec.Struct], prefix: str) -> Fault:
    """The fault behind a decoder's error in one record, its place below ``prefix``."""
    told, _, path = str(error).partition(" - at `")
    place = path.rstrip("`").removeprefix("$").lstrip(".")
    where, zh, en = _sentence(told, record, place)
    return Fault(where=f"{prefix}.{where}".strip("."), zh=zh, en=en)
