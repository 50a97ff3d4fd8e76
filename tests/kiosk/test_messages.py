"""The page's side of the kiosk's own small contract says what the station's side says."""

import re
from enum import StrEnum
from pathlib import Path

import msgspec
import pytest

from hall_server.contract.link import LinkState
from kiosk.messages import (
    CardShown,
    CardState,
    KioskFacts,
    KioskState,
    Outcome,
    PaperState,
    PressState,
    PrinterView,
    Scan,
    ScanKind,
    ScanOutcome,
)

TYPESCRIPT = (Path(__file__).parents[2] / "kiosk" / "web" / "station.ts").read_text("utf-8")


@pytest.mark.parametrize(
    "struct", [KioskState, KioskFacts, Outcome, PrinterView, ScanOutcome, CardShown, Scan]
)
def test_an_interface_has_the_fields_of_its_struct(struct: type[msgspec.Struct]) -> None:
    body = re.search(rf"interface {struct.__name__} {{(.*?)\n}}", TYPESCRIPT, re.DOTALL)
    assert body is not None
    assert re.findall(r"^  (\w+): ", body[1], re.MULTILINE) == list(struct.__struct_fields__)


@pytest.mark.parametrize("words", [LinkState, PressState, PaperState, ScanKind, CardState])
def test_a_union_has_the_members_of_its_enum(words: type[StrEnum]) -> None:
    union = re.search(rf"type {words.__name__} =(.*?);", TYPESCRIPT, re.DOTALL)
    assert union is not None
    assert re.findall(r"'(\w+)'", union[1]) == [member.value for member in words]
