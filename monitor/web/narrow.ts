// On a phone what was chosen from a list stands below it, out of sight.
import { nextTick } from 'vue';

/** As narrow.css has it. */
const NARROW = matchMedia('(max-width: 900px)');

/** Move to it there; at a desk all is in sight, and nothing moves. */
export async function bringIntoSight(selector: string): Promise<void> {
  await nextTick();
  if (NARROW.matches) document.querySelector(selector)?.scrollIntoView({ behavior: 'smooth' });
}
