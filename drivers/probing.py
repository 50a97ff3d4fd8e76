"""Asking an unknown device what it is, and a known one what it can really do.

A probe is short, prints nothing and lights nothing. What a printer answers to decides how far its
word about a ticket can be trusted: many a clone takes GS ( H and says nothing.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from drivers.codec import bx, bx_e, modbus
from drivers.codec.bx_frame import FrameReader
from drivers.codec.escpos_profile import Confirmation
from drivers.codec.escpos_status import (
    Block,
    ProcessDone,
    Query,
    RealTimeReply,
    Reply,
    SensorReply,
    StatusReader,
    ask,
    codes_of,
    summary,
)
from drivers.codec.escpos_text import ask_when_done
from drivers.codec.explained import Said
from drivers.errors import LinkFault
from drivers.transport import Transport
from drivers.words import told

R = TypeVar("R", bound=Reply)

_WRITE_WITHIN_S = 2.0
_ANSWER_WITHIN_S = 0.6
_FIRST_UNIT = 1
_PROCESS_ID = "HALL"
_IDENTITY = {65: Said("固件", "firmware"), 66: Said("厂商", "maker"), 67: Said("型号", "model")}


@dataclass(frozen=True, slots=True)
class Probed:
    """A device that answered as one of this kind, and what it told."""

    kind: str
    told: tuple[Said, ...]
    confirmation: Confirmation | None = None
    """Of a printer: the best word its firmware really gives, as options.confirmation wants it."""


Probe = Callable[[Transport], Probed | None]
"""Over an open link; None when nothing answers as this kind."""


def probe_escpos(way: Transport) -> Probed | None:
    """Status, then names, then both ways of telling that a ticket is done."""
    status = dict(_states(way))
    if not status:
        return None
    codes = summary([codes_of(query, byte) for query, byte in status.items()])
    zh, en, *_ = told(codes)
    known = [Said(f"状态：{zh or '正常'}", f"status: {en or 'well'}")]
    for number, (zh, en) in _IDENTITY.items():
        name = _identity(way, number)
        if name:
            known.append(Said(f"{zh}：{name}", f"{en}: {name}"))
    confirmation = _confirmation(way)
    known.append(
        Said(f"打印证实：{confirmation.value}", f"confirms a ticket by: {confirmation.value}")
    )
    if confirmation is Confirmation.POLL and codes:
        known.append(
            Said("排除故障后请再探测一次", "probe again when that is mended: it may tell more")
        )
    return Probed("escpos", tuple(known), confirmation)


def probe_bx_k(way: Transport) -> Probed | None:
    way.write(bx.encode(bx.Ping()), _WRITE_WITHIN_S)
    return _card("bx-k", way, bx.read_answer)


def probe_bx_e(way: Transport) -> Probed | None:
    way.write(bx_e.encode(bx_e.Ping(), next(iter(bx_e.CONTROLLERS.values()))), _WRITE_WITHIN_S)
    return _card("bx-e", way, bx_e.read_answer)


def probe_modbus(way: Transport) -> Probed | None:
    """Only the first unit is asked for its first register; a refusal is an answer as well."""
    request = modbus.ReadRegisters(0, 1)
    way.write(modbus.encode(_FIRST_UNIT, request), _WRITE_WITHIN_S)
    reader = modbus.AnswerReader(_FIRST_UNIT)
    reader.expect(request)
    for data in heard(way):
        for answer in reader.feed(data):
            refused = isinstance(answer, modbus.Refused)
            zh, en = ("拒绝读取", "refused to be read") if refused else ("可以读取", "can be read")
            told = Said(f"{_FIRST_UNIT} 号站{zh}", f"unit {_FIRST_UNIT} {en}")
            return Probed("modbus-text", (told,))
    return None


def _card(
    kind: str, way: Transport, read: Callable[[bytes], bx.Answer | bx_e.Answer | None]
) -> Probed | None:
    reader = FrameReader()
    for data in heard(way):
        for answer in map(read, reader.feed(data)):
            if answer is not None:
                zh, en = ("接受", "accepted") if answer.accepted else ("拒绝", "refused")
                return Probed(kind, (Said(f"应答：{zh}", f"answered: {en}"),))
    return None


def _states(way: Transport) -> Iterator[tuple[Query, int]]:
    for query in Query:
        replies = _replies(way, ask(query), RealTimeReply)
        if not replies:
            return
        yield query, replies[-1].status


def _identity(way: Transport, number: int) -> str:
    blocks = _replies(way, bytes([0x1D, 0x49, number]), Block)
    return blocks[-1].data[1:-1].decode("ascii", "replace").strip() if blocks else ""


def _confirmation(way: Transport) -> Confirmation:
    done = _replies(way, ask_when_done(Confirmation.PROCESS_ID, _PROCESS_ID), ProcessDone)
    if any(reply.process_id == _PROCESS_ID for reply in done):
        return Confirmation.PROCESS_ID
    if _replies(way, ask_when_done(Confirmation.GS_R, ""), SensorReply):
        return Confirmation.GS_R
    return Confirmation.POLL


def _replies(way: Transport, question: bytes, wanted: type[R]) -> list[R]:
    """What came to one question; ends with the first answer of the wanted kind."""
    way.write(question, _WRITE_WITHIN_S)
    reader = StatusReader()
    for data in heard(way):
        found: list[R] = [reply for reply in reader.feed(data) if isinstance(reply, wanted)]
        if found:
            return found
    return []


def heard(way: Transport, within_s: float = _ANSWER_WITHIN_S) -> Iterator[bytes]:
    deadline = time.monotonic() + within_s
    while (left_s := deadline - time.monotonic()) > 0:
        yield way.read(256, left_s)


def probe(way: Transport, probes: dict[str, Probe]) -> Probed | None:
    """The first kind that answers; a device that takes nothing from us answers none."""
    for each in probes.values():
        with suppress(LinkFault):
            found = each(way)
            if found is not None:
                return found
    return None
