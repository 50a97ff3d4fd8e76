// A page of the display station: its hall, the last known picture while that is away, and what this
// page tells its own station. The page only looks at the hall; whatever it has shown, it says here.
import type { App } from 'vue';
import type { Snapshot } from '@shared/contract';
import { Hall } from '@shared/hall';
import { begin } from '@shared/state';

const AGAIN_MS = 3_000;
const LIMIT_MS = 5_000;
const SHOWN_KEPT = 200;

interface Session {
  hall_url: string;
  token: string;
  version: string;
}

interface Kept {
  heard_at: number;
  snapshot: Snapshot;
}

export interface Floor {
  readonly hall: Hall;
  /** Where the hall serves pictures of staff. */
  readonly hallUrl: string;
  /** This display shows this call now; told to the hall once. */
  shown(displayId: string, seq: number): void;
}

export async function openFloor(): Promise<Floor & { install(app: App): void }> {
  const { hall_url: hallUrl } = await untilAnswered<Session>('/session.json');
  const token = async () => (await untilAnswered<Session>('/session.json')).token;
  const hall = new Hall({ hallUrl, token });
  await showLastKnown(hall);
  hall.open();
  const told = new Set<string>();
  return {
    hall,
    hallUrl,
    install: (app) => hall.install(app),
    shown(displayId, seq) {
      const key = `${displayId} ${seq}`;
      if (told.has(key)) return;
      told.add(key);
      if (told.size > SHOWN_KEPT) told.delete([...told][0] ?? '');
      void post('/shown', { display_id: displayId, shown_seq: seq });
    },
  };
}

/** Until the hall itself speaks: what the station has kept, marked as old by the missing link. */
async function showLastKnown(hall: Hall): Promise<void> {
  const kept = await fetched<Kept>('/last.json');
  if (!kept || hall.state.value) return;
  hall.state.value = begin(kept.snapshot);
  hall.now.value = Date.now();
  hall.updatedAt.value = kept.heard_at;
}

/** Tell the station something; it is on this machine or next to it, so one try is enough. */
export async function post(address: string, body: object): Promise<boolean> {
  return (await told(address, body))?.ok ?? false;
}

/** Ask the station something; null when it did not answer. */
export async function asked<T>(address: string, body: object): Promise<T | null> {
  const answer = await told(address, body);
  return answer?.ok ? ((await answer.json()) as T) : null;
}

async function told(address: string, body: object): Promise<Response | null> {
  try {
    return await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
  } catch {
    return null;
  }
}

async function fetched<T>(address: string): Promise<T | null> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(LIMIT_MS) });
    return answer.ok ? ((await answer.json()) as T) : null;
  } catch {
    return null;
  }
}

async function untilAnswered<T>(address: string): Promise<T> {
  for (;;) {
    const answer = await fetched<T>(address);
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
