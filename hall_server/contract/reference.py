"""The contract for reading: text for ``docs/messages.md``, every message, field and refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec
from msgspec.inspect import (
    BoolType,
    DictType,
    EnumType,
    Field,
    FloatType,
    IntType,
    ListType,
    StrType,
    StructType,
    Type,
    UnionType,
)

from hall_server.contract import source
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Event
from hall_server.contract.refusals import REFUSALS
from hall_server.contract.registry import ASKS, EVENTS, READS

HEAD = """\
# Messages of the hall

Written by `python -m hall_server.documents` from `hall_server/contract`; do not edit.

One set of messages, two doors: Socket.IO `emit("<subject.verb>", body, ack)` and HTTP
`POST /api/v1/<subject.verb>`. **Asks** change something and carry a `request_id`; **reads** change
nothing; **events** are what the ledger recorded, pushed in the order of `seq`. The same as a
schema for programs: [openapi.json](openapi.json).
"""


def reference(permissions: Mapping[str, frozenset[Role]]) -> str:
    """The whole document; ``permissions`` say which roles may send what."""
    parts = [HEAD, "## Asks\n"]
    parts += [_sent(name, k.ask, k.answer, permissions) for name, k in ASKS.items()]
    parts.append("## Reads\n")
    parts += [_sent(name, k.read, k.answer, permissions) for name, k in READS.items()]
    parts.append("## Events\n")
    parts.append(f"Every event carries:\n\n{_fields(Event)}")
    parts += [_event(name, cls) for name, cls in EVENTS.items()]
    parts.append("## Records inside messages\n")
    parts += [_record(cls) for cls in _inner()]
    parts.append(_refusals())
    return "\n".join(parts)


def _sent(name: str, sent: type, answer: type, permissions: Mapping[str, frozenset[Role]]) -> str:
    roles = permissions.get(name, frozenset())
    who = "anybody" if roles == frozenset(Role) else ", ".join(r.value for r in Role if r in roles)
    return (
        f"{_heading(name, sent)}"
        f"May be sent by: {who or 'nobody'}\n\n{_fields(sent)}\n"
        f"Answer `{answer.__name__}`: {_line(source.prose(answer))}\n\n{_fields(answer)}"
    )


def _event(name: str, cls: type) -> str:
    return f"{_heading(name, cls)}{_fields(cls, without=Event.__struct_fields__)}"


def _record(cls: type) -> str:
    if issubclass(cls, StrEnum):
        notes = source.notes(cls)
        rows = "".join(f"|`{m.value}`|{_line(notes.get(m.name, ''))}|\n" for m in cls)
        return f"{_heading(cls.__name__, cls)}|value|meaning|\n|---|---|\n{rows}"
    return f"{_heading(cls.__name__, cls)}{_fields(cls)}"


def _heading(name: str, cls: type) -> str:
    return f"### {name}\n\n{_text(source.prose(cls))}\n\n"


def _inner() -> list[type]:
    """What messages are made of, without the messages and their bases."""
    outer: set[type] = {cls for pair in (*ASKS.values(), *READS.values()) for cls in pair}
    outer.update(EVENTS.values())
    bases = {parent for cls in source.messages() for parent in source.parents(cls)}
    return [cls for cls in source.messages() if cls not in outer and cls not in bases]


def _fields(cls: type, *, without: Iterable[str] = ()) -> str:
    information = msgspec.inspect.type_info(cls)
    assert isinstance(information, StructType), cls  # noqa: S101 - only structs have fields
    notes: dict[str, str] = {}
    for parent in reversed(cls.__mro__[:-2]):
        notes.update(source.notes(parent) if parent in source.messages() else {})
    rows = [
        f"|`{field.encode_name}`|{_type(field.type)}|{_wanted(field)}"
        f"|{_line(notes.get(field.name, ''))}|"
        for field in information.fields
        if field.name not in without
    ]
    if not rows:
        return "No fields.\n"
    return "\n".join(["|field|type|when left out|meaning|", "|---|---|---|---|", *rows]) + "\n"


def _wanted(field: Field) -> str:
    if field.required:
        return "refused"
    default = field.default
    if default is msgspec.NODEFAULT:
        return "empty"
    return f"`{msgspec.json.encode(default).decode()}`".replace("|", "\\|")


def _type(kind: Type) -> str:
    match kind:
        case StrType():
            return "text" + _limits(kind.pattern, kind.min_length, kind.max_length)
        case IntType():
            high = None if kind.le == 2**53 - 1 else kind.le
            return "whole number" + _limits(None, kind.ge, high)
        case FloatType():
            return "number"
        case BoolType():
            return "true or false"
        case StructType() | EnumType():
            return f"[{kind.cls.__name__}](#{kind.cls.__name__.lower()})"
        case ListType():
            return f"list of {_type(kind.item_type)}"
        case DictType():
            return f"object of {_type(kind.value_type)}"
        case UnionType():
            return " or ".join(_type(part) for part in kind.types)
        case _:
            return "any"


def _limits(pattern: str | None, low: float | None, high: float | None) -> str:
    if pattern is not None:
        return f" `{pattern}`".replace("|", "\\|")
    if high is not None:
        return f" {low or 0}–{high}"
    return f" ≥ {low}" if low is not None else ""


def _line(text: str) -> str:
    return _text(text).replace("\n", " ").replace("|", "\\|")


def _text(text: str) -> str:
    return text.replace("``", "`")


def _refusals() -> str:
    rows = [
        f"|`{code}`|{said.status}|{_line(said.zh)}|{_line(said.en)}|"
        for code, said in sorted(REFUSALS.items())
    ]
    head = ["## Refusals\n", "|code|HTTP|中文|English|", "|---|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"
