"""Writes facts as TOML text that reads back as exactly the same facts.

The text is laid out for people: one record per table, a text in both languages on one line, and
what stands at its default is left out. The libraries at hand turn every nested text into a table
of its own, three lines where one is read at a glance; so the few forms needed are written here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from config.facts import HallFacts
from config.kinds import KINDS, SINGLE, records_of

LINE_LENGTH = 100
TABLE_LENGTH = 300
"""A record inside a record that is longer than this gets a table of its own."""


def dump_facts(facts: HallFacts) -> str:
    """The facts as one TOML file."""
    return "\n".join(_lines(facts))


def _lines(facts: HallFacts) -> Iterator[str]:
    for kind in KINDS:
        for record in records_of(facts, kind):
            yield f"[{kind}]" if kind in SINGLE else f"[[{kind}]]"
            yield from _record(kind, record)
            yield ""


def _record(name: str, record: msgspec.Struct) -> Iterator[str]:
    """The keys of a record; long lists of records follow as tables of their own."""
    below: list[tuple[str, list[msgspec.Struct]]] = []
    for key, value in _stated(record):
        text = _value(value)
        if isinstance(value, list) and max(map(len, text.split("\n"))) > TABLE_LENGTH:
            below.append((f"{name}.{key}", value))
        else:
            yield f"{key} = {text}"
    for path, rows in below:
        for row in rows:
            yield f"\n[[{path}]]"
            yield from _record(path, row)


def _stated(record: msgspec.Struct) -> Iterator[tuple[str, object]]:
    """The fields of a record that do not stand at their default."""
    for field in _fields(type(record)):
        value = getattr(record, field.name)
        if field.required or value != _default(field):
            yield field.encode_name, value


@lru_cache
def _fields(shape: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(shape)


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _value(value: object, *, inline: bool = False) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _text(value, inline=inline)
        case msgspec.Struct():
            pairs = [f"{key} = {_value(one, inline=True)}" for key, one in _stated(value)]
            return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
        case dict():
            pairs = [f"{_quoted(key)} = {_value(value[key], inline=True)}" for key in value]
            return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
        case list():
            return _list([_value(one, inline=True) for one in value], inline=inline)
    raise TypeError(f"facts hold no {type(value).__name__}")


def _list(values: list[str], *, inline: bool) -> str:
    """A list on one line where it fits, else a line for each; inline tables may not break."""
    line = f"[{', '.join(values)}]"
    if inline or (len(line) <= LINE_LENGTH and "{" not in line):
        return line
    return "[\n" + "".join(f"  {value},\n" for value in values) + "]"


def _text(text: str, *, inline: bool) -> str:
    """A quoted text; one with several lines keeps them where TOML allows."""
    if inline or "\n" not in text:
        return _quoted(text)
    lines = [_quoted(line)[1:-1] for line in text.split("\n")]
    return '"""\n' + "\n".join(lines) + '"""'


def _quoted(text: str) -> str:
    """JSON's escapes are TOML's too, save that TOML also wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
