"""Moving on: transfers and the way back, moving and bringing back, several items, cancelling."""

from __future__ import annotations

import pytest

from hall_server.contract.messages import queueing as q
from hall_server.contract.messages.queueing import CallStep, LegState
from tests.hall_server.queueing.conftest import CHIEF, FACTS, KIOSK, MONDAY_NINE, Desk, clerk
from tests.hall_server.queueing.test_serving import serving


def test_a_transfer_ends_one_leg_and_opens_the_next_under_the_same_number(desk: Desk) -> None:
    leg_id = serving(desk)
    onward = desk.act("transfer", 2, leg_id, queue_id="land", reason_id="transfer-reason")
    assert (onward.label, onward.ticket_id) == ("A001", desk.leg(leg_id).ticket_id)
    assert desk.leg(leg_id).state is LegState.TRANSFERRED
    assert desk.next(3).leg_id == onward.leg_id


@pytest.mark.parametrize(
    ("place", "order"),
    [("first", ["A001", "C001", "C002"]), ("last", ["C001", "C002", "A001"])],
)
def test_first_and_last_are_meant(desk: Desk, place: str, order: list[str]) -> None:
    desk.take("deed")
    desk.take("deed")
    leg_id = serving(desk)
    desk.act("transfer", 2, leg_id, queue_id="land", place=place)
    assert [desk.serve(3, seconds=1).label for _ in range(3)] == order


def test_keep_means_where_one_would_stand_had_one_come_here_at_once(desk: Desk) -> None:
    desk.take("deed")
    leg_id = serving(desk)
    desk.take("deed")
    desk.act("transfer", 2, leg_id, queue_id="land", place="keep")
    assert [desk.serve(3, seconds=1).label for _ in range(3)] == ["C001", "A001", "C002"]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ({}, "transfer_target"),
        ({"queue_id": "tax", "window_id": "w1"}, "transfer_target"),
        ({"queue_id": "nowhere"}, "queue_unknown"),
        ({"queue_id": "orphan"}, "queue_without_window"),
        ({"window_id": "w9"}, "window_unknown"),
        ({"window_id": "w2"}, "transfer_to_self"),
        ({"staff_id": "s2"}, "transfer_to_self"),
        ({"staff_id": "nobody"}, "staff_unknown"),
        ({"queue_id": "tax", "item_id": "nothing"}, "item_unknown"),
        ({"queue_id": "tax", "reason_id": "hold-reason"}, "reason_unknown"),
    ],
)
def test_a_transfer_needs_one_target_that_is_there(
    desk: Desk, target: dict[str, str], code: str
) -> None:
    leg_id = serving(desk)
    assert desk.refused("ticket.transfer", clerk("s2"), leg_id=leg_id, **target) == code


def test_sent_to_a_window_or_a_person_one_waits_for_them_alone_and_first(desk: Desk) -> None:
    desk.take("deed")
    to_window = desk.act("transfer", 2, serving(desk), window_id="w3")
    to_person = desk.act("transfer", 2, serving(desk), staff_id="s3")
    assert desk.refused("ticket.call_next", clerk("s1"), window_id="w1") == "nobody_waiting"
    called = [desk.serve(3, seconds=1).leg_id for _ in range(2)]
    assert called == [to_window.leg_id, to_person.leg_id]
    steps = [event.step for event in desk.events() if isinstance(event, q.TicketCalled)][-2:]
    assert steps == [CallStep.RESERVED, CallStep.RESERVED]


def test_one_who_was_sent_away_only_in_between_comes_back_first(desk: Desk) -> None:
    leg_id = serving(desk)
    desk.take("marry")
    desk.act("transfer", 2, leg_id, queue_id="land", return_after=True)
    desk.serve(3)
    back = desk.next(2)
    assert (back.label, desk.leg(back.leg_id).to_window_id) == ("A001", "w2")
    added = [event for event in desk.events() if isinstance(event, q.ItemAdded)]
    assert [event.returning for event in added] == [True]


def test_moving_back_lets_so_many_others_go_first(desk: Desk) -> None:
    legs = [desk.take("marry").leg_id for _ in range(5)]
    desk.act("move_back", 2, legs[0], places=2)
    order = [desk.serve(2, seconds=1).leg_id for _ in range(5)]
    assert order == [legs[1], legs[2], legs[0], legs[3], legs[4]]


