import { expect, test } from 'vitest';
import type { OpeningFact } from '@shared/contract';
import { daysFrom, openDay, shareOfDay } from '../../../hall_server/web/admin/opening';

const morning = { weekdays: [1, 2, 3, 4, 5], start: '09:00', end: '12:00' };
const afternoon = { weekdays: [1, 2, 3, 4, 5], start: '13:30', end: '17:30' };
const market = { weekdays: [], start: '08:00', end: '11:00' };
const opening: OpeningFact = {
  id: 'hall',
  spans: [afternoon, morning],
  exceptions: [
    { day: '2026-10-01', reason: { zh: '国庆节', en: '' }, spans: [] },
    { day: '2026-10-10', reason: { zh: '调休', en: '' }, spans: [morning] },
  ],
  market_days: ['2026-11-28', '2026-11-30'],
  market_spans: [market],
  always_open: false,
};
const starts = (day: string) => openDay(opening, day).spans.map(({ start }) => start);

test('a weekday is open by the week, a weekend closed', () => {
  expect(starts('2026-11-23')).toEqual(['09:00', '13:30']);
  expect(starts('2026-11-22')).toEqual([]);
  expect(openDay(opening, '2026-11-22').weekday).toBe(7);
});

test('an exception decides its day alone', () => {
  expect(starts('2026-10-01')).toEqual([]);
  expect(starts('2026-10-10')).toEqual(['09:00']);
  expect(openDay(opening, '2026-10-01').reason?.zh).toBe('国庆节');
});

test('a market day adds its hours to what the week says', () => {
  expect(starts('2026-11-28')).toEqual(['08:00']);
  expect(starts('2026-11-30')).toEqual(['08:00', '09:00', '13:30']);
  expect(openDay(opening, '2026-11-28').kind).toBe('market');
});

test('a demonstration is always open', () => {
  expect(openDay({ ...opening, always_open: true }, '2026-10-01').spans).toHaveLength(1);
});

test('days follow the wall of the hall, not of the browser', () => {
  const lateInGreenwich = Date.UTC(2026, 10, 23, 17, 0);
  expect(daysFrom(lateInGreenwich, 480, 2)).toEqual(['2026-11-24', '2026-11-25']);
});

test('a time is a share of its day', () => {
  expect([shareOfDay('00:00'), shareOfDay('12:00'), shareOfDay('18:00')]).toEqual([0, 0.5, 0.75]);
});
