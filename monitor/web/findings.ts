// Findings as the hall gives them to this person: read anew whenever one is heard of.
import { computed, onMounted, ref, shallowRef, watch } from 'vue';
import type { FindingsView, FindingView, MutedRule } from '@shared/contract';
import { useEvent, useHall } from '@shared/hall';
import type { Notices } from '@shared/notices';

const PAGE = 50;

export function useFindings(notices: Notices) {
  const hall = useHall();
  /** Undefined until it has been read once: nothing read is not nothing found. */
  const seen = shallowRef<FindingsView>();
  const limit = ref(PAGE);
  const chosen = shallowRef<FindingView | null>(null);
  const hasMore = computed(() => seen.value?.findings.length === limit.value && limit.value < 100);

  async function attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      notices.fault(error);
    }
  }

  const load = () =>
    attempt(async () => {
      seen.value = await hall.read('finding.list', { limit: limit.value });
      const id = chosen.value?.summary.finding_id;
      if (id) chosen.value = await hall.read('finding.read', { finding_id: id });
    });

  const choose = (id: number) =>
    attempt(async () => {
      chosen.value = await hall.read('finding.read', { finding_id: id });
    });

  const confirm = (id: number, note: string) =>
    attempt(() => hall.ask('finding.confirm', { finding_id: id, note }));
  const dismiss = (id: number, note: string) =>
    attempt(() => hall.ask('finding.dismiss', { finding_id: id, note }));
  const unmute = ({ camera_id, rule }: MutedRule, note: string) =>
    attempt(() => hall.ask('finding.unmute', { camera_id, rule, note }));

  function more(): void {
    limit.value = 100;
    void load();
  }

  const heard = () => void load();
  useEvent('finding.reported', heard);
  useEvent('finding.confirmed', heard);
  useEvent('finding.dismissed', heard);
  useEvent('finding.answered', heard);
  useEvent('finding.muted', heard);
  useEvent('finding.unmuted', heard);
  watch(hall.live, (live) => live && heard());
  onMounted(heard);
  return { seen, live: hall.live, chosen, hasMore, choose, confirm, dismiss, unmute, more };
}
