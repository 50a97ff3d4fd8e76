// Whoever sits at an open window is at work, however long no key is pressed: a service may take longer
// than the hall lets a session stand idle, and so may the wait for the next citizen of a quiet day.
// A clerk who leaves says so by closing or pausing the window.
import { onScopeDispose } from 'vue';

/** Well within the hall's half hour. */
export const LOOK_EVERY_MS = 10 * 60_000;

export function keepAwake(isAtWork: () => boolean, touch: () => Promise<unknown>): void {
  const timer = setInterval(() => {
    // A failure tells itself at the next act; nothing is lost by one look less.
    if (isAtWork()) void touch().catch(() => undefined);
  }, LOOK_EVERY_MS);
  onScopeDispose(() => clearInterval(timer));
}
