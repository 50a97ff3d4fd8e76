"""Use cases of findings: a monitor reports, a supervisor decides, the clerk concerned answers.

Nothing here changes any other figure: duty and cards may later take up what ``rules.may_count``
lets them.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from sqlalchemy import Row, and_, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from hall_server.access.rules import Asker
from hall_server.contract.messages import supervision as messages
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.supervision import FindingRule, FindingState
from hall_server.contract.refusals import Refusal
from hall_server.database import Reading, Transaction
from hall_server.queueing.lookup import lookup
from hall_server.queueing.rules import check_note
from hall_server.supervision import rules
from hall_server.supervision.tables import finding, muted_rule

SEE_ALL = frozenset({Role.SUPERVISOR, Role.AUDITOR})


def report(tx: Transaction, asker: Asker, ask: messages.FindingReport) -> messages.FindingReceived:
    """Keep a finding with its evidence, once, unless its rule is muted on that camera."""
    at_key = and_(finding.c.station_id == asker.station_id, finding.c.key == ask.key)
    known = tx.connection.execute(select(finding.c.finding_id).where(at_key)).scalar_one_or_none()
    if known is not None:
        return messages.FindingReceived(seq=tx.seq, finding_id=known)
    evidence = ask.evidence
    _check_names(tx, evidence)
    state = _muting(tx.connection, evidence.camera_id, evidence.rule)
    if state is not None and state.muted:
        raise Refusal("rule_muted", rule=evidence.rule, camera=evidence.camera_id)
    kept = msgspec.json.encode(evidence)
    shared = {
        name: getattr(evidence, name)
        for name in ("rule", "camera_id", "window_id", "staff_id", "trial")
    }
    event = tx.record(
        messages.FindingReported(
            finding_id=tx.seq + 1, sha256=hashlib.sha256(kept).hexdigest(), **shared
        )
    )
    tx.connection.execute(
        insert(finding).values(
            finding_id=event.finding_id,
            station_id=asker.station_id,
            key=ask.key,
            at=tx.now_ms,
            state=FindingState.NEW,
            evidence=kept.decode(),
            decided_by="",
            decided_at=0,
            decision="",
            answer="",
            answered_at=0,
            **shared,
        )
    )
    return messages.FindingReceived(seq=event.seq, finding_id=event.finding_id)


def confirm(tx: Transaction, asker: Asker, ask: messages.FindingConfirm) -> Accepted:
    """A supervisor finds it true."""
    _decide(tx, asker, ask, FindingState.CONFIRMED)
    event = tx.record(messages.FindingConfirmed(finding_id=ask.finding_id, note=ask.note))
    return Accepted(seq=event.seq)


def dismiss(tx: Transaction, asker: Asker, ask: messages.FindingDismiss) -> Accepted:
    """A supervisor finds that it is none; a rule that is wrong too often falls silent there."""
    row = _decide(tx, asker, ask, FindingState.DISMISSED)
    tx.record(messages.FindingDismissed(finding_id=ask.finding_id, note=ask.note))
    _mute_if_needed(tx, row.camera_id, FindingRule(row.rule))
    return Accepted(seq=tx.seq)


def answer(tx: Transaction, asker: Asker, ask: messages.FindingAnswer) -> Accepted:
    """The clerk concerned says how it was; others are not even told that the finding is there."""
    check_note(ask.note)
    row = _row(tx.connection, ask.finding_id)
    if not asker.staff_id or row.staff_id != asker.staff_id:
        raise Refusal("finding_unknown")
    if row.answered_at:
        raise Refusal("finding_answered")
    _set(tx, ask.finding_id, answer=ask.note, answered_at=tx.now_ms)
    event = tx.record(messages.FindingAnswered(finding_id=ask.finding_id, note=ask.note))
    return Accepted(seq=event.seq)


def unmute(tx: Transaction, _asker: Asker, ask: messages.FindingUnmute) -> Accepted:
    """Let a muted rule speak again; its earlier false alarms count no more."""
    check_note(ask.note)
    state = _muting(tx.connection, ask.camera_id, ask.rule)
    if state is None or not state.muted:
        raise Refusal("rule_not_muted")
    _keep_muting(tx, ask.camera_id, ask.rule, None)
    told = messages.FindingUnmuted(camera_id=ask.camera_id, rule=ask.rule, note=ask.note)
    return Accepted(seq=tx.record(told).seq)


def overview(reading: Reading, asker: Asker, read: messages.FindingList) -> messages.FindingsView:
    """Findings, newest first, as far as the asker may see them."""
    chosen = select(finding).order_by(finding.c.finding_id.desc()).limit(read.limit)
    if read.before:
        chosen = chosen.where(finding.c.finding_id < read.before)
    muted: list[messages.MutedRule] = []
    if asker.roles.isdisjoint(SEE_ALL):
        chosen = chosen.where(finding.c.staff_id == asker.staff_id, finding.c.staff_id != "")
    else:
        muted = _muted(reading.connection)
    rows = reading.connection.execute(chosen).all()
    return messages.FindingsView(findings=[_summary(row) for row in rows], muted=muted)


def read(reading: Reading, asker: Asker, ask: messages.FindingRead) -> messages.FindingView:
    """One finding with all its evidence."""
    row = seen_by(reading.connection, asker, ask.finding_id)
    return messages.FindingView(
        summary=_summary(row),
        evidence=evidence_of(row),
        sha256=hashlib.sha256(row.evidence.encode()).hexdigest(),
    )


def seen_by(connection: Connection, asker: Asker, finding_id: int) -> Row[Any]:
    """The finding, if this person may see it."""
    row = _row(connection, finding_id)
    is_own = bool(asker.staff_id) and row.staff_id == asker.staff_id
    if not is_own and asker.roles.isdisjoint(SEE_ALL):
        raise Refusal("finding_unknown")
    return row


def clip_of(row: Row[Any]) -> rules.Span:
    """What a finding's clip shows."""
    evidence = evidence_of(row)
    return rules.Span(row.camera_id, evidence.clip_begins_at, evidence.clip_ends_at)


