// The cameras of this monitor, the hall's word to look at them, and the newest picture of each.
import { onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref } from 'vue';
import type { Words } from '@shared/contract';
import { useHall } from '@shared/hall';
import type { Notices } from '@shared/notices';

export interface Camera {
  id: string;
  name: Words;
  windows: string[];
  /** Whether it can be seen in motion. */
  moves: boolean;
}

const RENEW_BEFORE_MS = 60_000;
const AGAIN_MS = 3_000;
const PICTURE_EVERY_MS = 1_000;
/** The door has none at the first look: it asks the recorder only while somebody looks. */
const MISSES_MOST = 3;

/** Does things again later; not after the page was left, also where an answer comes only then. */
function useTurns() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  onBeforeUnmount(() => {
    over = true;
    clearTimeout(timer);
  });
  return {
    isOver: () => over,
    later(act: () => Promise<void>, ms: number): void {
      clearTimeout(timer);
      if (!over) timer = setTimeout(() => void act(), ms);
    },
  };
}

/** Now, or as they were placed at a moment. Undefined until asked, null where the live pictures cannot be reached. */
export function useCameras(liveUrl: string, at: () => number = () => 0) {
  const cameras = shallowRef<Camera[] | null>();
  const { later } = useTurns();
  let asked = 0;

  async function told(): Promise<Camera[] | null> {
    try {
      const then = at() ? `?at=${at()}` : '';
      const answer = await fetch(`${liveUrl}/cameras${then}`);
      return answer.ok ? ((await answer.json()) as Camera[]) : null;
    } catch {
      return null; // fetch tells no more of a place that does not answer
    }
  }

  async function load(): Promise<void> {
    const turn = (asked += 1);
    const found = await told();
    if (turn !== asked) return; // another moment was asked for meanwhile
    cameras.value = found;
    if (!found) later(load, AGAIN_MS);
  }

  const begin = (): void => void (liveUrl ? load() : (cameras.value = []));
  onMounted(begin);
  watch(at, begin);
  return cameras;
}

/**
 * The hall's word, asked for with a reason and renewed with the same one while the page is open. It
 * is for the cameras that were asked for last, and there is none while those are asked for.
 */
export function useAdmission(notices: Notices) {
  const hall = useHall();
  const token = ref('');
  const isAsking = ref(false);
  /** Whether somebody was let in once: from then on the page asks again by itself. */
  const hasBegun = ref(false);
  const { later } = useTurns();
  let asked: readonly string[] = [];

  async function admit(ids: string[], note: string): Promise<void> {
    if (asked !== ids) token.value = '';
    asked = ids;
    isAsking.value = true;
    try {
      const answer = await hall.ask('camera.admit', { camera_ids: ids, note });
      if (asked !== ids) return;
      token.value = answer.token;
      hasBegun.value = true;
      const left = answer.expires_at - hall.now.value;
      later(() => admit(ids, note), Math.max(AGAIN_MS, left - RENEW_BEFORE_MS));
    } catch (error) {
      notices.fault(error);
      if (asked === ids && hasBegun.value) later(() => admit(ids, note), AGAIN_MS);
    } finally {
      if (asked === ids) isAsking.value = false;
    }
  }

  return { token, isAsking, hasBegun, admit };
}

export interface Picture {
  url: string;
  takenAt: number;
}

/** One camera's newest picture, once a second while its tile is in sight. */
export function usePicture(
  place: Readonly<Ref<HTMLElement | null>>,
  address: () => string,
  token: () => string,
  isNeeded: () => boolean,
) {
  const picture = shallowRef<Picture>();
  const isLost = ref(false);
  const { later, isOver } = useTurns();
  let inSight = false;
  let misses = 0;
  const observer = new IntersectionObserver(([entry]) => {
    inSight = entry?.isIntersecting ?? false;
  });

  function take(next: Picture | undefined): void {
    if (picture.value) URL.revokeObjectURL(picture.value.url);
    picture.value = next;
  }

  async function fetched(): Promise<void> {
    const answer = await fetch(address(), { headers: { Authorization: `Bearer ${token()}` } });
    const content = answer.status === 200 ? await answer.blob() : undefined;
    if (isOver()) return;
    misses = content ? 0 : misses + 1;
    isLost.value = misses > MISSES_MOST;
    const takenAt = Number(answer.headers.get('X-Taken-At'));
    if (content) take({ url: URL.createObjectURL(content), takenAt });
  }

  async function look(): Promise<void> {
    if (inSight && isNeeded() && !document.hidden && token()) {
      try {
        await fetched();
      } catch {
        isLost.value = true;
      }
    }
    later(look, PICTURE_EVERY_MS);
  }

  onMounted(() => {
    if (place.value) observer.observe(place.value);
    void look();
  });
  onBeforeUnmount(() => {
    observer.disconnect();
    take(undefined);
  });
  return { picture, isLost };
}
