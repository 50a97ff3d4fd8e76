"""What the floor says and shows for every state of the hall, by table."""

import pytest

from config.facts import HallFacts, OpeningFact, QueueFact, Site, StaffFact, WindowFact, Zone
from config.fittings import DisplayFact, DisplayKind, VoiceLanguage
from config.values import Words
from display import director
from display.bars import Bars, acknowledged
from display.director import CALL_FACE_TIME_TO_LIVE_MS, SAY_TIME_TO_LIVE_MS
from drivers.orders import Colour
from hall_server.contract.messages.organisation import LegView, WindowView
from hall_server.contract.messages.queueing import (
    CallMode,
    CallStep,
    LegState,
    TicketCalled,
    TicketMissed,
    TicketRecalled,
    WindowState,
)

NOW_MS = 1_800_000_000_000
ALL = frozenset({"voice-all", "voice-a", "voice-b", "bar-3", "bar-zone"})


def hall_facts(*displays: DisplayFact) -> HallFacts:
    return HallFacts(
        site=Site(id="site", name=Words("双江县政务服务中心")),
        opening=OpeningFact(id="hall", spans=[]),
        zones=[
            Zone(id="a", name=Words("A区"), floor=1),
            Zone(id="b", name=Words("B区"), floor=2),
        ],
        queues=[
            QueueFact(id="civil", name=Words("民政"), series="A", zone="a"),
            QueueFact(id="tax", name=Words("税务"), series="B"),
        ],
        windows=[
            WindowFact(id="w3", number=3, zone="a", queues=["civil"]),
            WindowFact(id="w12", number=12, zone="b", name=Words("综合窗口")),
        ],
        staff=[StaffFact(id="li", staff_number="007", name="李示例")],
        displays=list(displays),
    )


def voice(name: str, *zones: str, languages: tuple[VoiceLanguage, ...] = ()) -> DisplayFact:
    return DisplayFact(
        id=name,
        kind=DisplayKind.VOICE,
        zones=list(zones),
        languages=list(languages) or [VoiceLanguage.CHINESE],
    )


def called(window: str = "w3", queue: str = "civil", at: int = NOW_MS) -> TicketCalled:
    number, zone = {"w3": (3, "a"), "w12": (12, "b")}[window]
    return TicketCalled(
        seq=41,
        at=at,
        ticket_id=1,
        leg_id=1,
        version=2,
        label="A001",
        queue_id=queue,
        item_id="id-card",
        window_id=window,
        window_number=number,
        zone_id=zone,
        staff_id="li",
        mode=CallMode.NEXT,
        reason_id="",
        note="",
        call_count=1,
        waited_ms=60_000,
        rule_id="",
        overtook=0,
        step=CallStep.WAIT,
    )


def sayings(facts: HallFacts, event: TicketCalled | TicketRecalled) -> list[director.Say]:
    return director.sayings(event, facts, NOW_MS, own=ALL)


def test_a_call_is_said_in_the_words_of_the_hall() -> None:
    (say,) = sayings(hall_facts(voice("voice-a", "a")), called())
    assert say.text == "请A001号到3号窗口办理"
    assert (say.display_id, say.zone_id, say.called_seq) == ("voice-a", "a", 41)


def test_a_recall_is_said_like_a_call() -> None:
    recalled = TicketRecalled(
        seq=50,
        at=NOW_MS,
        ticket_id=1,
        leg_id=1,
        version=3,
        label="A001",
        queue_id="civil",
        item_id="id-card",
        window_id="w3",
        window_number=3,
        zone_id="a",
        call_count=2,
    )
    (say,) = sayings(hall_facts(voice("voice-a", "a")), recalled)
    assert (say.text, say.called_seq) == ("请A001号到3号窗口办理", 50)


