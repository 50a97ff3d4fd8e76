// What the opening calendar says of a day, for the preview. The hall's own arithmetic decides.
import type { OpeningFact, Span } from '@shared/contract';

export type DayKind = 'week' | 'exception' | 'market' | 'always';

export interface OpenDay {
  day: string;
  weekday: number;
  kind: DayKind;
  spans: Pick<Span, 'start' | 'end'>[];
  reason: OpeningFact['exceptions'][number]['reason'] | null;
}

export function openDay(opening: OpeningFact, day: string): OpenDay {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
  const base = { day, weekday, reason: null };
  if (opening.always_open)
    return { ...base, kind: 'always', spans: [{ start: '00:00', end: '24:00' }] };
  const exception = opening.exceptions.find((one) => one.day === day);
  if (exception) {
    return {
      ...base,
      kind: 'exception',
      spans: inOrder(exception.spans),
      reason: exception.reason,
    };
  }
  const week = opening.spans.filter(({ weekdays }) => weekdays.includes(weekday));
  if (!opening.market_days.includes(day)) return { ...base, kind: 'week', spans: inOrder(week) };
  return { ...base, kind: 'market', spans: inOrder([...week, ...opening.market_spans]) };
}

function inOrder(spans: readonly Span[]): Span[] {
  return [...spans].sort((one, other) => one.start.localeCompare(other.start));
}

/** Days from today on, as `YYYY-MM-DD` on the hall's wall. */
export function daysFrom(nowMs: number, offsetMinutes: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) =>
    new Date(nowMs + offsetMinutes * 60_000 + n * 86_400_000).toISOString().slice(0, 10),
  );
}

/** Share of the day at `HH:MM`, from 0 to 1. */
export function shareOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (hours * 60 + minutes) / 1440;
}
