import { describe, expect, test } from 'vitest';
import type { HallEvent } from '@shared/contract';
import { apply, begin, mustReread, type HallState } from '@shared/state';
import { day, MINUTE, NINE, snapshot } from './fixtures';

const after = (...events: HallEvent[]): HallState => events.reduce(apply, begin(snapshot()));
const stateOf = (state: HallState, id: number) => state.legs.get(id)?.state;

describe('the life of a ticket', () => {
  test('from taking to served, with the times of each step', () => {
    const { take, happen } = day();
    const call = { window_id: 'w1', staff_id: 'li', call_count: 1 };
    const state = after(
      take(1),
      happen('ticket.called', 1, call),
      happen('ticket.recalled', 1, { window_id: 'w1', call_count: 2 }),
      happen('ticket.started', 1, { window_id: 'w1', staff_id: 'li' }),
      happen('ticket.finished', 1, { held_ms: 0 }),
    );
    expect(state.legs.get(1)).toMatchObject({
      state: 'served',
      label: 'A001',
      window_id: 'w1',
      staff_id: 'li',
      waiting_since: NINE + MINUTE,
      called_at: NINE + 3 * MINUTE,
      call_count: 2,
      called_seq: 103,
      started_at: NINE + 4 * MINUTE,
      ended_at: NINE + 5 * MINUTE,
    });
    expect([state.seq, state.at]).toEqual([105, NINE + 5 * MINUTE]);
  });

  test('a held service frees the window and goes on with its time added up', () => {
    const { take, happen } = day();
    const at = { window_id: 'w1', staff_id: 'li' };
    const held = after(
      take(1),
      happen('ticket.called', 1, { ...at, call_count: 1 }),
      happen('ticket.started', 1, at),
      happen('ticket.held', 1, { window_id: 'w1', reason_id: 'copy', note: '去复印' }),
    );
    expect(held.legs.get(1)).toMatchObject({ state: 'held', window_id: 'w1', note: '去复印' });
    const resumed = apply(held, happen('ticket.resumed', 1, { ...at, held_ms: 90_000 }));
    expect(resumed.legs.get(1)).toMatchObject({
      state: 'serving',
      window_id: 'w1',
      held_ms: 90_000,
    });
    const sentBack = apply(held, happen('ticket.resumed', 1, { window_id: '', staff_id: '' }));
    expect(stateOf(sentBack, 1)).toBe('waiting');
  });

  test('a transfer ends one leg and opens another under the same number', () => {
    const { take, happen } = day();
    const state = after(
      take(1),
      happen('ticket.transferred', 1, {
        new_leg_id: 9,
        new_queue_id: 'tax',
        new_item_id: 'tax-item',
        to_window_id: 'w1',
        to_staff_id: '',
        priority_id: 'elder',
        waiting_since: NINE,
        place: 4,
        place_tie: 2,
      }),
    );
    expect(stateOf(state, 1)).toBe('transferred');
    expect(state.legs.get(9)).toMatchObject({
      state: 'waiting',
      label: 'A001',
      queue_id: 'tax',
      item_id: 'tax-item',
      to_window_id: 'w1',
      priority_id: 'elder',
      waiting_since: NINE,
      place: 4,
    });
  });

  test('missed, brought back, moved back, cancelled and left over', () => {
    const { take, happen } = day();
    const missed = after(take(1), happen('ticket.missed', 1, { window_id: 'w1' }));
    expect(stateOf(missed, 1)).toBe('no_show');
    const back = apply(missed, happen('ticket.brought_back', 1, { place: 7, place_tie: 8 }));
    expect(back.legs.get(1)).toMatchObject({ state: 'waiting', place: 7, ended_at: 0 });
    expect(stateOf(apply(back, happen('ticket.cancelled', 1)), 1)).toBe('cancelled');
    expect(stateOf(apply(back, happen('ticket.unserved', 1)), 1)).toBe('unserved');
  });
});

