// What may be done now, and why not: the same buttons stand in the same places in every state, so
// that hands learn them. Pure; the hall decides again when asked.
import type { LegView, QueueingRules } from '@shared/contract';
import type { Doing } from '@shared/picture';

/** Acts of a clerk that have a button of their own. */
export type Act =
  | 'open'
  | 'resume'
  | 'next'
  | 'start'
  | 'finish'
  | 'recall'
  | 'miss'
  | 'transfer'
  | 'hold'
  | 'move_back'
  | 'add_item'
  | 'reprint'
  | 'cancel';

export interface Situation {
  doing: Doing;
  leg: LegView | null;
  rules: QueueingRules;
  nowMs: number;
  waiting: number;
}

/** Why an act is not to be had now: a key of the page's texts with its count. */
export interface Hint {
  key: 'hint.recall_in' | 'hint.recall_limit' | 'hint.miss_after' | 'hint.nobody' | 'hint.calls';
  n: number;
}

export interface Offer {
  act: Act;
  enabled: boolean;
  hint: Hint | null;
}

const FOR_LEG: Record<Exclude<Act, 'open' | 'resume' | 'next'>, readonly Doing[]> = {
  start: ['called'],
  finish: ['serving'],
  recall: ['called'],
  miss: ['called'],
  transfer: ['called', 'serving'],
  hold: ['serving'],
  move_back: ['called'],
  add_item: ['called', 'serving'],
  reprint: ['called', 'serving'],
  cancel: ['called'],
};

/** The one act that moves things on. */
export function mainAct(doing: Doing): Act {
  const acts: Record<Doing, Act> = {
    closed: 'open',
    paused: 'resume',
    free: 'next',
    called: 'start',
    serving: 'finish',
  };
  return acts[doing];
}

export function offer(act: Act, now: Situation): Offer {
  const hint = hintFor(act, now);
  return { act, enabled: fits(act, now.doing) && !blocks(hint), hint };
}

function fits(act: Act, doing: Doing): boolean {
  if (act === 'open' || act === 'resume' || act === 'next') return mainAct(doing) === act;
  return FOR_LEG[act].includes(doing);
}

function blocks(hint: Hint | null): boolean {
  return hint !== null && hint.key !== 'hint.nobody' && hint.key !== 'hint.calls';
}

function hintFor(act: Act, { doing, leg, rules, nowMs, waiting }: Situation): Hint | null {
  // Somebody may come this very moment, so an empty line is told but does not block.
  if (act === 'next' && doing === 'free' && waiting === 0) return { key: 'hint.nobody', n: 0 };
  if (doing !== 'called' || leg === null) return null;
  if (act === 'recall') return recallHint(leg, rules, nowMs);
  const wanted = Math.min(rules.miss_after_calls, rules.recall_limit + 1);
  if (act === 'miss' && leg.call_count < wanted) {
    return { key: 'hint.miss_after', n: wanted - leg.call_count };
  }
  return null;
}

function recallHint(leg: LegView, rules: QueueingRules, nowMs: number): Hint {
  if (leg.call_count > rules.recall_limit) return { key: 'hint.recall_limit', n: 0 };
  const waitMs = leg.called_at + rules.recall_gap_s * 1000 - nowMs;
  if (waitMs > 0) return { key: 'hint.recall_in', n: Math.ceil(waitMs / 1000) };
  return { key: 'hint.calls', n: leg.call_count };
}
