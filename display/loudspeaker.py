"""A loudspeaker as the device page sees it: how it stands, and a test that somebody hears.

Its cable is a page in the hall, so it is out of reach while no page offers to speak. That a page
listens is not yet sound: the test speaks a sentence through the usual line, and has passed when the
page that played it says so itself.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from config.fittings import DisplayFact
from display.announcer import Silence
from display.director import Say, Utterance
from display.voices import TESTS_FROM, Voices
from drivers.announcers import OpenedVoice
from drivers.bench import Bench
from drivers.health import Finding, HealthRecord
from drivers.orders import DeviceCode, DeviceStatus
from drivers.self_test import SelfTest, TestReport, Verdict
from drivers.transport import TapEntry
from drivers.voice_settings import Announcer, volume_of
from drivers.voice_test import SPEAK, TEXT, WINDOW

KIND = "loudspeaker"
WITHIN_S = 10.0
NO_PAGE = "没有页面在播报：打开 /wall?voice=1 并点“启用声音” no page speaks: open /wall?voice=1"
WHY_NOT = {
    Silence.EXPIRED: ("正在播报别的呼叫，请稍后再试", "calls are being spoken: try again"),
    Silence.NO_PLAYER: ("没有页面在播报", "no page offers to speak"),
    Silence.LINE_FULL: ("等待播报的太多", "too many wait to be spoken"),
    Silence.UNANSWERED: ("播报页面没有回话", "the page did not answer"),
    Silence.PLAYER_FAILED: ("播报页面放不出声音", "the page could not sound it"),
    Silence.NO_VOICE: ("语音无法合成", "no sound could be made"),
    Silence.STOPPED: ("终端站正在停止", "the station is stopping"),
    Silence.MUTED: ("配置为不播报", "it is configured to be silent"),
}
TEST_NUMBERS = count(TESTS_FROM)


class LoudspeakerDevice:
    """One loudspeaker, for the bench of the device page."""

    def __init__(
        self, fact: DisplayFact, voices: Voices, voice: OpenedVoice, now_ms: Callable[[], int]
    ) -> None:
        self._fact = fact
        self._voices = voices
        self._voice = voice
        self._now_ms = now_ms
        silent = voice.settings.announcer is Announcer.NONE
        self._record = HealthRecord(fact.id, KIND, now_ms(), disabled=silent)

    def status(self) -> DeviceStatus:
        """As of now: whether a page listens, and what is wrong with the voice's own files."""
        codes = set()
        told = [*self._voice.faults, *self._voice.lacks]
        if self._voice.faults:
            codes.add(DeviceCode.VOICE_MISSING)
        if not self._voices.players(self._fact.id):
            codes.add(DeviceCode.OFFLINE)
            told.insert(0, NO_PAGE)
        finding = Finding(
            answered=True, codes=frozenset(codes), certain=True, detail="\n".join(told)
        )
        self._record.add(finding, self._now_ms())
        return self._record.status

    def trace(self) -> tuple[TapEntry, ...]:
        """No bytes of its own: what was spoken stands in the ledger."""
        return ()

    def self_tests(self) -> tuple[SelfTest, ...]:
        """What it can show."""
        return (SPEAK,)

    def self_test(self, name: str) -> TestReport:
        """Speak, and wait for the player's own word; also in quiet hours, for somebody asked."""
        volume = volume_of(self._voice.settings, self._fact.id)
        silence = self._voices.test(self._test(), volume, WITHIN_S)
        if silence is None:
            zh, en = "播报页面已回话：已播完", "the page that played it says that it is done"
            return TestReport(name, Verdict.PASSED, zh, en)
        zh, en = WHY_NOT.get(silence, (silence, silence))
        return TestReport(name, Verdict.FAILED, zh, en)

    def _test(self) -> Say:
        number = next(TEST_NUMBERS)
        return Say(
            display_id=self._fact.id,
            zone_id="",
            ticket_id=-number,
            label="",
            window_number=WINDOW,
            called_seq=number,
            utterances=(Utterance("zh", TEXT),),
            repeat=1,
            expires_at_ms=0,
        )

    def start(self) -> None:
        """Nothing to open: pages come by themselves."""

    def ask_to_stop(self) -> None:
        """Nothing to close."""

    def join(self) -> None:
        """Nothing to wait for."""


class Loudspeakers:
    """Those of this station, kept from one look to the next so that they know since when."""

    def __init__(self, voices: Voices, voice: OpenedVoice, now_ms: Callable[[], int]) -> None:
        self._voices = voices
        self._voice = voice
        self._now_ms = now_ms
        self._known: dict[str, LoudspeakerDevice] = {}

    def bench(self, facts: list[DisplayFact]) -> Bench:
        """A bench of these."""
        self._known = {
            fact.id: self._known.get(fact.id)
            or LoudspeakerDevice(fact, self._voices, self._voice, self._now_ms)
            for fact in facts
        }
        return Bench(self._known)
