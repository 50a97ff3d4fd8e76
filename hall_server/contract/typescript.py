"""The contract as TypeScript: text for ``hall_server/web/shared/contract.ts``.

With it a page that misspells a message, forgets a field or mistakes its type does not compile.
Written by ``python -m hall_server.documents``; no page writes such a type by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec
from msgspec import Struct
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
from hall_server.contract.messages.base import Ask, Read
from hall_server.contract.messages.ledger import EventsView
from hall_server.contract.messages.organisation import Push
from hall_server.contract.registry import ASKS, EVENTS, READS
from hall_server.contract.version import VERSION

HEAD = """\
// Written by `python -m hall_server.documents` from hall_server/contract; do not edit.

/** The release these pages were built with; the hall turns away one that is too old. */
export const VERSION: string = '%s';

/** A number the hall gives or takes; always whole. */
export type Whole = number;
"""

FIELDS_OF_EVENTS: set[tuple[type, str]] = {(Push, "events"), (EventsView, "events")}
"""Fields that carry events: the wire has any object there, the pages know better."""


def typescript() -> str:
    """The whole file."""
    parts = [HEAD % VERSION]
    parts += [_declaration(cls) for cls in source.messages()]
    parts.append(_table("Asks", ((n, k.ask, k.answer) for n, k in ASKS.items()), "ask"))
    parts.append(_table("Reads", ((n, k.read, k.answer) for n, k in READS.items()), "read"))
    parts.append(_events())
    return "\n".join(parts)


def _declaration(cls: type) -> str:
    return _enum(cls) if issubclass(cls, StrEnum) else _interface(cls)


def _enum(cls: type[StrEnum]) -> str:
    notes = source.notes(cls)
    lines = [*_comment(source.prose(cls), ""), f"export type {cls.__name__} ="]
    for member in cls:
        lines += _comment(notes.get(member.name, ""), "  ")
        lines.append(f"  | '{member.value}'")
    return "\n".join(lines) + ";\n"


def _interface(cls: type) -> str:
    information = msgspec.inspect.type_info(cls)
    assert isinstance(information, StructType), cls  # noqa: S101 - messages() gives nothing else
    parents = source.parents(cls)
    inherited = {name for parent in parents for name in _field_names(parent)}
    notes = source.notes(cls)
    extends = f" extends {', '.join(parent.__name__ for parent in parents)}" if parents else ""
    lines = [*_comment(source.prose(cls), ""), f"export interface {cls.__name__}{extends} {{"]
    if information.tag is not None:
        lines.append(f"  {information.tag_field}: '{information.tag}';")
    for field in information.fields:
        if field.name not in inherited:
            lines += _comment(notes.get(field.name, ""), "  ")
            lines.append(f"  {_field(cls, field)};")
    return "\n".join(lines) + "\n}\n"


def _field_names(cls: type) -> tuple[str, ...]:
    return cls.__struct_fields__ if issubclass(cls, Struct) else ()


def _field(cls: type, field: Field) -> str:
    """One member; what a sender may leave out is optional, what the hall sends is always there."""
    sent_by_pages = issubclass(cls, (Ask, Read))
    mark = "?" if sent_by_pages and not field.required else ""
    kind = "HallEvent[]" if (cls, field.name) in FIELDS_OF_EVENTS else _type(field.type)
    return f"{field.encode_name}{mark}: {kind}"


def _type(kind: Type) -> str:
    match kind:
        case StrType():
            return "string"
        case IntType():
            return "Whole"
        case FloatType():
            return "number"
        case BoolType():
            return "boolean"
        case StructType() | EnumType():
            return kind.cls.__name__
        case ListType():
            inner = _type(kind.item_type)
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case DictType():
            return f"Record<string, {_type(kind.value_type)}>"
        case UnionType():
            return " | ".join(_type(part) for part in kind.types)
        case _:
            raise TypeError(f"the contract's writer has no TypeScript for {kind}")


def _comment(text: str, indent: str) -> list[str]:
    if not text:
        return []
    lines = text.replace("``", "`").splitlines()
    if len(lines) == 1:
        return [f"{indent}/** {lines[0]} */"]
    return [
        f"{indent}/**",
        *(f"{indent} * {line}".rstrip() for line in lines),
        f"{indent} */",
    ]


def _table(name: str, rows: Iterable[tuple[str, type, type]], key: str) -> str:
    lines = [f"/** Every {key} by its name on the wire, and what answers it. */"]
    lines.append(f"export interface {name} {{")
    for wire, sent, answer in rows:
        lines.append(f"  '{wire}': {{ {key}: {sent.__name__}; answer: {answer.__name__} }};")
    return "\n".join(lines) + "\n}\n"


def _events() -> str:
    lines = ["/** Every event by its name on the wire. */", "export interface Events {"]
    lines += [f"  '{wire}': {cls.__name__};" for wire, cls in EVENTS.items()]
    lines += ["}", "", "/** Any event; `type` tells which. */"]
    lines.append("export type HallEvent = Events[keyof Events];")
    return "\n".join(lines) + "\n"