def test_moving_back_also_holds_against_other_queues_of_the_window(desk: Desk) -> None:
    first = desk.take("marry")
    for _ in range(2):
        desk.take("marry")
        desk.take("invoice")
    desk.act("move_back", 1, first.leg_id, places=2)
    order = [desk.serve(1, seconds=1).label for _ in range(5)]
    assert order == ["A002", "B001", "A003", "A001", "B002"]


def test_a_called_citizen_who_is_not_ready_waits_again(desk: Desk) -> None:
    legs = [desk.take("marry").leg_id for _ in range(3)]
    desk.next(2)
    assert desk.refused("ticket.move_back", clerk("s1"), leg_id=legs[0], places=1) == (
        "not_your_window"
    )
    desk.act("move_back", 2, legs[0], places=1)
    assert [desk.serve(2, seconds=1).leg_id for _ in range(3)] == [legs[1], legs[0], legs[2]]


def test_moving_back_beyond_the_last_is_the_last_and_is_limited(desk: Desk) -> None:
    legs = [desk.take("marry").leg_id for _ in range(3)]
    for _ in range(3):
        desk.act("move_back", 2, legs[0], places=50)
    asked = {"leg_id": legs[0], "places": 1}
    assert desk.refused("ticket.move_back", clerk("s2"), **asked) == "move_back_limit"
    assert [desk.serve(2, seconds=1).leg_id for _ in range(3)] == [legs[1], legs[2], legs[0]]


def missed(desk: Desk) -> int:
    leg_id = int(desk.next(2).leg_id)
    desk.pass_s(45)
    desk.act("recall", 2, leg_id)
    desk.act("miss", 2, leg_id)
    return leg_id


def test_a_no_show_is_brought_back_behind_others_and_not_for_ever(desk: Desk) -> None:
    legs = [desk.take("marry").leg_id for _ in range(6)]
    assert missed(desk) == legs[0]
    desk.act("bring_back", 1, legs[0])
    order = [desk.serve(2, seconds=1).leg_id for _ in range(4)]
    assert order == [legs[1], legs[2], legs[3], legs[0]]


def test_bringing_back_has_a_limit(desk: Desk) -> None:
    leg_id = desk.take("marry").leg_id
    for _ in range(2):
        missed(desk)
        desk.act("bring_back", 1, leg_id)
    missed(desk)
    assert desk.refused("ticket.bring_back", clerk("s1"), leg_id=leg_id) == "bring_back_limit"


def test_yesterdays_no_show_takes_a_new_number(desk: Desk) -> None:
    leg_id = desk.take("marry").leg_id
    missed(desk)
    desk.ask("day.close", CHIEF)
    assert desk.refused("ticket.bring_back", clerk("s1"), leg_id=leg_id) == "day_not_open"
    desk.pass_s(24 * 3600)
    desk.ask("day.open", CHIEF)
    assert desk.refused("ticket.bring_back", clerk("s1"), leg_id=leg_id) == "other_day"


# ------------------------------------------------------------------------------- several items


def test_a_visit_is_never_called_to_two_windows_at_once(desk: Desk) -> None:
    slip = desk.take("marry")
    desk.ask("ticket.add_item", clerk("s1"), ticket_id=slip.ticket_id, item_id="deed")
    desk.next(2)
    assert desk.refused("ticket.call_next", clerk("s3"), window_id="w3") == "nobody_waiting"
    desk.act("start", 2, slip.leg_id)
    desk.act("hold", 2, slip.leg_id, reason_id="hold-reason")
    assert desk.refused("ticket.call_next", clerk("s3"), window_id="w3") == "nobody_waiting"
    desk.act("resume", 2, slip.leg_id)
    desk.act("finish", 2, slip.leg_id)
    assert desk.next(3).label == "A001"


def test_whoever_was_put_before_one_who_was_away_takes_over_their_patience(desk: Desk) -> None:
    """Or the returning one stood behind somebody the bound does not see, and were passed again."""
    early = desk.take("marry")
    assert desk.next(1).leg_id == early.leg_id
    visit = desk.take("marry")
    patient = desk.ask("ticket.add_item", clerk("s1"), ticket_id=visit.ticket_id, item_id="invoice")
    for _ in range(FACTS.queueing.overtake_limit):
        desk.take("invoice", priority_id="elderly")
        assert desk.serve(3, seconds=1).label.startswith("B")
    assert desk.next(2).leg_id == visit.leg_id
    onward = desk.act("transfer", 1, early.leg_id, queue_id="tax", place="keep")
    desk.act("start", 2, visit.leg_id)
    desk.act("finish", 2, visit.leg_id)
    desk.take("invoice", priority_id="elderly")
    assert [desk.serve(3, seconds=1).leg_id for _ in range(2)] == [onward.leg_id, patient.leg_id]


