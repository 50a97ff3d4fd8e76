// Phones, as narrow.css has them: all stands one under the other, and the page scrolls.
import { nextTick } from 'vue';

const NARROW = '(max-width: 900px)';

export const isNarrow = (): boolean => matchMedia(NARROW).matches;

/** What was chosen from a list stands below it there; at a desk all is in sight and nothing moves. */
export async function bringIntoSight(selector: string): Promise<void> {
  await nextTick();
  if (isNarrow()) document.querySelector(selector)?.scrollIntoView({ behavior: 'smooth' });
}
