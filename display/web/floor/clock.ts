// The hall's date and time as a screen writes them.
import { dayParts, timeOfDay } from '@shared/clock';

export interface HallTime {
  readonly time: string;
  readonly date: string;
  readonly weekday: string;
  /** Day of the month, for what changes places from day to day. */
  readonly day: number;
  readonly minute: number;
}

const WEEKDAYS = ['', '一', '二', '三', '四', '五', '六', '日'];

export function hallTime(at: number, utcOffsetMinutes: number): HallTime {
  const { month, day, weekday } = dayParts(at, utcOffsetMinutes);
  return {
    time: timeOfDay(at, utcOffsetMinutes),
    date: `${month}月${day}日`,
    weekday: `星期${WEEKDAYS[weekday]}`,
    day,
    minute: Math.floor(at / 60_000),
  };
}
