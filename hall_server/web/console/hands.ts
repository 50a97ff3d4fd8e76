// From a press to an ask: picks the message, and the dialog that has to come first.
import { inject, provide, ref, type InjectionKey, type Ref, type ShallowRef } from 'vue';
import type { LegView } from '@shared/contract';
import { useHall } from '@shared/hall';
import type { Acts } from './acts';
import type { Desk } from './desk';
import type { Papers } from './papers';
import { mainAct, offer, type Act, type Offer } from './offers';
import type { Sheet } from './sheets';

export interface Hands {
  /** How the present service ended, chosen before finishing; empty for none. */
  outcomeId: Ref<string>;
  offer(act: Act): Offer;
  main(): Act;
  press(act: Act): void;
  pause(): void;
  close(): void;
  call(leg: LegView): void;
  bringBack(leg: LegView): void;
  resumeHeld(leg: LegView, toQueue: boolean): void;
}

const KEY: InjectionKey<Hands> = Symbol('hands');

export function useHands(): Hands {
  const hands = inject(KEY);
  if (!hands) throw new Error('the workplace has not provided hands');
  return hands;
}

export function provideHands(
  desk: Desk,
  acts: Acts,
  papers: Papers,
  sheet: ShallowRef<Sheet | null>,
): Hands {
  const hall = useHall();
  const outcomeId = ref('');

  const at = () => ({ window_id: desk.windowId.value });
  const on = (leg: LegView) => ({ leg_id: leg.leg_id, version: leg.version });

  const offerOf = (act: Act): Offer => {
    const offered = offer(act, {
      doing: desk.doing.value,
      leg: desk.current.value,
      rules: desk.facts.value!.queueing,
      nowMs: hall.now.value,
      waiting: desk.line.value.length,
    });
    return { ...offered, enabled: offered.enabled && acts.ready.value };
  };

  const withLeg: Partial<Record<Act, (leg: LegView) => void>> = {
    recall: (leg) => void acts.ask('ticket.recall', on(leg)),
    start: (leg) => void acts.ask('ticket.start', on(leg)),
    miss: (leg) => void acts.ask('ticket.miss', on(leg)),
    finish: (leg) => void finish(leg),
    reprint: (leg) => void reprint(leg),
    transfer: (leg) => (sheet.value = { kind: 'transfer', leg }),
    move_back: (leg) => (sheet.value = { kind: 'move_back', leg }),
    add_item: (leg) => (sheet.value = { kind: 'item', purpose: 'add', leg }),
    hold: (leg) =>
      withReason('hold', leg, (reason_id, note) =>
        acts.ask('ticket.hold', { ...on(leg), reason_id, note }),
      ),
    cancel: (leg) =>
      withReason('cancel', leg, (reason_id, note) =>
        acts.ask('ticket.cancel', { ticket_id: leg.ticket_id, reason_id, note }),
      ),
  };

  async function finish(leg: LegView) {
    const done = await acts.ask('ticket.finish', { ...on(leg), outcome_id: outcomeId.value });
    if (done) outcomeId.value = '';
  }

  async function reprint({ ticket_id }: LegView) {
    const slip = await acts.ask('ticket.reprint', { ticket_id });
    if (slip) papers.ordered(slip);
  }

  function withReason(
    of: 'pause' | 'hold' | 'choose' | 'cancel',
    leg: LegView | null,
    then: (reasonId: string, note: string) => Promise<unknown>,
  ) {
    sheet.value = { kind: 'reason', of, leg, done: (reasonId, note) => void then(reasonId, note) };
  }

  const hands: Hands = {
    outcomeId,
    offer: offerOf,
    main: () => mainAct(desk.doing.value),
    press(act) {
      if (!offerOf(act).enabled) return;
      if (act === 'open') void acts.ask('window.open', at());
      else if (act === 'resume') void acts.ask('window.resume', at());
      else if (act === 'next') void acts.ask('ticket.call_next', at());
      else if (desk.current.value) withLeg[act]?.(desk.current.value);
    },
    pause() {
      if (!acts.ready.value || desk.view.value?.state !== 'open') return;
      withReason('pause', null, (reason_id, note) =>
        acts.ask('window.pause', { ...at(), reason_id, note }),
      );
    },
    close: () => void acts.ask('window.close', at()),
    call(leg) {
      withReason('choose', leg, (reason_id, note) =>
        acts.ask('ticket.call', { ...at(), leg_id: leg.leg_id, reason_id, note }),
      );
    },
    bringBack: (leg) => void acts.ask('ticket.bring_back', on(leg)),
    resumeHeld: (leg, to_queue) =>
      void acts.ask('ticket.resume', { ...on(leg), ...at(), to_queue }),
  };
  provide(KEY, hands);
  return hands;
}
