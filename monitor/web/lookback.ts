// What is looked back at: found in the hall, admitted with a reason, and what happened meanwhile.
import { ref, shallowRef } from 'vue';
import type { Clip, Course, RecordingFind } from '@shared/contract';
import { useHall } from '@shared/hall';
import type { Notices } from '@shared/notices';
import { NotGiven, type Timeline, type Why, Recordings } from './recordings';

export const LOOK_MOST_MS = 12 * 3_600_000;
const GOOD_FOR_MS = 20_000;

/** How somebody comes here: by a finding, an event, a number, or a window at a moment. */
export type Wish =
  { findingId: number } | { seq: number } | { label: string } | { windowId: string; at: number };

export const NOTHING_HAPPENED: Course = { stretches: [], marks: [], findings: [] };
const AROUND_MS = 10 * 60_000;

/** A time at a window that nobody has looked for by anything else. */
export function spanAt(windowId: string, beginsAt: number, endsAt: number, moment: number): Clip {
  const nothing = { camera_id: '', label: '', leg_id: 0, finding_id: 0 };
  // The hall's clock is counted on here in fractions, of which the hall knows none.
  const [begins_at = 0, ends_at = 0, at = 0] = [beginsAt, endsAt, moment].map(Math.round);
  return { window_id: windowId, begins_at, ends_at, moment: at, ...nothing };
}

export function useLookback(liveUrl: string, notices: Notices, seesCourse: boolean) {
  const hall = useHall();
  const clips = shallowRef<Clip[]>([]);
  const clip = shallowRef<Clip>();
  /** Undefined until it has been read: nothing read is not nothing happened. */
  const course = shallowRef<Course>();
  const timeline = shallowRef<Timeline>();
  /** Why it has not been given; it is asked for again. */
  const withheld = ref<Why>();
  const recordings = shallowRef<Recordings>();
  const isAsking = ref(false);

  async function attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof NotGiven)) notices.fault(error);
    }
  }

  const find = (wanted: RecordingFind) =>
    attempt(async () => {
      const found = await hall.read('recording.find', wanted);
      clips.value = found.clips;
      const [only] = found.clips;
      if (only && found.clips.length === 1) await choose(only);
      else clip.value = recordings.value = undefined;
    });

  /** Something else is looked at: the hall's word for what was is good for that alone. */
  async function choose(wanted: Clip): Promise<void> {
    clip.value = wanted;
    recordings.value = timeline.value = withheld.value = undefined;
    course.value = wanted.window_id && seesCourse ? undefined : NOTHING_HAPPENED;
    await readCourse();
  }

  const readCourse = () =>
    attempt(async () => {
      const { value: wanted } = clip;
      if (!wanted?.window_id || !seesCourse) return;
      const { window_id, begins_at, ends_at } = wanted;
      const told = await hall.read('recording.course', { window_id, begins_at, ends_at });
      if (clip.value === wanted) course.value = told;
    });

  function wish(wanted: Wish): Promise<void> {
    if ('findingId' in wanted) return find({ finding_id: wanted.findingId });
    if ('seq' in wanted) return find({ seq: wanted.seq });
    if ('label' in wanted) return find({ label: wanted.label });
    const from = wanted.at - AROUND_MS;
    const to = Math.min(wanted.at + AROUND_MS, hall.now.value);
    return choose(spanAt(wanted.windowId, from, to, wanted.at));
  }

  /** Begin to look: the hall writes down who, what and why, and gives its word. */
  async function admit(cameraId: string, note: string): Promise<void> {
    const { value: wanted } = clip;
    if (!wanted) return;
    isAsking.value = true;
    await attempt(async () => {
      const { begins_at, ends_at, finding_id } = wanted;
      const ask = { camera_id: cameraId, begins_at, ends_at, note, finding_id };
      let word = await hall.ask('camera.look', ask);
      const asked = new Recordings(liveUrl, cameraId, async () => {
        // Whoever looks on asks again, and that is written down again.
        if (word.expires_at - hall.now.value < GOOD_FOR_MS)
          word = await hall.ask('camera.look', ask);
        return word.token;
      });
      if (clip.value === wanted) recordings.value = asked;
    });
    isAsking.value = false;
    await readTimeline();
  }

  const readTimeline = () =>
    attempt(async () => {
      const { value: asked } = recordings;
      const { value: wanted } = clip;
      if (!asked || !wanted) return;
      try {
        const told = await asked.timeline(wanted.begins_at, wanted.ends_at);
        if (recordings.value === asked) timeline.value = told;
      } catch (error) {
        if (!(error instanceof NotGiven)) throw error;
        if (recordings.value === asked) withheld.value = error.why;
      }
    });

  return {
    ...{ clips, clip, course, timeline, withheld, recordings, isAsking },
    ...{ find, choose, wish, admit, readTimeline, readCourse },
  };
}
