"""A printer's mouth: the ticket that is held out there until somebody takes it.

Paper that nobody took in time is drawn back, or held, as the profile says; either way that is told
once. Before the next ticket is printed the mouth has to be empty by the printer's own word: what is
not known to be gone is never followed by somebody else's paper.
"""

import time
from collections.abc import Callable

from drivers.codec.escpos_profile import PrinterProfile, Untaken
from drivers.codec.escpos_text import retract
from drivers.escpos_link import EscposLink
from drivers.orders import DeviceCode

_LOOK_EVERY_S = 0.2
_RETRACTED_WITHIN_S = 4.0


class Mouth:
    def __init__(
        self, link: EscposLink, profile: PrinterProfile, left: Callable[[str, bool], None]
    ) -> None:
        """`left` is told the job nobody fetched, and whether its ticket was drawn back."""
        self._link = link
        self._profile = profile
        self._left = left
        self._job_id = ""
        self._held_since_s: float | None = None
        self._is_told = False
        self._owes_word = False

    def presented(self, job_id: str) -> None:
        """The next ticket that is seen there is this one's."""
        self._job_id, self._held_since_s, self._is_told = job_id, None, False

    def look(self) -> DeviceCode | None:
        """What is the matter with it, if anything, since the last look; draws back what is due."""
        is_held = self._sees_ticket()
        if is_held is None:
            return DeviceCode.NO_REPLY
        if is_held and self._still_has_time_s() <= 0:
            self._give_up()
        was_left, self._owes_word = self._owes_word, False
        return DeviceCode.NOT_TAKEN if was_left else None

    def clear(self) -> DeviceCode | None:
        """Wait for the citizen before, then see that the mouth is empty; why not, if it is not."""
        while True:
            is_held = self._sees_ticket()
            if is_held is None:
                return DeviceCode.NO_REPLY
            if not is_held:
                return None
            left_s = self._still_has_time_s()
            if left_s <= 0:
                return None if self._give_up() else DeviceCode.NOT_TAKEN
            self._link.listen(min(left_s, _LOOK_EVERY_S))

    def _sees_ticket(self) -> bool | None:
        is_held = self._link.ticket_in_mouth()
        if is_held is False:
            self._held_since_s = None
        elif is_held and self._held_since_s is None:
            self._held_since_s = time.monotonic()
        return is_held

    def _still_has_time_s(self) -> float:
        since_s = self._held_since_s
        if since_s is None:
            return 0.0
        return since_s + self._profile.take_within_s - time.monotonic()

    def _give_up(self) -> bool:
        """Whether the mouth is empty now."""
        self._owes_word = True
        is_empty = self._profile.untaken is Untaken.RETRACT and self._retract()
        if not self._is_told:
            self._is_told = True
            self._left(self._job_id, is_empty)
        return is_empty

    def _retract(self) -> bool:
        self._link.send(retract())
        until_s = time.monotonic() + _RETRACTED_WITHIN_S
        while time.monotonic() < until_s:
            if self._link.ticket_in_mouth() is False:
                self._held_since_s = None
                return True
            self._link.listen(_LOOK_EVERY_S)
        return False
