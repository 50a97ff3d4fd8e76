"""What a simulated device is: an engine, the words and buttons of its kind, a seat on a cable.

An engine is pure: bytes and the time come in, bytes go out, and it can be looked at. All calls to
one engine are made under one lock; it starts no thread and opens nothing. What a bad cable does
(`noise`, `silent`, `unplugged`) is done to it from outside as soon as its `faults` hold that word.

A new kind is one file with an engine and a `PlayedKind`, and one line in `kinds.py`; the page draws
it from its words, its buttons and the rows of its view. Pure, like the engines.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

import msgspec

from drivers.simulator.changes import Changes

SILENT, NOISE, UNPLUGGED = "silent", "noise", "unplugged"


class BadOrder(ValueError):  # noqa: N818 — answered as 400, with the sentence
    """Says what was wanted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes for one link."""

    link: int
    data: bytes


Told = bytes | list[Answer]
"""Plain bytes go to the link that spoke, or to every link when none did."""


class Engine(Protocol):
    @property
    def version(self) -> int:
        """Raised whenever something is to be seen anew."""

    @property
    def faults(self) -> Collection[str]: ...

    def connected(self, link: int) -> None: ...
    def disconnected(self, link: int) -> None: ...
    def receive(self, link: int, data: bytes, now_ms: int) -> Told: ...
    def set_fault(self, fault: str, *, on: bool, after_lines: int | None = None) -> Told: ...
    def clear_faults(self) -> Told: ...

    def act(self, action: str, value: str, now_ms: int) -> Told:
        """One of the kind's own actions; `value` is one of its choices, or the text it asks."""

    def tick(self, now_ms: int) -> Told:
        """Called four times a second, for what happens by itself."""

    def view(self, now_ms: int, since_version: int) -> object:
        """What the page is shown; of what is large only what changed since that version."""


class Choice(msgspec.Struct, frozen=True):
    name: str
    zh: str
    en: str


class Control(msgspec.Struct, frozen=True):
    """A fault to switch on and off, or an action: a button, one for each choice, or with a text."""

    name: str
    zh: str
    en: str
    choices: tuple[Choice, ...] = ()
    asks_text: bool = False
    takes_lines: bool = False
    """This fault can be told to begin after so many more lines."""


class Group(msgspec.Struct, frozen=True):
    """Buttons that stand together."""

    zh: str
    en: str
    faults: tuple[Control, ...] = ()
    actions: tuple[Control, ...] = ()


class KindWords(msgspec.Struct, frozen=True):
    """A kind as the page and the command line tell it. `kind` is the driver's, as configured."""

    kind: str
    zh: str
    en: str
    groups: tuple[Group, ...]
    hint_zh: str = ""
    hint_en: str = ""

    def faults(self) -> dict[str, Control]:
        return {fault.name: fault for group in self.groups for fault in group.faults}

    def actions(self) -> dict[str, Control]:
        return {action.name: action for group in self.groups for action in group.actions}


class Row(msgspec.Struct, frozen=True):
    """One thing to read on a device that has no drawing of its own."""

    zh: str
    en: str
    value: str


class Rows(msgspec.Struct, frozen=True):
    """A view that the page can show of any device."""

    rows: list[Row]


CABLE = Group(
    "线路",
    "Cable",
    faults=(
        Control(SILENT, "不应答", "Silent"),
        Control(NOISE, "线路乱码", "Noisy line"),
        Control(UNPLUGGED, "拔掉连线", "Unplugged"),
    ),
    actions=(Control("clear_faults", "全部恢复", "Clear all"),),
)
"""What can happen to any device; the last group of most kinds."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where one device is played: its name, the cable it is served on, who is told of changes."""

    name: str
    cable: str
    changes: Changes
    now_ms: Callable[[], int]
    host: str = "127.0.0.1"


class Playing(Protocol):
    """The end of a cable at the device; the cable calls it on its own threads."""

    def connected(self, link: int) -> None: ...
    def disconnected(self, link: int) -> None: ...
    def received(self, link: int, data: bytes) -> None: ...
    def has_room(self) -> bool: ...
    def is_noisy(self) -> bool: ...
    def is_unplugged(self) -> bool: ...


class Cable(Protocol):
    """What a device is served on. It knows no protocol."""

    @property
    def url(self) -> str:
        """What a host writes into its configuration to reach the device now."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def send(self, link: int, data: bytes) -> None: ...

    def hang_up(self) -> None:
        """End every link, as a pulled plug does."""
