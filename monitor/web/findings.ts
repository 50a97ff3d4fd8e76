// Findings as the hall gives them to this person: read anew whenever one is heard of.
import { computed, onMounted, ref, shallowRef } from 'vue';
import type { FindingsView, FindingView, MutedRule } from '@shared/contract';
import { useEvent, useHall } from '@shared/hall';
import type { Notices } from '@shared/notices';

const PAGE = 50;

export function useFindings(notices: Notices) {
  const hall = useHall();
  const seen = shallowRef<FindingsView>({ findings: [], muted: [] });
  const limit = ref(PAGE);
  const chosen = shallowRef<FindingView | null>(null);
  const hasMore = computed(() => seen.value.findings.length === limit.value && limit.value < 100);

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
  onMounted(heard);
  return { seen, chosen, hasMore, choose, confirm, dismiss, unmute, more };
}
