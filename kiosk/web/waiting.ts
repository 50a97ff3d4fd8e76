// People ahead, waiting ranges and closed hours in words. Pure.
import type { HallFacts, ItemForecast, OpeningFact, Words, Zone } from '@shared/contract';
import type { Say } from '@shared/words';
import type { SharedKey } from '@shared/words/zh';
import type { KioskKey } from './words';

export type KioskSay = Say<KioskKey | SharedKey>;

interface Range {
  people_ahead: number;
  wait_low_minutes: number;
  wait_high_minutes: number;
}

/** Beyond this a citizen thinks in hours. */
const HOURS_FROM_MINUTES = 120;

/** The honest range: never a single false minute, never a range that nobody knows. */
export function rangeText(range: Range, say: KioskSay): string {
  const { people_ahead: ahead, wait_low_minutes: low, wait_high_minutes: high } = range;
  if (low < 0 || high < 0 || (high === 0 && ahead > 0)) return say('wait.unknown');
  if (high === 0) return say('wait.soon');
  if (high > HOURS_FROM_MINUTES) {
    const hours = { low: Math.floor(low / 60), high: Math.ceil(high / 60) };
    return hours.low > 0 ? say('wait.hours', hours) : say('wait.hours_within', hours);
  }
  if (low === high) return say('wait.exact', { high });
  return low > 0 ? say('wait.between', { low, high }) : say('wait.within', { high });
}

export function aheadText(range: Range, say: KioskSay): string {
  return range.people_ahead > 0 ? say('wait.ahead', { n: range.people_ahead }) : say('wait.nobody');
}

const REASONS: Record<string, KioskKey> = {
  hall_closed: 'closed.now',
  day_not_open: 'closed.not_open',
  closing_soon: 'closed.today',
  day_full: 'closed.full',
  queue_quota: 'closed.quota',
  item_quota: 'closed.quota',
  queue_without_window: 'closed.no_window',
};

/** Why no number is given for an item; empty when one is. */
export function whyClosed(forecast: ItemForecast | undefined, say: KioskSay): string {
  if (!forecast || forecast.open) return '';
  return say(REASONS[forecast.refusal] ?? 'closed.other');
}

const HALL_WIDE = new Set(['hall_closed', 'day_not_open', 'closing_soon']);

/** The reason when the whole hall gives no numbers now; empty when at least one item does. */
export function hallClosed(forecasts: readonly ItemForecast[]): string {
  const first = forecasts[0];
  if (!first || forecasts.some(({ open }) => open)) return '';
  return forecasts.every(({ refusal }) => HALL_WIDE.has(refusal)) ? first.refusal : '';
}

export function closedText(refusal: string, say: KioskSay): string {
  return say(REASONS[refusal] ?? 'closed.other');
}

/** Opening hours of the week as lines: 星期一–星期五 09:00–12:00 13:30–17:30. */
export function openingLines(opening: OpeningFact, say: KioskSay): string[] {
  const hours = new Map<string, number[]>();
  for (let day = 1; day <= 7; day += 1) {
    const spans = opening.spans
      .filter((span) => span.weekdays.includes(day))
      .map((span) => `${span.start}–${span.end}`)
      .sort();
    if (spans.length > 0) {
      const key = spans.join('  ');
      hours.set(key, [...(hours.get(key) ?? []), day]);
    }
  }
  return [...hours].map(([spans, days]) => `${daysText(days, say)}  ${spans}`);
}

function daysText(days: readonly number[], say: KioskSay): string {
  const name = (day: number) => say(`weekday.${day as 1 | 2 | 3 | 4 | 5 | 6 | 7}`);
  const first = days[0] ?? 1;
  const last = days[days.length - 1] ?? first;
  const unbroken = last - first === days.length - 1;
  if (unbroken && days.length > 2) return `${name(first)}–${name(last)}`;
  return days.map(name).join(' ');
}

export function zoneOf(facts: HallFacts, queueId: string): Zone | undefined {
  const queue = facts.queues.find(({ id }) => id === queueId);
  return facts.zones.find(({ id }) => id === queue?.zone);
}

/** Where a citizen waits: the floor only where the hall has several. */
export function placeText(
  facts: HallFacts,
  queueId: string,
  say: KioskSay,
  named: (words: Words | undefined) => string,
): string {
  const zone = zoneOf(facts, queueId);
  if (!zone) return '';
  const floors = new Set(facts.zones.map(({ floor }) => floor));
  const floor = floors.size > 1 ? say('place.floor', { n: zone.floor }) : '';
  return [floor, named(zone.name)].filter(Boolean).join(' ');
}
