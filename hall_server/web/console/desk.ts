// What a clerk's desk is made of: my window, whom I serve, who waits for me. All of it derived
// from the hall's state; only the choice of the window is this page's own.
import { computed, inject, provide, ref, type ComputedRef, type InjectionKey, type Ref } from 'vue';
import type { HallFacts, ItemFact, LegView, WindowFact, WindowView } from '@shared/contract';
import { useHall } from '@shared/hall';
import { doing, findById, legAt, legsIn, lineOf, mayCall, windowView } from '@shared/picture';
import type { Doing } from '@shared/picture';

export interface Desk {
  windowId: Ref<string>;
  /** Null while no window is chosen, or the chosen one is no more. */
  window: ComputedRef<WindowFact | null>;
  view: ComputedRef<WindowView | null>;
  doing: ComputedRef<Doing>;
  /** Somebody else sits at the chosen window. */
  taken: ComputedRef<boolean>;
  staffId: ComputedRef<string>;
  /** Called to, or served at, my window. */
  current: ComputedRef<LegView | null>;
  line: ComputedRef<LegView[]>;
  held: ComputedRef<LegView[]>;
  missed: ComputedRef<LegView[]>;
  facts: ComputedRef<HallFacts | null>;
  item(id: string): ItemFact | undefined;
  choose(windowId: string): void;
}

const KEY: InjectionKey<Desk> = Symbol('desk');
const STORED = 'hall.console.window';

export function provideDesk(staffId: ComputedRef<string>): Desk {
  const desk = makeDesk(staffId);
  provide(KEY, desk);
  return desk;
}

export function useDesk(): Desk {
  const desk = inject(KEY);
  if (!desk) throw new Error('the workplace has not laid out a desk');
  return desk;
}

function makeDesk(staffId: ComputedRef<string>): Desk {
  const { state } = useHall();
  const windowId = ref(localStorage.getItem(STORED) ?? '');
  const facts = computed(() => state.value?.facts ?? null);
  const window = computed(() => findById(facts.value?.windows ?? [], windowId.value) ?? null);
  const ofMine = <T>(derive: (window: WindowFact) => T) =>
    computed(() => (state.value && window.value ? derive(window.value) : null));
  const view = ofMine(({ id }) => windowView(state.value!, id));
  const mine = (leg: LegView) => mayCall(leg, window.value!, staffId.value);
  const newestFirst = (legs: LegView[]) => legs.sort((a, b) => b.ended_at - a.ended_at);
  const none: LegView[] = [];

  const line = ofMine((at) => lineOf(state.value!, at, staffId.value));
  const held = ofMine(() =>
    legsIn(state.value!, 'held').filter((leg) => leg.staff_id === staffId.value || mine(leg)),
  );
  const missed = ofMine(() => newestFirst(legsIn(state.value!, 'no_show').filter(mine)));
  return {
    windowId,
    window,
    view,
    staffId,
    facts,
    doing: computed(() => (window.value ? doing(state.value!, window.value.id) : 'closed')),
    taken: computed(
      () =>
        view.value !== null && view.value.state !== 'closed' && !isMe(view.value, staffId.value),
    ),
    current: ofMine(({ id }) => legAt(state.value!, id) ?? null),
    line: computed(() => line.value ?? none),
    held: computed(() => held.value ?? none),
    missed: computed(() => missed.value ?? none),
    item: (id) => findById(facts.value?.items ?? [], id),
    choose: (id) => {
      windowId.value = id;
      localStorage.setItem(STORED, id);
    },
  };
}

function isMe(view: WindowView, staffId: string): boolean {
  return view.staff_id === staffId;
}
