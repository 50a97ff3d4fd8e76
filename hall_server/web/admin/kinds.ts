// The kinds of fact as the page arranges them, and what each field of theirs names.
import type { HallFacts, Role, Words } from '@shared/contract';
import type { IconName } from '@shared/icons';
import { named } from '@shared/words';
import type { Fields } from './json';
import { choiceLabel } from './words/fields';

export type Kind = keyof HallFacts;
export type ViewName = Kind | 'matrix' | 'transfer' | 'accounts' | 'stations' | 'ledger';

export interface Entry {
  view: ViewName;
  icon: IconName;
  roles: Role[];
}

export interface Group {
  name: 'hall' | 'queueing' | 'services' | 'people' | 'devices' | 'system';
  entries: Entry[];
}

const facts = (view: ViewName, icon: IconName): Entry => ({
  view,
  icon,
  roles: ['administrator', 'auditor'],
});

export const GROUPS: Group[] = [
  {
    name: 'hall',
    entries: [
      facts('site', 'hall'),
      facts('zones', 'place'),
      facts('departments', 'people'),
      facts('opening', 'calendar'),
    ],
  },
  {
    name: 'queueing',
    entries: [
      facts('windows', 'window'),
      facts('queues', 'list'),
      facts('matrix', 'transfer'),
      facts('priorities', 'heart'),
      facts('rules', 'later'),
      facts('reasons', 'info'),
      facts('queueing', 'settings'),
    ],
  },
  {
    name: 'services',
    entries: [facts('items', 'guide'), facts('categories', 'news'), facts('texts', 'edit')],
  },
  { name: 'people', entries: [facts('staff', 'person')] },
  {
    name: 'devices',
    entries: [
      facts('displays', 'device'),
      facts('devices', 'print'),
      { view: 'stations', icon: 'phone', roles: ['administrator', 'security', 'auditor'] },
    ],
  },
  {
    name: 'system',
    entries: [
      { view: 'accounts', icon: 'key', roles: ['administrator', 'security', 'auditor'] },
      facts('transfer', 'download'),
      { view: 'ledger', icon: 'shield', roles: ['auditor', 'supervisor'] },
    ],
  },
];

export const SINGLE = new Set<string>(['site', 'queueing', 'opening']);

/** Fields that name a record of another kind. */
export const REFERENCES: Record<string, Kind> = {
  'QueueFact.zone': 'zones',
  'WindowFact.zone': 'zones',
  'WindowFact.department': 'departments',
  'WindowFact.queues': 'queues',
  'WindowFact.rules': 'rules',
  'ItemFact.department': 'departments',
  'ItemFact.queue': 'queues',
  'RuleFact.queues': 'queues',
  'RuleFact.priorities': 'priorities',
  'StaffFact.department': 'departments',
  'DisplayFact.zones': 'zones',
  'DisplayFact.window': 'windows',
  'DisplayFact.device': 'devices',
  'DeviceFact.window': 'windows',
  'QueueingRules.appointment_priority': 'priorities',
};

/** Reasons are listed by the act they belong to. */
const REASONS = ['pause', 'hold', 'choose', 'cancel', 'transfer', 'outcome'];

export interface Listed {
  id: string;
  title: string;
  mark: string;
  note: string;
  record: Fields;
}

/** The records of a kind as a list shows them, in the order citizens see them. */
export function listed(facts: HallFacts, kind: Kind): Listed[] {
  const value: unknown = facts[kind];
  const records = (Array.isArray(value) ? value : [value]) as Fields[];
  const rows = records.map((record) => row(facts, kind, record));
  const departments = new Map(facts.departments.map(({ id, order }) => [id, order]));
  const byOrder = (one: Listed) =>
    Number(one.record['order'] ?? one.record['number'] ?? 0) +
    1e3 * Math.max(0, REASONS.indexOf(String(one.record['kind']))) +
    (kind === 'items' ? 1e6 * (departments.get(String(one.record['department'])) ?? 0) : 0);
  return rows
    .map((one, place) => ({ one, place }))
    .sort(byOrderThenPlace(byOrder))
    .map(({ one }) => one);
}

type Placed = { one: Listed; place: number };
const byOrderThenPlace = (order: (one: Listed) => number) => (a: Placed, b: Placed) =>
  order(a.one) - order(b.one) || a.place - b.place;

function row(facts: HallFacts, kind: Kind, record: Fields): Listed {
  return {
    id: String(record['id']),
    title: titleOf(record),
    mark: String(record['number'] ?? record['series'] ?? record['mark'] ?? ''),
    note: noteOf(facts, kind, record),
    record,
  };
}

/** What people call a record. */
export function titleOf(record: Fields): string {
  const name = record['name'] ?? record['text'];
  const text = typeof name === 'string' ? name : named(name as unknown as Words | undefined);
  return text || String(record['id'] ?? '');
}

/** What people call the record that an id names. */
export function nameOf(facts: HallFacts | null, kind: Kind, id: string): string {
  const records = (facts?.[kind] ?? []) as unknown as Fields[];
  const record = Array.isArray(records) ? records.find((one) => one['id'] === id) : undefined;
  if (!record) return id;
  const number = kind === 'windows' ? `${String(record['number'])} ` : '';
  return number + titleOf(record);
}

function noteOf(facts: HallFacts, kind: Kind, record: Fields): string {
  const at = (field: string, into: Kind) => {
    const id = record[field];
    return typeof id === 'string' && id ? nameOf(facts, into, id) : '';
  };
  switch (kind) {
    case 'windows':
    case 'items':
    case 'staff':
      return at('department', 'departments');
    case 'queues':
      return at('zone', 'zones');
    case 'displays':
      return choiceLabel('DisplayKind', String(record['kind']));
    case 'reasons':
      return choiceLabel('ReasonKind', String(record['kind']));
    case 'rules':
      return choiceLabel('RuleKind', String(record['kind']));
    case 'devices':
      return String(record['url'] ?? '');
    default:
      return '';
  }
}
