// Records as the forms hold them: plain JSON, copied before it is changed.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Fields = { [key: string]: Json };

export function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One value that a draft would change, at its place in the record. */
export interface Change {
  path: string;
  before: Json | undefined;
  after: Json | undefined;
}

/** What differs, leaf by leaf; lists of plain values are told as a whole. */
export function changes(before: Json | undefined, after: Json | undefined, path = ''): Change[] {
  if (same(before, after)) return [];
  if (isFields(before) && isFields(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => changes(before[key], after[key], path ? `${path}.${key}` : key));
  }
  if (hasRecords(before) && hasRecords(after)) {
    const places = Math.max(before.length, after.length);
    return Array.from({ length: places }, (_, place) =>
      changes(before[place], after[place], `${path}[${place}]`),
    ).flat();
  }
  return [{ path, before, after }];
}

/** What a draft of `before` becomes on `after`: its own changes, and else what stands there now. */
export function merged(before: Fields, after: Fields, draft: Fields): Fields {
  const own = Object.entries(draft).filter(([name, value]) => !same(value, before[name]));
  return { ...copy(after), ...Object.fromEntries(own) };
}

function hasRecords(value: Json | undefined): value is Json[] {
  return Array.isArray(value) && value.some((one) => isFields(one));
}
