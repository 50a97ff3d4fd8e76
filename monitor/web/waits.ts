// Figures of the hall as of now, derived from its state. Pure.
import type { LegView, QueueFact, WindowFact } from '@shared/contract';
import { doing, legAt, mayCall, waitingIn, windowsOpen, windowView } from '@shared/picture';
import type { Doing } from '@shared/picture';
import type { HallState } from '@shared/state';

export interface QueueNow {
  queue: QueueFact;
  waiting: LegView[];
  longestMs: number;
  meanMs: number;
  windowsOpen: number;
}

/** Every queue, the worst first: who waits longest, then where most wait. */
export function queuesNow(state: HallState, nowMs: number): QueueNow[] {
  return state.facts.queues
    .map((queue) => {
      const waiting = waitingIn(state, queue.id);
      const waits = waiting.map((leg) => nowMs - leg.waiting_since);
      return {
        queue,
        waiting,
        longestMs: Math.max(0, ...waits),
        meanMs: mean(waits),
        windowsOpen: windowsOpen(state, queue.id),
      };
    })
    .sort(
      (a, b) =>
        b.longestMs - a.longestMs ||
        b.waiting.length - a.waiting.length ||
        a.queue.order - b.queue.order,
    );
}

export interface WindowNow {
  window: WindowFact;
  doing: Doing;
  leg: LegView | undefined;
  staffId: string;
  reasonId: string;
  /** Since when it is doing so. */
  since: number;
  waiting: number;
  longestMs: number;
}

export function windowsNow(state: HallState, nowMs: number): WindowNow[] {
  const waiting = [...state.legs.values()].filter((leg) => leg.state === 'waiting');
  return [...state.facts.windows]
    .sort((a, b) => a.number - b.number)
    .map((window) => {
      const view = windowView(state, window.id);
      const line = waiting.filter((leg) => mayCall(leg, window, view.staff_id));
      const leg = legAt(state, window.id);
      return {
        window,
        doing: doing(state, window.id),
        leg,
        staffId: view.staff_id,
        reasonId: view.reason_id,
        since: sinceWhen(state, window.id, leg, view.since),
        waiting: line.length,
        longestMs: Math.max(0, ...line.map((one) => nowMs - one.waiting_since)),
      };
    });
}

function sinceWhen(
  state: HallState,
  windowId: string,
  leg: LegView | undefined,
  declared: number,
): number {
  if (leg) return leg.state === 'serving' ? leg.started_at : leg.called_at;
  // Free since whoever was here last has left.
  let since = declared;
  for (const { window_id, ended_at, held_at } of state.legs.values()) {
    if (window_id === windowId) since = Math.max(since, ended_at, held_at);
  }
  return since;
}

export interface HallNow {
  waiting: number;
  longestMs: number;
  serving: number;
  open: number;
  paused: number;
}

export function hallNow(state: HallState, nowMs: number): HallNow {
  const now: HallNow = { waiting: 0, longestMs: 0, serving: 0, open: 0, paused: 0 };
  for (const leg of state.legs.values()) {
    if (leg.state === 'waiting') {
      now.waiting += 1;
      now.longestMs = Math.max(now.longestMs, nowMs - leg.waiting_since);
    } else if (leg.state === 'serving' || leg.state === 'called') now.serving += 1;
  }
  for (const window of state.facts.windows) {
    const { state: declared } = windowView(state, window.id);
    if (declared === 'open') now.open += 1;
    if (declared === 'paused') now.paused += 1;
  }
  return now;
}

export interface Stretch {
  from: number;
  taken: number;
  /** Mean wait of those called in this stretch; null when nobody was. */
  waitMs: number | null;
}

/** The day in stretches of so many minutes: who came, and how long those called had waited. */
export function courseOfDay(state: HallState, minutes: number): Stretch[] {
  const stretchMs = minutes * 60_000;
  const at = (ms: number) => Math.floor(ms / stretchMs) * stretchMs;
  const taken = new Map<number, number>();
  const waits = new Map<number, number[]>();
  for (const leg of state.legs.values()) {
    const came = at(leg.waiting_since);
    taken.set(came, (taken.get(came) ?? 0) + 1);
    if (!leg.called_at || !leg.waiting_since) continue;
    const called = at(leg.called_at);
    const list = waits.get(called) ?? [];
    waits.set(called, [...list, leg.called_at - leg.waiting_since]);
  }
  const times = [...taken.keys(), ...waits.keys()];
  if (!times.length) return [];
  const course: Stretch[] = [];
  for (let from = Math.min(...times); from <= Math.max(...times); from += stretchMs) {
    const list = waits.get(from);
    course.push({ from, taken: taken.get(from) ?? 0, waitMs: list ? mean(list) : null });
  }
  return course;
}

function mean(list: readonly number[]): number {
  return list.length ? list.reduce((sum, one) => sum + one, 0) / list.length : 0;
}