@pytest.mark.parametrize(
    ("voices", "window", "queue", "heard"),
    [
        ([voice("voice-all")], "w3", "civil", [("voice-all", "a")]),
        ([voice("voice-all"), voice("voice-a", "a")], "w3", "tax", [("voice-a", "a")]),
        ([voice("voice-all"), voice("voice-a", "a")], "w12", "tax", [("voice-all", "b")]),
        # waits in A, is served in B: both hear it, each once
        (
            [voice("voice-a", "a"), voice("voice-b", "b")],
            "w12",
            "civil",
            [("voice-b", "b"), ("voice-a", "a")],
        ),
        ([voice("voice-all")], "w12", "civil", [("voice-all", "b")]),
        # the narrower of two loudspeakers has the zone to itself
        (
            [voice("voice-all", "a", "b"), voice("voice-a", "a")],
            "w3",
            "tax",
            [("voice-a", "a")],
        ),
        ([voice("voice-b", "b")], "w3", "tax", []),
        ([], "w3", "tax", []),
    ],
)
def test_which_loudspeaker_hears_which_window(
    voices: list[DisplayFact], window: str, queue: str, heard: list[tuple[str, str]]
) -> None:
    said = sayings(hall_facts(*voices), called(window, queue))
    assert [(say.display_id, say.zone_id) for say in said] == heard


def test_a_loudspeaker_of_another_station_is_left_alone() -> None:
    facts = hall_facts(voice("voice-a", "a"))
    assert director.sayings(called(), facts, NOW_MS, own=frozenset({"voice-b"})) == []


@pytest.mark.parametrize(
    ("voices", "text"),
    [
        ([voice("voice-a", "a"), voice("voice-b", "b")], "请A001号到2楼12号窗口办理"),
        ([voice("voice-all")], "请A001号到2楼12号窗口办理"),
    ],
)
def test_the_floor_is_said_where_somebody_may_stand_on_another(
    voices: list[DisplayFact], text: str
) -> None:
    said = {say.zone_id: say for say in sayings(hall_facts(*voices), called("w12"))}
    assert said.get("a", said["b"]).text == text


def test_on_the_windows_own_floor_no_floor_is_said() -> None:
    facts = hall_facts(voice("voice-a", "a"), voice("voice-b", "b"))
    said = {say.zone_id: say.text for say in sayings(facts, called("w12"))}
    assert said["b"] == "请A001号到12号窗口办理"


@pytest.mark.parametrize(
    ("floor", "name", "english"),
    [
        (3, "3楼", "on floor 3"),
        (1, "1楼", "on floor 1"),
        (0, "底层", "on the ground floor"),
        (-1, "地下1层", "on basement level 1"),
        (-2, "地下2层", "on basement level 2"),
    ],
)
def test_floors_have_names(floor: int, name: str, english: str) -> None:
    assert director.sentence("zh", "A1", 2, floor).text == f"请A1号到{name}2号窗口办理"
    assert director.sentence("en", "A1", 2, floor).text.endswith(f"window 2 {english}")


def test_english_follows_where_the_loudspeaker_speaks_it() -> None:
    both = voice("voice-a", "a", languages=(VoiceLanguage.CHINESE, VoiceLanguage.ENGLISH))
    (say,) = sayings(hall_facts(both), called())
    assert [(said.language, said.text) for said in say.utterances] == [
        ("zh", "请A001号到3号窗口办理"),
        ("en", "Ticket A001, please go to window 3"),
    ]


@pytest.mark.parametrize(("age_ms", "count"), [(SAY_TIME_TO_LIVE_MS - 1, 1), (60_000, 0)])
def test_what_is_older_than_its_time_to_live_is_not_said(age_ms: int, count: int) -> None:
    assert len(sayings(hall_facts(voice("voice-a", "a")), called(at=NOW_MS - age_ms))) == count


def test_only_what_ends_a_call_settles_it() -> None:
    missed = TicketMissed(
        ticket_id=9,
        leg_id=1,
        version=3,
        label="A009",
        queue_id="civil",
        item_id="id-card",
        window_id="w3",
        call_count=2,
    )
    assert director.settled_ticket(missed) == 9
    assert director.settled_ticket(called()) == 0


# -------------------------------------------------------------------------------------------- bars

BAR = DisplayFact(id="bar-3", kind=DisplayKind.BAR, window="w3", device="bar-3")
IDLE = "3号窗口 李示例"
ZONE_BAR = DisplayFact(id="over-a", kind=DisplayKind.BAR, zones=["a"], device="bar-zone")


