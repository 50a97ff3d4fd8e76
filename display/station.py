"""The display station: hears the hall, lights the bars, speaks, and tells the hall what was done.

The link's thread brings pictures and events; a keeper's thread repeats what must not fade, arranges
devices when the facts change, and keeps the last picture for the screens. Pages are served by
``pages``; they draw the hall's state themselves and leave here only what they have shown.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.facts import HallFacts
from config.fittings import DeviceFact, DisplayFact, DisplayKind
from display import director
from display.announcer import Silence
from display.director import Say
from display.hall_time import HallTime
from display.keeping import Keeper
from display.lights import Lights
from display.loudspeaker import Loudspeakers
from display.pads import Pads
from display.reporter import Reporter
from display.voices import Voices
from drivers.alarm_watch import AlarmWatch
from drivers.alarms import Alarm
from drivers.announcers import OpenedVoice
from drivers.engineer.page import Held
from drivers.orders import ShowText
from drivers.voice_settings import Announcer, volume_of
from hall_server.contract import mirror
from hall_server.contract.link import Link, LinkDown, LinkState, LinkStatus, new_request_id
from hall_server.contract.messages.base import Accepted, Ask, Event, Refused
from hall_server.contract.messages.feedback import RatingGive
from hall_server.contract.messages.organisation import Snapshot
from hall_server.contract.messages.stations import (
    AlertKind,
    AnnouncementReport,
    DeviceAlert,
    DeviceReport,
    DisplayReport,
    Health,
)
from hall_server.contract.mirror import Picture
from hall_server.contract.refusals import Refusal

KEEP_EVERY_S = 1.0
SHOWN_REMEMBERED = 512
AHEAD_MOST = 1_000
"""A page hears the hall by its own line and may be a few events before this station."""
SCREENS = frozenset({DisplayKind.WALL, DisplayKind.WINDOW})

HALL_AWAY = Refused(
    code="hall_away",
    zh="与大厅的连接中断，暂时无法评价",
    en="The link to the hall is down; it cannot be taken now",
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a display station must know before it has met the hall."""

    hall_url: str
    station_id: str
    data: Path
    origin: str
    code: str = ""
    code_file: Path | None = None


