// What each event makes of a leg: the hall's state table as seen from outside. Pure.
import type { HallEvent, LegEvent, LegView, TicketMovedBack, TicketTransferred } from './contract';

/** Events that happened to a leg. */
export type AnyLegEvent = Extract<HallEvent, LegEvent>;

export type Legs = ReadonlyMap<number, LegView>;

export function legsAfter(legs: Legs, event: AnyLegEvent): Legs {
  const after = new Map(legs);
  const { version, label, queue_id, item_id } = event;
  const before = {
    ...(legs.get(event.leg_id) ?? newLeg(event)),
    version,
    label,
    queue_id,
    item_id,
  };
  after.set(event.leg_id, { ...before, ...change(before, event) });
  if (event.type === 'ticket.transferred') after.set(event.new_leg_id, transferred(event));
  return after;
}

function change(leg: LegView, event: AnyLegEvent): Partial<LegView> {
  switch (event.type) {
    case 'ticket.taken':
    case 'ticket.item_added': {
      const { priority_id, waiting_since, place, place_tie } = event;
      const to_window_id = event.type === 'ticket.item_added' ? event.to_window_id : '';
      return { state: 'waiting', priority_id, waiting_since, place, place_tie, to_window_id };
    }
    case 'ticket.called':
    case 'ticket.recalled': {
      const { window_id, call_count, at: called_at, seq: called_seq } = event;
      const staff_id = event.type === 'ticket.called' ? event.staff_id : leg.staff_id;
      return { state: 'called', window_id, staff_id, call_count, called_at, called_seq };
    }
    case 'ticket.started': {
      // After a hold and another wait the service goes on, and the hold ends here.
      const { window_id, staff_id, at } = event;
      const held_ms = leg.held_ms + (leg.held_at ? at - leg.held_at : 0);
      const started_at = leg.started_at || at;
      return { state: 'serving', window_id, staff_id, started_at, held_at: 0, held_ms };
    }
    case 'ticket.held':
      return { state: 'held', held_at: event.at, note: event.note };
    case 'ticket.resumed': {
      const { window_id, staff_id, held_ms } = event;
      if (!window_id) return waitingAgain(event);
      return { state: 'serving', window_id, staff_id, held_at: 0, held_ms };
    }
    case 'ticket.brought_back':
    case 'ticket.moved_back':
      return { ...waitingAgain(event), ended_at: 0 };
    case 'ticket.finished':
      return { state: 'served', ended_at: event.at, note: event.note };
    case 'ticket.missed':
      return { state: 'no_show', ended_at: event.at };
    case 'ticket.transferred':
      return { state: 'transferred', ended_at: event.at, note: event.note };
    case 'ticket.cancelled':
      return { state: 'cancelled', ended_at: event.at, note: event.note };
    case 'ticket.unserved':
      return { state: 'unserved', ended_at: event.at };
  }
}

function waitingAgain(
  event: Pick<TicketMovedBack, 'waiting_since' | 'place' | 'place_tie'>,
): Partial<LegView> {
  const { waiting_since, place, place_tie } = event;
  const left = { window_id: '', staff_id: '', call_count: 0 };
  return { state: 'waiting', ...left, waiting_since, place, place_tie };
}

function transferred(event: TicketTransferred): LegView {
  const { to_window_id, to_staff_id, priority_id, waiting_since, place, place_tie, note } = event;
  return {
    ...newLeg(event),
    leg_id: event.new_leg_id,
    version: 1,
    queue_id: event.new_queue_id,
    item_id: event.new_item_id,
    to_window_id,
    to_staff_id,
    priority_id,
    waiting_since,
    place,
    place_tie,
    note,
  };
}

function newLeg(event: LegEvent): LegView {
  return {
    leg_id: event.leg_id,
    ticket_id: event.ticket_id,
    version: 0,
    label: event.label,
    state: 'waiting',
    item_id: event.item_id,
    queue_id: event.queue_id,
    priority_id: '',
    window_id: '',
    staff_id: '',
    to_window_id: '',
    to_staff_id: '',
    waiting_since: event.at,
    place: event.seq,
    place_tie: event.seq,
    called_at: 0,
    call_count: 0,
    started_at: 0,
    held_at: 0,
    held_ms: 0,
    ended_at: 0,
    called_seq: 0,
    note: '',
  };
}
