"""The hall's words at the door: whether they are good, and until when they let somebody look on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from hall_server.contract.admission import Admission, AdmissionError, admission_of
from hall_server.contract.http_door import LinkDown, post
from hall_server.contract.messages.ledger import CheckpointRead, CheckpointView
from hall_server.contract.refusals import Refusal

ASK_HALL_S = 3.0
ASK_AGAIN_AFTER_S = 10.0


class HallsWord:
    """Judges the words the hall has given, by its key, which is asked of the hall once."""

    def __init__(
        self,
        hall_url: str,
        now_ms: Callable[[], int],
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """The hall may come later."""
        self._hall_url, self.now_ms, self._steady_s = hall_url, now_ms, steady_s
        self._key = ""
        self._asked_at_s = float("-inf")
        self._lock = threading.Lock()

    def admission(self, token: str) -> Admission:
        """What the token admits to; raises AdmissionError, LinkDown while there is no key yet."""
        key = self._key or self._ask()
        try:
            return admission_of(token, key, self.now_ms())
        except AdmissionError:
            fresh = self._ask()  # a hall set up anew signs with another key
            if fresh == key:
                raise
            return admission_of(token, fresh, self.now_ms())

    def _ask(self) -> str:
        """The hall's key; not more often than every few seconds, whatever people bring."""
        with self._lock:
            if self._key and self._steady_s() - self._asked_at_s < ASK_AGAIN_AFTER_S:
                return self._key
            self._asked_at_s = self._steady_s()
            try:
                told = post(
                    self._hall_url,
                    "ledger.checkpoint",
                    CheckpointRead(),
                    CheckpointView,
                    ASK_HALL_S,
                )
            except (LinkDown, Refusal) as error:
                if not self._key:
                    raise LinkDown(str(error)) from error
            else:
                self._key = told.verifier_key
            return self._key


class Looks:
    """Until when each account may look at each camera, by the newest word it has brought."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        """Nobody may yet."""
        self._now_ms = now_ms
        self._until_ms: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def note(self, admission: Admission, camera_id: str) -> None:
        """Somebody has brought a word that is good; those that are over are forgotten."""
        now_ms, look = self._now_ms(), (admission.account, camera_id)
        with self._lock:
            self._until_ms = {one: at for one, at in self._until_ms.items() if at > now_ms}
            self._until_ms[look] = max(self._until_ms.get(look, 0), admission.expires_at)

    def may(self, account: str, camera_id: str) -> bool:
        """Whether that look may go on."""
        return self._until_ms.get((account, camera_id), 0) > self._now_ms()