def window(state: WindowState, staff: str = "li") -> WindowView:
    return WindowView(window_id="w3", state=state, staff_id=staff, since=NOW_MS, reason_id="")


def leg(state: LegState, window_id: str = "w3", label: str = "A001", seq: int = 41) -> LegView:
    return LegView(
        leg_id=1,
        ticket_id=1,
        version=2,
        label=label,
        state=state,
        item_id="id-card",
        queue_id="civil",
        priority_id="",
        window_id=window_id,
        staff_id="li",
        to_window_id="",
        to_staff_id="",
        waiting_since=NOW_MS,
        place=0,
        place_tie=0,
        called_at=NOW_MS,
        call_count=1,
        started_at=0,
        held_at=0,
        held_ms=0,
        ended_at=0,
        called_seq=seq,
        note="",
    )


@pytest.mark.parametrize(
    ("view", "legs", "text", "colour", "shown_seq"),
    [
        (window(WindowState.OPEN), [leg(LegState.CALLED)], "请A001号", Colour.RED, 41),
        (window(WindowState.PAUSED), [leg(LegState.CALLED)], "请A001号", Colour.RED, 41),
        (window(WindowState.OPEN), [leg(LegState.SERVING)], "A001号办理中", Colour.GREEN, 0),
        (window(WindowState.OPEN), [leg(LegState.WAITING, "")], IDLE, Colour.GREEN, 0),
        (
            window(WindowState.OPEN),
            [leg(LegState.CALLED, "w12")],
            IDLE,
            Colour.GREEN,
            0,
        ),
        (window(WindowState.OPEN, staff=""), [], "3号窗口", Colour.GREEN, 0),
        (window(WindowState.PAUSED), [], "暂停服务", Colour.YELLOW, 0),
        (window(WindowState.CLOSED), [], "", Colour.GREEN, 0),
    ],
)
def test_the_face_of_a_windows_bar(
    view: WindowView, legs: list[LegView], text: str, colour: Colour, shown_seq: int
) -> None:
    (face,) = director.faces(hall_facts(BAR), [view], legs, own=ALL)
    assert (face.text, face.colour, face.shown_seq) == (text, colour, shown_seq)


def test_a_window_nobody_has_opened_today_is_dark() -> None:
    (face,) = director.faces(hall_facts(BAR), [], [], own=ALL)
    assert face.text == ""


def test_a_zones_bar_shows_its_newest_call_with_the_window() -> None:
    legs = [leg(LegState.CALLED, seq=41), leg(LegState.CALLED, "w12", "B002", seq=99)]
    (face,) = director.faces(hall_facts(ZONE_BAR), [], legs, own=ALL)
    assert (face.text, face.shown_seq) == ("请A001号到3号窗口", 41)


def test_a_bar_of_another_station_is_left_alone() -> None:
    assert director.faces(hall_facts(BAR), [], [], own=frozenset()) == []


def test_a_face_is_sent_once_and_again_before_it_fades() -> None:
    faces = director.faces(
        hall_facts(BAR), [window(WindowState.OPEN)], [leg(LegState.CALLED)], own=ALL
    )
    bars, orders = Bars().orders(faces, 0)
    assert [order.text for order in orders] == ["请A001号"]
    assert orders[0].time_to_live_ms == CALL_FACE_TIME_TO_LIVE_MS
    assert acknowledged(orders[0]) == ("bar-3", 41)
    bars, orders = bars.orders(faces, CALL_FACE_TIME_TO_LIVE_MS // 2 - 1)
    assert orders == []
    _, orders = bars.orders(faces, CALL_FACE_TIME_TO_LIVE_MS // 2)
    assert len(orders) == 1


def test_darkness_is_ordered_once() -> None:
    faces = director.faces(hall_facts(BAR), [window(WindowState.CLOSED)], [], own=ALL)
    bars, orders = Bars().orders(faces, 0)
    assert [order.text for order in orders] == [""]
    _, orders = bars.orders(faces, 86_400_000)
    assert orders == []
