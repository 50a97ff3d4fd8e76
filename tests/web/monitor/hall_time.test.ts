import { expect, it } from 'vitest';
import { dayOf, momentOf } from '../../../monitor/web/hall_time';

const CHINA = 480;
const NINE = Date.parse('2026-11-23T01:00:00Z');

it('reads days and times of the hall, not of the browser', () => {
  expect(momentOf('2026-11-23', '09:00', CHINA)).toBe(NINE);
  expect(momentOf('2026-11-23', '09:00:05', CHINA)).toBe(NINE + 5_000);
  expect(momentOf('2026-11-23', '', CHINA)).toBeNaN();
  expect(momentOf('', '09:00', CHINA)).toBeNaN();
  expect(dayOf(Date.parse('2026-11-22T17:00:00Z'), CHINA)).toBe('2026-11-23');
});
