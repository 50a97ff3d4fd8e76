// What pages want to know of the hall's state, derived and never stored. Pure.
import type { LegState, LegView, PriorityFact, WindowFact, WindowView } from './contract';
import type { HallState } from './state';

const MINUTE_MS = 60_000;

export function findById<T extends { id: string }>(list: readonly T[], id: string): T | undefined {
  return id ? list.find((record) => record.id === id) : undefined;
}

export function legsIn(state: HallState, ...states: LegState[]): LegView[] {
  return [...state.legs.values()].filter((leg) => states.includes(leg.state));
}

/** The one leg that is called to, or served at, a window. */
export function legAt(state: HallState, windowId: string): LegView | undefined {
  return legsIn(state, 'called', 'serving').find((leg) => leg.window_id === windowId);
}

export function waitingIn(state: HallState, queueId: string): LegView[] {
  return inOrder(legsIn(state, 'waiting').filter((leg) => leg.queue_id === queueId));
}

/** Whether this window may call the leg: its queues, or sent to it or to its clerk. */
export function mayCall(leg: LegView, window: WindowFact, staffId: string): boolean {
  if (leg.to_window_id) return leg.to_window_id === window.id;
  if (leg.to_staff_id) return leg.to_staff_id === staffId;
  return window.queues.includes(leg.queue_id);
}

/**
 * Who waits for a window, as it will probably call them: those sent to it first, then by the
 * longest wait with the lead of each priority class. Rules of the window may decide otherwise;
 * the hall alone says who is next.
 */
export function lineOf(state: HallState, window: WindowFact, staffId: string): LegView[] {
  const legs = legsIn(state, 'waiting').filter((leg) => mayCall(leg, window, staffId));
  const [reserved, open] = split(legs, (leg) => Boolean(leg.to_window_id || leg.to_staff_id));
  return [...inOrder(reserved), ...byEffectiveWait(open, state.facts.priorities)];
}

/** Merge the lines of each queue and class by who of their first ones has waited longest. */
export function byEffectiveWait(
  legs: readonly LegView[],
  priorities: readonly PriorityFact[],
): LegView[] {
  const lead = new Map(priorities.map((fact) => [fact.id, fact.lead_minutes * MINUTE_MS]));
  const lines = new Map<string, LegView[]>();
  for (const leg of inOrder(legs)) {
    const key = `${leg.queue_id} ${leg.priority_id}`;
    lines.set(key, [...(lines.get(key) ?? []), leg]);
  }
  const since = (leg: LegView) => leg.waiting_since - (lead.get(leg.priority_id) ?? 0);
  const merged: LegView[] = [];
  const left = [...lines.values()];
  while (merged.length < legs.length) {
    left.sort((a, b) => compareFronts(a[0], b[0], since));
    merged.push(left[0]!.shift()!);
  }
  return merged;
}

function compareFronts(
  a: LegView | undefined,
  b: LegView | undefined,
  since: (leg: LegView) => number,
): number {
  if (!a || !b) return a ? -1 : b ? 1 : 0;
  return since(a) - since(b) || a.place - b.place || a.place_tie - b.place_tie;
}

function inOrder(legs: readonly LegView[]): LegView[] {
  return [...legs].sort((a, b) => a.place - b.place || a.place_tie - b.place_tie);
}

function split<T>(list: readonly T[], test: (member: T) => boolean): [T[], T[]] {
  return [list.filter(test), list.filter((member) => !test(member))];
}

export function windowView(state: HallState, windowId: string): WindowView {
  const closed = { state: 'closed', staff_id: '', since: 0, reason_id: '' } as const;
  return state.windows.get(windowId) ?? { window_id: windowId, ...closed };
}

/** What a window is doing, in one word: declared by the clerk, or told by its leg. */
export type Doing = 'closed' | 'paused' | 'free' | 'called' | 'serving';

export function doing(state: HallState, windowId: string): Doing {
  const leg = legAt(state, windowId);
  if (leg) return leg.state === 'called' ? 'called' : 'serving';
  const declared = windowView(state, windowId).state;
  return declared === 'open' ? 'free' : declared;
}

export function windowsOpen(state: HallState, queueId: string): number {
  return state.facts.windows.filter(
    (window) => window.queues.includes(queueId) && windowView(state, window.id).state === 'open',
  ).length;
}

/** How a wait is judged: one rule for every page. */
export type Patience = 'calm' | 'long' | 'late';

export const LONG_WAIT_MINUTES = 15;
export const LATE_WAIT_MINUTES = 30;

export function patience(waitMs: number): Patience {
  if (waitMs > LATE_WAIT_MINUTES * MINUTE_MS) return 'late';
  return waitMs >= LONG_WAIT_MINUTES * MINUTE_MS ? 'long' : 'calm';
}
