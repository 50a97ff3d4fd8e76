"""What the simulators show to a page, a test or a replay: plain structs, written as JSON."""

from collections.abc import Sequence

import msgspec

from drivers.codec.bx import DisplayMode
from drivers.codec.escpos_paper import (
    CutOnPaper,
    ImageOnPaper,
    Mark,
    QrOnPaper,
    TextOnPaper,
)
from drivers.simulator.bar_engine import BarFault
from drivers.simulator.drawing import draw_ticket
from drivers.simulator.players import BarPlayer, PrinterPlayer
from drivers.simulator.printer_engine import PAPER_DOTS, Fault, Snapshot, Ticket


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


class DrawnTicket(msgspec.Struct, frozen=True):
    number: int
    is_cut: bool
    svg: str


class PrinterView(msgspec.Struct, frozen=True):
    port: int
    faults: list[Fault]
    can_print: bool
    roll_mm: int
    links: int
    noise_bytes: int


class PaperView(msgspec.Struct, frozen=True):
    printer: PrinterView
    tickets: list[TicketView]


class AreaView(msgspec.Struct, frozen=True):
    area_id: int
    x: int
    y: int
    width: int
    height: int
    text: str
    colour: str
    is_scrolling: bool
    seconds_left: int | None


class BarView(msgspec.Struct, frozen=True):
    name: str
    port: int
    faults: list[BarFault]
    links: int
    areas: list[AreaView]


class BarsView(msgspec.Struct, frozen=True):
    bars: list[BarView]


class Update(msgspec.Struct, frozen=True):
    """What a page is pushed: everything small, and the tickets that changed since the last one."""

    printer: PrinterView
    bars: list[BarView]
    tickets: list[DrawnTicket]
    oldest_ticket: int


def paper_view(player: PrinterPlayer) -> PaperView:
    snapshot = player.snapshot()
    tickets = [_ticket_view(ticket) for ticket in snapshot.tickets]
    return PaperView(_printer_view(player.port, snapshot), tickets)


def bars_view(players: Sequence[BarPlayer], now_ms: int) -> BarsView:
    return BarsView([_bar_view(player, now_ms) for player in players])


def update_view(
    printer: PrinterPlayer, bars: Sequence[BarPlayer], now_ms: int, seen_version: int
) -> tuple[Update, int]:
    """The update for a page that has seen this version, and the version it has seen then."""
    snapshot = printer.snapshot(seen_version)
    drawn = [
        DrawnTicket(ticket.number, ticket.is_cut, draw_ticket(ticket.marks, PAPER_DOTS))
        for ticket in snapshot.tickets
    ]
    update = Update(
        printer=_printer_view(printer.port, snapshot),
        bars=bars_view(bars, now_ms).bars,
        tickets=drawn,
        oldest_ticket=snapshot.oldest_ticket,
    )
    return update, snapshot.version


def _printer_view(port: int, snapshot: Snapshot) -> PrinterView:
    return PrinterView(
        port=port,
        faults=list(snapshot.faults),
        can_print=snapshot.can_print,
        roll_mm=round(snapshot.roll_mm),
        links=snapshot.links,
        noise_bytes=snapshot.noise_bytes,
    )


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


def _bar_view(player: BarPlayer, now_ms: int) -> BarView:
    areas = [
        AreaView(
            area_id=lit.area.area_id,
            x=lit.area.x,
            y=lit.area.y,
            width=lit.area.width,
            height=lit.area.height,
            text=lit.text,
            colour=lit.colour,
            is_scrolling=lit.area.display == DisplayMode.LEFT,
            seconds_left=None if lit.until_ms is None else -((now_ms - lit.until_ms) // 1000),
        )
        for lit in player.lit()
    ]
    return BarView(player.name, player.port, player.faults(), player.link_count, areas)
