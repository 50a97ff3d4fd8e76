// Is what the paper promises kept? The promise stands behind the # and is sent only for this.
import { shallowRef } from 'vue';
import type { ReceiptView } from '@shared/contract';
import { postRead } from '@shared/http';
import { HallAway, RefusedByHall } from '@shared/refused';

export type Verdict =
  | { is: 'unchecked' | 'checking' | 'missing' | 'wrong' | 'away' }
  | { is: 'kept'; eventSeq: number; sealedUpto: number };

export function judge(view: ReceiptView, takenSeq: number): Verdict {
  if (!view.signed || !view.kept || view.event_seq !== takenSeq) return { is: 'wrong' };
  const sealed = view.checkpoint_size >= view.event_seq;
  return { is: 'kept', eventSeq: view.event_seq, sealedUpto: sealed ? view.checkpoint_size : 0 };
}

export function useReceipt(promise: string, takenSeq: () => number) {
  const verdict = shallowRef<Verdict>({ is: 'unchecked' });

  async function check(): Promise<void> {
    if (!promise) {
      verdict.value = { is: 'missing' };
      return;
    }
    verdict.value = { is: 'checking' };
    try {
      const view = await postRead('ledger.receipt', { receipt: promise });
      verdict.value = judge(view, takenSeq());
    } catch (error) {
      if (error instanceof HallAway) verdict.value = { is: 'away' };
      else if (error instanceof RefusedByHall) {
        verdict.value = { is: error.refused.code === 'too_many' ? 'away' : 'wrong' };
      } else throw error;
    }
  }
  return { verdict, check };
}
