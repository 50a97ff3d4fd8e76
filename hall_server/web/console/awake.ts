// Whoever has a citizen at the window is at work, however long no key is pressed: a service may take
// longer than the hall lets a session stand idle, and its clerk must not be sent to sign in again.
import { onScopeDispose } from 'vue';

/** Well within the hall's half hour. */
export const LOOK_EVERY_MS = 5 * 60_000;

export function keepAwake(isAtWork: () => boolean, touch: () => Promise<unknown>): void {
  const timer = setInterval(() => {
    // A failure tells itself at the next act; nothing is lost by one look less.
    if (isAtWork()) void touch().catch(() => undefined);
  }, LOOK_EVERY_MS);
  onScopeDispose(() => clearInterval(timer));
}
