"""Calling (叫号): the next by the policy, a chosen one with a reason, the same once more."""

from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import bindparam, delete, insert, select

from config.facts import ReasonKind, RuleFact, RuleKind
from hall_server.access.rules import Asker
from hall_server.contract.messages.queueing import (
    CallMode,
    CallStep,
    LegNamed,
    TicketCall,
    TicketCalled,
    TicketCallNext,
    TicketRecall,
    TicketRecalled,
)
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.queueing import legs, lines, windows
from hall_server.queueing.legs import Leg
from hall_server.queueing.lookup import lookup
from hall_server.queueing.policy import Choice, Situation, choose_next, overtakes
from hall_server.queueing.rules import Act, after, check_recall, check_version
from hall_server.queueing.tables import ratio_turn
from hall_server.queueing.windows import Post

_TURNS = select(ratio_turn.c.rule_id, ratio_turn.c.turn).where(
    ratio_turn.c.window_id == bindparam("wanted")
)


def call_next(tx: Transaction, asker: Asker, ask: TicketCallNext) -> LegNamed:
    """Call whoever is next for this window."""
    facts = lookup(tx.facts)
    post = windows.free_post(tx, asker, ask.window_id)
    known = facts.calling_rules
    rules = [known[rule_id] for rule_id in post.window.rules if rule_id in known]
    callable_lines = lines.callable_lines(post.window, post.staff_id)
    fronts = lines.fronts(tx.connection, callable_lines, facts.classes)
    situation = Situation(
        now_ms=tx.now_ms,
        overtake_limit=facts.rules.overtake_limit,
        leads_ms=facts.leads_ms,
        rules=rules,
        counts=lines.counts(tx.connection, rules),
        turns=_turns(tx, post.window.id, rules),
    )
    choice = choose_next(fronts, situation)
    if choice is None:
        raise Refusal("nobody_waiting")
    overtook = 0
    if overtakes(choice.front, fronts):
        overtook = lines.raise_overtaken(tx.connection, callable_lines, choice.front.order)
    _keep_turn(tx, post.window.id, choice)
    leg = legs.find(tx.connection, choice.front.leg_id)
    called = _called(leg, post, tx)
    return _call(tx, post, leg, called, step=choice.step, rule_id=choice.rule_id, overtook=overtook)


def call_chosen(tx: Transaction, asker: Asker, ask: TicketCall) -> LegNamed:
    """Call a chosen citizen out of turn; those who stood before are counted as overtaken."""
    facts = lookup(tx.facts)
    facts.check_reason(ask.reason_id, ReasonKind.CHOOSE, ask.note)
    post = windows.free_post(tx, asker, ask.window_id)
    leg = legs.find(tx.connection, ask.leg_id)
    called = _called(leg, post, tx)
    callable_lines = lines.callable_lines(post.window, post.staff_id)
    if leg.own_line not in callable_lines and leg.queue_id not in post.window.queues:
        raise Refusal("not_served_here")
    if leg.line is None:
        other = legs.elsewhere(tx.connection, leg)
        window_id = other.window_id if other else ""
        raise Refusal("visit_elsewhere", window=windows.number_of(facts, window_id))
    order = (leg.place, leg.place_tie)
    overtook = lines.raise_overtaken(tx.connection, callable_lines, order)
    return _call(
        tx,
        post,
        leg,
        called,
        step=CallStep.CHOSEN,
        overtook=overtook,
        reason_id=ask.reason_id,
        note=ask.note,
    )


def recall(tx: Transaction, asker: Asker, ask: TicketRecall) -> LegNamed:
    """Call the same citizen once more, after a gap and not for ever."""
    leg = legs.find(tx.connection, ask.leg_id)
    check_version(ask.version, leg.version)
    state = after(leg.state, Act.RECALL)
    post = windows.own_post(tx, asker, leg.window_id)
    check_recall(
        lookup(tx.facts).rules,
        call_count=leg.call_count,
        called_at=leg.called_at,
        now_ms=tx.now_ms,
    )
    again = replace(
        leg,
        state=state,
        called_at=tx.now_ms,
        called_seq=tx.seq + 1,
        call_count=leg.call_count + 1,
        calls=leg.calls + 1,
    )
    tx.record(
        TicketRecalled(
            **legs.told(leg),
            window_id=leg.window_id,
            window_number=post.window.number,
            zone_id=post.window.zone,
            call_count=again.call_count,
        )
    )
    return legs.named(tx, legs.save(tx.connection, leg, again))


def _called(leg: Leg, post: Post, tx: Transaction) -> Leg:
    """The leg as it is when called to this window now."""
    return replace(
        leg,
        state=after(leg.state, Act.CALL),
        line=None,
        window_id=post.window.id,
        staff_id=post.staff_id,
        first_called_at=tx.now_ms,
        called_at=tx.now_ms,
        called_seq=tx.seq + 1,
        call_count=1,
        calls=leg.calls + 1,
        waited_ms=leg.waited_ms if leg.calls else max(0, tx.now_ms - leg.queued_at),
    )


def _call(
    tx: Transaction,
    post: Post,
    leg: Leg,
    called: Leg,
    *,
    step: CallStep,
    overtook: int,
    rule_id: str = "",
    reason_id: str = "",
    note: str = "",
) -> LegNamed:
    tx.record(
        TicketCalled(
            **legs.told(leg),
            window_id=post.window.id,
            window_number=post.window.number,
            zone_id=post.window.zone,
            staff_id=post.staff_id,
            mode=CallMode.CHOSEN if step is CallStep.CHOSEN else CallMode.NEXT,
            step=step,
            rule_id=rule_id,
            overtook=overtook,
            reason_id=reason_id,
            note=note,
            call_count=called.call_count,
            waited_ms=called.waited_ms,
        )
    )
    saved = legs.save(tx.connection, leg, called)
    lines.step_out(tx.connection, saved)
    return legs.named(tx, saved)


def _turns(tx: Transaction, window_id: str, rules: list[RuleFact]) -> dict[str, int]:
    if not any(rule.kind is RuleKind.RATIO for rule in rules):
        return {}
    rows = tx.connection.execute(_TURNS, {"wanted": window_id})
    return {row.rule_id: row.turn for row in rows}


def _keep_turn(tx: Transaction, window_id: str, choice: Choice) -> None:
    if choice.turn is None:
        return
    at = (ratio_turn.c.window_id == window_id, ratio_turn.c.rule_id == choice.rule_id)
    tx.connection.execute(delete(ratio_turn).where(*at))
    tx.connection.execute(
        insert(ratio_turn).values(window_id=window_id, rule_id=choice.rule_id, turn=choice.turn)
    )
