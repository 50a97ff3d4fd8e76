"""One loudspeaker's line of announcements, and who may play them.

    offered ──► waiting ──► speaking ──► spoken            the player said that it was heard
                   │            └──► waiting again, once   nothing was heard of the player in time
                   └──► dropped: superseded · settled · expired · no_player · line_full

Rules. One voice at a time: while an announcement is out, nothing else leaves until its player has
answered, or its measured length and a grace have passed, since a page that fell silent on the
network may still be sounding in the hall. First come, first spoken; a newer call of the same ticket
takes the place of the one still waiting. What nobody needs any more is not spoken. Whatever is
offered is told exactly once: spoken, or why not.

Pure: times are the station's steady clock, handed in; effects are returned, not done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from display.director import Say

GRACE_MS = 3_000
"""What a page may take beyond the measured length: loading, a slow clock, the way back."""
PAUSE_MS = 600
"""Silence between two announcements, so that they are heard as two."""
LINE_LIMIT = 24
"""More than can be spoken before they expire; only a fault fills it."""
ATTEMPT_LIMIT = 2
PLAYER_LIMIT = 8


class Silence(StrEnum):
    """Why an announcement was not spoken."""

    SUPERSEDED = "superseded"
    SETTLED = "settled"
    EXPIRED = "expired"
    NO_PLAYER = "no_player"
    LINE_FULL = "line_full"
    UNANSWERED = "unanswered"
    PLAYER_FAILED = "player_failed"
    NO_VOICE = "no_voice"
    STOPPED = "stopped"
    MUTED = "muted"
    """At this hour, or by this station, nothing is to be spoken."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A say with its sound: how long it lasts, how loud, and until when it is worth beginning."""

    say: Say
    length_ms: int
    expires_at_ms: int
    attempt: int = 1
    volume: int = 100

    @property
    def play_id(self) -> str:
        """Names this attempt, so that a late answer to an earlier one is not taken for it."""
        return f"{self.say.called_seq}-{self.attempt}"


@dataclass(frozen=True, slots=True)
class Speaking:
    announcement: Announcement
    player: str
    deadline_ms: int


@dataclass(frozen=True, slots=True)
class Loudspeaker:
    """The whole state of one loudspeaker. The first of ``players`` is the elected one."""

    waiting: tuple[Announcement, ...] = ()
    speaking: Speaking | None = None
    players: tuple[str, ...] = ()
    quiet_until_ms: int = 0


@dataclass(frozen=True, slots=True)
class Play:
    """The order to one player to begin now."""

    player: str
    announcement: Announcement


@dataclass(frozen=True, slots=True)
class Told:
    """The end of an announcement; ``silence`` is None when it was spoken."""

    say: Say
    silence: Silence | None


@dataclass(frozen=True, slots=True)
class Elected:
    """From now on this player speaks; the others stand by."""

    player: str


Effect = Play | Told | Elected
Step = tuple[Loudspeaker, list[Effect]]


def offer(state: Loudspeaker, announcement: Announcement, now_ms: int) -> Step:
    """A new announcement; it takes over the place of an older one of the same ticket."""
    told: list[Effect] = []
    line = []
    placed = False
    for waiting in state.waiting:
        if waiting.say.ticket_id != announcement.say.ticket_id:
            line.append(waiting)
            continue
        told.append(Told(waiting.say, Silence.SUPERSEDED))
        line.append(announcement)
        placed = True
    if not placed:
        line.append(announcement)
    while len(line) > LINE_LIMIT:
        told.append(Told(line.pop(0).say, Silence.LINE_FULL))
    state, effects = tick(replace(state, waiting=tuple(line)), now_ms)
    return state, told + effects


def settle(state: Loudspeaker, ticket_id: int, now_ms: int) -> Step:
    """Nobody has to come for this ticket any more. What is being spoken is spoken to its end."""
    told: list[Effect] = [
        Told(waiting.say, Silence.SETTLED)
        for waiting in state.waiting
        if waiting.say.ticket_id == ticket_id
    ]
    line = tuple(waiting for waiting in state.waiting if waiting.say.ticket_id != ticket_id)
    state, effects = tick(replace(state, waiting=line), now_ms)
    return state, told + effects


