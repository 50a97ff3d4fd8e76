import { expect, test } from 'vitest';
import { placeOf } from '../../../hall_server/web/admin/form';
import { changes, merged } from '../../../hall_server/web/admin/json';
import { useful } from './samples';
import { isUseful } from '../../../hall_server/web/admin/useful';

test('a change is told leaf by leaf, a list of plain values as a whole', () => {
  const before = { name: { zh: '甲', en: 'A' }, queues: ['a'], steps: [{ zh: '一' }], n: 1 };
  const after = { name: { zh: '乙', en: 'A' }, queues: ['a', 'b'], steps: [{ zh: '二' }], n: 1 };
  expect(changes(before, after)).toEqual([
    { path: 'name.zh', before: '甲', after: '乙' },
    { path: 'queues', before: ['a'], after: ['a', 'b'] },
    { path: 'steps[0].zh', before: '一', after: '二' },
  ]);
  expect(changes(before, before)).toEqual([]);
});

test('a row that came or went is told as such', () => {
  const row = { zh: '一' };
  expect(changes({ steps: [row] }, { steps: [row, { zh: '二' }] })).toEqual([
    { path: 'steps[1]', before: undefined, after: { zh: '二' } },
  ]);
});

test("another's change stands except where the draft says something of its own", () => {
  const base = { id: 'q', minutes: 10, name: { zh: '甲' }, zone: 'a' };
  const theirs = { ...base, minutes: 12, zone: 'b' };
  const draft = { ...base, name: { zh: '乙' }, zone: 'c' };
  expect(merged(base, theirs, draft)).toEqual({
    id: 'q',
    minutes: 12,
    name: { zh: '乙' },
    zone: 'c',
  });
});

const fault = (where: string) => ({ where, zh: '', en: '' });

test('a fault is placed in the form it belongs to', () => {
  expect(placeOf(fault('windows/w1.queues[0]'), 'windows', 'w1')).toBe('queues[0]');
  expect(placeOf(fault('windows/w1'), 'windows', 'w1')).toBe('');
  expect(placeOf(fault('windows.number'), 'windows', 'w1')).toBe('number');
  expect(placeOf(fault('opening.spans[0].end'), 'opening', 'hall')).toBe('spans[0].end');
  expect(placeOf(fault('opening/hall.market_days'), 'opening', 'hall')).toBe('market_days');
});

test('a fault of another record is never placed in this one', () => {
  expect(placeOf(fault('windows/w10.number'), 'windows', 'w1')).toBeNull();
  expect(placeOf(fault('queues/a'), 'windows', 'w1')).toBeNull();
});

test('only fields that say something are shown', () => {
  expect(useful('RuleFact', { kind: 'longest_wait' })).toEqual(['queues', 'minutes']);
  expect(useful('RuleFact', { kind: 'priority' })).toEqual(['queues', 'priorities']);
  expect(isUseful('DisplayFact', 'width', { kind: 'voice' })).toBe(false);
  expect(isUseful('DisplayFact', 'device', { kind: 'bar' })).toBe(true);
  expect(isUseful('WindowFact', 'number', {})).toBe(true);
});
