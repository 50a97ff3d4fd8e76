"""One loudspeaker's line: never two voices, nobody overtaken, nothing stale, everything told."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from display import announcer
from display.announcer import (
    ATTEMPT_LIMIT,
    GRACE_MS,
    LINE_LIMIT,
    PAUSE_MS,
    Announcement,
    Effect,
    Elected,
    Loudspeaker,
    Play,
    Silence,
    Told,
)
from display.director import Say, Utterance

LENGTH_MS = 9_000
TIME_TO_LIVE_MS = 60_000


def announcement(
    seq: int, ticket: int | None = None, now_ms: int = 0, length_ms: int = LENGTH_MS
) -> Announcement:
    ticket_id = seq if ticket is None else ticket
    label = f"A{ticket_id:03}"
    say = Say(
        display_id="voice-1",
        zone_id="hall",
        ticket_id=ticket_id,
        label=label,
        window_number=3,
        called_seq=seq,
        utterances=(Utterance("zh", f"请{label}号到3号窗口办理"),),
        repeat=2,
        expires_at_ms=now_ms + TIME_TO_LIVE_MS,
    )
    return Announcement(say, length_ms, now_ms + TIME_TO_LIVE_MS)


def with_players(*players: str) -> Loudspeaker:
    state = Loudspeaker()
    for player in players:
        state, _ = announcer.join(state, player, 0)
    return state


def plays(effects: list[Effect]) -> list[tuple[str, int]]:
    return [(e.player, e.announcement.say.called_seq) for e in effects if isinstance(e, Play)]


def told(effects: list[Effect]) -> list[tuple[int, Silence | None]]:
    return [(e.say.called_seq, e.silence) for e in effects if isinstance(e, Told)]


def elected(effects: list[Effect]) -> list[str]:
    return [e.player for e in effects if isinstance(e, Elected)]


def test_a_call_is_spoken_at_once_and_told_when_its_player_answers() -> None:
    state, effects = announcer.offer(with_players("a"), announcement(1), 0)
    assert plays(effects) == [("a", 1)]
    state, effects = announcer.ended(state, "a", "1-1", heard=True, now_ms=LENGTH_MS)
    assert told(effects) == [(1, None)]
    assert state.speaking is None


def test_the_next_voice_waits_for_the_end_of_the_first_and_a_pause() -> None:
    state, _ = announcer.offer(with_players("a"), announcement(1), 0)
    state, effects = announcer.offer(state, announcement(2), 100)
    assert not effects
    state, effects = announcer.ended(state, "a", "1-1", heard=True, now_ms=9_500)
    assert plays(effects) == []
    assert announcer.due_ms(state) == 9_500 + PAUSE_MS
    _, effects = announcer.tick(state, 9_500 + PAUSE_MS)
    assert plays(effects) == [("a", 2)]


def test_a_recall_takes_the_place_of_the_call_still_waiting() -> None:
    state, _ = announcer.offer(with_players("a"), announcement(1), 0)
    state, _ = announcer.offer(state, announcement(2, ticket=20), 0)
    state, _ = announcer.offer(state, announcement(3, ticket=30), 0)
    state, effects = announcer.offer(state, announcement(4, ticket=20), 0)
    assert told(effects) == [(2, Silence.SUPERSEDED)]
    assert [waiting.say.called_seq for waiting in state.waiting] == [4, 3]


def test_a_recall_while_the_call_is_spoken_is_spoken_after_it() -> None:
    state, _ = announcer.offer(with_players("a"), announcement(1, ticket=10), 0)
    state, effects = announcer.offer(state, announcement(2, ticket=10), 1_000)
    assert not effects
    assert [waiting.say.called_seq for waiting in state.waiting] == [2]


def test_a_ticket_already_started_is_no_longer_called() -> None:
    state, _ = announcer.offer(with_players("a"), announcement(1), 0)
    state, _ = announcer.offer(state, announcement(2, ticket=20), 0)
    state, effects = announcer.settle(state, 20, 5)
    assert told(effects) == [(2, Silence.SETTLED)]
    assert state.waiting == ()
    state, effects = announcer.settle(state, 1, 6)
    assert not effects
    assert state.speaking is not None


def test_without_a_player_a_call_expires_as_such() -> None:
    state, _ = announcer.offer(Loudspeaker(), announcement(1), 0)
    assert announcer.due_ms(state) == TIME_TO_LIVE_MS
    _, effects = announcer.tick(state, TIME_TO_LIVE_MS)
    assert told(effects) == [(1, Silence.NO_PLAYER)]


def test_a_player_that_comes_late_speaks_what_is_still_fresh() -> None:
    state, _ = announcer.offer(Loudspeaker(), announcement(1, now_ms=0), 0)
    state, _ = announcer.offer(state, announcement(2, now_ms=30_000), 30_000)
    _, effects = announcer.join(state, "a", 70_000)
    assert plays(effects) == [("a", 2)]
    assert told(effects) == [(1, Silence.EXPIRED)]


def test_a_silent_player_is_waited_out_then_the_other_one_tries() -> None:
    state, _ = announcer.offer(with_players("a", "b"), announcement(1), 0)
    state, effects = announcer.leave(state, "a", 10)
    assert elected(effects) == ["b"]
    assert plays(effects) == []
    state, effects = announcer.tick(state, LENGTH_MS + GRACE_MS)
    assert plays(effects) == [("b", 1)]
    state, effects = announcer.ended(state, "a", "1-1", heard=True, now_ms=LENGTH_MS + GRACE_MS + 1)
    assert not effects
    _, effects = announcer.ended(state, "b", "1-2", heard=True, now_ms=25_000)
    assert told(effects) == [(1, None)]


def test_a_player_that_cannot_sound_loses_its_turn() -> None:
    state, _ = announcer.offer(with_players("a", "b"), announcement(1), 0)
    state, effects = announcer.ended(state, "a", "1-1", heard=False, now_ms=50)
    assert elected(effects) == ["b"]
    state, effects = announcer.tick(state, 50 + PAUSE_MS)
    assert plays(effects) == [("b", 1)]
    _, effects = announcer.ended(state, "b", "1-2", heard=False, now_ms=900)
    assert told(effects) == [(1, Silence.PLAYER_FAILED)]


def test_a_line_that_overflows_tells_of_its_oldest() -> None:
    state = Loudspeaker()
    effects: list[Effect] = []
    for seq in range(LINE_LIMIT + 1):
        state, effects = announcer.offer(state, announcement(seq + 1), 0)
    assert told(effects) == [(1, Silence.LINE_FULL)]
    assert len(state.waiting) == LINE_LIMIT


def test_a_station_that_goes_down_tells_of_everything_left() -> None:
    state, _ = announcer.offer(with_players("a"), announcement(1), 0)
    state, _ = announcer.offer(state, announcement(2, ticket=20), 0)
    left = announcer.closed(state)
    assert told(left) == [(1, Silence.STOPPED), (2, Silence.STOPPED)]


@pytest.mark.parametrize("count", [1, announcer.PLAYER_LIMIT, announcer.PLAYER_LIMIT + 5])
def test_players_are_counted_and_only_one_is_elected(count: int) -> None:
    state = Loudspeaker()
    chosen: list[str] = []
    for number in range(count):
        state, effects = announcer.join(state, f"page-{number}", 0)
        chosen += elected(effects)
    assert chosen == ["page-0"]
    assert len(state.players) == min(count, announcer.PLAYER_LIMIT)


# --------------------------------------------------------------------------------- whole histories


@dataclass
class Hall:
    """A hall where pages come, go, fall silent and fail, and what was heard in it."""

    state: Loudspeaker = field(default_factory=Loudspeaker)
    now_ms: int = 0
    seq: int = 0
    sounding: list[tuple[int, int]] = field(default_factory=list)
    begun: list[Announcement] = field(default_factory=list)
    given: dict[str, Announcement] = field(default_factory=dict)
    offered: list[int] = field(default_factory=list)
    told: list[tuple[int, Silence | None]] = field(default_factory=list)

    def take(self, step: announcer.Step) -> None:
        self.state, effects = step
        self.told += told(effects)
        for effect in effects:
            if isinstance(effect, Play):
                self.begin(effect)

    def begin(self, play: Play) -> None:
        heard = play.announcement
        assert play.player in self.state.players, "only a page that is here may be given a sound"
        assert self.now_ms < heard.expires_at_ms, "nothing stale is begun"
        assert all(end <= self.now_ms for _, end in self.sounding), "two voices at once"
        self.sounding.append((self.now_ms, self.now_ms + heard.length_ms))
        self.begun.append(heard)
        self.given[play.player] = heard

    def pass_time(self, length_ms: int) -> None:
        """Go on as the station does: awake at every moment that the line itself names."""
        until_ms = self.now_ms + length_ms
        while (due_ms := announcer.due_ms(self.state)) is not None and due_ms <= until_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self.take(announcer.tick(self.state, self.now_ms))
        self.now_ms = until_ms

    def listen(self, length_ms: int) -> None:
        """Go on with a page that answers the moment its sound is over."""
        until_ms = self.now_ms + length_ms
        while True:
            wake_ms = self.sounding[-1][1] if self.given else announcer.due_ms(self.state)
            if wake_ms is None or wake_ms > until_ms:
                break
            self.pass_time(max(0, wake_ms - self.now_ms))
            for player in list(self.given):
                self.answer(player, heard=True)
        self.pass_time(until_ms - self.now_ms)

    def offer(self, ticket: int, length_ms: int) -> None:
        self.seq += 1
        self.offered.append(self.seq)
        self.take(
            announcer.offer(
                self.state, announcement(self.seq, ticket, self.now_ms, length_ms), self.now_ms
            )
        )

    def answer(self, player: str, *, heard: bool) -> None:
        """A page answers truly: *heard* only when its sound is over, *failed* before it began."""
        given = self.given.get(player)
        if given is None:
            return
        began, end = self.sounding[-1]
        if heard and self.now_ms < end:
            return
        if not heard:
            if self.now_ms != began:
                return
            self.sounding[-1] = (began, began)
        del self.given[player]
        self.take(
            announcer.ended(self.state, player, given.play_id, heard=heard, now_ms=self.now_ms)
        )


PLAYERS = st.sampled_from(["a", "b", "c"])
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("offer"), st.integers(1, 6), st.integers(3_000, 15_000)),
        st.tuples(st.just("settle"), st.integers(1, 6)),
        st.tuples(st.just("pass"), st.integers(0, 20_000)),
        st.tuples(st.just("join"), PLAYERS),
        st.tuples(st.just("leave"), PLAYERS),
        st.tuples(st.just("heard"), PLAYERS),
        st.tuples(st.just("failed"), PLAYERS),
    ),
    max_size=60,
)


def perform(hall: Hall, act: tuple[str, *tuple[int | str, ...]]) -> None:
    match act:
        case ("offer", int(ticket), int(length_ms)):
            hall.offer(ticket, length_ms)
        case ("settle", int(ticket)):
            hall.take(announcer.settle(hall.state, ticket, hall.now_ms))
        case ("pass", int(length_ms)):
            hall.pass_time(length_ms)
        case ("join", str(player)):
            hall.take(announcer.join(hall.state, player, hall.now_ms))
        case ("leave", str(player)):
            hall.given.pop(player, None)
            hall.take(announcer.leave(hall.state, player, hall.now_ms))
        case (answer, str(player)):
            hall.answer(player, heard=answer == "heard")


@settings(max_examples=400)
@given(ACTS)
def test_in_every_history_one_voice_speaks_and_everything_is_told_once(
    acts: list[tuple[str, *tuple[int | str, ...]]],
) -> None:
    hall = Hall()
    for act in acts:
        perform(hall, act)
        assert len(hall.state.waiting) <= LINE_LIMIT + 1
    hall.pass_time(600_000)
    assert hall.state.waiting == ()
    assert hall.state.speaking is None
    assert sorted(seq for seq, _ in hall.told) == hall.offered
    attempts = [heard.play_id for heard in hall.begun]
    assert len(attempts) == len(set(attempts))
    assert all(heard.attempt <= ATTEMPT_LIMIT for heard in hall.begun)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 9_000)), max_size=40))
def test_tickets_are_spoken_in_the_order_in_which_they_were_first_offered(
    calls: list[tuple[int, int]],
) -> None:
    """With a player that always answers, a recall keeps its ticket's place and overtakes nobody."""
    hall = Hall()
    hall.take(announcer.join(hall.state, "a", 0))
    places: list[int] = []
    for ticket, gap_ms in calls:
        if ticket not in [waiting.say.ticket_id for waiting in hall.state.waiting]:
            places.append(ticket)
        hall.offer(ticket, 4_000)
        hall.listen(gap_ms)
    hall.listen(600_000)
    spoken = [heard.say.ticket_id for heard in hall.begun]
    if all(silence is not Silence.EXPIRED for _, silence in hall.told):
        assert spoken == places
    assert len(spoken) + sum(silence is not None for _, silence in hall.told) == len(calls)
