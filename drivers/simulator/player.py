"""A simulated device as a program runs it: engine, lock and cable put together."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from drivers.simulator.cables import open_cable
from drivers.simulator.played import (
    NOISE,
    SILENT,
    UNPLUGGED,
    Answer,
    BadOrder,
    Control,
    Engine,
    KindWords,
    Seat,
    Told,
)

_CLEAR = "clear_faults"

Played = TypeVar("Played", bound=Engine)


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault to begin or end, or an action, for one device of the stage."""

    device: str
    fault: str = ""
    on: bool = True
    after_lines: int | None = None
    action: str = ""
    value: str = ""


class DeviceView(msgspec.Struct, frozen=True):
    """One device as the page is pushed it; the form of `view` is its kind's own."""

    name: str
    kind: str
    url: str
    links: int
    faults: list[str]
    view: object


class Player(Generic[Played]):
    def __init__(self, seat: Seat, words: KindWords, engine: Played) -> None:
        self.name = seat.name
        self.words = words
        self._engine = engine
        self._changes = seat.changes
        self._now_ms = seat.now_ms
        self._changed = threading.Condition()
        self._links: set[int] = set()
        self._cable = open_cable(seat.cable, seat.host, self)

    @property
    def url(self) -> str:
        return self._cable.url

    @property
    def port(self) -> int:
        """Of a device on the network."""
        return int(self.url.rpartition(":")[2])

    def start(self) -> None:
        self._cable.start()

    def stop(self) -> None:
        self._cable.stop()

    @property
    def mark(self) -> tuple[int, int]:
        """Differs when there is something to be seen anew; the engine's version stands first."""
        return self._engine.version, len(self._links)

    def shown(self, since_version: int) -> DeviceView:
        """The device as it is to be seen now."""
        with self._changed:
            links, faults = len(self._links), sorted(map(str, self._engine.faults))
        view = self._view(since_version)
        return DeviceView(self.name, self.words.kind, self.url, links, faults, view)

    def obey(self, order: Order) -> None:
        """Do what the page, the command line or a test asked for."""
        if order.action == _CLEAR:
            self.clear_faults()
        elif order.action:
            self._obey_action(order)
        else:
            fault = _control("fault", order.fault, self.words.faults())
            if order.after_lines is not None and not fault.takes_lines:
                raise BadOrder(f"after_lines: {order.fault} of {self.name} begins at once")
            self.set_fault(order.fault, on=order.on, after_lines=order.after_lines)

    def set_fault(self, fault: str, *, on: bool, after_lines: int | None = None) -> None:
        self._act(lambda engine: engine.set_fault(fault, on=on, after_lines=after_lines))
        if on and fault == UNPLUGGED:
            self._cable.hang_up()

    def clear_faults(self) -> None:
        self._act(lambda engine: engine.clear_faults())

    def act(self, action: str, value: str = "") -> None:
        self._act(lambda engine: engine.act(action, value, self._now_ms()))

    def tick(self) -> None:
        self._act(lambda engine: engine.tick(self._now_ms()))

    def connected(self, link: int) -> None:
        with self._changed:
            self._links.add(link)
            self._engine.connected(link)
        self._changes.touch()

    def disconnected(self, link: int) -> None:
        with self._changed:
            self._links.discard(link)
            self._engine.disconnected(link)
        self._changes.touch()

    def received(self, link: int, data: bytes) -> None:
        if not self._is_dumb():
            self._act(lambda engine: engine.receive(link, data, self._now_ms()), link)

    def has_room(self) -> bool:
        return True

    def is_noisy(self) -> bool:
        return NOISE in self._engine.faults

    def is_unplugged(self) -> bool:
        return UNPLUGGED in self._engine.faults

    def _view(self, since_version: int) -> object:
        with self._changed:
            return self._engine.view(self._now_ms(), since_version)

    def _is_dumb(self) -> bool:
        faults = self._engine.faults
        return SILENT in faults or UNPLUGGED in faults

    def _obey_action(self, order: Order) -> None:
        action = _control("action", order.action, self.words.actions())
        choices = [choice.name for choice in action.choices]
        if choices and order.value not in choices:
            raise BadOrder(f"value: wanted one of {', '.join(choices)}, found {order.value!r}")
        if order.value and not (choices or action.asks_text):
            raise BadOrder(f"value: {order.action} of {self.name} takes none")
        self.act(order.action, order.value)

    def _act(self, act: Callable[[Played], Told], link: int | None = None) -> None:
        with self._changed:
            before = self._engine.version
            told = act(self._engine)
            changed = self._engine.version != before
            links = sorted(self._links) if link is None else [link]
            self._changed.notify_all()
        self._send([Answer(each, told) for each in links] if isinstance(told, bytes) else told)
        if changed:
            self._changes.touch()

    def _send(self, answers: list[Answer]) -> None:
        if self._is_dumb():
            return
        for answer in answers:
            if answer.data:
                self._cable.send(answer.link, answer.data)


@dataclass(frozen=True, slots=True)
class PlayedKind:
    """What `kinds.py` lists: the words of a kind, and how one of it is played."""

    words: KindWords
    play: Callable[[Seat], Player[Any]]


def _control(key: str, name: str, known: dict[str, Control]) -> Control:
    if name not in known:
        raise BadOrder(f"{key}: wanted one of {', '.join(known)}, found {name!r}")
    return known[name]
