// A page that has heard every event sees what the hall sees. The recording comes from a really
// running hall (tests/web/test_units.py); without one there is nothing to compare.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { HallEvent, Snapshot } from '@shared/contract';
import { apply, begin, mustReread } from '@shared/state';

const file = process.env['HALL_RECORDING'];

interface Recording {
  before: Snapshot;
  events: HallEvent[];
  after: Snapshot;
}

test.runIf(file)('events carry a page from one snapshot to the next', () => {
  const { before, events, after } = JSON.parse(readFileSync(file!, 'utf8')) as Recording;
  const heard = events.reduce(apply, begin(before));
  const seen = begin(after);
  expect(events.length).toBeGreaterThan(30);
  expect(sorted(heard.legs)).toEqual(sorted(seen.legs));
  expect(sorted(heard.windows)).toEqual(sorted(seen.windows));
  expect(heard.papers.size).toBeGreaterThan(0);
  expect(sorted(heard.papers)).toEqual(sorted(seen.papers));
  expect([heard.seq, heard.day]).toEqual([seen.seq, seen.day]);
  expect(events.filter(mustReread).map(({ type }) => type)).toEqual(['fact.saved']);
});

function sorted<T>(map: ReadonlyMap<string | number, T>): T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
