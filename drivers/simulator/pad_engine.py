"""Pads and bars by a table as they are played: one line, several addresses. No threads, no ports.

A polled pad keeps a key until it is acknowledged and answers every poll with it, as real ones do;
one that is not asked sends the key's frame itself, five times. `repeating` goes on after the
acknowledgement, as when that got lost; `wrong_sum` breaks every frame's checksum.
"""

from collections.abc import Mapping
from enum import StrEnum

from drivers.codec.frame import (
    ACKNOWLEDGED,
    IDLE,
    Blank,
    Frame,
    FrameReader,
    FrameSpec,
    Order,
    OrderForm,
    Part,
    encode,
)
from drivers.inputs.frame_specs import load_frame_spec
from drivers.simulator.input_engine import InputEngine
from drivers.simulator.played import Row

REPEATS = 5


class PadFault(StrEnum):
    REPEATING = "repeating"
    WRONG_SUM = "wrong_sum"


class PadEngine(InputEngine):
    def __init__(self, specs: Mapping[int, str]) -> None:
        """Address → name of the table."""
        super().__init__()
        self.shown: dict[int, str] = dict.fromkeys(specs, "")
        self.polls: dict[int, int] = dict.fromkeys(specs, 0)
        self._specs = {address: load_frame_spec(name) for address, name in specs.items()}
        self._readers = {spec.name: FrameReader(spec.layout) for spec in self._specs.values()}
        self._pressed: dict[int, tuple[str, int]] = {}
        self._last_key = ""

    def press(self, key: str, address: int) -> bytes:
        """Somebody presses a key of this pad."""
        self.version += 1
        self._last_key = key
        spec = self._specs[address]
        if Order.POLL in spec.orders:
            self._pressed[address] = (key, REPEATS)
            return b""
        return self._said(spec, address, key) * REPEATS

    def receive(self, link: int, data: bytes, now_ms: int) -> bytes:  # noqa: ARG002 — a line has no links, a pad no clock
        answers = b""
        for name, reader in self._readers.items():
            for frame in reader.feed(data):
                spec = self._specs.get(frame.address)
                if spec is not None and spec.name == name:
                    answers += self._answer(spec, frame)
        return answers

    def act(self, action: str, value: str, now_ms: int) -> bytes:  # noqa: ARG002 — at once
        """`press` with a key, or with address and key where there are several: `3 call_next`."""
        *address, key = value.split()
        return self.press(key, int(address[0]) if address else min(self._specs))

    def rows(self) -> list[Row]:
        shown = " · ".join(text for text in self.shown.values() if text)
        return [
            Row("最近按键", "Last key", self._last_key or "—"),
            Row("显示", "Display", shown or "—"),
            Row("轮询次数", "Times asked", str(sum(self.polls.values()))),
        ]

    def _answer(self, spec: FrameSpec, frame: Frame) -> bytes:
        order = _order_of(spec, frame)
        match order:
            case Order.POLL:
                self.polls[frame.address] += 1
                return self._said(spec, frame.address, self._next_word(frame.address))
            case Order.ACKNOWLEDGE:
                if PadFault.REPEATING not in self.faults:
                    self._pressed.pop(frame.address, None)
            case Order.SHOW:
                self.shown[frame.address] = _shown_text(spec.orders[order], frame.data)
                self.version += 1
                if ACKNOWLEDGED in spec.meanings.values():
                    return self._said(spec, frame.address, ACKNOWLEDGED)
            case None:
                pass
        return b""

    def _next_word(self, address: int) -> str:
        key, times = self._pressed.get(address, (IDLE, 0))
        if times > 1:
            self._pressed[address] = (key, times - 1)
        else:
            self._pressed.pop(address, None)
        return key

    def _said(self, spec: FrameSpec, address: int, meaning: str) -> bytes:
        said = next(start for start, known in spec.meanings.items() if known == meaning)
        size = spec.layout.numbers[Part.COMMAND].size if Part.COMMAND in spec.layout.parts else 0
        command = int.from_bytes(said[:size], "big")
        data = encode(spec.layout, Frame(address, command, said[size:]))
        if PadFault.WRONG_SUM in self.faults:
            place = -1 - len(spec.layout.tail)
            data = data[:place] + bytes([data[place] ^ 0x55]) + spec.layout.tail
        return data


def _order_of(spec: FrameSpec, frame: Frame) -> Order | None:
    fitting = (order for order, form in spec.orders.items() if form.command == frame.command)
    return next(fitting, None)


def _shown_text(form: OrderForm, data: bytes) -> str:
    for one in form.data:
        match one:
            case bytes():
                data = data[len(one) :]
            case Blank.COLOUR:
                data = data[max(map(len, form.colours.values()), default=0) :]
            case Blank.SECONDS:
                data = data[1:]
            case Blank.TEXT:
                break
    return data.decode(form.encoding, "replace").rstrip()
