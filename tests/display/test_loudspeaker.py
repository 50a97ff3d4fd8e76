"""A loudspeaker's test, its volume, a page that reads by itself: only the player's word counts."""

import json
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from time import monotonic

import pytest
from floor_run import Floor, eventually, running_floor
from kiosk_run import send
from playwright.sync_api import Page, sync_playwright
from voice_page import VoicePage

from display.announcer import Silence
from display.director import Say, Utterance
from display.voices import Voices
from drivers.control.__main__ import main
from drivers.speaker import Speaker

CALL = "请A001号到12号窗口办理"
OWN_VOICE = """
window.read = [];
const voices = [{lang: 'zh-CN', localService: true}];
Object.defineProperty(window, 'speechSynthesis', {value: {
  getVoices: () => voices,
  speak: (spoken) => {
    window.read.push([spoken.text, spoken.volume]);
    setTimeout(() => FAILS ? spoken.onerror({error: 'synthesis-failed'}) : spoken.onend(), 50);
  },
}});
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """A floor whose station lets pages read, and has an hour that never comes and a wrong pack."""
    folder = tmp_path_factory.mktemp("floor")
    voice = folder / "display-1" / "voice"
    voice.mkdir(parents=True)
    stated = 'announcer = "browser"\nvolume = 70\npacks = ["wa"]\n'
    (voice / "voice.toml").write_text(stated, encoding="utf-8")
    with running_floor(folder) as floor:
        yield floor


def key_of(floor: Floor) -> Path:
    return floor.display.station.settings.data / "engineer.key"


def told_of_voice(floor: Floor) -> dict[str, object]:
    port = floor.display.server.server_address[1]
    bearer = f"Bearer {key_of(floor).read_text().strip()}"
    _, _, body = send(port, "GET", "/engineer/devices.json", Authorization=bearer)
    devices: list[dict[str, object]] = json.loads(body)["devices"]
    return next(device for device in devices if device["id"] == "voice-1")


def spoken(floor: Floor, seq: int) -> list[tuple[bool, str]]:
    events = floor.events("announcement.spoken")
    return [(event["spoken"], event["reason"]) for event in events if event["called_seq"] == seq]


class AnsweringPage:
    """A page in a thread of its own that gives every cue the same answer."""

    def __init__(self, floor: Floor, *, heard: bool) -> None:
        self.page = VoicePage(floor.display.origin).open()
        self.heard = heard
        self.cues: list[dict[str, object]] = []
        self.page.cues = _Answering(self)


class _Answering(Queue[dict[str, object]]):
    def __init__(self, owner: AnsweringPage) -> None:
        super().__init__()
        self.owner = owner

    def put(self, item: dict[str, object], *_args: object, **_kwargs: object) -> None:
        if item["kind"] == "announce":
            self.owner.cues.append(item)
            self.owner.page.answer(item, heard=self.owner.heard)


def test_without_a_page_the_test_fails_and_the_device_page_says_what_to_do(
    floor: Floor, capsys: pytest.CaptureFixture[str]
) -> None:
    told = told_of_voice(floor)
    assert (told["kind_zh"], told["health"]) == ("音箱", "offline")
    assert "没有页面在播报" in str(told["detail"])
    assert "缺少 wa/pack.toml" in str(told["detail"])
    assert main(["station", floor.display.origin, str(key_of(floor)), "voice-1", "speak"]) == 1
    assert "没有页面在播报" in capsys.readouterr().out


@pytest.mark.parametrize(("heard", "code"), [(True, 0), (False, 1)])
def test_the_test_passes_by_the_player_s_word_alone_and_the_ledger_is_left_out_of_it(
    floor: Floor, capsys: pytest.CaptureFixture[str], *, heard: bool, code: int
) -> None:
    before = len(floor.events("announcement.spoken"))
    answering = AnsweringPage(floor, heard=heard)
    try:
        eventually(lambda: told_of_voice(floor)["health"] == "fault")  # a page listens; bad pack
        words = ["station", floor.display.origin, str(key_of(floor)), "voice-1", "speak"]
        assert main(words) == code
    finally:
        answering.page.close()
    said = capsys.readouterr().out
    assert ("已播完" if heard else "播报页面放不出声音") in said
    assert [(cue["text"], cue["volume"]) for cue in answering.cues[:1]] == [("测试3号窗口", 70)]
    assert len(answering.cues) == (1 if heard else 2)
    assert len(floor.events("announcement.spoken")) == before


@pytest.fixture
def page(chromium: str, pages: Path) -> Iterator[Page]:
    with sync_playwright() as playwright:
        free = "--autoplay-policy=no-user-gesture-required"
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", free])
        yield browser.new_page()
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize("fails", [False, True])
def test_a_page_reads_with_its_own_voice_and_falls_back_when_that_fails(
    floor: Floor, page: Page, *, fails: bool
) -> None:
    page.add_init_script(OWN_VOICE.replace("FAILS", str(fails).lower()))
    page.goto(f"{floor.display.origin}/wall?voice=1")
    page.locator(".sound-mark.elected").wait_for()
    label, seq = floor.call_somebody()
    eventually(lambda: spoken(floor, seq) == [(True, "")], 30)
    read = page.evaluate("window.read")
    digits = "".join("零一二三四五六七八九"[int(digit)] for digit in label[1:])
    sentence = [f"请{label[0]}{digits}号到一号窗口办理", 0.7]
    assert read == ([sentence] if fails else [sentence, sentence])
    floor.serve_and_finish(label)


def say(seq: int, *utterances: Utterance) -> Say:
    words = utterances or (Utterance("zh", CALL),)
    return Say("voice-1", "hall", seq, "A001", 12, seq, words, 2, 60_000)


@pytest.fixture
def spoken_here(tmp_path: Path) -> Iterator[tuple[Voices, Queue[tuple[int, Silence | None]]]]:
    told: Queue[tuple[int, Silence | None]] = Queue()
    voices = Voices(
        Speaker(tmp_path),
        lambda say, silence: told.put((say.called_seq, silence)),
        lambda: int(monotonic() * 1000),
        pages_read=True,
    )
    voices.start()
    yield voices, told
    voices.stop()


def test_at_a_silent_hour_nothing_is_played_and_that_is_told(
    spoken_here: tuple[Voices, Queue[tuple[int, Silence | None]]],
) -> None:
    voices, told = spoken_here
    player = voices.join("voice-1")
    voices.offer(say(1), 60_000, 0)
    assert told.get(timeout=20) == (1, Silence.MUTED)
    assert player.outbox.get(timeout=5).kind == "hello"
    voices.offer(say(2), 60_000, 40)
    kinds = iter(lambda: player.outbox.get(timeout=20), None)
    cue = next(cue for cue in kinds if cue.kind == "announce")
    assert (cue.play, cue.volume) == ("2-1", 40)
    assert voices.sound("1") is None


@pytest.mark.parametrize(
    ("languages", "read"),
    [
        ([Utterance("zh", CALL)], ["请A零零一号到十二号窗口办理"]),
        ([Utterance("zh", CALL), Utterance("prk", CALL)], []),
    ],
)
def test_a_language_no_browser_reads_is_left_to_the_station_s_own_sound(
    spoken_here: tuple[Voices, Queue[tuple[int, Silence | None]]],
    languages: list[Utterance],
    read: list[str],
) -> None:
    voices, _ = spoken_here
    player = voices.join("voice-1")
    voices.offer(say(3, *languages), 60_000)
    cues = iter(lambda: player.outbox.get(timeout=20), None)
    cue = next(cue for cue in cues if cue.kind == "announce")
    assert [one.text for one in cue.utterances] == read
