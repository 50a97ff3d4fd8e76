// The hall's clock as a page knows it: the page's own clock may be wrong, so it only counts on
// from what the hall has said.

import type { Language } from './words';

export class HallClock {
  private hallMs = Date.now();
  private steadyMs = 0;
  private rate = 1;

  constructor(private readonly steady: () => number = () => performance.now()) {
    this.steadyMs = steady();
  }

  /** The hall said what time it is; `rate` is above 1 while a replay runs its clock faster. */
  set(hallMs: number, rate: number): void {
    this.hallMs = hallMs;
    this.rate = rate;
    this.steadyMs = this.steady();
  }

  /** An event carries a time; it cannot lie in the future. */
  notBefore(hallMs: number): void {
    if (hallMs > this.now()) this.set(hallMs, this.rate);
  }

  now(): number {
    return this.hallMs + (this.steady() - this.steadyMs) * this.rate;
  }
}

/** `HH:MM` on the hall's wall, whatever zone the browser believes in. */
export function timeOfDay(ms: number, offsetMinutes: number): string {
  return new Date(ms + offsetMinutes * 60_000).toISOString().slice(11, 16);
}

/** `HH:MM:SS` at the hall. */
export function timeToTheSecond(ms: number, offsetMinutes: number): string {
  return new Date(ms + offsetMinutes * 60_000).toISOString().slice(11, 19);
}

/** Year, month, day and weekday (1 Monday … 7 Sunday) at the hall. */
export function dayParts(ms: number, offsetMinutes: number) {
  const there = new Date(ms + offsetMinutes * 60_000);
  return {
    year: there.getUTCFullYear(),
    month: there.getUTCMonth() + 1,
    day: there.getUTCDate(),
    weekday: there.getUTCDay() || 7,
  };
}

/** `11月24日 星期二` or `Tue 24 Nov`: the day as a page's head writes it. */
export function dayText(ms: number, offsetMinutes: number, language: Language): string {
  const there = new Date(ms + offsetMinutes * 60_000);
  const part = (wanted: Intl.DateTimeFormatOptions) =>
    there.toLocaleDateString(language === 'en' ? 'en-GB' : 'zh-CN', { ...wanted, timeZone: 'UTC' });
  const day = part({ month: 'short', day: 'numeric' });
  return language === 'en'
    ? `${part({ weekday: 'short' })} ${day}`
    : `${day} ${part({ weekday: 'long' })}`;
}

/** `3:07`, or `1:03:07` from an hour on. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

export function wholeMinutes(ms: number): number {
  return Math.max(0, Math.floor(ms / 60_000));
}
