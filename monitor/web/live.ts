// One camera in motion while it is large and in sight; stills serve wherever that is not possible.
import { onBeforeUnmount, ref, watch, type Ref } from 'vue';
import { BeginsAnew, CannotPlay, LiveFilm } from './live_film';
import { messagesFrom, NotLive } from './live_wire';

const AGAIN_MS = 500;
const TIME_EVERY_MS = 200;
/** In the place of a coding: this browser plays no moving pictures at all. */
export const EVERY_CODING = '*';

export function useLive(
  video: Readonly<Ref<HTMLVideoElement | null>>,
  address: () => string,
  token: () => string,
) {
  /** When the picture in sight was taken; undefined while nothing moves. */
  const takenAt = ref<number>();
  /** The coding that this browser does not know. */
  const unplayable = ref('');
  let over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Play until the door closes; whether it is worth trying again. */
  async function play(element: HTMLVideoElement, signal: AbortSignal): Promise<boolean> {
    const film = new LiveFilm(element);
    const clock = setInterval(() => (takenAt.value = film.takenAt), TIME_EVERY_MS);
    try {
      const headers = { Authorization: `Bearer ${token()}` };
      for await (const message of messagesFrom(address(), { headers, signal }))
        await film.add(message);
    } catch (error) {
      if (error instanceof CannotPlay) {
        unplayable.value = error.message;
        return false;
      }
      if (![BeginsAnew, NotLive, DOMException].some((kind) => error instanceof kind)) throw error;
    } finally {
      clearInterval(clock);
      takenAt.value = undefined;
      film.close();
    }
    return true;
  }

  async function begin(): Promise<void> {
    end();
    unplayable.value = LiveFilm.isPossible() ? '' : EVERY_CODING;
    const element = video.value;
    if (!element || document.hidden || !token() || !LiveFilm.isPossible()) return;
    const { signal } = (over = new AbortController());
    const again = await play(element, signal);
    if (again && !signal.aborted) timer = setTimeout(() => void begin(), AGAIN_MS);
  }

  function end(): void {
    clearTimeout(timer);
    over.abort();
  }

  async function renew(): Promise<void> {
    try {
      await fetch(address(), { method: 'HEAD', headers: { Authorization: `Bearer ${token()}` } });
    } catch {
      // The door is away: what plays has ended as well, and begins again with the newer word.
    }
  }

  const seen = (): void => void (document.hidden ? end() : begin());
  document.addEventListener('visibilitychange', seen);
  watch(video, () => void begin());
  watch(token, () => void renew());
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', seen);
    end();
  });
  return { takenAt, unplayable };
}
