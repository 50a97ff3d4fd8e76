"""The ticket printer as it is played: paper at a real pace, buttons, and what is seen of it."""

import threading

import msgspec

from drivers.codec.escpos_paper import (
    CutOnPaper,
    ImageOnPaper,
    Mark,
    QrOnPaper,
    TextOnPaper,
)
from drivers.simulator.drawing import draw_ticket
from drivers.simulator.played import Control, Group, KindWords, Seat
from drivers.simulator.player import PlayedKind, Player
from drivers.simulator.printer_engine import (
    DOTS_PER_MM,
    PAPER_DOTS,
    Fault,
    PrinterEngine,
    Snapshot,
    Ticket,
)

_IDLE_S = 0.2
_SPEED_MM_S = 120


class MarkView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing on paper: kind "text", "qr", "image" or "cut"."""

    kind: str
    text: str = ""
    width: int = 1
    height: int = 1
    align: str = "left"
    bold: bool = False


class TicketView(msgspec.Struct, frozen=True):
    number: int
    is_cut: bool
    lines: list[str]
    marks: list[MarkView]


class PrinterView(msgspec.Struct, frozen=True):
    port: int
    faults: list[Fault]
    can_print: bool
    roll_mm: int
    in_mouth: list[int]
    retracted: list[int]
    links: int
    noise_bytes: int


class PaperView(msgspec.Struct, frozen=True):
    """What /paper.json tells a test or a replay."""

    printer: PrinterView
    tickets: list[TicketView]


class DrawnTicket(msgspec.Struct, frozen=True):
    number: int
    is_cut: bool
    svg: str


class PrinterOnPage(msgspec.Struct, frozen=True):
    """The printer for the page, with those tickets that changed since it looked last."""

    roll_mm: int
    in_mouth: list[int]
    retracted: list[int]
    oldest_ticket: int
    tickets: list[DrawnTicket]


class PrinterPlayer(Player[PrinterEngine]):
    """`speed_mm_s` is how fast paper comes out; 0 prints at once, for tests."""

    def __init__(self, seat: Seat, speed_mm_s: int = _SPEED_MM_S) -> None:
        super().__init__(seat, _WORDS, PrinterEngine())
        self._speed_mm_s = speed_mm_s
        self._stopping = threading.Event()
        self._printing = threading.Thread(target=self._print, name="printer", daemon=True)

    def start(self) -> None:
        super().start()
        self._printing.start()

    def stop(self) -> None:
        self._stopping.set()
        super().stop()
        if self._printing.is_alive():
            self._printing.join()

    def snapshot(self, since_version: int = -1) -> Snapshot:
        with self._changed:
            return self._engine.snapshot(since_version)

    def load_paper(self) -> None:
        self.act("load_paper")

    def has_room(self) -> bool:
        return self._engine.has_room

    def paper(self) -> PaperView:
        snapshot = self.snapshot()
        printer = PrinterView(
            port=self.port,
            faults=list(snapshot.faults),
            can_print=snapshot.can_print,
            roll_mm=round(snapshot.roll_mm),
            in_mouth=list(snapshot.in_mouth),
            retracted=list(snapshot.retracted),
            links=snapshot.links,
            noise_bytes=snapshot.noise_bytes,
        )
        return PaperView(printer, [_ticket_view(ticket) for ticket in snapshot.tickets])

    def _view(self, since_version: int) -> PrinterOnPage:
        snapshot = self.snapshot(since_version)
        # Drawn outside the lock: a host that asks for the status must not wait for pictures.
        drawn = [
            DrawnTicket(ticket.number, ticket.is_cut, draw_ticket(ticket.marks, PAPER_DOTS))
            for ticket in snapshot.tickets
        ]
        return PrinterOnPage(
            round(snapshot.roll_mm),
            list(snapshot.in_mouth),
            list(snapshot.retracted),
            snapshot.oldest_ticket,
            drawn,
        )

    def _print(self) -> None:
        while not self._stopping.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._engine.has_work, _IDLE_S)
                if not self._engine.has_work:
                    continue
                answers, dots = self._engine.carry_out_next()
            self._send(answers)
            if dots:
                self._changes.touch()
                if self._speed_mm_s:
                    self._stopping.wait(dots / DOTS_PER_MM / self._speed_mm_s)


def _ticket_view(ticket: Ticket) -> TicketView:
    marks = [view for view in map(_mark_view, ticket.marks) if view is not None]
    lines = [view.text for view in marks if view.kind == "text"]
    return TicketView(ticket.number, ticket.is_cut, lines, marks)


def _mark_view(mark: Mark) -> MarkView | None:
    match mark:
        case TextOnPaper():
            look = mark.runs[0].look
            return MarkView("text", mark.text, look.width, look.height, mark.align, look.bold)
        case QrOnPaper():
            return MarkView("qr", mark.payload, align=mark.align)
        case ImageOnPaper():
            return MarkView("image", width=mark.width, height=mark.height, align=mark.align)
        case CutOnPaper():
            return MarkView("cut")
        case _:
            return None


_WORDS = KindWords(
    "escpos",
    "号票打印机",
    "Ticket printer",
    (
        Group(
            "纸张",
            "Paper",
            (
                Control(Fault.PAPER_NEAR_END, "纸将尽", "Paper low"),
                Control(Fault.PAPER_OUT, "缺纸", "Paper out", takes_lines=True),
            ),
            (Control("load_paper", "装纸", "Load paper"),),
        ),
        Group(
            "出纸口",
            "Mouth",
            (
                Control(Fault.NOT_TAKEN, "无人取票", "Nobody takes it"),
                Control(Fault.RETRACT_STUCK, "收不回", "Cannot draw back"),
            ),
            (Control("take_ticket", "取走号票", "Take the ticket"),),
        ),
        Group(
            "机器",
            "Machine",
            (
                Control(Fault.COVER_OPEN, "上盖打开", "Cover open"),
                Control(Fault.CUTTER_ERROR, "切刀卡住", "Cutter jam"),
                Control(Fault.OFFLINE, "脱机", "Offline"),
            ),
        ),
        Group(
            "疑难",
            "Trouble",
            (
                Control(Fault.STUCK, "应答但不打印", "Answers, prints nothing"),
                Control(Fault.SILENT, "不应答", "Silent"),
                Control(Fault.NOISE, "线路乱码", "Noisy line"),
                Control(Fault.HALF_ANSWERS, "应答残缺", "Half answers"),
                Control(Fault.UNPLUGGED, "拔掉连线", "Unplugged"),
            ),
            (Control("clear_faults", "全部恢复", "Clear all"),),
        ),
    ),
)
PRINTER = PlayedKind(_WORDS, PrinterPlayer)
