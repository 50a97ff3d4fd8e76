"""The printer that is played: takes a host's bytes, keeps paper and state, answers like one.

Real-time questions are answered as they arrive. Everything else waits in the buffer and is carried
out in order, and only while the printer can print: when the paper ends in the middle, the rest
stays in the buffer until a new roll is loaded, and then comes out. No threads and no sockets here.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from drivers.codec.escpos_commands import Command, CommandReader, Order
from drivers.codec.escpos_paper import CutOnPaper, Gap, Mark, QrOnPaper, VirtualPaper
from drivers.simulator.played import Answer

DOTS_PER_MM = 8
PAPER_DOTS = 576
FULL_ROLL_MM = 60_000
_NEAR_END_MM = 3_000
_BUFFER_BYTES = 64 * 1024
_KEPT_TICKETS = 50
_MARKS_PER_TICKET = 400
_TYPICAL_QR_MODULES = 33  # for the length of paper a code takes
_CUT_FEED_DOTS = 80
_MAKER, _MODEL = b"_EPSON\x00", b"_TM-T88V\x00"


class Fault(StrEnum):
    """What can be made to happen to the printer, by its page or by a test."""

    PAPER_NEAR_END = "paper_near_end"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER_ERROR = "cutter_error"
    OFFLINE = "offline"
    STUCK = "stuck"  # answers questions, prints nothing
    SILENT = "silent"  # takes bytes, answers and prints nothing
    NOISE = "noise"  # a bad cable: random bytes on the line
    HALF_ANSWERS = "half_answers"  # answers break off in the middle
    UNPLUGGED = "unplugged"
    NOT_TAKEN = "not_taken"  # nobody takes the ticket that is held out
    RETRACT_STUCK = "retract_stuck"  # it cannot draw it back


_STOPS_PRINTING = frozenset(
    {
        Fault.PAPER_OUT,
        Fault.COVER_OPEN,
        Fault.CUTTER_ERROR,
        Fault.OFFLINE,
        Fault.STUCK,
        Fault.SILENT,
        Fault.UNPLUGGED,
    }
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One piece of paper as it was at a moment."""

    number: int
    is_cut: bool
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The printer at a moment; of the tickets those that changed since the version asked for."""

    version: int
    faults: tuple[Fault, ...]
    can_print: bool
    roll_mm: float
    links: int
    noise_bytes: int
    oldest_ticket: int
    tickets: tuple[Ticket, ...]
    in_mouth: tuple[int, ...] = ()
    """Tickets that are held out; more than one went to the same hand."""
    retracted: tuple[int, ...] = ()


@dataclass(slots=True)
class _Growing:
    number: int
    version: int
    is_cut: bool = False
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Waiting:
    link: int
    order: Order
    size: int


class PrinterEngine:
    def __init__(self, width_dots: int = PAPER_DOTS) -> None:
        self.width_dots = width_dots
        self.faults: set[Fault] = set()
        self._roll_mm = float(FULL_ROLL_MM)
        self.version = 0
        self._tickets: deque[_Growing] = deque(maxlen=_KEPT_TICKETS)
        self._paper = VirtualPaper(width_dots)
        self._readers: dict[int, CommandReader] = {}
        self._tells_by_itself: set[int] = set()
        self._buffer: deque[_Waiting] = deque()
        self._buffered_bytes = 0
        self._ticket_numbers = 0
        self._lines_until_paper_ends: int | None = None
        self._in_mouth: list[int] = []
        self._retracted: deque[int] = deque(maxlen=_KEPT_TICKETS)

    @property
    def can_print(self) -> bool:
        return not self.faults & _STOPS_PRINTING

    @property
    def has_room(self) -> bool:
        """A printer whose buffer is full stops reading its line."""
        return self._buffered_bytes < _BUFFER_BYTES

    @property
    def has_work(self) -> bool:
        return self.can_print and bool(self._buffer)

    def snapshot(self, since_version: int = -1) -> Snapshot:
        changed = [ticket for ticket in self._tickets if ticket.version > since_version]
        return Snapshot(
            version=self.version,
            faults=tuple(sorted(self.faults)),
            can_print=self.can_print,
            roll_mm=self._roll_mm,
            links=len(self._readers),
            noise_bytes=sum(reader.noise_bytes for reader in self._readers.values()),
            oldest_ticket=self._tickets[0].number if self._tickets else 0,
            tickets=tuple(Ticket(t.number, t.is_cut, tuple(t.marks)) for t in changed),
            in_mouth=tuple(self._in_mouth),
            retracted=tuple(self._retracted),
        )

    def connected(self, link: int) -> None:
        self._readers[link] = CommandReader()
        self.version += 1

    def disconnected(self, link: int) -> None:
        self._readers.pop(link, None)
        self._tells_by_itself.discard(link)
        self.version += 1

    def receive(self, link: int, data: bytes, now_ms: int = 0) -> list[Answer]:  # noqa: ARG002 — it has no clock
        """What came over one link; the answers that cannot wait."""
        if self.faults & {Fault.SILENT, Fault.UNPLUGGED}:
            return []
        answers: list[Answer] = []
        for order in self._readers[link].feed(data):
            if isinstance(order, Command) and order.name[0] == 0x10:
                answers += self._at_once(link, order)
            else:
                self._buffer.append(_Waiting(link, order, _size(order)))
                self._buffered_bytes += _size(order)
        return self._as_broken(answers)

    def carry_out_next(self) -> tuple[list[Answer], int]:
        """One order from the buffer: its answers, and the dots of paper it took."""
        waiting = self._buffer.popleft()
        self._buffered_bytes -= waiting.size
        marks = self._paper.carry_out(waiting.order)
        dots = sum(self._put_on_paper(mark) for mark in marks)
        answers: list[Answer] = []
        if isinstance(waiting.order, Command):
            answers = list(self._answer(waiting.link, waiting.order))
        answers += self._use_paper(dots)
        return self._as_broken(answers), dots

    def set_fault(self, fault: str, *, on: bool, after_lines: int | None = None) -> list[Answer]:
        """Begin or end a fault; paper can be made to end after so many more lines."""
        fault = Fault(fault)
        if on and fault is Fault.PAPER_OUT and after_lines:
            self._lines_until_paper_ends = after_lines
            return []
        if on:
            self.faults.add(fault)
        else:
            self.faults.discard(fault)
        if not on and fault is Fault.NOT_TAKEN:
            self._in_mouth.clear()
        if on and fault is Fault.UNPLUGGED:
            self._lose_power()
        return self._changed()

    def load_paper(self) -> list[Answer]:
        self._roll_mm = float(FULL_ROLL_MM)
        self._lines_until_paper_ends = None
        self.faults -= {Fault.PAPER_OUT, Fault.PAPER_NEAR_END, Fault.COVER_OPEN}
        return self._changed()

    def act(self, action: str, value: str, now_ms: int) -> list[Answer]:  # noqa: ARG002 — it has one
        return self.take_ticket() if action == "take_ticket" else self.load_paper()

    def take_ticket(self) -> list[Answer]:
        self._in_mouth.clear()
        self.version += 1
        return []

    def tick(self, now_ms: int) -> list[Answer]:  # noqa: ARG002 — it does nothing by itself
        return []

    def view(self, now_ms: int, since_version: int) -> Snapshot:  # noqa: ARG002 — it has no clock
        return self.snapshot(since_version)

    def clear_faults(self) -> list[Answer]:
        self.faults.clear()
        self._in_mouth.clear()
        return self.load_paper()

    def real_time_status(self, query: int) -> bytes:
        """The byte that answers DLE EOT n."""
        on = self.faults
        match query:
            case 1:
                bits = 0x08 if self._is_offline else 0
            case 2:
                bits = _bits(on, {Fault.COVER_OPEN: 0x04, Fault.PAPER_OUT: 0x20})
                bits |= 0x40 if Fault.CUTTER_ERROR in on else 0
            case 3:
                bits = _bits(on, {Fault.CUTTER_ERROR: 0x08})
            case 4:
                bits = _bits(on, {Fault.PAPER_NEAR_END: 0x0C, Fault.PAPER_OUT: 0x6C})
            case _:
                return b""
        return bytes([0x12 | bits])

    def automatic_status(self) -> bytes:
        on = self.faults
        first = 0x10 | (0x08 if self._is_offline else 0) | (0x20 if Fault.COVER_OPEN in on else 0)
        second = 0x08 if Fault.CUTTER_ERROR in on else 0
        third = _bits(on, {Fault.PAPER_NEAR_END: 0x03, Fault.PAPER_OUT: 0x0F})
        return bytes([first, second, third, 0x0F])

    def full_status(self) -> bytes:
        """The six bytes that answer DLE EOT 20."""
        on = self.faults
        paper = _bits(on, {Fault.PAPER_NEAR_END: 0x04, Fault.PAPER_OUT: 0x05})
        paper |= 0x20 if self._in_mouth else 0
        user = 0x02 if Fault.COVER_OPEN in on else 0
        return bytes([0x10, 0x0F, paper, user, 0, 0x01 if Fault.CUTTER_ERROR in on else 0])

    @property
    def _is_offline(self) -> bool:
        stops = {Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.CUTTER_ERROR, Fault.OFFLINE}
        return bool(self.faults & stops)

    def _at_once(self, link: int, command: Command) -> list[Answer]:
        match command.name:
            case b"\x10\x04" if command.data == b"\x14":
                return [Answer(link, self.full_status())]
            case b"\x10\x04":
                return [Answer(link, self.real_time_status(command.data[0]))]
            case b"\x10\x05" if command.data[0] in {1, 2} and Fault.CUTTER_ERROR in self.faults:
                if command.data[0] == 2:
                    self._forget_buffer()
                return self.set_fault(Fault.CUTTER_ERROR, on=False)
            case b"\x10\x14" if command.data == b"\x08\x01\x03\x14\x01\x06\x02\x08":
                self._forget_buffer()
                return [Answer(link, b"\x37\x25\x00")]
        return []

    def _answer(self, link: int, command: Command) -> Iterator[Answer]:
        data = command.data
        match command.name:
            case b"\x1dr" if data[0] in {1, 49}:
                yield Answer(link, bytes([0x03 if Fault.PAPER_NEAR_END in self.faults else 0x00]))
            case b"\x1dI" if data[0] in {66, 67}:
                yield Answer(link, _MAKER if data[0] == 66 else _MODEL)
            case b"\x1d(H" if data[2:4] == b"00" and len(data) == 8:
                yield Answer(link, b"\x37\x22" + data[4:] + b"\x00")
            case b"\x1de":
                self._move_mouth(data[0])
            case b"\x1da" if data[0]:
                self._tells_by_itself.add(link)
                yield Answer(link, self.automatic_status())
            case b"\x1da":
                self._tells_by_itself.discard(link)

    def _move_mouth(self, order: int) -> None:
        """Hold out (3, 5) or draw back (2); whoever stands there takes it, if anybody does."""
        self.version += 1
        if order in {3, 5} and Fault.NOT_TAKEN in self.faults and self._tickets:
            self._in_mouth.append(self._tickets[-1].number)
        elif order == 2 and Fault.RETRACT_STUCK not in self.faults:
            self._retracted.extend(self._in_mouth)
            self._in_mouth.clear()

    def _put_on_paper(self, mark: Mark) -> int:
        ticket = self._open_ticket(mark)
        if ticket is None:
            return mark.dots if isinstance(mark, Gap) else 0
        ticket.marks.append(mark)
        self.version += 1
        ticket.version = self.version
        match mark:
            case CutOnPaper():
                ticket.is_cut = True
                return _CUT_FEED_DOTS
            case QrOnPaper():
                return mark.module_dots * _TYPICAL_QR_MODULES
            case _:
                return mark.dots

    def _open_ticket(self, mark: Mark) -> _Growing | None:
        """The ticket now in the printer; white paper alone does not begin one."""
        last = self._tickets[-1] if self._tickets else None
        if last is not None and not last.is_cut and len(last.marks) < _MARKS_PER_TICKET:
            return last
        if isinstance(mark, Gap | CutOnPaper):
            return None
        self._ticket_numbers += 1
        ticket = _Growing(self._ticket_numbers, self.version)
        self._tickets.append(ticket)
        return ticket

    def _use_paper(self, dots: int) -> list[Answer]:
        if not dots:
            return []
        self._roll_mm = max(0.0, self._roll_mm - dots / DOTS_PER_MM)
        if self._lines_until_paper_ends is not None:
            self._lines_until_paper_ends -= 1
        if self._roll_mm == 0 or self._lines_until_paper_ends == 0:
            self._lines_until_paper_ends = None
            return self.set_fault(Fault.PAPER_OUT, on=True)
        if self._roll_mm < _NEAR_END_MM and Fault.PAPER_NEAR_END not in self.faults:
            return self.set_fault(Fault.PAPER_NEAR_END, on=True)
        return []

    def _changed(self) -> list[Answer]:
        self.version += 1
        status = self.automatic_status()
        return self._as_broken([Answer(link, status) for link in sorted(self._tells_by_itself)])

    def _as_broken(self, answers: list[Answer]) -> list[Answer]:
        if self.faults & {Fault.SILENT, Fault.UNPLUGGED}:
            return []
        if Fault.HALF_ANSWERS in self.faults:
            return [Answer(answer.link, b"\x10" + answer.data[1:2]) for answer in answers]
        return answers

    def _forget_buffer(self) -> None:
        self._buffer.clear()
        self._buffered_bytes = 0
        self._paper = VirtualPaper(self.width_dots)

    def _lose_power(self) -> None:
        self._forget_buffer()
        for reader in self._readers.values():
            reader.reset()
        self._tells_by_itself.clear()


def _bits(on: set[Fault], meaning: dict[Fault, int]) -> int:
    bits = 0
    for fault, mask in meaning.items():
        bits |= mask if fault in on else 0
    return bits


def _size(order: Order) -> int:
    return len(order.data) + (len(order.name) if isinstance(order, Command) else 0)
