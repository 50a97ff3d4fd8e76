// This browser as a witness: it keeps the newest signed checkpoint of the ledger it has seen, and
// shows it when it opens again. A hall that was put back to an older state is found out so.
import { onBeforeUnmount, watch } from 'vue';
import type { Hall } from './hall';
import { HallAway, RefusedByHall } from './refused';

const STORED = 'hall.witness';
const EVERY_MS = 10 * 60_000;

interface Head {
  origin: string;
  size: number;
}

/** The first two lines of a checkpoint: whose ledger, and how long it was. */
function headOf(note: string): Head {
  const [origin = '', size = ''] = note.split('\n');
  return { origin, size: Number(size) };
}

/** Whether a newly seen checkpoint takes the place of the kept one: never a shorter of the same. */
export function supersedes(seen: string, kept: string | null): boolean {
  if (kept === null) return true;
  const [of, before] = [headOf(seen), headOf(kept)];
  return of.origin !== before.origin || of.size >= before.size;
}

export function useWitness(hall: Hall): void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function witness(): Promise<void> {
    clearTimeout(timer);
    timer = setTimeout(() => void witness(), EVERY_MS);
    try {
      await show(hall);
      const { note } = await hall.read('ledger.checkpoint', {});
      if (supersedes(note, localStorage.getItem(STORED))) localStorage.setItem(STORED, note);
    } catch (error) {
      // Nothing signed yet, or the hall is away: another time.
      if (!(error instanceof HallAway || error instanceof RefusedByHall)) throw error;
    }
  }

  watch(hall.live, (live) => live && void witness(), { immediate: true });
  onBeforeUnmount(() => clearTimeout(timer));
}

async function show(hall: Hall): Promise<void> {
  const note = localStorage.getItem(STORED);
  if (note === null) return;
  try {
    await hall.ask('ledger.witness', { note });
  } catch (error) {
    // Another hall was served at this address before.
    const foreign = error instanceof RefusedByHall && error.refused.code === 'checkpoint_foreign';
    if (!foreign) throw error;
    localStorage.removeItem(STORED);
  }
}
