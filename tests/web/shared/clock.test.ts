import { describe, expect, test } from 'vitest';
import { dayParts, dayText, elapsed, HallClock, timeOfDay } from '@shared/clock';
import { NINE } from './fixtures';

describe("the hall's clock", () => {
  test('counts on from what the hall said, at the rate of a replay', () => {
    let steady = 5_000;
    const clock = new HallClock(() => steady);
    clock.set(NINE, 60);
    steady += 1_000;
    expect(clock.now()).toBe(NINE + 60_000);
  });

  test('an event pushes it forward and never back', () => {
    const clock = new HallClock(() => 0);
    clock.set(NINE, 1);
    clock.notBefore(NINE + 500);
    clock.notBefore(NINE);
    expect(clock.now()).toBe(NINE + 500);
  });
});

test.each([
  [0, '0:00'],
  [-5_000, '0:00'],
  [187_000, '3:07'],
  [3_787_000, '1:03:07'],
])('%s ms are shown as %s', (ms, shown) => {
  expect(elapsed(ms)).toBe(shown);
});

test("the time of day is the hall's, whatever the browser's zone", () => {
  expect(timeOfDay(NINE, 480)).toBe('09:00');
  expect(dayParts(NINE, 480)).toEqual({ year: 2026, month: 11, day: 23, weekday: 1 });
  expect(dayParts(Date.UTC(2026, 10, 22, 16, 30), 480)).toMatchObject({ day: 23, weekday: 1 });
});

test('the day as a head writes it, in both languages, at the hall', () => {
  expect(dayText(NINE, 480, 'zh')).toBe('11月23日 星期一');
  expect(dayText(NINE, 480, 'en')).toBe('Mon 23 Nov');
  expect(dayText(Date.UTC(2026, 10, 22, 16, 30), 480, 'en')).toBe('Mon 23 Nov');
});
