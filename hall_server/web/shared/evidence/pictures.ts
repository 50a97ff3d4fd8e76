// Pictures from the monitor's door with the hall's word. What has changed since the hall was told is
// refused there, and never shown here.
import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue';
import type { Evidence, Still } from '../contract';
import type { EvidenceKey } from './words';

export type Kept = 'loading' | 'shown' | 'changed' | 'gone' | 'refused' | 'away';

/** A picture that is wanted, and what it is called. */
export interface Wanted {
  still: Still;
  title: EvidenceKey;
}

export interface Zone {
  kind: 'seat' | 'citizen' | 'counter' | 'waiting';
  window: string;
  polygon: [number, number][];
}

export interface Shown extends Wanted {
  kept: Kept;
  /** Empty until it is shown. */
  url: string;
}

const AGAIN_MS = 3_000;
const WHY: Readonly<Record<number, Kept>> = {
  401: 'refused',
  403: 'refused',
  404: 'gone',
  409: 'changed',
};
const TIMES: readonly (readonly EvidenceKey[])[] = [
  [],
  ['at'],
  ['before', 'after'],
  ['before', 'at', 'after'],
];
const DRAWN = '/demonstration-';

export function titleOfReference(name: string): EvidenceKey {
  return name.includes(DRAWN) ? 'demonstration' : 'reference';
}

/** Before, then, after, and the empty seat that was compared with. */
export function picturesOf({ stills, reference }: Evidence): Wanted[] {
  const titles = TIMES[stills.length] ?? [];
  return [
    ...stills.map((still, place) => ({ still, title: titles[place] ?? 'at' }) as Wanted),
    ...reference.map((still) => ({ still, title: titleOfReference(still.name) })),
  ];
}

/** `word` asks the hall for leave, which is recorded there; it is asked once. */
export function usePictures(
  liveUrl: string,
  camera: string,
  wanted: readonly Wanted[],
  word: () => Promise<string>,
) {
  const shown = shallowRef<Shown[]>(wanted.map((one) => ({ ...one, kept: 'loading', url: '' })));
  const zones = shallowRef<Zone[]>([]);
  const refused = ref<unknown>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  function put(place: number, kept: Kept, url = ''): void {
    shown.value = shown.value.map((one, at) => (at === place ? { ...one, kept, url } : one));
  }

  async function take(place: number, headers: HeadersInit): Promise<void> {
    const name = shown.value[place]!.still.name;
    const answer = await fetch(`${liveUrl}/evidence/${name}`, { headers });
    if (!answer.ok) return put(place, WHY[answer.status] ?? 'away');
    const content = await answer.blob();
    if (!over) put(place, 'shown', URL.createObjectURL(content));
  }

  async function takeAll(headers: HeadersInit): Promise<void> {
    try {
      const places = shown.value.map((_, place) => place);
      const missing = places.filter((place) =>
        ['loading', 'away'].includes(shown.value[place]!.kept),
      );
      await Promise.all(missing.map((place) => take(place, headers)));
      const told = await fetch(`${liveUrl}/zones/${camera}`, { headers });
      if (told.ok) zones.value = (await told.json()) as Zone[];
    } catch {
      // fetch tells no more of a place that does not answer
      shown.value = shown.value.map((one) =>
        one.kept === 'loading' ? { ...one, kept: 'away' } : one,
      );
    }
    const isMissing = shown.value.some(({ kept }) => kept === 'away');
    if (isMissing && !over) timer = setTimeout(() => void takeAll(headers), AGAIN_MS);
  }

  onMounted(async () => {
    if (!wanted.length) return;
    try {
      await takeAll({ Authorization: `Bearer ${await word()}` });
    } catch (error) {
      refused.value = error;
      shown.value = shown.value.map((one) => ({ ...one, kept: 'refused' }));
    }
  });
  onBeforeUnmount(() => {
    over = true;
    clearTimeout(timer);
    for (const { url } of shown.value) if (url) URL.revokeObjectURL(url);
  });
  return { shown, zones, refused };
}
