// A scanner that types: a code comes as keys, faster than any hand, with Enter behind it. Slow keys
// are a person's and left alone; of a scanner's keys none may touch a button. Pure but for `useWedge`.
import { onBeforeUnmount, onMounted } from 'vue';

/** Scanners are below 10 ms a key, hands above 50. */
const FAST_MS = 30;
const SHORTEST = 6;
const LONGEST = 2_048;
const ENDS = new Set(['Enter', 'Tab']);

export interface Key {
  key: string;
  timeStamp: number;
}

export class Wedge {
  private text = '';
  private lastAt = -Infinity;

  /** Whether the key belongs to a scanner, and the code when this one ended it. */
  take({ key, timeStamp }: Key): { isScanner: boolean; code?: string } {
    const isFast = timeStamp - this.lastAt < FAST_MS;
    const isSign = [...key].length === 1;
    if (!isSign && !ENDS.has(key)) return { isScanner: isFast && this.text !== '' }; // Shift and such
    this.lastAt = timeStamp;
    if (isSign) {
      this.text = isFast ? (this.text + key).slice(0, LONGEST) : key;
      return { isScanner: isFast };
    }
    const code = isFast ? this.text : '';
    this.text = '';
    return code.length >= SHORTEST ? { isScanner: true, code } : { isScanner: false };
  }
}

export function useWedge(scanned: (code: string) => void): void {
  const wedge = new Wedge();
  const heard = (event: KeyboardEvent) => {
    const { isScanner, code } = wedge.take(event);
    if (isScanner) event.preventDefault();
    if (code) scanned(code);
  };
  onMounted(() => addEventListener('keydown', heard, { capture: true }));
  onBeforeUnmount(() => removeEventListener('keydown', heard, { capture: true }));
}
