// What a clerk may do. One act at a time: while one is not answered, no second press counts.
import { computed, inject, provide, ref, type ComputedRef, type InjectionKey, type Ref } from 'vue';
import type { Asks } from '@shared/contract';
import { useHall } from '@shared/hall';
import type { Body } from '@shared/http';
import type { Notices } from '@shared/notices';
import { RefusedByHall } from '@shared/refused';

export interface Acts {
  /** An ask is under way. */
  busy: Ref<boolean>;
  /** Acts make sense now: the link is live and nothing is under way. */
  ready: ComputedRef<boolean>;
  /** Null when it was refused or not answered; the notice has been told. */
  ask<K extends keyof Asks>(name: K, body: Body<Asks[K]['ask']>): Promise<Asks[K]['answer'] | null>;
}

const KEY: InjectionKey<Acts> = Symbol('acts');

export function provideActs(notices: Notices, onSignedOut: () => void): Acts {
  const hall = useHall();
  const busy = ref(false);
  const acts: Acts = {
    busy,
    ready: computed(() => hall.live.value && !busy.value),
    async ask(name, body) {
      if (busy.value || !hall.live.value) return null;
      busy.value = true;
      try {
        return await hall.ask(name, body);
      } catch (error) {
        if (error instanceof RefusedByHall && error.refused.code === 'not_signed_in') onSignedOut();
        notices.fault(error);
        return null;
      } finally {
        busy.value = false;
      }
    },
  };
  provide(KEY, acts);
  return acts;
}

export function useActs(): Acts {
  const acts = inject(KEY);
  if (!acts) throw new Error('the workplace has not provided acts');
  return acts;
}
