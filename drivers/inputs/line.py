"""One RS-485 line with many small devices on it: call pads, rating pads, bars by tables.

There is one thread to a line, and one says something at a time. What is to be shown goes before the
next question; then every pad is asked in turn, each within its own time. Whoever does not answer
three times is offline, and is asked less often, so that a pad without current does not slow the
others. Pads that cannot be asked are listened to; such a one is well when it was heard of late, and
unknown otherwise.

A key counts once, when it is first heard; its frame is acknowledged each time, because the last
acknowledgement may be what got lost. A bar by a table has no clock: what is stale is wiped from
here. Bars of two makers may share a line; each make's decoder then counts the other's frames as
noise.
"""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from drivers.codec.counters import Counters
from drivers.codec.frame import (
    ACKNOWLEDGED,
    ANSWERS,
    IDLE,
    REFUSED,
    Frame,
    FrameReader,
    FrameSpec,
    Order,
)
from drivers.codec.presses import Presses
from drivers.health import Finding, HealthRecord
from drivers.inputs.frame_specs import RATES, FrameSpecError, frame_specs, load_frame_spec
from drivers.inputs.line_device import BusDevice
from drivers.inputs.nodes import TEST_ID, BusNode, LastText, LineTexts, Shown
from drivers.lane import Lane
from drivers.options import Options
from drivers.orders import (
    DeviceCode,
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    DeviceStatus,
    HealthChanged,
    KeyPressed,
    TextShown,
)
from drivers.surroundings import Surroundings
from drivers.transport import Transport

_OPEN_WITHIN_S = 3.0
_WRITE_WITHIN_S = 1.0
_LISTEN_S = 0.1
_SILENT_AFTER_MISSES = 3
_SILENT_POLL_S = 2.0
_HEARD_OF_LATE_S = 1800.0
_SHOW_ANSWER_S = 0.3
_SILENCE_S = 0.02

Report = Callable[[DeviceEvent], None]


