"""What one client hears, held against the promise that nothing is missing and nothing comes twice.

Written anew for this purpose, apart from the product's own ``Sequence``: it repairs nothing and
only keeps book. A push that begins after our place is a gap until what lies between has come; every
seq that was given is kept, to be compared with the ledger when the day is over.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import lru_cache
from typing import Union

import msgspec

from hall_server.contract.messages.base import Event
from hall_server.contract.messages.organisation import Snapshot
from hall_server.contract.registry import EVENTS

_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Union[tuple(EVENTS.values())])  # noqa: UP007 - the members are known only when the program runs


class _RawPush(msgspec.Struct, frozen=True):
    since: int
    upto: int
    events: list[msgspec.Raw]


class Heard(msgspec.Struct, frozen=True):
    """A push with its events as the contract states them."""

    since: int
    upto: int
    events: tuple[Event, ...]


@lru_cache(maxsize=256)
def heard_in(text: str) -> Heard | Snapshot:
    """What a Socket.IO event packet tells; all consoles get the same text, so it is read once."""
    name, body = msgspec.json.decode(text[2:], type=tuple[str, msgspec.Raw])
    if name == "snapshot":
        return msgspec.json.decode(body, type=Snapshot)
    raw = msgspec.json.decode(body, type=_RawPush)
    return Heard(raw.since, raw.upto, tuple(_EVENT.decode(event) for event in raw.events))


class Stream:
    """The book of one client."""

    def __init__(
        self, on_event: Callable[[Event], None], on_snapshot: Callable[[Snapshot], None]
    ) -> None:
        """Both are told in order, each event once."""
        self._on_event = on_event
        self._on_snapshot = on_snapshot
        self.place = 0
        self.seqs = array("q")
        self.jumps: list[tuple[int, int]] = []
        """Places a snapshot led over without the events between."""
        self.disorders: list[str] = []
        self.gaps = 0
        self.gap_longest_s = 0.0
        self._gap_since_s = 0.0
        self._held: dict[int, Heard] = {}

    @property
    def has_gap(self) -> bool:
        """Whether something is missing now."""
        return bool(self._held)

    def gap_s(self, now_s: float) -> float:
        """For how long something has been missing."""
        return now_s - self._gap_since_s if self._held else 0.0

    def take(self, heard: Heard | Snapshot, now_s: float) -> None:
        """Take in what came."""
        if isinstance(heard, Snapshot):
            if heard.seq >= self.place:
                self.jumps.append((self.place, heard.seq))
                self.place = heard.seq
                self._on_snapshot(heard)
        elif heard.since > self.place:
            if not self._held:
                self.gaps += 1
                self._gap_since_s = now_s
            self._held[heard.since] = heard
        else:
            self._give(heard)
        self._give_held(now_s)

    def _give_held(self, now_s: float) -> None:
        if not self._held:
            return
        for since in sorted(self._held):
            if since <= self.place:
                self._give(self._held.pop(since))
        if not self._held:
            self.gap_longest_s = max(self.gap_longest_s, now_s - self._gap_since_s)

    def _give(self, heard: Heard) -> None:
        before = heard.since
        for event in heard.events:
            if not before < event.seq <= heard.upto:
                self.disorders.append(f"seq {event.seq} in {heard.since}..{heard.upto}")
            before = event.seq
            if event.seq > self.place:
                self.seqs.append(event.seq)
                self._on_event(event)
        self.place = max(self.place, heard.upto)
