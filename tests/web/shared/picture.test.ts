import { describe, expect, test } from 'vitest';
import type { HallEvent } from '@shared/contract';
import { doing, legAt, lineOf, patience, waitingIn, windowsOpen } from '@shared/picture';
import { apply, begin, type HallState } from '@shared/state';
import { day, labels, MINUTE, NINE, snapshot } from './fixtures';

const after = (...events: HallEvent[]): HallState => events.reduce(apply, begin(snapshot()));
const window = (state: HallState, id: string) => state.facts.windows.find((w) => w.id === id)!;

describe('who waits for a window', () => {
  test('those of its queues in the order of coming', () => {
    const { take } = day();
    const state = after(take(1), take(2, 'land'), take(3, 'tax'));
    expect(labels(lineOf(state, window(state, 'w1'), 'li'))).toEqual(['A001', 'A003']);
    expect(labels(lineOf(state, window(state, 'w2'), ''))).toEqual(['A002']);
  });

  test('a priority class counts as having waited longer, but keeps its own order', () => {
    const { take } = day();
    const state = after(take(1), take(2), take(3, 'social', 'elder'), take(4, 'social', 'elder'));
    const line = labels(lineOf(state, window(state, 'w1'), 'li'));
    expect(line).toEqual(['A003', 'A004', 'A001', 'A002']);
  });

  test('those sent to this window or its clerk come first, others do not see them', () => {
    const { take, happen } = day();
    const sent = (id: number, to: object) =>
      happen('ticket.transferred', id, {
        new_leg_id: id + 10,
        new_queue_id: 'land',
        new_item_id: 'x',
        priority_id: '',
        waiting_since: 0,
        place: id,
        place_tie: 0,
        to_window_id: '',
        to_staff_id: '',
        ...to,
      });
    const events = [take(1), take(2, 'land'), take(3, 'land')];
    const state = after(...events, sent(2, { to_window_id: 'w1' }), sent(3, { to_staff_id: 'li' }));
    expect(labels(lineOf(state, window(state, 'w1'), 'li'))).toEqual(['A002', 'A003', 'A001']);
    expect(labels(lineOf(state, window(state, 'w2'), 'wang'))).toEqual([]);
    expect(labels(waitingIn(state, 'land'))).toEqual(['A002', 'A003']);
  });

  test('somebody moved back stands where the hall put them', () => {
    const { take, happen } = day();
    const state = after(
      take(1),
      take(2),
      take(3),
      happen('ticket.moved_back', 1, {
        places: 1,
        waiting_since: NINE + 2 * MINUTE,
        place: 102,
        place_tie: 104,
      }),
    );
    expect(labels(lineOf(state, window(state, 'w1'), 'li'))).toEqual(['A002', 'A001', 'A003']);
  });
});

test('what a window is doing is told by its leg first', () => {
  const { take, happen, next } = day();
  let state = after(next('window.opened', { window_id: 'w1', staff_id: 'li' }), take(1));
  expect(doing(state, 'w1')).toBe('free');
  expect(doing(state, 'w2')).toBe('closed');
  expect([windowsOpen(state, 'social'), windowsOpen(state, 'land')]).toEqual([1, 0]);
  const at = { window_id: 'w1', staff_id: 'li' };
  state = apply(state, happen('ticket.called', 1, { ...at, call_count: 1 }));
  expect([doing(state, 'w1'), legAt(state, 'w1')?.label]).toEqual(['called', 'A001']);
  state = apply(state, happen('ticket.started', 1, at));
  expect(doing(state, 'w1')).toBe('serving');
});

test.each([
  [0, 'calm'],
  [14.99, 'calm'],
  [15, 'long'],
  [30, 'long'],
  [30.01, 'late'],
])('a wait of %s minutes is %s', (minutes, judged) => {
  expect(patience(minutes * MINUTE)).toBe(judged);
});
