import { describe, expect, it } from 'vitest';
import { following, momentAt, placeOf, ticksOf, zoomed } from '../../../monitor/web/time_bar';

const NINE = Date.parse('2026-11-23T01:00:00Z'); // 09:00 in China
const HOUR = 3_600_000;
const WHOLE = { from: NINE, to: NINE + HOUR };
const CHINA = 480;

describe('a bar of time', () => {
  it('has a place for each moment and a moment for each place', () => {
    expect(placeOf(WHOLE, NINE + HOUR / 4)).toBe(25);
    expect(momentAt(WHOLE, 0.25)).toBe(NINE + HOUR / 4);
    expect(momentAt(WHOLE, -1)).toBe(NINE);
    expect(momentAt(WHOLE, 2)).toBe(NINE + HOUR);
  });

  it('grows about a moment, which stays where it is', () => {
    const around = NINE + HOUR / 4;
    const view = zoomed(WHOLE, WHOLE, 0.5, around);
    expect(view.to - view.from).toBe(HOUR / 2);
    expect(placeOf(view, around)).toBeCloseTo(25);
  });

  it('never shows what is outside, however often it is zoomed', () => {
    let view = WHOLE;
    for (const factor of [0.1, 0.01, 3, 0.5, 40, 100]) {
      view = zoomed(view, WHOLE, factor, view.to);
      expect(view.from).toBeGreaterThanOrEqual(WHOLE.from);
      expect(view.to).toBeLessThanOrEqual(WHOLE.to);
      expect(view.to - view.from).toBeGreaterThanOrEqual(20_000);
    }
    expect(view).toEqual(WHOLE);
  });

  it('can be shorter than its smallest view', () => {
    const short = { from: NINE, to: NINE + 5_000 };
    expect(zoomed(short, short, 0.1, NINE)).toEqual(short);
  });

  it('follows the moment that is played', () => {
    const view = { from: NINE, to: NINE + 60_000 };
    expect(following(view, WHOLE, NINE + 30_000)).toBe(view);
    const later = following(view, WHOLE, NINE + 90_000);
    expect(later).toEqual({ from: NINE + 60_000, to: NINE + 120_000 });
    expect(following(view, WHOLE, WHOLE.to).to).toBe(WHOLE.to);
  });

  it.each([20_000, 60_000, 600_000, HOUR, 3 * HOUR, 12 * HOUR])(
    'of %i ms has a few round times',
    (wide) => {
      const ticks = ticksOf({ from: NINE + 1, to: NINE + wide }, CHINA);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThanOrEqual(10);
      for (const { at, toTheSecond } of ticks) {
        expect((at / 1000) % 1).toBe(0);
        if (!toTheSecond) expect((at / 60_000) % 1).toBe(0);
      }
    },
  );
});
