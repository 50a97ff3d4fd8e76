// A change in people's words: the field by its name, records by theirs, choices by what they mean.
import { language } from '@shared/words';
import { isFields, type Change, type Json } from './json';
import { nameOf, REFERENCES } from './kinds';
import type { Schema, Shape } from './schema';
import type { FactsStore } from './store';
import { choiceLabel, fieldLabel } from './words/fields';

export interface Told {
  label: string;
  before: string;
  after: string;
}

export function told(store: FactsStore, shape: Shape, change: Change, empty: string): Told {
  const { labels, last, owner, field } = walk(store.schema.value!, shape, change.path);
  const value = (one: Json | undefined) => text(store, owner, field, last, one) || empty;
  return { label: labels.join(' › '), before: value(change.before), after: value(change.after) };
}

function walk(schema: Schema, shape: Shape, path: string) {
  const labels: string[] = [];
  let here = shape;
  let owner = shape.title ?? '';
  let field = '';
  for (const [, name, place] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (place !== undefined) {
      labels.push(`${labels.pop() ?? ''} ${Number(place) + 1}`);
      here = schema.resolve(here.items ?? {});
      continue;
    }
    owner = here.title ?? owner;
    field = name ?? '';
    labels.push(fieldLabel(owner, field));
    here = schema.resolve(here.properties?.[field] ?? {});
  }
  return { labels, last: here, owner, field };
}

function text(
  store: FactsStore,
  owner: string,
  field: string,
  shape: Shape,
  value: Json | undefined,
): string {
  if (value === undefined || value === null || value === '') return '';
  const english = language.value === 'en';
  if (typeof value === 'boolean') return value ? (english ? 'Yes' : '是') : english ? 'No' : '否';
  if (Array.isArray(value)) {
    const items = store.schema.value?.resolve(shape.items ?? {}) ?? {};
    return value.map((one) => text(store, owner, field, items, one)).join('；');
  }
  if (isFields(value))
    return Object.values(value)
      .map((one) => text(store, '', '', {}, one))
      .filter(Boolean)
      .join(' · ');
  const into = REFERENCES[`${owner}.${field}`];
  if (into) return nameOf(store.facts.value, into, String(value));
  return shape.enum ? choiceLabel(shape.title ?? '', String(value)) : String(value);
}