describe('the order of events', () => {
  test('an event already taken in changes nothing', () => {
    const { take, happen } = day();
    const taken = take(1);
    const cancelled = happen('ticket.cancelled', 1);
    const state = after(taken, cancelled);
    expect(apply(state, taken)).toBe(state);
  });

  test('the state before an event stays as it was', () => {
    const { take } = day();
    const before = begin(snapshot());
    apply(before, take(1));
    expect(before.legs.size).toBe(0);
    expect(before.seq).toBe(100);
  });

  test('a snapshot and later events give the same as all events', () => {
    const { take, happen } = day();
    const first = [take(1), take(2, 'tax')];
    const later = [happen('ticket.cancelled', 1), take(3)];
    const halfway = after(...first);
    const resumed = begin(snapshot({ ...halfway, ...lists(halfway) }));
    expect(later.reduce(apply, resumed)).toEqual({ ...after(...first, ...later) });
  });
});

const lists = (state: HallState) => ({
  legs: [...state.legs.values()],
  windows: [...state.windows.values()],
  devices: [...state.devices.values()],
  papers: [...state.papers.values()],
  alerts: [...state.alerts.values()],
});

describe('papers', () => {
  const job = { job_id: 7, ticket_id: 1, label: 'A001', station_id: 'kiosk-1' };

  test('one that was ordered from another is followed to its end', () => {
    const { next } = day();
    let state = after(next('print.queued', { ...job, copy: 1, expires_at: NINE + MINUTE }));
    expect(state.papers.get(7)).toEqual({ ...job, copy: 1, state: 'queued', reason: '' });
    state = apply(state, next('print.reported', { ...job, state: 'failed', reason: 'paper_out' }));
    expect(state.papers.get(7)).toMatchObject({ copy: 1, state: 'failed', reason: 'paper_out' });
  });

  test("a kiosk's own is nobody else's business", () => {
    const { next } = day();
    const state = after(
      next('print.queued', { ...job, copy: 0, expires_at: 0 }),
      next('print.reported', { ...job, state: 'confirmed', reason: '' }),
    );
    expect(state.papers.size).toBe(0);
  });
});

describe('windows, devices, days and facts', () => {
  test('a window opens, pauses with its reason, goes on and closes', () => {
    const { next } = day();
    const at = { window_id: 'w1', staff_id: 'li' };
    let state = after(next('window.opened', at));
    expect(state.windows.get('w1')).toMatchObject({ state: 'open', staff_id: 'li', reason_id: '' });
    state = apply(state, next('window.paused', { ...at, reason_id: 'meeting', note: '' }));
    expect(state.windows.get('w1')).toMatchObject({ state: 'paused', reason_id: 'meeting' });
    state = apply(state, next('window.resumed', at));
    expect(state.windows.get('w1')).toMatchObject({ state: 'open', reason_id: '' });
    state = apply(state, next('window.closed', at));
    expect(state.windows.get('w1')).toMatchObject({ state: 'closed', staff_id: '' });
  });

  test('a device says that its health changed', () => {
    const { next } = day();
    const body = { device_id: 'printer', health: 'fault', codes: ['paper_out'], detail: '' };
    const event = next('device.changed', body);
    expect(after(event).devices.get('printer')).toEqual({
      device_id: 'printer',
      health: 'fault',
      codes: ['paper_out'],
      since: event.at,
    });
  });

  test('a new day begins without tickets', () => {
    const { take, next } = day();
    const state = after(take(1), next('day.closed', { day: '2026-11-23', unserved: 1 }));
    expect([state.day, state.legs.size]).toEqual(['', 1]);
    const tomorrow = apply(state, next('day.opened', { day: '2026-11-24' }));
    expect([tomorrow.day, tomorrow.legs.size]).toEqual(['2026-11-24', 0]);
  });

  test('a change of facts is read anew, and the old ones stay until then', () => {
    const { next, take } = day();
    const nothing = { kind: '', id: '', body: '' };
    for (const event of [
      next('fact.saved', { ...nothing, version: 2 }),
      next('fact.removed', { ...nothing, version: 3 }),
      next('facts.imported', { sha256: '', version: 4 }),
    ]) {
      expect(mustReread(event)).toBe(true);
      expect(after(event).facts).toEqual(begin(snapshot()).facts);
    }
    expect(mustReread(take(1))).toBe(false);
  });

  test('an event this page has never heard of only moves the place on', () => {
    const { next } = day();
    const state = after(next('comet.seen', {}));
    expect(state).toEqual({ ...begin(snapshot()), seq: 101, at: NINE + MINUTE });
  });
});
