// Dates and times on the hall's wall, as fields give them and take them. Pure.

/** `2026-11-28` and `09:30` (or `09:30:05`) as a moment, in UTC ms; NaN for what is none. */
export function momentOf(day: string, time: string, offsetMinutes: number): number {
  const whole = time.length === 5 ? `${time}:00` : time || 'none';
  return Date.parse(`${day}T${whole}Z`) - offsetMinutes * 60_000;
}

/** `2026-11-28` */
export function dayOf(ms: number, offsetMinutes: number): string {
  return new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, 10);
}
