// The calls of today as the floor may see them, newest first: drawn from the hall's state alone, so
// that a screen that comes late or reloads shows the same as one that was there all along.
import type { HallFacts, LegState, LegView } from '@shared/contract';

/** One call of a number to a window. A recall is the same leg with a higher `seq`. */
export interface Call {
  key: string;
  ticketId: number;
  legId: number;
  label: string;
  windowId: string;
  windowNumber: number;
  windowName: string;
  zoneId: string;
  queueName: string;
  queueNameEn: string;
  itemName: string;
  seq: number;
  state: LegState;
}

/** How many people wait in a queue. */
export interface QueueCount {
  queueId: string;
  name: string;
  nameEn: string;
  waiting: number;
}

type Named = { id: string };

function byId<T extends Named>(records: readonly T[]): Map<string, T> {
  return new Map(records.map((record) => [record.id, record]));
}

/** Whether something in these zones belongs on a screen for `wanted`; no wanted zones means all. */
function within(wanted: readonly string[], ...zones: string[]): boolean {
  return wanted.length === 0 || zones.some((zone) => zone !== '' && wanted.includes(zone));
}

/**
 * Calls that a screen for `zones` shows: to windows of these zones, and from queues whose citizens
 * were asked to wait there.
 */
export function callsOf(
  facts: HallFacts,
  legs: Iterable<LegView>,
  zones: readonly string[],
): Call[] {
  const windows = byId(facts.windows);
  const queues = byId(facts.queues);
  const items = byId(facts.items);
  const calls: Call[] = [];
  for (const leg of legs) {
    const window = windows.get(leg.window_id);
    if (!leg.called_seq || !window) continue;
    const queue = queues.get(leg.queue_id);
    if (!within(zones, window.zone, queue?.zone ?? '')) continue;
    calls.push({
      key: `${leg.leg_id}-${leg.called_seq}`,
      ticketId: leg.ticket_id,
      legId: leg.leg_id,
      label: leg.label,
      windowId: window.id,
      windowNumber: window.number,
      windowName: window.name.zh,
      zoneId: window.zone,
      queueName: queue?.name.zh ?? '',
      queueNameEn: queue?.name.en ?? '',
      itemName: items.get(leg.item_id)?.name.zh ?? '',
      seq: leg.called_seq,
      state: leg.state,
    });
  }
  return newestOfEachTicket(calls.sort((one, other) => other.seq - one.seq));
}

/** A ticket that has been sent on stands in the list once, with its newest call. */
function newestOfEachTicket(calls: readonly Call[]): Call[] {
  const seen = new Set<number>();
  return calls.filter((call) => !seen.has(call.ticketId) && seen.add(call.ticketId));
}

/** People waiting per queue, in the order of the facts; a queue belongs to its own zone. */
export function waitingOf(
  facts: HallFacts,
  legs: Iterable<LegView>,
  zones: readonly string[],
): QueueCount[] {
  const counts = new Map<string, number>();
  for (const leg of legs) {
    if (leg.state === 'waiting') counts.set(leg.queue_id, (counts.get(leg.queue_id) ?? 0) + 1);
  }
  const servedHere = new Set(
    facts.windows.filter((window) => within(zones, window.zone)).flatMap((window) => window.queues),
  );
  return [...facts.queues]
    .sort((one, other) => one.order - other.order)
    .filter((queue) => within(zones, queue.zone) || servedHere.has(queue.id))
    .map((queue) => ({
      queueId: queue.id,
      name: queue.name.zh,
      nameEn: queue.name.en,
      waiting: counts.get(queue.id) ?? 0,
    }));
}
