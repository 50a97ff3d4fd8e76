import { expect, test } from 'vitest';
import type { ReferenceView } from '@shared/contract';
import { picturesOf, titleOfReference } from '@shared/evidence/pictures';
import { ageDays, isInUse, warningsOf } from '../../../monitor/web/references';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const reference: ReferenceView = {
  reference_id: 1,
  state: 'approved',
  camera_id: 'camera-1',
  light: 'noon',
  asked_by: 'staff:li',
  asked_at: NOW - DAY,
  taken_at: NOW - DAY,
  sha256: 'ab'.repeat(32),
  differs: 0,
  decided_by: 'staff:boss',
  decided_at: NOW,
  decision: '',
  drawn: false,
};

test.each([
  [{}, []],
  [{ taken_at: NOW - 91 * DAY }, ['old']],
  [{ taken_at: NOW - 90 * DAY }, []],
  [{ differs: 900 }, []],
  [{ state: 'taken', differs: 301 }, ['differs']],
  [{ state: 'taken', differs: 300 }, []],
  [{ state: 'refused', taken_at: 1, differs: 900 }, []],
  [{ drawn: true, taken_at: 1 }, []],
  [{ state: 'asked', taken_at: 0 }, []],
] as const)('%j warns of %j', (changed, expected) => {
  expect(warningsOf({ ...reference, ...changed }, NOW)).toEqual(expected);
});

test('only the newest that was approved of each light counts', () => {
  const older = { ...reference, reference_id: 2, taken_at: 5 };
  const lamps = { ...older, reference_id: 3, light: 'lamps' };
  const taken = { ...reference, reference_id: 4, state: 'taken' as const, taken_at: NOW };
  const all = [reference, older, lamps, taken];
  expect(all.filter((one) => isInUse(one, all))).toEqual([reference, lamps]);
  expect(ageDays(older, NOW)).toBe(999);
});

test('pictures are named by their place in time, and a drawn seat says so', () => {
  const still = (at: number) => ({ at, name: `findings/a/${at}.jpg`, sha256: '' });
  const seat = { at: 0, name: 'references/c/demonstration-0.png', sha256: '' };
  const of = (...ats: number[]) =>
    picturesOf({ stills: ats.map(still), reference: [seat] } as never).map(({ title }) => title);
  expect(of(1, 2, 3)).toEqual(['before', 'at', 'after', 'demonstration']);
  expect(of(1, 2)).toEqual(['before', 'after', 'demonstration']);
  expect(of(1)).toEqual(['at', 'demonstration']);
  expect(titleOfReference('references/c/noon-1.png')).toBe('reference');
});
