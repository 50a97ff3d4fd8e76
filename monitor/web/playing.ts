// Playing a recording: as a film where the browser can, else a still each second. One clock for both.
import { computed, onBeforeUnmount, ref, type Ref } from 'vue';
import { useHall } from '@shared/hall';
import { BeginsAnew, CannotPlay } from './live_film';
import { RecordedFilm } from './recorded_film';
import { NotGiven, type Recordings, type Timeline, type Why } from './recordings';

const AGAIN_MS = 3_000;
const LOOK_EVERY_MS = 200;
const STILL_EVERY_MS = 1_000;
const RATES = [1, 2, 4, 8];
const NOTABLE_MS = 1_500;
const TELL_MS = 3_000;

export interface Played {
  recordings: Recordings;
  timeline: Timeline;
  begins_at: number;
  ends_at: number;
}

export function usePlaying(video: Readonly<Ref<HTMLVideoElement | null>>, played: () => Played) {
  const hall = useHall();
  /** Where the person is; `takenAt` is when the picture in sight was taken. */
  const at = ref(0);
  const takenAt = ref<number>();
  const isPlaying = ref(false);
  const rate = ref(1);
  const trouble = ref<Why>();
  const unplayable = ref(RecordedFilm.isPossible() ? '' : 'MSE');
  const still = ref('');
  /** Where nothing was recorded: here, or what has just been leapt over. */
  const leapt = ref<number>();
  const gap = computed(() => {
    const place = leapt.value ?? at.value;
    return played().timeline.gaps.find((one) => one.begins_at <= place && place < one.ends_at);
  });
  const isStills = computed(() => !played().timeline.moves || Boolean(unplayable.value));
  let film: RecordedFilm | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let fetching = new AbortController();

  function fault(error: unknown): void {
    if (error instanceof CannotPlay) {
      unplayable.value = error.message;
      end();
      return go(at.value);
    }
    if (error instanceof BeginsAnew)
      end(); // what is recorded there is spoilt
    else if (!(error instanceof NotGiven)) throw error;
    trouble.value = error instanceof NotGiven ? error.why : 'none';
    if (['away', 'full'].includes(trouble.value)) again = setTimeout(() => go(at.value), AGAIN_MS);
  }

  function go(wanted: number): void {
    const now = played();
    clearTimeout(again);
    at.value = Math.min(Math.max(wanted, now.begins_at), now.ends_at - 1);
    trouble.value = undefined;
    if (isStills.value) return void showStill();
    takenAt.value = undefined;
    film ??= begun(now);
    film?.go(at.value);
  }

  function begun(now: Played): RecordedFilm | undefined {
    if (!video.value) return undefined;
    return new RecordedFilm(video.value, now.recordings, now, {
      recorded: () => played().timeline.recorded,
      now: () => hall.now.value,
      fault,
    });
  }

  function step(ms: number): void {
    const wanted = at.value + ms;
    if (isStills.value || !film?.step(wanted)) go(wanted);
    else at.value = wanted;
  }

  async function showStill(): Promise<void> {
    fetching.abort();
    const { signal } = (fetching = new AbortController());
    try {
      const picture = await played().recordings.still(at.value, signal);
      if (signal.aborted) return;
      URL.revokeObjectURL(still.value);
      still.value = URL.createObjectURL(picture.content);
      takenAt.value = picture.takenAt;
      trouble.value = undefined;
    } catch (error) {
      if (!signal.aborted) fault(error);
    }
  }

  function play(wanted: boolean): void {
    isPlaying.value = wanted;
    if (!video.value) return;
    video.value.playbackRate = rate.value;
    // A page that is left while it begins to play tells so by refusing; nothing is lost by it.
    if (wanted) video.value.play().catch(() => undefined);
    else video.value.pause();
  }

  function faster(): void {
    rate.value = isPlaying.value ? (RATES[RATES.indexOf(rate.value) + 1] ?? rate.value) : 1;
    play(true);
  }

  /** The picture's own clock leads; where none comes, the time goes on to where one does. */
  function look(): void {
    const element = video.value;
    const now = played();
    if (!element || isStills.value) return;
    const overMs = isPlaying.value ? (film?.leap() ?? 0) : 0;
    if (overMs > NOTABLE_MS) {
      leapt.value = at.value + overMs / 2;
      setTimeout(() => (leapt.value = undefined), TELL_MS);
    }
    if (element.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || element.seeking) return;
    const taken = film?.taken(element.currentTime);
    if (taken === undefined) return;
    takenAt.value = taken;
    at.value = Math.min(taken, now.ends_at - 1);
    if (element.ended) isPlaying.value = false;
    else if (isPlaying.value && element.paused) play(true);
  }

  function tick(): void {
    const now = played();
    if (!isStills.value || !isPlaying.value) return;
    if (at.value + STILL_EVERY_MS >= now.ends_at) isPlaying.value = false;
    else go(at.value + STILL_EVERY_MS * rate.value);
  }

  function end(): void {
    clearTimeout(again);
    fetching.abort();
    film?.close();
    film = undefined;
  }

  const looking = setInterval(look, LOOK_EVERY_MS);
  const ticking = setInterval(tick, STILL_EVERY_MS);
  onBeforeUnmount(() => {
    clearInterval(looking);
    clearInterval(ticking);
    end();
    URL.revokeObjectURL(still.value);
  });
  return {
    ...{ at, takenAt, isPlaying, rate, trouble, unplayable, still, gap, isStills },
    ...{ go, step, play, faster },
  };
}