class BusWorker:
    """Speaks on the line; `lane.Lane` gives it the thread, the patience and the texts."""

    check_every_s = 0.0

    def __init__(
        self,
        transport: Transport,
        nodes: Sequence[BusNode],
        report: Report,
        now_ms: Callable[[], int],
    ) -> None:
        self._transport = transport
        self._nodes = nodes
        self._report = report
        self._now_ms = now_ms
        self._readers = self._new_readers()

    def open(self) -> Finding:
        self._transport.open(_OPEN_WITHIN_S)
        self._readers = self._new_readers()
        return Finding(answered=True)

    def close(self) -> None:
        self._transport.close()

    def counters(self, node: BusNode) -> Counters:
        return self._readers[node.spec.name].counters

    def perform(self, work: list[Shown]) -> None:
        """Show what is due; whether it is to be seen only the device's own answer tells."""
        for shown in work:
            self._show(shown)

    def _show(self, work: Shown) -> None:
        node, order = work.node, work.order
        seconds = -(-work.left_ms // 1000)
        data = node.spec.order(
            Order.SHOW, node.address, text=work.text, colour=order.colour, seconds=seconds
        )
        self._transport.write(data, _WRITE_WITHIN_S)
        if ACKNOWLEDGED not in node.spec.meanings.values():
            return
        match self._answer_of(node, _SHOW_ANSWER_S, frozenset({ACKNOWLEDGED, REFUSED})):
            case "":
                self._missed(node)
            case meaning if meaning == REFUSED:
                self._tell(node, Finding(answered=True, codes=frozenset({DeviceCode.REFUSED})))
            case _ if order.order_id == TEST_ID:
                node.texts.takes(ACKNOWLEDGED)
            case _ if work.text and node.text.is_first_word(order):
                self._report(TextShown(node.device_id, order, self._now_ms()))

    def check(self) -> Finding:
        """Ask whoever is due, or listen until somebody is."""
        now_s = time.monotonic()
        asked = [node for node in self._nodes if node.is_asked]
        node = min(asked, key=lambda one: one.poll_at_s, default=None)
        if node is None or node.poll_at_s > now_s:
            until_s = _LISTEN_S if node is None else min(_LISTEN_S, node.poll_at_s - now_s)
            self._take_in(until_s)
            self._doubt_whoever_is_never_heard(now_s)
        else:
            self._ask(node)
        return Finding(answered=True)

    def _ask(self, node: BusNode) -> None:
        self._transport.write(node.spec.order(Order.POLL, node.address), _WRITE_WITHIN_S)
        answered = self._answer_of(node, node.spec.answer_within_ms / 1000, frozenset())
        if not answered:
            self._missed(node)
        is_silent = node.misses >= _SILENT_AFTER_MISSES
        pause_s = _SILENT_POLL_S if is_silent else node.spec.poll_every_ms / 1000
        node.poll_at_s = time.monotonic() + pause_s

    def _answer_of(self, node: BusNode, within_s: float, wanted: frozenset[str]) -> str:
        """What the device says in time; any word counts where none is named. Empty for none."""
        deadline_s = time.monotonic() + within_s
        while (left_s := deadline_s - time.monotonic()) > 0:
            for speaker, meaning in self._take_in(left_s):
                if speaker is node and (not wanted or meaning in wanted):
                    return meaning or IDLE
        return ""

    def _take_in(self, timeout_s: float) -> list[tuple[BusNode, str]]:
        """Who said what; a line that has been silent completes no frame that it began."""
        data = self._transport.read(256, timeout_s)
        is_silent = not data and timeout_s >= _SILENCE_S
        said: list[tuple[BusNode, str]] = []
        for name, reader in self._readers.items():
            for frame in reader.silence() if is_silent else reader.feed(data):
                node = self._speaker(name, frame)
                if node is not None:
                    said.append((node, self._hear(node, frame)))
        return said

    def _speaker(self, spec_name: str, frame: Frame) -> BusNode | None:
        fitting = (
            node
            for node in self._nodes
            if node.spec.name == spec_name and node.address == frame.address
        )
        return next(fitting, None)

    def _hear(self, node: BusNode, frame: Frame) -> str:
        node.heard(time.monotonic())
        node.answers.takes(IDLE)
        self._tell(node, Finding(answered=True, certain=True))
        meaning = node.spec.meaning(frame)
        if meaning == IDLE:
            node.presses.idle()
        elif meaning and meaning not in ANSWERS:
            if Order.ACKNOWLEDGE in node.spec.orders:
                data = node.spec.order(Order.ACKNOWLEDGE, node.address)
                self._transport.write(data, _WRITE_WITHIN_S)
            now_ms = self._now_ms()
            is_new = node.presses.is_new(meaning, node.spec.press_number(frame), now_ms)
            if is_new and not node.keys.takes(meaning):
                self._report(KeyPressed(node.device_id, meaning, now_ms))
        return meaning

    def _missed(self, node: BusNode) -> None:
        node.misses += 1
        if node.misses >= _SILENT_AFTER_MISSES:
            codes = frozenset({DeviceCode.OFFLINE})
            self._tell(node, Finding(answered=False, codes=codes, certain=True))

    def _doubt_whoever_is_never_heard(self, now_s: float) -> None:
        for node in self._nodes:
            is_well = node.record.status.health is DeviceHealth.OK
            if not node.is_asked and is_well and now_s - node.heard_at_s > _HEARD_OF_LATE_S:
                self._tell(node, Finding(answered=False, certain=True))

    def _tell(self, node: BusNode, finding: Finding) -> None:
        now_ms = self._now_ms()
        changed = node.record.add(finding, now_ms)
        if changed is not None:
            self._report(HealthChanged(changed, now_ms))

    def line_changed(self, status: DeviceStatus) -> None:
        """The line itself went away, or came to an end: so did everybody on it."""
        if status.health is not DeviceHealth.OK:
            is_there = status.health is DeviceHealth.FAULT
            for node in self._nodes:
                self._tell(node, Finding(answered=is_there, codes=status.codes, certain=True))

    def _new_readers(self) -> dict[str, FrameReader]:
        return {node.spec.name: FrameReader(node.spec.layout) for node in self._nodes}


class Line:
    """The worker and its lane, started once."""

    def __init__(
        self, name: str, worker: BusWorker, texts: LineTexts, now_ms: Callable[[], int]
    ) -> None:
        def report(event: DeviceEvent) -> None:
            if isinstance(event, HealthChanged):
                worker.line_changed(event.status)

        self.worker = worker
        record = HealthRecord(name, "line", now_ms())
        self.lane: Lane[list[Shown]] = Lane(record, worker, texts, report, now_ms)
        self._is_started = False

    def start(self) -> None:
        if not self._is_started:
            self._is_started = True
            self.lane.start()


ON_A_LINE: dict[str, Callable[[FrameSpec], str]] = {
    "call-pad": lambda spec: "" if spec.keys - {*RATES} else "keys",
    "rating-pad": lambda spec: "" if spec.keys & {*RATES} else "rate:1 to rate:5",
    "frame-bar": lambda spec: "" if Order.SHOW in spec.orders else "[show]",
}
"""Kinds that share a line, and what a table for each lacks."""


def build_alone(config: DeviceConfig, surroundings: Surroundings) -> BusDevice:
    return build_line([config], surroundings)[config.id]


def build_line(configs: Sequence[DeviceConfig], surroundings: Surroundings) -> dict[str, BusDevice]:
    """The devices of one line, not yet started."""
    tap = surroundings.tap(configs[0])
    transport = surroundings.way_to(configs[0], tap)
    now_ms, news = surroundings.now_ms, threading.Event()
    nodes: list[BusNode] = []
    for config in configs:
        options = Options(config)
        spec = _frame_spec(options, config.kind)
        highest = spec.layout.highest_address
        address = options.number("address", min(1, highest), 0, highest)
        options.finish()
        if any((one.address, one.spec.name) == (address, spec.name) for one in nodes):
            raise options.wrong("address", f"one of its own on this line, found {address} twice")
        record = HealthRecord(config.id, config.kind, now_ms())
        text, presses = LastText(now_ms, news), Presses(spec.repeat_ms)
        nodes.append(BusNode(config.id, address, spec, record, text, presses))
    worker = BusWorker(transport, nodes, surroundings.report, now_ms)
    line = Line(configs[0].url, worker, LineTexts(nodes, news), now_ms)
    specs = [node.spec for node in nodes]
    return {
        node.device_id: BusDevice(
            node, specs, line.lane, tap, partial(worker.counters, node), line.start
        )
        for node in nodes
    }


def _frame_spec(options: Options, kind: str) -> FrameSpec:
    name = options.text("spec", "")
    if not name:
        known = ", ".join(frame_specs())
        raise options.wrong("spec", f"one of {known}, or the path of a .toml file")
    try:
        spec = load_frame_spec(name)
    except FrameSpecError as error:
        raise options.wrong("spec", str(error)) from error
    missing = ON_A_LINE[kind](spec)
    if missing:
        raise options.wrong("spec", f"a table with {missing} for a {kind}, found {name!r}")
    return spec


def specs_at_hand(kind: str) -> list[FrameSpec]:
    """The shipped tables that fit a kind."""
    specs = map(load_frame_spec, frame_specs())
    return [spec for spec in specs if not ON_A_LINE[kind](spec)]
