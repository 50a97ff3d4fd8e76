// A moment as people of the hall write it: day and time on the hall's wall.
const OFFSET_MINUTES = 480;

export function moment(ms: number, offsetMinutes = OFFSET_MINUTES): string {
  return new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}
