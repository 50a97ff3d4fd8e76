"""Which ask and which read of queueing goes to which use case; nothing else."""

from __future__ import annotations

from hall_server.database import Handlers
from hall_server.queueing import (
    booking,
    calling,
    days,
    figures,
    moving,
    pads,
    persons,
    printing,
    service,
    serving,
    taking,
    windows,
)

ASKS: Handlers = {
    "day.open": days.day_open,
    "day.close": days.day_close,
    "ticket.take": taking.take,
    "ticket.check_in": taking.check_in,
    "ticket.reprint": printing.reprint,
    "ticket.call_next": calling.call_next,
    "ticket.call": calling.call_chosen,
    "ticket.recall": calling.recall,
    "ticket.start": serving.start,
    "ticket.finish": serving.finish,
    "ticket.miss": serving.miss,
    "ticket.bring_back": moving.bring_back,
    "ticket.hold": serving.hold,
    "ticket.resume": serving.resume,
    "ticket.transfer": moving.transfer,
    "ticket.move_back": moving.move_back,
    "ticket.add_item": moving.add_item,
    "ticket.serve_direct": taking.serve_direct,
    "ticket.cancel": moving.cancel,
    "appointment.book": booking.book,
    "appointment.cancel": booking.cancel,
    "print.report": printing.report,
    "pad.press": pads.press,
    "window.open": windows.open_window,
    "window.close": windows.close_window,
    "window.pause": windows.pause_window,
    "window.resume": windows.resume_window,
}

READS: Handlers = {
    "ticket.follow": service.follow,
    "person.key": persons.read_key,
    "print.read": printing.read_job,
    "hall.forecast": service.forecast_all,
    "hall.figures": figures.day_figures,
}
