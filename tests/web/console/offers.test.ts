import { describe, expect, test } from 'vitest';
import type { LegView, QueueingRules } from '@shared/contract';
import type { Doing } from '@shared/picture';
import { mainAct, offer, type Act, type Situation } from '../../../hall_server/web/console/offers';

const CALLED_AT = 1_000_000;
const rules = {
  recall_gap_s: 20,
  recall_limit: 3,
  miss_after_calls: 2,
} as QueueingRules;

function situation(doing: Doing, more: Partial<Situation> = {}): Situation {
  const at = doing === 'called' || doing === 'serving';
  const leg = at ? ({ call_count: 1, called_at: CALLED_AT } as LegView) : null;
  return { doing, leg, rules, nowMs: CALLED_AT + 60_000, waiting: 3, ...more };
}

const called = (call_count: number, secondsAgo: number): Situation =>
  situation('called', {
    leg: { call_count, called_at: CALLED_AT } as LegView,
    nowMs: CALLED_AT + secondsAgo * 1000,
  });

const ACTS: Act[] = ['open', 'resume', 'next', 'start', 'finish', 'recall', 'transfer', 'hold'];
const MORE: Act[] = ['move_back', 'add_item', 'reprint', 'cancel'];

const OFFERED: Record<Doing, Act[]> = {
  closed: ['open'],
  paused: ['resume'],
  free: ['next'],
  called: ['start', 'recall', 'transfer', 'move_back', 'add_item', 'reprint', 'cancel'],
  serving: ['finish', 'transfer', 'hold', 'add_item', 'reprint'],
};

test.each(Object.entries(OFFERED))('while a window is %s', (doing, acts) => {
  const now = situation(doing as Doing);
  expect([...ACTS, ...MORE].filter((act) => offer(act, now).enabled)).toEqual(acts);
  expect(acts).toContain(mainAct(doing as Doing));
});

describe('calling again', () => {
  test('waits until the citizen has had time to walk', () => {
    expect(offer('recall', called(1, 5))).toMatchObject({
      enabled: false,
      hint: { key: 'hint.recall_in', n: 15 },
    });
    expect(offer('recall', called(1, 20))).toMatchObject({
      enabled: true,
      hint: { key: 'hint.calls', n: 1 },
    });
  });

  test('ends when the recalls are used up', () => {
    expect(offer('recall', called(3, 60)).enabled).toBe(true);
    expect(offer('recall', called(4, 60))).toMatchObject({
      enabled: false,
      hint: { key: 'hint.recall_limit' },
    });
  });
});

describe('marking as missed', () => {
  test('needs as many calls as the hall wants', () => {
    expect(offer('miss', called(1, 60))).toMatchObject({
      enabled: false,
      hint: { key: 'hint.miss_after', n: 1 },
    });
    expect(offer('miss', called(2, 60)).enabled).toBe(true);
  });

  test('needs no more calls than recalls allow', () => {
    const strict = { ...rules, miss_after_calls: 9, recall_limit: 1 };
    expect(offer('miss', { ...called(2, 60), rules: strict }).enabled).toBe(true);
  });
});

test('an empty line is told, but somebody may come this very moment', () => {
  expect(offer('next', situation('free', { waiting: 0 }))).toEqual({
    act: 'next',
    enabled: true,
    hint: { key: 'hint.nobody', n: 0 },
  });
});
