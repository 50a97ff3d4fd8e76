"""Use cases of looking back: where to look, what a window did, and to which moments somebody went.

The ledger is read, not the tables of the day: it alone tells every stay of a leg, and what a window
declared on days that are over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain

import msgspec
from sqlalchemy import select
from sqlalchemy.engine import Connection

from hall_server.access.rules import Asker
from hall_server.access.stations import page_of
from hall_server.contract.messages import lookback as messages
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.supervision import CameraLooked, FindingRule, FindingState
from hall_server.contract.refusals import Refusal
from hall_server.database import Reading, Transaction
from hall_server.ledger.reading import bodies_between, body_at, head_of, seq_before
from hall_server.queueing.days import find_open
from hall_server.queueing.lookup import lookup
from hall_server.queueing.tables import leg, service_day, ticket
from hall_server.supervision import rules, rules_join, service
from hall_server.supervision.rules_join import BEARING, DECLARED, Happening
from hall_server.supervision.tables import finding

DECLARED_BEFORE_MS, AT_WINDOW_BEFORE_MS = 16 * rules.HOUR_MS, 4 * rules.HOUR_MS
"""So far back is read for what a window had declared, and who was at it, when a time began."""
COURSE_MOST_MS = 24 * rules.HOUR_MS
FINDINGS_MOST = 200


def find(reading: Reading, asker: Asker, read: messages.RecordingFind) -> messages.Clips:
    """Where to look for a number, an event or a finding."""
    if read.finding_id:
        clips = [_of_finding(reading.connection, asker, read.finding_id)]
    elif asker.roles.isdisjoint(service.SEE_ALL):
        raise Refusal("forbidden")
    else:
        clips = _of_event(reading, read.seq) if read.seq else _of_number(reading, read)
    return messages.Clips(clips=clips, page=page_of(reading.connection, Role.MONITOR))


def course(reading: Reading, _asker: Asker, read: messages.RecordingCourse) -> messages.Course:
    """What a window did between two moments."""
    known = lookup(reading.facts)
    known.window(read.window_id)
    if not 0 < read.ends_at - read.begins_at <= COURSE_MOST_MS:
        raise Refusal("look_span", hours=COURSE_MOST_MS // rules.HOUR_MS)
    ends_at = min(read.ends_at, max(reading.now_ms, read.begins_at + 1))
    near_at = read.begins_at - AT_WINDOW_BEFORE_MS
    happened = chain(
        _happened(reading.connection, read.begins_at - DECLARED_BEFORE_MS, near_at - 1, DECLARED),
        _happened(reading.connection, near_at, ends_at),
    )
    here = list(rules_join.at_window(happened, read.window_id))
    labels = {one.leg_id: one.label for one in here if one.label}
    return messages.Course(
        stretches=list(rules_join.stretches(here, read.begins_at, ends_at)),
        marks=[
            rules_join.mark(one, labels)
            for one in here
            if read.begins_at <= one.at < ends_at and one.type not in DECLARED
        ],
        findings=_findings(reading.connection, read, ends_at),
    )


def seek(tx: Transaction, _asker: Asker, ask: messages.CameraSeek) -> Accepted:
    """Write down to which moments people went, each under the look that let them in."""
    by_look: dict[int, list[messages.Seek]] = {}
    for one in ask.seeks:
        by_look.setdefault(one.look, []).append(one)
    for look, seeks in by_look.items():
        looked = _looked(tx.connection, look)
        for one in seeks:
            inside = looked.begins_at <= one.at <= looked.ends_at
            if one.camera_id != looked.camera_id or not inside:
                raise Refusal("look_unknown")
        tx.record(
            messages.CameraSought(
                look=look,
                account=looked.actor.removeprefix("staff:"),
                camera_id=looked.camera_id,
                moments=[one.at for one in seeks],
            )
        )
    return Accepted(seq=tx.seq)


def _looked(connection: Connection, seq: int) -> CameraLooked:
    body = body_at(connection, seq)
    try:
        if body is not None:
            return msgspec.json.decode(body, type=CameraLooked)
    except msgspec.ValidationError:
        pass  # that seq is of another event
    raise Refusal("look_unknown")


def _of_finding(connection: Connection, asker: Asker, finding_id: int) -> messages.Clip:
    row = service.seen_by(connection, asker, finding_id)
    clip = service.clip_of(row)
    evidence = service.evidence_of(row)
    return messages.Clip(
        window_id=row.window_id,
        camera_id=clip.camera_id,
        begins_at=clip.begins_at,
        ends_at=clip.ends_at,
        moment=evidence.begins_at,
        label="",
        leg_id=0,
        finding_id=finding_id,
    )


def _of_event(reading: Reading, seq: int) -> list[messages.Clip]:
    body = body_at(reading.connection, seq)
    if body is None:
        raise Refusal("recording_nothing")
    event = msgspec.json.decode(body, type=Happening)
    of_leg = _stays(reading.connection, [event.leg_id]) if event.leg_id else []
    clips = rules_join.clips_of_event(event, of_leg, reading.now_ms)
    if not clips:
        raise Refusal("recording_nothing")
    return clips


def _of_number(reading: Reading, read: messages.RecordingFind) -> list[messages.Clip]:
    connection = reading.connection
    opened = find_open(connection)
    day = read.day or (opened.day if opened else "")
    found = (
        select(leg.c.leg_id)
        .join(ticket, ticket.c.ticket_id == leg.c.ticket_id)
        .join(service_day, service_day.c.day_id == ticket.c.day_id)
        .where(ticket.c.label == read.label.strip().upper(), service_day.c.day == day)
    )
    of_legs = _stays(connection, list(connection.execute(found).scalars()))
    if not of_legs:
        raise Refusal("recording_nothing")
    return [rules_join.clip_of_stay(stay, reading.now_ms) for stay in of_legs]


def _stays(connection: Connection, leg_ids: list[int]) -> list[rules_join.Stay]:
    """Every stay of these legs; they are of one visit, so their events are not far apart."""
    chosen = select(leg.c.entered_at, leg.c.ended_at).where(leg.c.leg_id.in_(leg_ids))
    rows = connection.execute(chosen).all()
    if not rows:
        return []
    begins_at = min(row.entered_at for row in rows)
    ends_at = max(row.ended_at for row in rows) if all(row.ended_at for row in rows) else None
    happened = _happened(connection, begins_at, ends_at)
    return rules_join.stays(one for one in happened if one.leg_id in leg_ids)


def _happened(
    connection: Connection,
    begins_at: int,
    ends_at: int | None,
    kinds: Collection[str] = BEARING,
) -> Iterator[Happening]:
    """What bears on the join between two moments, the last one included."""
    after = seq_before(connection, begins_at)
    upto = head_of(connection) if ends_at is None else seq_before(connection, ends_at + 1)
    for body in bodies_between(connection, after, upto, kinds):
        yield msgspec.json.decode(body, type=Happening)


def _findings(
    connection: Connection, read: messages.RecordingCourse, ends_at: int
) -> list[messages.CourseFinding]:
    """Those whose time touches it; a finding is reported once its time is over."""
    chosen = (
        select(finding)
        .where(finding.c.window_id == read.window_id, finding.c.at >= read.begins_at)
        .order_by(finding.c.finding_id)
        .limit(FINDINGS_MOST)
    )
    told = []
    for row in connection.execute(chosen):
        evidence = service.evidence_of(row)
        if evidence.begins_at < ends_at and evidence.ends_at > read.begins_at:
            told.append(
                messages.CourseFinding(
                    finding_id=row.finding_id,
                    begins_at=evidence.begins_at,
                    ends_at=evidence.ends_at,
                    rule=FindingRule(row.rule),
                    state=FindingState(row.state),
                    camera_id=row.camera_id,
                )
            )
    return told