def _check_names(tx: Transaction, evidence: messages.Evidence) -> None:
    known = lookup(tx.facts)
    if evidence.window_id:
        known.window(evidence.window_id)
    if evidence.staff_id and evidence.staff_id not in known.staff:
        raise Refusal("staff_unknown", staff=evidence.staff_id)


def _decide(
    tx: Transaction,
    asker: Asker,
    ask: messages.FindingConfirm | messages.FindingDismiss,
    wanted: FindingState,
) -> Row[Any]:
    check_note(ask.note)
    row = _row(tx.connection, ask.finding_id)
    is_own = bool(row.staff_id) and row.staff_id == asker.staff_id
    rules.check_decision(FindingState(row.state), wanted, is_own=is_own)
    _set(
        tx,
        ask.finding_id,
        state=wanted,
        decided_by=asker.sender,
        decided_at=tx.now_ms,
        decision=ask.note,
    )
    return row


def _mute_if_needed(tx: Transaction, camera_id: str, rule: FindingRule) -> None:
    of_rule = and_(finding.c.camera_id == camera_id, finding.c.rule == rule)
    state = _muting(tx.connection, camera_id, rule)
    if state is not None and state.muted:
        return
    first = tx.connection.execute(select(func.min(finding.c.at)).where(of_rule)).scalar_one()
    since = rules.rated_since(max(first, state.since if state else 0), tx.now_ms)
    wrong = of_rule & (finding.c.state == FindingState.DISMISSED) & (finding.c.at >= since)
    dismissed = tx.connection.execute(select(func.count()).where(wrong)).scalar_one()
    alarms = rules.false_alarms(dismissed, since, tx.now_ms)
    if alarms.are_too_many:
        _keep_muting(tx, camera_id, rule, alarms)
        tx.record(
            messages.FindingMuted(
                camera_id=camera_id, rule=rule, dismissed=alarms.dismissed, days=alarms.days
            )
        )


def _keep_muting(
    tx: Transaction, camera_id: str, rule: FindingRule, alarms: rules.FalseAlarms | None
) -> None:
    """Muted because of ``alarms``; None: no more."""
    place = and_(muted_rule.c.camera_id == camera_id, muted_rule.c.rule == rule)
    tx.connection.execute(delete(muted_rule).where(place))
    tx.connection.execute(
        insert(muted_rule).values(
            camera_id=camera_id,
            rule=rule,
            muted=alarms is not None,
            since=tx.now_ms,
            dismissed=alarms.dismissed if alarms else 0,
            days=alarms.days if alarms else 0,
        )
    )


def _muting(connection: Connection, camera_id: str, rule: FindingRule) -> Row[Any] | None:
    place = and_(muted_rule.c.camera_id == camera_id, muted_rule.c.rule == rule)
    return connection.execute(select(muted_rule).where(place)).one_or_none()


def _muted(connection: Connection) -> list[messages.MutedRule]:
    chosen = select(muted_rule).where(muted_rule.c.muted.is_(True)).order_by(muted_rule.c.since)
    return [
        messages.MutedRule(
            camera_id=row.camera_id,
            rule=FindingRule(row.rule),
            since=row.since,
            dismissed=row.dismissed,
            days=row.days,
        )
        for row in connection.execute(chosen)
    ]


def _row(connection: Connection, finding_id: int) -> Row[Any]:
    chosen = select(finding).where(finding.c.finding_id == finding_id)
    row = connection.execute(chosen).one_or_none()
    if row is None:
        raise Refusal("finding_unknown")
    return row


def _set(tx: Transaction, finding_id: int, **values: object) -> None:
    place = finding.c.finding_id == finding_id
    tx.connection.execute(update(finding).where(place).values(**values))


def evidence_of(row: Row[Any]) -> messages.Evidence:
    """Everything that was reported with it."""
    return msgspec.json.decode(row.evidence, type=messages.Evidence)


def _summary(row: Row[Any]) -> messages.FindingSummary:
    evidence = evidence_of(row)
    return messages.FindingSummary(
        finding_id=row.finding_id,
        at=row.at,
        state=FindingState(row.state),
        rule=FindingRule(row.rule),
        camera_id=row.camera_id,
        window_id=row.window_id,
        staff_id=row.staff_id,
        begins_at=evidence.begins_at,
        ends_at=evidence.ends_at,
        trial=row.trial,
        zh=evidence.zh,
        en=evidence.en,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision=row.decision,
        answer=row.answer,
        answered_at=row.answered_at,
    )
