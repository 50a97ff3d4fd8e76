// A small hall for tests of the shared code: three queues, two windows, nobody there yet.
import type { HallEvent, HallFacts, LegView, Snapshot } from '@shared/contract';

const nobody = { zh: '', en: '' };

export const NINE = Date.UTC(2026, 10, 23, 1, 0, 0);
export const MINUTE = 60_000;

export function facts(): HallFacts {
  const queue = (id: string, series: string) => ({
    id,
    name: { zh: `${id}队`, en: `${id} queue` },
    series,
    zone: 'east',
    day_limit: 0,
    service_minutes: 10,
    order: 0,
  });
  const window = (number: number, queues: string[]) => ({
    id: `w${number}`,
    number,
    name: nobody,
    zone: 'east',
    department: '',
    queues,
    rules: [],
  });
  return {
    site: {
      id: 'hall',
      name: { zh: '双江县政务服务大厅', en: 'Shuangjiang Hall' },
      area_code: '',
      address: nobody,
      phone: '',
      complaint_phone: '',
      public_url: '',
      utc_offset_minutes: 480,
    },
    queues: [queue('social', 'A'), queue('tax', 'B'), queue('land', 'C')],
    windows: [window(1, ['social', 'tax']), window(2, ['land'])],
    priorities: [
      {
        id: 'elder',
        name: { zh: '老年人', en: 'Elderly' },
        lead_minutes: 20,
        kiosk: true,
        mark: '优',
        order: 0,
      },
    ],
  } as unknown as HallFacts;
}

export function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    seq: 100,
    at: NINE,
    clock_rate: 1,
    version: '0.1.0',
    day: '2026-11-23',
    day_opened_at: NINE,
    facts_version: 1,
    facts: facts(),
    windows: [],
    legs: [],
    devices: [],
    alerts: [],
    papers: [],
    ...more,
  };
}

/** Events of a test, each one place and one minute after the one before. */
export function day() {
  let seq = 100;
  const at = () => NINE + (seq - 100) * MINUTE;
  const next = <T extends object>(type: string, body: T): HallEvent => {
    seq += 1;
    return { type, seq, at: at(), actor: 'hall', ...body } as unknown as HallEvent;
  };
  const leg = (id: number, queue: string) => ({
    ticket_id: id,
    leg_id: id,
    version: seq,
    label: `A${String(id).padStart(3, '0')}`,
    queue_id: queue,
    item_id: `${queue}-item`,
  });
  return {
    next,
    take: (id: number, queue = 'social', priority = '') =>
      next('ticket.taken', {
        ...leg(id, queue),
        priority_id: priority,
        waiting_since: at() + MINUTE,
        place: seq + 1,
        place_tie: seq + 1,
      }),
    happen: (type: string, id: number, body: object = {}, queue = 'social') =>
      next(type, { ...leg(id, queue), ...body }),
  };
}

export function labels(legs: readonly LegView[]): string[] {
  return legs.map(({ label }) => label);
}
