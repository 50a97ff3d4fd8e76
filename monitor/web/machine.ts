// How this monitor's own programs and disk are, as its station tells beside the page.
import { onBeforeUnmount, onMounted, shallowRef } from 'vue';

export interface Machine {
  recorder: boolean;
  analyser: boolean;
  /** Null before a day has been recorded. */
  days_fit: number | null;
  retention_days: number;
}

const EVERY_MS = 10_000;

/** Null until known, and where there are no cameras. */
export function useMachine() {
  const machine = shallowRef<Machine | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  async function look(): Promise<void> {
    try {
      const answer = await fetch('/healthz');
      if (answer.ok) machine.value = ((await answer.json()) as { cameras: Machine | null }).cameras;
    } catch {
      machine.value = null; // the station that gives this page is away
    }
    if (!over) timer = setTimeout(() => void look(), EVERY_MS);
  }

  onMounted(() => void look());
  onBeforeUnmount(() => {
    over = true;
    clearTimeout(timer);
  });
  return machine;
}
