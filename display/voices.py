"""The loudspeakers of this station: one thread that runs every line and hands sound to the players.

A player is a page in the hall. It listens on a stream, is told to begin, and answers when its sound
is over; the rules stand in ``announcer``. Only this thread touches a line, so nothing is locked but
the way in and out.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import msgspec

from display import announcer
from display.announcer import Announcement, Elected, Loudspeaker, Play, Silence, Told
from display.director import Say, Utterance
from drivers.errors import DeviceFault
from drivers.sound import BadRecording, duration_ms, samples_of
from drivers.voice_words import Language, read_out

ORDERS_MOST = 256
OUTBOX_MOST = 16
SOUNDS_KEPT = 16
GAP_MS = 250
"""Between chime and voice, and between repeats; the page keeps the same gap."""
TESTS_FROM = 10**15
"""Announcements from this number on are tests; no hall comes so far in calls."""
PAGE_READS_AT_MOST = 150
"""Percent of the time our own sound takes: a browser's voice is not measured beforehand."""
IDLE_S = 1.0
STOP_S = 3.0

log = logging.getLogger(__name__)


class Voice(Protocol):
    """Whoever turns words into sound, such as ``drivers.speaker``; sounds are whole WAV files."""

    def prepare(self) -> None:
        """Get ready; may take a while the first time."""
        ...

    def chime(self) -> bytes:
        """The two tones before an announcement."""
        ...

    def speak(self, sentences: tuple[Utterance, ...], /) -> bytes:
        """The sentence in its languages, one after another; ``DeviceFault`` when it cannot."""
        ...


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """What a player is told on its stream."""

    kind: str
    """``hello``, ``elected``, ``standby`` or ``announce``."""
    loudspeaker: str
    player: str
    play: str = ""
    sound: str = ""
    chime: str = ""
    repeat: int = 0
    gap_ms: int = 0
    length_ms: int = 0
    volume: int = 100
    text: str = ""
    utterances: tuple[Utterance, ...] = ()
    """What the page may read out itself where it has voices for all of it; none: it may not."""


@dataclass(frozen=True, slots=True)
class Player:
    """A page on the line; its stream reads the outbox."""

    id: str
    loudspeaker: str
    outbox: queue.Queue[Cue]


@dataclass
class _Line:
    """A loudspeaker's state and the pages that listen to it."""

    state: Loudspeaker = field(default_factory=Loudspeaker)
    players: dict[str, Player] = field(default_factory=dict)


