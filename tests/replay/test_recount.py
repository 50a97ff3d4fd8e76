"""The recount sees every breach that is put into a day, and counts a day without one rightly."""

from collections.abc import Callable

import pytest
from recount import Figures, Story, Told, figures

Change = Callable[[list[Told]], None]
MINUTE_MS = 60_000


def morning() -> list[Told]:
    """Two citizens, one served, one missed; a third is sent on."""
    rows: list[tuple[int, str, dict[str, object]]] = [
        (0, "window.opened", {"window_id": "w1", "staff_id": "s1"}),
        (0, "window.opened", {"window_id": "w2", "staff_id": "s2"}),
        (1, "ticket.taken", {"leg": 1, "label": "A001"}),
        (2, "ticket.taken", {"leg": 2, "label": "A002"}),
        (3, "ticket.taken", {"leg": 3, "label": "A003"}),
        (4, "ticket.called", {"leg": 1, "label": "A001", "at": "w1"}),
        (5, "ticket.started", {"leg": 1, "label": "A001", "at": "w1"}),
        (6, "ticket.called", {"leg": 2, "label": "A002", "at": "w2"}),
        (7, "ticket.held", {"leg": 1, "label": "A001", "at": "w1"}),
        (8, "ticket.missed", {"leg": 2, "label": "A002", "at": "w2"}),
        (9, "ticket.resumed", {"leg": 1, "label": "A001", "at": "w1"}),
        (11, "ticket.finished", {"leg": 1, "label": "A001", "at": "w1"}),
        (23, "ticket.called", {"leg": 3, "label": "A003", "at": "w1"}),
        (24, "ticket.started", {"leg": 3, "label": "A003", "at": "w1"}),
        (25, "ticket.transferred", {"leg": 3, "label": "A003", "to": 4}),
    ]
    return [told(seq, *row) for seq, row in enumerate(rows, 1)]


def told(seq: int, minute: int, kind: str, what: dict[str, object]) -> Told:
    leg, window = what.get("leg", 0), str(what.get("at", what.get("window_id", "")))
    fields = {
        "ticket_id": 3 if leg == 4 else leg,
        "leg_id": leg,
        "label": what.get("label", ""),
        "queue_id": "q",
        "window_id": window,
        "staff_id": f"s{window[1:]}",
        "place": seq,
        "place_tie": seq,
        "step": "wait" if kind == "ticket.called" else "",
        "new_leg_id": what.get("to", 0),
        "new_queue_id": "other" if "to" in what else "",
    }
    return Told(seq=seq, at=minute * MINUTE_MS, kind=kind, **fields)  # type: ignore[arg-type]  # by name


def tell(events: list[Told]) -> Story:
    story = Story()
    for event in events:
        story.tell(event)
    return story


def test_a_right_morning_is_counted() -> None:
    story = tell(morning())
    assert story.breaches == []
    assert figures(story) == Figures(
        taken=3,
        called=3,
        served=1,
        no_show=1,
        cancelled=0,
        unserved=0,
        waiting=1,
        wait_sum_ms=27 * MINUTE_MS,
        wait_median_ms=4 * MINUTE_MS,
        wait_p90_ms=20 * MINUTE_MS,
        wait_max_ms=20 * MINUTE_MS,
        within_15_minutes=2,
        service_sum_ms=4 * MINUTE_MS,
        service_median_ms=4 * MINUTE_MS,
    )


def changed(seq: int, **fields: object) -> Change:
    def change(events: list[Told]) -> None:
        old = events[seq - 1]
        kept = {name: getattr(old, name) for name in Told.__struct_fields__}
        events[seq - 1] = Told(**{**kept, **fields})

    return change


def left_out(seq: int) -> Change:
    def change(events: list[Told]) -> None:
        del events[seq - 1]

    return change


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (left_out(4), "follows"),
        (changed(4, label="A001"), "was given to ticket 1"),
        (changed(8, leg_id=1, ticket_id=1, label="A001"), "the leg is serving"),
        (changed(8, window_id="w1", staff_id="s1"), "w1 has leg 1"),
        (changed(8, staff_id="s9"), "does not sit"),
        (changed(6, leg_id=2, ticket_id=2, label="A002"), "stood before"),
        (changed(4, ticket_id=1), "the citizen is at"),
        (changed(5, ticket_id=1), "of ticket"),
        (changed(10, window_id="w1"), "missed at w1"),
        (changed(12, window_id="w2"), "at w2"),
    ],
)
def test_each_breach_is_named(change: Change, word: str) -> None:
    events = morning()
    change(events)
    breaches = tell(events).breaches
    assert any(word in breach for breach in breaches), breaches
