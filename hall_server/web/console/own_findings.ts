// Findings that concern the clerk at this page: seen and answered by nobody else.
import { onMounted, shallowRef } from 'vue';
import type { FindingSummary } from '@shared/contract';
import { useEvent, useHall } from '@shared/hall';
import { HallAway, RefusedByHall } from '@shared/refused';

export function useOwnFindings() {
  const hall = useHall();
  const own = shallowRef<FindingSummary[]>([]);

  async function load(): Promise<void> {
    try {
      own.value = (await hall.read('finding.list', {})).findings;
    } catch (error) {
      // The page says elsewhere that the hall is away; what was last known stays.
      if (!(error instanceof HallAway || error instanceof RefusedByHall)) throw error;
    }
  }

  const heard = () => void load();
  useEvent('finding.reported', heard);
  useEvent('finding.confirmed', heard);
  useEvent('finding.dismissed', heard);
  useEvent('finding.answered', heard);
  onMounted(heard);
  return own;
}
