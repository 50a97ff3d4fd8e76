import { expect, test } from 'vitest';
import { GROUPS, REFERENCES, SINGLE, type Kind } from '../../../hall_server/web/admin/kinds';
import type { Shape } from '../../../hall_server/web/admin/schema';
import { CHOICES, FIELDS, HINTS } from '../../../hall_server/web/admin/words/fields';
import { en } from '../../../hall_server/web/admin/words/en';
import { zh } from '../../../hall_server/web/admin/words/zh';
import { schema, shapes } from './samples';

const kinds = Object.keys(shapes['HallFacts']?.properties ?? {}) as Kind[];

/** Every shape inside facts, by its name. */
function inside(shape: Shape, seen = new Map<string, Shape>()): Map<string, Shape> {
  const whole = schema.resolve(shape.items ?? shape);
  if (whole.title && !seen.has(whole.title)) {
    seen.set(whole.title, whole);
    for (const field of schema.fields(whole)) inside(field.shape, seen);
  }
  return seen;
}
const all = [...inside({ $ref: '#/$defs/HallFacts' }).values()];

test('every kind of fact has its place on the page', () => {
  const views = GROUPS.flatMap((group) => group.entries.map(({ view }) => view));
  expect(kinds.filter((kind) => !views.includes(kind))).toEqual([]);
  expect(kinds.filter((kind) => SINGLE.has(kind))).toEqual(['site', 'queueing', 'opening']);
});

test('every field has a name in both languages', () => {
  const nameless = all
    .filter(({ title }) => title !== 'HallFacts')
    .flatMap((shape) =>
      schema
        .fields(shape)
        .map(({ name }) => `${shape.title}.${name}`)
        .filter((key) => !FIELDS[key] && !FIELDS[key.split('.')[1] ?? '']),
    );
  expect(nameless).toEqual([]);
});

test('every choice has a name in both languages', () => {
  const nameless = all.flatMap((shape) =>
    (shape.enum ?? []).map((one) => `${shape.title}.${one}`).filter((key) => !CHOICES[key]),
  );
  expect(nameless).toEqual([]);
});

test('names and references belong to fields that exist', () => {
  const known = new Set(
    all.flatMap((shape) => schema.fields(shape).map(({ name }) => `${shape.title}.${name}`)),
  );
  const named = [...Object.keys(FIELDS), ...Object.keys(HINTS), ...Object.keys(REFERENCES)];
  expect(named.filter((key) => key.includes('.') && !known.has(key))).toEqual([]);
});

test('a new record has every field, at its default', () => {
  const window = schema.emptyFields(schema.kind('windows'));
  expect(window).toEqual({
    id: '',
    number: 1,
    name: { zh: '', en: '' },
    zone: '',
    department: '',
    queues: [],
    rules: [],
    keypad: [],
  });
  expect(schema.emptyFields(schema.kind('items'))['fee']).toEqual({
    zh: '不收费',
    en: 'Free of charge',
  });
});

test('a default is never shared between two records', () => {
  const [one, two] = [schema.kind('windows'), schema.kind('windows')].map((shape) =>
    schema.emptyFields(shape),
  );
  (one?.['queues'] as string[]).push('a');
  expect(two?.['queues']).toEqual([]);
});

test('every text of the page has the same placeholders in both languages', () => {
  const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    expect(`${key} ${holes(en[key])}`).toBe(`${key} ${holes(zh[key])}`);
  }
});
