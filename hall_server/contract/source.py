"""What the written documents say beside the types: the docstrings in the contract's own source.

Python keeps a class's docstring but forgets the string written under a field, an enum's member or
a type's alias. The contract's prose is exactly there, so it is read back from the source.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from types import ModuleType

import msgspec
from msgspec import Struct
from msgspec.inspect import DictType, EnumType, ListType, StructType, Type, UnionType

from config import facts, fittings, values
from hall_server.contract.messages import (
    access,
    base,
    exports,
    feedback,
    ledger,
    lookback,
    organisation,
    queueing,
    references,
    stations,
    supervision,
)
from hall_server.contract.registry import ASKS, EVENTS, READS

MODULES: tuple[ModuleType, ...] = (
    base,
    values,
    facts,
    fittings,
    queueing,
    feedback,
    stations,
    supervision,
    lookback,
    exports,
    references,
    organisation,
    access,
    ledger,
)
"""Where messages are stated, in the order in which documents tell of them."""


@cache
def messages() -> tuple[type, ...]:
    """Every struct and enum that can be on a wire, in the order of the source."""
    roots: list[type] = [base.Refused, organisation.Push]
    roots += [kind for pair in (*ASKS.values(), *READS.values()) for kind in pair]
    roots += EVENTS.values()
    found: set[type] = set()
    for root in roots:
        _reach(root, found)
    return tuple(
        cls
        for module in MODULES
        for cls in vars(module).values()
        if isinstance(cls, type) and cls in found and cls.__module__ == module.__name__
    )


def _reach(cls: type, found: set[type]) -> None:
    if cls in found:
        return
    found.add(cls)
    for parent in parents(cls):
        _reach(parent, found)
    information = msgspec.inspect.type_info(cls)
    if isinstance(information, StructType):
        for field in information.fields:
            for used in _named(field.type):
                _reach(used, found)


def _named(kind: Type) -> list[type]:
    """The structs and enums inside a field's type."""
    match kind:
        case StructType() | EnumType():
            return [kind.cls]
        case ListType():
            return _named(kind.item_type)
        case DictType():
            return _named(kind.value_type)
        case UnionType():
            return [cls for part in kind.types for cls in _named(part)]
        case _:
            return []


def parents(cls: type) -> list[type]:
    """Structs of the contract that this one continues."""
    return [base_ for base_ in cls.__bases__ if issubclass(base_, Struct) and base_ is not Struct]


def prose(cls: type) -> str:
    """The docstring of a struct or enum, as written there and nowhere inherited."""
    return inspect.cleandoc(cls.__doc__ or "")


def notes(cls: type) -> dict[str, str]:
    """What stands under each field or member: its name → the text."""
    return _module_notes(sys.modules[cls.__module__]).get(cls.__name__, {})


@cache
def _module_notes(module: ModuleType) -> dict[str, dict[str, str]]:
    classes = ast.parse(inspect.getsource(module)).body
    return {node.name: _notes(node.body) for node in classes if isinstance(node, ast.ClassDef)}


def _notes(body: list[ast.stmt]) -> dict[str, str]:
    told = {}
    for statement, after in pairwise(body):
        name = _assigned(statement)
        if name and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            told[name] = inspect.cleandoc(str(after.value.value))
    return told


def _assigned(statement: ast.stmt) -> str:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            return ""