def test_choosing_somebody_who_is_elsewhere_says_where(desk: Desk) -> None:
    slip = desk.take("marry")
    added = desk.ask("ticket.add_item", clerk("s1"), ticket_id=slip.ticket_id, item_id="deed")
    desk.next(2)
    asked = {"window_id": "w3", "leg_id": added.leg_id, "reason_id": "choose-reason"}
    assert desk.refused("ticket.call", clerk("s3"), **asked) == "visit_elsewhere"


def test_a_further_item_here_is_next_at_this_window(desk: Desk) -> None:
    leg_id = serving(desk)
    desk.take("marry")
    ticket_id = desk.leg(leg_id).ticket_id
    added = desk.ask(
        "ticket.add_item", clerk("s2"), ticket_id=ticket_id, item_id="invoice", here=True
    )
    desk.act("finish", 2, leg_id)
    assert desk.next(2).leg_id == added.leg_id


def test_here_is_only_where_the_citizen_is(desk: Desk) -> None:
    slip = desk.take("marry")
    asked = {"ticket_id": slip.ticket_id, "item_id": "deed", "here": True}
    assert desk.refused("ticket.add_item", clerk("s1"), **asked) == "not_your_window"
    desk.next(2)
    assert desk.refused("ticket.add_item", clerk("s1"), **asked) == "not_your_window"


def test_an_added_item_keeps_to_quota_and_day(desk: Desk) -> None:
    slip = desk.take("marry")
    asked = {"ticket_id": slip.ticket_id, "item_id": "read"}
    assert desk.refused("ticket.add_item", clerk("s1"), **asked) == "item_without_queue"
    desk.ask("day.close", CHIEF)
    desk.pass_s(24 * 3600)
    desk.ask("day.open", CHIEF)
    asked["item_id"] = "deed"
    assert desk.refused("ticket.add_item", clerk("s1"), **asked) == "other_day"


# ---------------------------------------------------------------------------------- cancelling


def test_cancelling_voids_what_is_not_yet_in_service(desk: Desk) -> None:
    leg_id = serving(desk)
    ticket_id = desk.leg(leg_id).ticket_id
    added = desk.ask("ticket.add_item", clerk("s1"), ticket_id=ticket_id, item_id="deed")
    desk.ask("ticket.cancel", clerk("s1"), ticket_id=ticket_id, reason_id="cancel-reason")
    assert desk.leg(added.leg_id).state is LegState.CANCELLED
    assert desk.leg(leg_id).state is LegState.SERVING
    assert desk.refused("ticket.cancel", clerk("s1"), ticket_id=ticket_id) == "nothing_to_cancel"


def test_one_item_of_several_is_cancelled_alone(desk: Desk) -> None:
    slip = desk.take("marry")
    added = desk.ask("ticket.add_item", clerk("s1"), ticket_id=slip.ticket_id, item_id="deed")
    one = {"ticket_id": slip.ticket_id, "leg_id": slip.leg_id}
    desk.ask("ticket.cancel", clerk("s1"), **one)
    assert desk.next(3).leg_id == added.leg_id
    other = {"ticket_id": slip.ticket_id, "leg_id": 99}
    assert desk.refused("ticket.cancel", clerk("s1"), **other) == "leg_unknown"


def test_somebody_called_is_cancelled_only_at_their_window(desk: Desk) -> None:
    slip = desk.take("marry")
    desk.next(2)
    asked = {"ticket_id": slip.ticket_id}
    assert desk.refused("ticket.cancel", clerk("s1"), **asked) == "not_your_window"
    desk.ask("ticket.cancel", clerk("s2"), **asked)
    assert desk.refused("ticket.call_next", clerk("s2"), window_id="w2") == "nobody_waiting"


def test_what_does_not_exist_cannot_be_moved(desk: Desk) -> None:
    for name in ("recall", "start", "finish", "miss", "bring_back", "resume"):
        assert desk.refused(f"ticket.{name}", CHIEF, leg_id=77) == "leg_unknown"
    assert desk.refused("ticket.cancel", CHIEF, ticket_id=77) == "leg_unknown"
    assert desk.refused("ticket.reprint", KIOSK, ticket_id=77) == "leg_unknown"
    assert desk.clock.at_ms == MONDAY_NINE
