// A code before a scanner, whichever: what it is decides the screen that opens.
import { shallowRef, watch } from 'vue';
import type { Refused } from '@shared/contract';
import { newRequestId, RefusedByHall } from '@shared/refused';
import { language } from '@shared/words';
import { go, home, screen } from './journey';
import { isTaking, kiosk, showOutcome } from './kiosk';
import * as station from './station';
import type { ScanOutcome } from './station';

/** What the code on the screen turned out to be. */
export const scanned = shallowRef<ScanOutcome>();
let isAsking = false;

/** One code at a time; another while the first is asked about is a paper held too long. */
export async function scan(text: string, press_id = newRequestId()): Promise<void> {
  if (isAsking || isTaking.value) return;
  isAsking = true;
  try {
    show(await station.scan({ press_id, text, language: language.value }));
  } catch (error) {
    if (error instanceof RefusedByHall) show(unknown(press_id, error.refused));
  } finally {
    isAsking = false;
  }
}

/** The station's own scanner tells it in its state; each code once. */
export function watchScanner(): void {
  watch(
    () => kiosk.value?.scan?.scan_id,
    (id) => {
      const code = kiosk.value?.scan;
      if (id && code) void scan(code.text, code.scan_id);
    },
  );
}

function show(found: ScanOutcome): void {
  home();
  if (found.outcome) {
    showOutcome(found.outcome);
    return;
  }
  scanned.value = found;
  if (screen.value.name !== 'place') go({ name: 'place' });
}

function unknown(press_id: string, refused: Refused): ScanOutcome {
  return { press_id, kind: 'unknown', place: null, outcome: null, refused };
}
