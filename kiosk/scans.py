"""A code before the scanner: a ticket's opens its place in the queue, an appointment's checks in.

Codes of other kinds (health, social security, payment) are common in people's hands; they are told
plainly to be none of ours, and neither sent anywhere nor written down.
"""

from __future__ import annotations

import logging
import re

import msgspec

from hall_server.contract.link import Link, LinkDown
from hall_server.contract.messages.base import Refused
from hall_server.contract.messages.queueing import FollowView, TicketFollow
from hall_server.contract.refusals import Refusal
from kiosk.messages import ScanKind, ScanOutcome, ScanPress
from kiosk.tickets import UNREACHABLE, TicketDesk

log = logging.getLogger(__name__)
ON_PAPER = re.compile(r"(?:https?://[^/\s]{1,200})?/t/([A-Za-z0-9_-]{16,32})(?:#\S*)?")
BARE = re.compile(r"[A-Za-z0-9_-]{16,32}")
NO_CODE_OF_OURS = Refused(
    code="scan_unknown",
    zh="这不是本大厅的号票或预约码，请扫描号票上的二维码或预约码",
    en="This is neither a ticket nor an appointment of this hall: scan the code on the ticket or "
    "that of the appointment",
)


class ScanDesk:
    """See the module."""

    def __init__(self, link: Link, desk: TicketDesk) -> None:
        """Codes are asked about over ``link``; whoever checks in gets a number at ``desk``."""
        self._link = link
        self._desk = desk

    def scan(self, press: ScanPress) -> ScanOutcome:
        """What the code is, and what came of it."""
        text = press.text.strip()
        paper, bare = ON_PAPER.fullmatch(text), BARE.fullmatch(text)
        if paper is None and bare is None:
            return _told(press, NO_CODE_OF_OURS)
        try:
            place = self._place(paper[1] if paper else text)
            if place is not None:
                return ScanOutcome(press_id=press.press_id, kind=ScanKind.PLACE, place=place)
            if bare is None:
                return _told(press, NO_CODE_OF_OURS)
            return self._check_in(press, text)
        except LinkDown as down:
            log.info("a code cannot be asked about: %s", down)
            return _told(press, UNREACHABLE)

    def _place(self, code: str) -> FollowView | None:
        try:
            view = self._link.read("ticket.follow", TicketFollow(code=code), FollowView)
        except Refusal as refusal:
            if refusal.code == "code_unknown":
                return None
            raise
        return msgspec.structs.replace(view, checkpoint="")  # of no use on this screen

    def _check_in(self, press: ScanPress, code: str) -> ScanOutcome:
        outcome = self._desk.check_in(press.press_id, code, press.language)
        if outcome.refused is not None and outcome.refused.code == "appointment_unknown":
            return _told(press, NO_CODE_OF_OURS)
        return ScanOutcome(press_id=press.press_id, kind=ScanKind.CHECK_IN, outcome=outcome)


def _told(press: ScanPress, refused: Refused) -> ScanOutcome:
    return ScanOutcome(press_id=press.press_id, kind=ScanKind.UNKNOWN, refused=refused)