class Voices:
    """See the module. Every method but the thread's own may be called from any thread."""

    def __init__(
        self,
        voice: Voice,
        on_told: Callable[[Say, Silence | None], None],
        steady_ms: Callable[[], int],
        *,
        pages_read: bool = False,
    ) -> None:
        """``pages_read``: a page with a voice of its own reads the text, and needs longer."""
        self._pages_read = pages_read
        self._tests: dict[int, queue.Queue[Silence | None]] = {}
        self._voice = voice
        self._on_told = on_told
        self._steady_ms = steady_ms
        self._orders: queue.Queue[Callable[[], None]] = queue.Queue(ORDERS_MOST)
        self._lines: dict[str, _Line] = {}
        self._sounds: OrderedDict[str, bytes] = OrderedDict()
        self._chime = b""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="voices", daemon=True)

    def start(self) -> None:
        """Begin to announce."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; players notice by their broken streams."""
        self._stopping.set()
        self._thread.join(STOP_S)

    # ------------------------------------------------------------------ what others ask of it

    @property
    def stopping(self) -> bool:
        """Whether the station is going down."""
        return self._stopping.is_set()

    def offer(self, say: Say, fresh_for_ms: int, volume: int = 100) -> None:
        """Announce this, if it can begin within ``fresh_for_ms``; told as muted at no volume."""
        self._put(partial(self._offer, say, self._steady_ms() + fresh_for_ms, volume))

    def test(self, say: Say, volume: int, within_s: float) -> Silence | None:
        """Speak this now and wait for the player's own word; None when it was heard.

        ``called_seq`` names the test and must not be a call's. The hall is told nothing of it.
        """
        told: queue.Queue[Silence | None] = queue.Queue(1)
        self._tests[say.called_seq] = told
        try:
            self.offer(say, round(within_s * 1000 / 2), volume)
            return told.get(timeout=within_s)
        except queue.Empty:
            return Silence.UNANSWERED
        finally:
            del self._tests[say.called_seq]

    def players(self, loudspeaker: str) -> int:
        """How many pages offer themselves to this loudspeaker."""
        line = self._lines.get(loudspeaker)
        return len(line.state.players) if line else 0

    def settle(self, ticket_id: int) -> None:
        """Nobody has to come for this ticket any more."""
        self._put(partial(self._settle, ticket_id))

    def join(self, loudspeaker: str) -> Player:
        """A page that may make sound listens from now on."""
        player = Player(secrets.token_hex(8), loudspeaker, queue.Queue(OUTBOX_MOST))
        self._put(partial(self._join, player))
        return player

    def leave(self, player: Player) -> None:
        """A page has gone."""
        self._put(partial(self._leave, player))

    def ended(self, loudspeaker: str, player: str, play: str, *, heard: bool) -> None:
        """A page's answer."""
        self._put(partial(self._ended, loudspeaker, player, play, heard=heard))

    def sound(self, name: str) -> bytes | None:
        """A WAV by its name, while it is still wanted."""
        return self._chime if name == "chime" else self._sounds.get(name)

    def _put(self, order: Callable[[], None]) -> None:
        try:
            self._orders.put_nowait(order)
        except queue.Full:
            log.exception("the voice thread does not keep up; an order is lost")

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        self._prepare()
        while not self._stopping.is_set():
            with suppress(queue.Empty):
                self._orders.get(timeout=self._until_due_s())()
            for line in self._lines.values():
                self._carry_out(line, announcer.tick(line.state, self._steady_ms()))
        for line in self._lines.values():
            self._carry_out(line, (Loudspeaker(), announcer.closed(line.state)))

    def _prepare(self) -> None:
        """A voice that is not ready is tried again with each announcement."""
        self._chime = self._voice.chime()
        try:
            self._voice.prepare()
        except (DeviceFault, BadRecording):
            log.exception("the voice is not ready")

    def _until_due_s(self) -> float:
        """Until the first line needs time to pass; never long, so that stopping is prompt."""
        due = [announcer.due_ms(line.state) for line in self._lines.values()]
        moments = [moment for moment in due if moment is not None]
        if not moments:
            return IDLE_S
        return min(IDLE_S, max(0.0, (min(moments) - self._steady_ms()) / 1000))

    def _line(self, loudspeaker: str) -> _Line:
        return self._lines.setdefault(loudspeaker, _Line())

    def _offer(self, say: Say, expires_at_ms: int, volume: int) -> None:
        if not volume:
            self._tell_end(say, Silence.MUTED)
            return
        try:
            sound = self._voice.speak(say.utterances)
        except (DeviceFault, BadRecording):
            log.exception("no voice for %s", say.text)
            self._tell_end(say, Silence.NO_VOICE)
            return
        self._sounds[str(say.called_seq)] = sound
        while len(self._sounds) > SOUNDS_KEPT:
            self._sounds.popitem(last=False)
        length_ms = wav_ms(self._chime) + say.repeat * (GAP_MS + wav_ms(sound))
        if self._pages_read:
            length_ms = length_ms * PAGE_READS_AT_MOST // 100
        line = self._line(say.display_id)
        offered = Announcement(say, length_ms, expires_at_ms, volume=volume)
        self._carry_out(line, announcer.offer(line.state, offered, self._steady_ms()))

    def _settle(self, ticket_id: int) -> None:
        for line in self._lines.values():
            self._carry_out(line, announcer.settle(line.state, ticket_id, self._steady_ms()))

    def _join(self, player: Player) -> None:
        line = self._line(player.loudspeaker)
        line.players[player.id] = player
        self._cue(player, "hello")
        self._carry_out(line, announcer.join(line.state, player.id, self._steady_ms()))

    def _leave(self, player: Player) -> None:
        line = self._line(player.loudspeaker)
        line.players.pop(player.id, None)
        self._carry_out(line, announcer.leave(line.state, player.id, self._steady_ms()))

    def _ended(self, loudspeaker: str, player: str, play: str, *, heard: bool) -> None:
        line = self._lines.get(loudspeaker)
        if line is not None:
            step = announcer.ended(line.state, player, play, heard=heard, now_ms=self._steady_ms())
            self._carry_out(line, step)

    def _carry_out(self, line: _Line, step: announcer.Step) -> None:
        line.state, effects = step
        for effect in effects:
            match effect:
                case Play(player=player_id, announcement=announcement):
                    self._announce(line.players[player_id], announcement)
                case Elected(player=player_id):
                    self._elect(line.players, player_id)
                case Told(say=say, silence=silence):
                    self._tell_end(say, silence)

    def _tell_end(self, say: Say, silence: Silence | None) -> None:
        told = self._tests.get(say.called_seq)
        if told is not None:
            told.put_nowait(silence)
        elif say.called_seq < TESTS_FROM:
            self._on_told(say, silence)

    def _elect(self, players: Mapping[str, Player], chosen: str) -> None:
        for player in players.values():
            self._cue(player, "elected" if player.id == chosen else "standby")

    def _announce(self, player: Player, announcement: Announcement) -> None:
        say = announcement.say
        cue = Cue(
            kind="announce",
            loudspeaker=player.loudspeaker,
            player=player.id,
            play=announcement.play_id,
            sound=f"/voice/{say.called_seq}.wav",
            chime="/voice/chime.wav",
            repeat=say.repeat,
            gap_ms=GAP_MS,
            length_ms=announcement.length_ms,
            volume=announcement.volume,
            text=say.text,
            utterances=readable(say.utterances) if self._pages_read else (),
        )
        self._tell(player, cue)

    def _cue(self, player: Player, kind: str) -> None:
        self._tell(player, Cue(kind=kind, loudspeaker=player.loudspeaker, player=player.id))

    def _tell(self, player: Player, cue: Cue) -> None:
        """A page that does not read its stream misses its cue and is waited out."""
        try:
            player.outbox.put_nowait(cue)
        except queue.Full:
            log.warning("a page that should speak does not listen")


def readable(utterances: tuple[Utterance, ...]) -> tuple[Utterance, ...]:
    """With numbers as they are spoken here; none when one is in a language no browser reads."""
    known = {language.value for language in Language}
    if not all(one.language in known for one in utterances):
        return ()
    return tuple(
        Utterance(one.language, read_out(Language(one.language), one.text)) for one in utterances
    )


def wav_ms(sound: bytes) -> int:
    """How long a WAV lasts."""
    return duration_ms(samples_of(sound))