class Station:
    """See the module. ``start`` once, ``stop`` once."""

    def __init__(
        self,
        settings: Settings,
        voice: OpenedVoice,
        steady_ms: Callable[[], int],
        now_ms: Callable[[], int],
    ) -> None:
        self.settings = settings
        self._hall_time = HallTime(steady_ms)
        self._keeper = Keeper(settings.data / "last.json")
        self._picture: Picture | None = None
        self._shown: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._shown_guard = threading.Lock()
        self._stopping = threading.Event()
        self._link = Link(
            settings.hall_url,
            settings.data / "station.key",
            settings.station_id,
            settings.origin,
            self._take_snapshot,
            self._take_event,
            self._take_state,
            now_ms=now_ms,
            code=settings.code,
            code_file=settings.code_file,
        )
        self._reporter = Reporter(self._ask, steady_ms)
        self._pads = Pads(self._link.ask, self._show_on_pad, steady_ms)
        self._lights = Lights(
            self._tell_shown,
            self._tell_health,
            steady_ms,
            self._pads.heard,
            settings.data / "devices",
        )
        self._alarms = AlarmWatch(lambda: self._lights.held().benches, self._tell_alarms, steady_ms)
        self._voice = voice.settings
        pages_read = voice.settings.announcer is Announcer.BROWSER
        self.voices = Voices(voice.speaker, self._tell_spoken, steady_ms, pages_read=pages_read)
        self._loudspeakers = Loudspeakers(self.voices, voice, now_ms)
        self._thread = threading.Thread(target=self._keep_on, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin; the hall may come later."""
        for part in (
            self._reporter,
            self._alarms,
            self._pads,
            self.voices,
            self._thread,
            self._link,
        ):
            part.start()

    def stop(self) -> None:
        """Hang up, let the devices go, end the threads."""
        self._stopping.set()
        self._thread.join()
        self._alarms.stop()
        self._lights.close()
        self._pads.stop()
        self.voices.stop()
        self._reporter.stop()
        self._link.stop()

    def held(self) -> Held:
        """The devices, for whoever looks after them."""
        picture = self._picture
        own = self._own_voices(picture.facts) if picture is not None else []
        return self._lights.held() + Held([self._loudspeakers.bench(own)])

    # ------------------------------------------------------------------ what the pages ask

    @property
    def page_token(self) -> str:
        """What a page connects to the hall with; empty until the hall has let this station in."""
        return self._link.page_token

    @property
    def status(self) -> LinkStatus:
        """How the station stands with the hall."""
        return self._link.status

    def last(self) -> bytes:
        """The last picture, for a page that cannot reach the hall."""
        return self._keeper.latest()

    def shown(self, display_id: str, seq: int) -> bool:
        """A page has shown a call. False when there is no such screen or no such call."""
        picture = self._picture
        if picture is None or seq > picture.seq + AHEAD_MOST:
            return False
        if not any(
            display.id == display_id and display.kind in SCREENS
            for display in picture.facts.displays
        ):
            return False
        self._tell_shown(display_id, seq)
        return True

    def rate(self, press_id: str, window_id: str, level: int) -> Refused | None:
        """A citizen rates on the page of a window; why it does not count, if it does not."""
        ask = RatingGive(request_id=press_id, window_id=window_id, level=level)
        try:
            self._link.ask("rating.give", ask, Accepted)
        except Refusal as refusal:
            return refusal.refused
        except LinkDown as down:
            log.info("a rating is not answered: %s", down)
            return HALL_AWAY
        return None

    def loudspeaker(self, wanted: str) -> str:
        """The loudspeaker a page means by its id or its zone, or by neither; empty when none."""
        picture = self._picture
        if picture is None:
            return ""
        own = self._own_voices(picture.facts)
        if any(voice.id == wanted for voice in own):
            return wanted
        if any(zone.id == wanted for zone in picture.facts.zones):
            voice = director.loudspeaker_of(picture.facts, wanted)
            return voice.id if voice in own and voice is not None else ""
        return own[0].id if own else ""

    # ------------------------------------------------------------------ the link's thread

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        self._hall_time.told(snapshot.at, snapshot.clock_rate)
        self._picture = mirror.begin(snapshot)
        self._assert_faces()
        self._alarms.tell_again()

    def _take_event(self, event: Event) -> None:
        if self._picture is None:
            return
        self._hall_time.heard(event.at)
        self._picture = picture = mirror.carry_on(self._picture, event)
        self._assert_faces()
        settled = director.settled_ticket(event)
        if settled:
            self.voices.settle(settled)
        own = frozenset(voice.id for voice in self._own_voices(picture.facts))
        now_ms = self._hall_time.now_ms()
        for say in director.sayings(event, picture.facts, now_ms, own=own):
            minute = picture.facts.site.utc_offset_minutes + now_ms // 60_000
            volume = volume_of(self._voice, say.display_id, minute % 1440)
            fresh_for_ms = self._hall_time.real_ms(say.expires_at_ms - now_ms)
            self.voices.offer(say, fresh_for_ms, volume)

    def _take_state(self, status: LinkStatus) -> None:
        log.info("hall: %s %s", status.state, status.en)

    # ------------------------------------------------------------------ the keeper's thread

    def _keep_on(self) -> None:
        while not self._stopping.wait(KEEP_EVERY_S):
            picture = self._picture
            if picture is None or self._link.status.state is not LinkState.UP:
                continue
            self._lights.arrange(self._own_devices(picture.facts))
            self._assert_faces()
            self._keeper.keep(picture, self._hall_time.now_ms())

    def _assert_faces(self) -> None:
        """Only of a picture that is true: bars that nobody asserts go dark by themselves."""
        picture = self._picture
        if picture is not None:
            self._lights.assert_faces(
                director.faces(
                    picture.facts,
                    picture.windows.values(),
                    picture.legs.values(),
                    own=self._lights.devices,
                )
            )

    def _show_on_pad(self, order: ShowText) -> None:
        self._lights.show_on_pad(order)

    def _own_devices(self, facts: HallFacts) -> list[DeviceFact]:
        return [device for device in facts.devices if device.station == self.settings.station_id]

    def _own_voices(self, facts: HallFacts) -> list[DisplayFact]:
        owners = {"", self.settings.station_id}
        return [
            display
            for display in facts.displays
            if display.kind is DisplayKind.VOICE and display.station in owners
        ]

    # ------------------------------------------------------------------ what the hall is told

    def _ask(self, name: str, message: Ask) -> None:
        self._link.ask(name, message, Accepted)

    def _tell_shown(self, display_id: str, seq: int) -> None:
        with self._shown_guard:
            if (display_id, seq) in self._shown:
                return
            self._shown[display_id, seq] = None
            while len(self._shown) > SHOWN_REMEMBERED:
                self._shown.popitem(last=False)
        report = DisplayReport(request_id=new_request_id(), display_id=display_id, shown_seq=seq)
        self._reporter.put("display.report", report)

    def _tell_spoken(self, say: Say, silence: Silence | None) -> None:
        report = AnnouncementReport(
            request_id=new_request_id(),
            display_id=say.display_id,
            zone_id=say.zone_id,
            called_seq=say.called_seq,
            spoken=silence is None,
            reason=silence or "",
            text=say.text,
        )
        self._reporter.put("announcement.report", report)

    def _tell_alarms(self, device_id: str, alarms: list[Alarm]) -> None:
        alerts = [AlertKind(alarm.value) for alarm in alarms]
        ask = DeviceAlert(request_id=new_request_id(), device_id=device_id, alerts=alerts)
        self._reporter.put("device.alert", ask)

    def _tell_health(self, device_id: str, health: str, codes: list[str], detail: str) -> None:
        report = DeviceReport(
            request_id=new_request_id(),
            device_id=device_id,
            health=Health(health),
            codes=codes,
            detail=detail[:200],
        )
        self._reporter.put("device.report", report)
