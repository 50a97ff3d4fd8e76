// Opening hours in words: the days that share their hours are said together.
import type { OpeningFact, Span } from '@shared/contract';

export interface OpeningLine {
  readonly days: string;
  readonly hours: readonly string[];
}

const DAYS = ['', '一', '二', '三', '四', '五', '六', '日'];

export function openingLines(opening: OpeningFact): OpeningLine[] {
  if (opening.always_open) return [];
  const byHours = new Map<string, { days: Set<number>; hours: string[] }>();
  for (const day of [1, 2, 3, 4, 5, 6, 7]) {
    const hours = hoursOf(opening.spans, day);
    if (hours.length === 0) continue;
    const key = hours.join();
    const line = byHours.get(key) ?? { days: new Set<number>(), hours };
    line.days.add(day);
    byHours.set(key, line);
  }
  return [...byHours.values()].map(({ days, hours }) => ({ days: daysInWords([...days]), hours }));
}

/** Hours of one weekday (1 Monday … 7 Sunday), in their order. */
export function hoursOf(spans: readonly Span[], weekday: number): string[] {
  return spans
    .filter((span) => span.weekdays.includes(weekday))
    .map((span) => `${trimmed(span.start)}–${trimmed(span.end)}`)
    .sort((one, other) => Number.parseInt(one) - Number.parseInt(other));
}

function trimmed(time: string): string {
  return time.startsWith('0') ? time.slice(1) : time;
}

function daysInWords(days: readonly number[]): string {
  const first = days[0] ?? 1;
  const last = days.at(-1) ?? first;
  const unbroken = days.length === last - first + 1;
  if (days.length === 7) return '每天';
  if (unbroken && days.length > 2) return `周${DAYS[first]}至周${DAYS[last]}`;
  return days.map((day) => `周${DAYS[day]}`).join('、');
}
