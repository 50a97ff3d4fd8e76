// Asks for the ticket's state every few seconds, more often the nearer its turn is.
import { onBeforeUnmount, onMounted, shallowRef } from 'vue';
import type { FollowView, LegState, Refused } from '@shared/contract';
import { postRead } from '@shared/http';
import { RefusedByHall } from '@shared/refused';

const NEAR_PEOPLE = 5;
const NEAR_MS = 5_000;
const FAR_MS = 12_000;
const AFTERWARDS_MS = 60_000;

const OPEN: readonly LegState[] = ['booked', 'waiting', 'called', 'serving', 'held'];

/** `/t/<code>#<promise>`: the code is sent to the hall, the promise only when it is checked. */
export function codeOf(path: string): string {
  return path.split('/').filter(Boolean).at(-1) ?? '';
}

export function pauseMs(view: FollowView | null): number {
  if (!view) return NEAR_MS;
  if (!OPEN.includes(view.state)) return AFTERWARDS_MS;
  return view.state === 'waiting' && view.people_ahead > NEAR_PEOPLE ? FAR_MS : NEAR_MS;
}

export function useTicket(code: string) {
  const view = shallowRef<FollowView | null>(null);
  /** The code is unknown to the hall; asking again would not help. */
  const refused = shallowRef<Refused | null>(null);
  /** The hall does not answer; what is shown is as of `view.at`. */
  const away = shallowRef(false);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function look(): Promise<void> {
    clearTimeout(timer);
    try {
      view.value = await postRead('ticket.follow', { code });
      away.value = false;
    } catch (error) {
      if (error instanceof RefusedByHall && isFinal(error.refused)) {
        refused.value = error.refused;
        return;
      }
      // Too many phones behind one address are asked to wait: nothing a citizen need know.
      away.value = !(error instanceof RefusedByHall);
    }
    timer = setTimeout(() => void look(), pauseMs(view.value));
  }

  /** A phone taken out of the pocket wants to know at once. */
  const shown = () => {
    if (document.visibilityState === 'visible' && !refused.value) void look();
  };

  onMounted(() => {
    document.addEventListener('visibilitychange', shown);
    void look();
  });
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', shown);
    clearTimeout(timer);
  });
  return { view, refused, away, look };
}

function isFinal({ code }: Refused): boolean {
  return !['too_many', 'busy', 'stopping', 'storage_blocked', 'internal'].includes(code);
}