def join(state: Loudspeaker, player: str, now_ms: int) -> Step:
    """A page that may make sound is here; the first to come is elected."""
    if player in state.players or len(state.players) >= PLAYER_LIMIT:
        return state, []
    return with_players(state, (*state.players, player), now_ms)


def leave(state: Loudspeaker, player: str, now_ms: int) -> Step:
    """A page is gone. What it was given may still be sounding, so its time is waited out."""
    players = tuple(other for other in state.players if other != player)
    return with_players(state, players, now_ms)


def with_players(state: Loudspeaker, players: tuple[str, ...], now_ms: int) -> Step:
    changed: list[Effect] = []
    if players and players[:1] != state.players[:1]:
        changed.append(Elected(players[0]))
    state, effects = tick(replace(state, players=players), now_ms)
    return state, changed + effects


def ended(state: Loudspeaker, player: str, play_id: str, *, heard: bool, now_ms: int) -> Step:
    """The player's answer. Answers to anything but the present attempt change nothing."""
    out = state.speaking
    if out is None or out.player != player or out.announcement.play_id != play_id:
        return state, []
    rest = replace(state, speaking=None, quiet_until_ms=now_ms + PAUSE_MS)
    if heard:
        state, effects = tick(rest, now_ms)
        return state, [Told(out.announcement.say, None), *effects]
    return again(rest, out, Silence.PLAYER_FAILED, now_ms)


def again(rest: Loudspeaker, out: Speaking, silence: Silence, now_ms: int) -> Step:
    """A failed attempt: another player's turn, and once more from the head of the line."""
    before: list[Effect] = []
    newer = any(waiting.say.ticket_id == out.announcement.say.ticket_id for waiting in rest.waiting)
    if newer:
        before.append(Told(out.announcement.say, Silence.SUPERSEDED))
    elif out.announcement.attempt >= ATTEMPT_LIMIT or out.announcement.expires_at_ms <= now_ms:
        before.append(Told(out.announcement.say, silence))
    else:
        retried = replace(out.announcement, attempt=out.announcement.attempt + 1)
        rest = replace(rest, waiting=(retried, *rest.waiting))
    players = rest.players
    if out.player in players and len(players) > 1:
        players = (*(other for other in players if other != out.player), out.player)
    state, effects = with_players(rest, players, now_ms)
    return state, before + effects


def tick(state: Loudspeaker, now_ms: int) -> Step:
    """Let time pass: give up on a silent player, drop the expired, begin the next."""
    if state.speaking is not None:
        if now_ms < state.speaking.deadline_ms:
            return drop_expired(state, now_ms)
        out = state.speaking
        rest = replace(state, speaking=None, quiet_until_ms=now_ms)
        return again(rest, out, Silence.UNANSWERED, now_ms)
    state, effects = drop_expired(state, now_ms)
    if not state.waiting or not state.players or now_ms < state.quiet_until_ms:
        return state, effects
    first, *others = state.waiting
    player = state.players[0]
    speaking = Speaking(first, player, now_ms + first.length_ms + GRACE_MS)
    state = replace(state, waiting=tuple(others), speaking=speaking)
    return state, [*effects, Play(player, first)]


def drop_expired(state: Loudspeaker, now_ms: int) -> Step:
    silence = Silence.EXPIRED if state.players else Silence.NO_PLAYER
    told: list[Effect] = [
        Told(waiting.say, silence) for waiting in state.waiting if waiting.expires_at_ms <= now_ms
    ]
    line = tuple(waiting for waiting in state.waiting if waiting.expires_at_ms > now_ms)
    return replace(state, waiting=line), told


def closed(state: Loudspeaker) -> list[Effect]:
    """The station goes down: what is not yet told is told now."""
    left = [state.speaking.announcement] if state.speaking is not None else []
    return [Told(waiting.say, Silence.STOPPED) for waiting in (*left, *state.waiting)]


def due_ms(state: Loudspeaker) -> int | None:
    """When `tick` must be called next, if nothing else happens before."""
    moments = [waiting.expires_at_ms for waiting in state.waiting]
    if state.speaking is not None:
        moments.append(state.speaking.deadline_ms)
    elif state.waiting and state.players:
        moments.append(state.quiet_until_ms)
    return min(moments, default=None)
