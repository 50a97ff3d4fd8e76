// Pictures of empty seats as the hall lists them, and what of them wants attention.
import { onMounted, shallowRef, watch } from 'vue';
import type { ReferenceView } from '@shared/contract';
import { useEvent, useHall } from '@shared/hall';
import type { Notices } from '@shared/notices';

const DAY_MS = 86_400_000;
/** Starting values, confirmed by no hall. */
export const OLD_DAYS = 90;
const DIFFERS_PERMILLE = 300;

export const LIGHTS = ['morning', 'noon', 'lamps', 'infrared'] as const;

export type Warning = 'old' | 'differs';

export function ageDays(one: ReferenceView, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - one.taken_at) / DAY_MS));
}

/** What of a reference that is, or may be, in use somebody should think about. */
export function warningsOf(one: ReferenceView, nowMs: number): Warning[] {
  if (one.drawn || !one.taken_at || one.state === 'refused') return [];
  const isOld = ageDays(one, nowMs) > OLD_DAYS;
  const isUnlike = one.state === 'taken' && one.differs > DIFFERS_PERMILLE;
  return [...(isOld ? ['old' as const] : []), ...(isUnlike ? ['differs' as const] : [])];
}

/** Of each light only the newest that was approved counts. */
export function isInUse(one: ReferenceView, all: readonly ReferenceView[]): boolean {
  const rivals = all.filter(
    ({ state, camera_id, light }) =>
      state === 'approved' && camera_id === one.camera_id && light === one.light,
  );
  return one.state === 'approved' && rivals.every(({ taken_at }) => taken_at <= one.taken_at);
}

export function useReferences(notices: Notices) {
  const hall = useHall();
  /** Undefined until they have been read once. */
  const references = shallowRef<ReferenceView[]>();

  async function attempt(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      notices.fault(error);
      return false;
    }
  }

  const load = () =>
    attempt(async () => {
      references.value = (await hall.read('reference.list', {})).references;
    });
  const take = (camera: string, light: string) =>
    attempt(() => hall.ask('reference.ask', { camera_id: camera, light }));
  const approve = ({ reference_id, sha256 }: ReferenceView) =>
    attempt(() => hall.ask('reference.approve', { reference_id, sha256, note: '' }));
  const refuse = ({ reference_id }: ReferenceView, note: string) =>
    attempt(() => hall.ask('reference.refuse', { reference_id, note }));

  const heard = () => void load();
  useEvent('reference.asked', heard);
  useEvent('reference.taken', heard);
  useEvent('reference.approved', heard);
  useEvent('reference.refused', heard);
  watch(hall.live, (live) => live && heard());
  onMounted(heard);
  return { references, live: hall.live, take, approve, refuse };
}
