"""A kiosk station that plays a given scene, so that its page can be looked at in every state."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from running_hall import ROOT

from config.load import load_profile
from config.values import Words
from hall_server.contract.link import LinkState
from hall_server.contract.messages.base import Refused
from hall_server.contract.messages.queueing import FollowView, ItemForecast, LegState
from hall_server.contract.messages.stations import Health
from hall_server.contract.version import VERSION
from kiosk.messages import (
    CardShown,
    CardState,
    GuidePress,
    Heartbeat,
    HelpOutcome,
    HelpPress,
    KioskFacts,
    KioskState,
    Outcome,
    PaperOutcome,
    PaperState,
    PressState,
    PrinterView,
    ReprintPress,
    Scan,
    ScanKind,
    ScanOutcome,
    ScanPress,
    TakePress,
)
from kiosk.page_server import PageServer
from kiosk.scans import NO_CODE_OF_OURS
from kiosk.tickets import code_rows

NOON_MS = 1_795_398_060_000
PAPER_OUT = PrinterView(present=True, health=Health.FAULT, codes=["paper_out"])
NOT_TAKEN = PrinterView(present=True, health=Health.DEGRADED, codes=["not_taken"])
DAY_FULL = Refused(
    code="day_full",
    zh="按目前等候情况，今日下班前已办不到您，请改日或预约",
    en="With those waiting, you would not be served before closing; come another day or book",
)


class Scene:
    """Answers as a station would in a scene that the test sets with ``play``."""

    def __init__(self, profile: str) -> None:
        self.known = KioskFacts(version=1, facts=load_profile(profile))
        self._changed = threading.Condition()
        self._change = 0
        self.stated = self.known.facts
        self.presses: list[TakePress] = []
        self.scans: list[ScanPress] = []
        self.play()

    def play(
        self,
        *,
        link: LinkState = LinkState.UP,
        refusal: str = "",
        press: PressState = PressState.ISSUED,
        paper: PaperState = PaperState.PRINTED,
        printer: PrinterView | None = None,
        knows: bool = True,
        cards: bool = False,
        reads_cards: bool = True,
        place: LegState = LegState.WAITING,
        has_window: bool = True,
    ) -> None:
        """``cards``: the hall asks for an identity card; ``reads_cards``: a reader is there."""
        queueing = msgspec.structs.replace(self.stated.queueing, card_at_kiosk=cards)
        facts = msgspec.structs.replace(self.stated, queueing=queueing)
        with self._changed:
            self.known = KioskFacts(version=2 if cards else 1, facts=facts)
            self.reads_cards, self.place, self.has_window = reads_cards, place, has_window
            self.card: CardShown | None = None
            self.code: Scan | None = None
            self.link, self.refusal, self.press, self.paper = link, refusal, press, paper
            self.printer = printer or PrinterView(present=True, health=Health.OK, codes=[])
            self.knows = knows
            self.outcomes: dict[str, Outcome] = {}
            self._change += 1
            self._changed.notify_all()

    def settle(self, press_id: str, paper: PaperState) -> None:
        """The hall, or the printer, has said its word about a press."""
        with self._changed:
            self.outcomes[press_id] = self._issued(self.presses[-1], paper)
            self._change += 1
            self._changed.notify_all()

    def lay_card(self, card_id: str, state: CardState = CardState.READ) -> None:
        """Somebody lays a card on the reader."""
        with self._changed:
            self.card = CardShown(
                card_id=card_id, state=state, name="张*", number="533***********123X"
            )
            self._change += 1
            self._changed.notify_all()

    def hold_code(self, scan_id: str, text: str) -> None:
        """Somebody holds a code before the station's own scanner."""
        with self._changed:
            self.code = Scan(scan_id=scan_id, text=text)
            self._change += 1
            self._changed.notify_all()

    def scan(self, press: ScanPress) -> ScanOutcome:
        self.scans.append(press)
        name = press.press_id
        if press.text.startswith("booked"):
            taken = TakePress(press_id=name, item_id=self._first_item(), language=press.language)
            kept = self.outcomes[name] = self._issued(taken, PaperState.PRINTED)
            return ScanOutcome(press_id=name, kind=ScanKind.CHECK_IN, outcome=kept)
        if "/t/" in press.text:
            return ScanOutcome(press_id=name, kind=ScanKind.PLACE, place=self._place())
        return ScanOutcome(press_id=name, kind=ScanKind.UNKNOWN, refused=NO_CODE_OF_OURS)

    def state(self) -> KioskState:
        is_up = self.link is LinkState.UP
        return KioskState(
            station_id="kiosk-1",
            version=VERSION,
            link=self.link,
            link_zh="终端 kiosk-1 未登记或已停用",
            link_en="Station kiosk-1 is not enrolled or was revoked",
            at=NOON_MS,
            clock_rate=1,
            day="2026-11-23",
            facts_version=self.known.version if self.knows else -1,
            forecasts=self._forecasts() if is_up else [],
            printer=self.printer,
            reads_cards=self.reads_cards,
            card=self.card,
            scan=self.code,
            outcomes=list(self.outcomes.values()),
        )

    def facts(self) -> KioskFacts | None:
        return self.known if self.knows else None

    def wait(self, seen: int, timeout_s: float) -> int:
        with self._changed:
            self._changed.wait_for(lambda: self._change != seen, timeout_s)
            return self._change

    def take(self, press: TakePress) -> Outcome:
        self.presses.append(press)
        if self.press is PressState.REFUSED:
            return Outcome(press_id=press.press_id, state=PressState.REFUSED, refused=DAY_FULL)
        if self.press is PressState.PENDING:
            outcome = Outcome(press_id=press.press_id, state=PressState.PENDING)
        else:
            outcome = self._issued(press, self.paper)
        self.outcomes[press.press_id] = outcome
        return outcome

    def reprint(self, press: ReprintPress) -> Outcome:
        known = self.outcomes[press.press_id]
        again = msgspec.structs.replace(known, copy=1, paper=PaperState.PRINTED)
        self.outcomes[press.press_id] = again
        return again

    def print_guide(self, press: GuidePress) -> PaperOutcome:
        return PaperOutcome(press_id=press.press_id, paper=PaperState.PRINTED)

    def help(self, press: HelpPress) -> HelpOutcome:
        return HelpOutcome(told=bool(press.press_id) and self.link is LinkState.UP)

    def heard(self, heartbeat: Heartbeat) -> None:
        self.screen = heartbeat.screen

    def _issued(self, press: TakePress, paper: PaperState) -> Outcome:
        item = next(one for one in self.known.facts.items if one.id == press.item_id)
        return Outcome(
            press_id=press.press_id,
            state=PressState.ISSUED,
            paper=paper,
            label="A018",
            item_id=item.id,
            queue_id=item.queue,
            priority_id=press.priority_id,
            taken_at=NOON_MS,
            people_ahead=4,
            wait_low_minutes=8,
            wait_high_minutes=21,
            code=code_rows("http://127.0.0.1:8080/t/AbCdEfGhIjKlMnOp#" + "0123456789" * 12),
        )

    def _first_item(self) -> str:
        return next(item.id for item in self.known.facts.items if item.queue)

    def _place(self) -> FollowView:
        item = next(one for one in self.known.facts.items if one.id == self._first_item())
        return FollowView(
            at=NOON_MS,
            utc_offset_minutes=480,
            site=self.known.facts.site.name,
            item=item.name,
            zone=Words("一楼综合服务区", "General services, ground floor"),
            floor=1,
            label="A018",
            state=self.place,
            has_window=self.has_window,
            item_id=item.id,
            queue_id=item.queue,
            window_number=3,
            people_ahead=4,
            wait_low_minutes=8,
            wait_high_minutes=21,
            taken_at=NOON_MS,
            taken_seq=1,
            in_ledger=True,
            checkpoint="",
        )

    def _forecasts(self) -> list[ItemForecast]:
        """Every item another wait, from nobody to hours; one of them has given all its numbers."""
        told = []
        for place, item in enumerate(one for one in self.known.facts.items if one.queue):
            ahead = place * 7 % 41
            refusal = self.refusal or ("item_quota" if place == 1 else "")
            told.append(
                ItemForecast(
                    item_id=item.id,
                    queue_id=item.queue,
                    open=not refusal,
                    refusal=refusal,
                    people_ahead=ahead,
                    wait_low_minutes=ahead * 3 // 2,
                    wait_high_minutes=ahead * 4 + 2,
                )
            )
        return told


@contextmanager
def playing(profile: str) -> Iterator[tuple[Scene, str]]:
    """A scene and the address of its page."""
    scene: Any = Scene(profile)
    server = PageServer("127.0.0.1", 0, scene, ROOT / "build" / "web")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield scene, f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
