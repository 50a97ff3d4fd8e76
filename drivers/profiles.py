"""Printer profiles from `profiles.toml`, by name."""

from dataclasses import replace
from pathlib import Path

import msgspec

from drivers.codec.escpos_profile import PrinterProfile

_FILE = Path(__file__).with_name("profiles.toml")


def printer_profiles() -> dict[str, PrinterProfile]:
    tables = msgspec.toml.decode(_FILE.read_bytes(), type=dict[str, dict[str, str | int | bool]])
    return {name: _profile(name, table) for name, table in tables.items()}


def _profile(name: str, table: dict[str, str | int | bool]) -> PrinterProfile:
    unknown = table.keys() - PrinterProfile.__dataclass_fields__.keys()
    if unknown:
        raise ValueError(f"profiles.toml, [{name}]: unknown {', '.join(sorted(unknown))}")
    return replace(msgspec.convert({"name": name, **table}, PrinterProfile), name=name)
