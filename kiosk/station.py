"""The kiosk's station: joins the line to the hall, the printers, the journal and the page.

It serves the page whether the hall is there or not; guides and categories come from facts kept on
disk. Numbers are the hall's alone: while it cannot be reached, taking is refused plainly.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from config.facts import HallFacts
from drivers.alarm_watch import AlarmWatch
from drivers.alarms import Alarm
from drivers.engineer.page import Held
from drivers.orders import CardRead, CardUnreadable, PrintResult, Scanned
from hall_server.contract.link import Link, LinkDown, LinkState, LinkStatus, new_request_id
from hall_server.contract.messages.base import Accepted, Event
from hall_server.contract.messages.organisation import Snapshot
from hall_server.contract.messages.queueing import (
    DayClosed,
    DayOpened,
    ForecastRead,
    Forecasts,
    LegEvent,
    PersonKey,
    PersonKeyRead,
    PrintState,
    TicketPrintQueued,
    WindowEvent,
)
from hall_server.contract.messages.stations import (
    AlertKind,
    DeviceAlert,
    DeviceReport,
    Health,
    KioskHelp,
)
from hall_server.contract.refusals import Refusal
from kiosk import facts_cache
from kiosk.board import Board
from kiosk.cards import Cards
from kiosk.errands import Errands
from kiosk.guides import GuidePapers
from kiosk.journal import Journal
from kiosk.messages import (
    GuidePress,
    Heartbeat,
    HelpOutcome,
    HelpPress,
    KioskFacts,
    KioskState,
    Outcome,
    PaperOutcome,
    ReprintPress,
    Scan,
    ScanOutcome,
    ScanPress,
    TakePress,
)
from kiosk.ordered import OrderedPapers
from kiosk.printer import Printers, Told
from kiosk.readers import Readers, ReadersTell
from kiosk.scans import ScanDesk
from kiosk.tickets import TicketDesk

log = logging.getLogger(__name__)
FORECAST_EVERY_S = 20.0
FORECAST_APART_S = 1.0
PAGE_SILENT_S = 30.0
KEY_AGAIN_S = 2.0


@dataclass(frozen=True)
class StationSettings:
    """How this kiosk was started."""

    station_id: str
    hall_url: str
    data: Path
    code: str = ""
    code_file: Path | None = None


class Station:
    """See the module."""

    def __init__(self, settings: StationSettings, now_ms: Callable[[], int]) -> None:
        """Read what is on disk; nothing is started."""
        self._settings = settings
        self._now_ms = now_ms
        self._board = Board(settings.station_id, now_ms)
        self._facts_file = settings.data / "facts.json"
        self._journal = Journal(settings.data / "journal.jsonl")
        self._link = Link(
            settings.hall_url,
            settings.data / "station.key",
            settings.station_id,
            "",
            self._on_snapshot,
            self._on_event,
            self._on_link,
            now_ms=now_ms,
            code=settings.code,
            code_file=settings.code_file,
        )
        self._errands = Errands(self._link)
        told = Told(self._on_paper, self._on_health, self._on_retracted)
        folder = settings.data / "devices"
        self._printers = Printers(settings.station_id, told, now_ms, folder)
        self._person_key = b""
        self._cards = Cards()
        self._board.card = self._cards.shown
        tell = ReadersTell(code=self._on_code, card=self._on_card, health=self._on_health)
        self._readers = Readers(settings.station_id, tell, lambda: self._person_key, folder)
        self._desk = TicketDesk(
            self._link,
            self._journal,
            self._board,
            self._printers,
            self._errands,
            now_ms,
            self._person_of,
        )
        self._ordered = OrderedPapers(
            self._link, self._journal, self._printers, self._errands, self._known_facts
        )
        self._scans = ScanDesk(self._link, self._desk)
        self._alarms = AlarmWatch(
            lambda: self.held().benches, self._on_alarms, lambda: time.monotonic_ns() // 1_000_000
        )
        self._guides = GuidePapers(self._printers, self._board, self._known_facts)
        self._stale = threading.Event()
        self._stopping = threading.Event()
        self._heard_at_s = time.monotonic()
        self._forecaster = threading.Thread(target=self._forecast, name="forecast", daemon=True)

    def start(self) -> None:
        """Begin with what is known; the hall may come later."""
        kept = facts_cache.load(self._facts_file)
        if kept is not None:
            self._board.set_facts(kept)
            self._equip()
        self._ordered.start()
        self._errands.start()
        self._alarms.start()
        self._forecaster.start()
        self._link.start()

    def stop(self) -> None:
        """End in order."""
        self._stopping.set()
        self._stale.set()
        self._link.stop()
        self._alarms.stop()
        self._errands.stop()
        self._printers.close()
        self._readers.close()
        self._journal.close()

    def held(self) -> Held:
        """The devices, for whoever looks after them."""
        return self._printers.held() + self._readers.held()

    # ------------------------------------------------------------------ what the page asks

    def state(self) -> KioskState:
        """Everything that changes."""
        return self._board.state()

    def facts(self) -> KioskFacts | None:
        """What a citizen may see of the facts."""
        known = self._board.facts
        if known is None:
            return None
        facts = msgspec.structs.replace(
            known.facts, devices=[], rules=[], staff=[], displays=[], reasons=[]
        )
        return KioskFacts(version=known.version, facts=facts)

    def wait(self, seen: int, timeout_s: float) -> int:
        """Wait for a change."""
        return self._board.wait(seen, timeout_s)

    def take(self, press: TakePress) -> Outcome:
        """取号."""
        return self._desk.press(press)

    def reprint(self, press: ReprintPress) -> Outcome:
        """重新打印."""
        return self._desk.reprint(press)

    def scan(self, press: ScanPress) -> ScanOutcome:
        """A code was held before a scanner."""
        return self._scans.scan(press)

    def print_guide(self, press: GuidePress) -> PaperOutcome:
        """办事指南."""
        return self._guides.print(press)

    def help(self, press: HelpPress) -> HelpOutcome:
        """呼叫工作人员."""
        try:
            self._link.ask("kiosk.help", KioskHelp(request_id=press.press_id), Accepted)
        except (LinkDown, Refusal) as error:
            log.warning("nobody could be called: %s", error)
            return HelpOutcome(told=False)
        return HelpOutcome(told=True)

    def heard(self, heartbeat: Heartbeat) -> None:
        """The page is alive."""
        silent_s = time.monotonic() - self._heard_at_s
        self._heard_at_s = time.monotonic()
        if silent_s > PAGE_SILENT_S:
            log.info("the page is back after %.0f s, at %s", silent_s, heartbeat.screen)

    # ------------------------------------------------------------------ what the hall says

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        self._board.set_clock(snapshot.at, snapshot.clock_rate)
        self._board.set_day(snapshot.day)
        known = self._board.facts
        if known is None or (known.version, known.facts) != (
            snapshot.facts_version,
            snapshot.facts,
        ):
            facts = KioskFacts(version=snapshot.facts_version, facts=snapshot.facts)
            self._board.set_facts(facts)
            self._errands.do("keep facts", lambda: facts_cache.keep(self._facts_file, facts))
            self._errands.do("equip", self._equip)
        # After what opens the printers: errands are done in turn.
        self._ordered.hear(
            paper.job_id for paper in snapshot.papers if paper.state is PrintState.QUEUED
        )
        self._errands.do("person key", self._fetch_person_key)
        self._alarms.tell_again()
        self._stale.set()

    def _on_event(self, event: Event) -> None:
        match event:
            case DayOpened():
                self._board.set_day(event.day)
                self._errands.do("person key", self._fetch_person_key)
            case DayClosed():
                self._board.set_day("")
                self._person_key = b""
                self._cards.forget()
            case TicketPrintQueued(station_id=self._settings.station_id) if event.expires_at:
                self._ordered.hear([event.job_id])
                return
            case LegEvent() | WindowEvent():
                pass
            case _:
                return
        self._stale.set()

    def _on_link(self, status: LinkStatus) -> None:
        self._board.set_link(status)
        if status.state is LinkState.UP:
            self._errands.do("resume", self._desk.resume)
            self._errands.nudge()
            self._stale.set()

    def _forecast(self) -> None:
        """Keep people ahead and ranges fresh, without asking at each of a rush of events."""
        while not self._stopping.is_set():
            self._stale.wait(FORECAST_EVERY_S)
            self._stale.clear()
            if self._board.is_up:
                try:
                    told = self._link.read("hall.forecast", ForecastRead(), Forecasts)
                    self._board.set_forecasts(told)
                except (LinkDown, Refusal) as error:
                    log.info("no forecast: %s", error)
            self._stopping.wait(FORECAST_APART_S)

    # ------------------------------------------------------------------ cards and codes

    @property
    def _asks_cards(self) -> bool:
        known = self._board.facts
        return known is not None and known.facts.queueing.card_at_kiosk

    def _fetch_person_key(self) -> None:
        """The hall's key of the day, kept in memory only; none where cards are not asked for."""
        if not self._asks_cards:
            self._person_key = b""
            self._cards.forget()
            return
        try:
            told = self._link.read("person.key", PersonKeyRead(), PersonKey)
        except Refusal as refusal:
            log.warning("no key for cards: %s", refusal)
            return
        except LinkDown as down:
            log.info("no key for cards yet: %s", down)
            self._errands.do("person key", self._fetch_person_key, KEY_AGAIN_S)
            return
        self._person_key = bytes.fromhex(told.key)

    def _person_of(self, press: TakePress) -> str:
        """The hash of the card that was laid for this press; refused where one is asked for."""
        if not self._asks_cards:
            return ""
        person = self._cards.take(press.card_id)
        self._board.card_changed()
        if not person:
            raise Refusal("card_needed")
        return person

    def _on_card(self, event: CardRead | CardUnreadable) -> None:
        if self._asks_cards:
            self._cards.told(event)
            self._board.card_changed()

    def _on_code(self, event: Scanned) -> None:
        self._board.set_scan(Scan(scan_id=new_request_id(), text=event.text))

    # ------------------------------------------------------------------ printers

    def _known_facts(self) -> HallFacts | None:
        known = self._board.facts
        return known.facts if known is not None else None

    def _equip(self) -> None:
        facts = self._known_facts()
        if facts is not None:
            self._printers.equip(facts.devices)
            self._readers.equip(facts.devices)
            self._show_devices()

    def _show_devices(self) -> None:
        self._board.set_printer(self._printers.view())
        self._board.set_reads_cards(reads_cards=self._readers.reads_cards())

    def _on_paper(self, job_id: str, result: PrintResult) -> None:
        if not self._ordered.told(job_id, result):
            self._desk.paper_told(job_id, result)

    def _on_retracted(self, job_id: str) -> None:
        self._desk.paper_retracted(job_id)

    def _on_health(self, device_id: str, health: Health, codes: list[str], detail: str) -> None:
        report = DeviceReport(
            request_id=new_request_id(),
            device_id=device_id,
            health=health,
            codes=codes,
            detail=detail,
        )
        self._errands.report(f"device {device_id}", "device.report", report)
        self._errands.do("devices", self._show_devices)

    def _on_alarms(self, device_id: str, alarms: list[Alarm]) -> None:
        alerts = [AlertKind(alarm.value) for alarm in alarms]
        ask = DeviceAlert(request_id=new_request_id(), device_id=device_id, alerts=alerts)
        self._errands.report(f"alerts {device_id}", "device.alert", ask, after=_with_passed)


def _with_passed(untold: DeviceAlert, later: DeviceAlert) -> DeviceAlert:
    """What the hall was not told must not be lost, even if it is over by now."""
    passed = {*untold.alerts, *untold.passed} - {*later.alerts}
    return msgspec.structs.replace(later, passed=sorted(passed))
