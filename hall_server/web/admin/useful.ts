// Which fields say something, given what the record already says: a rule about waiting times has no
// ratio, a loudspeaker no pixels.
import type { Fields } from './json';

const SCREENS = ['wall', 'window', 'guide'];
const RULES: Record<string, string[]> = {
  longest_wait: ['queues', 'minutes'],
  waiting_count: ['queues', 'count'],
  priority: ['priorities', 'queues'],
  ratio: ['queues', 'first', 'second'],
};
const DISPLAYS: Record<string, string[]> = {
  zones: ['wall', 'guide', 'voice'],
  window: ['window', 'bar'],
  device: ['bar'],
  width: SCREENS,
  height: SCREENS,
  repeat: ['voice'],
  languages: ['voice'],
  station: ['voice'],
};

const PADS = ['call-pad', 'rating-pad'];

export function isUseful(owner: string, field: string, record: Fields): boolean {
  const kind = String(record['kind'] ?? '');
  if (owner === 'RuleFact') {
    const own = Object.values(RULES).flat().includes(field);
    return !own || (RULES[kind] ?? []).includes(field);
  }
  if (owner === 'DeviceFact' && field === 'window') return PADS.includes(kind);
  if (owner === 'DisplayFact') return DISPLAYS[field]?.includes(kind) ?? true;
  return true;
}
