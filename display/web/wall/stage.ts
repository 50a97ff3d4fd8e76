// The stage: which calls stand in the middle of the wall, each for at least eight seconds, unless
// its citizen has come sooner. Calls that come at the same moment share it rather than push each
// other off; none is lost. A number that was missed or sent back leaves at once: nobody shall go
// to its window any more. Pure: the page's steady clock is handed in.
import type { Call } from '../floor/calls';

export const SHOWN_AT_LEAST_MS = 8_000;
/** More than a large hall has windows: only a fault fills it. */
const PENDING_LIMIT = 64;

export interface Stage {
  /** Keys of the calls on the stage, newest first. */
  readonly shown: readonly string[];
  readonly since: number;
  /** Keys of the calls that wait for it, oldest first. */
  readonly pending: readonly string[];
  /** Highest call that has been noticed. */
  readonly seen: number;
}

export const EMPTY_STAGE: Stage = { shown: [], since: 0, pending: [], seen: 0 };

/** Whether somebody still has to come for it. */
export function isLive(call: Call): boolean {
  return call.state === 'called';
}

const NEVER_CAME: ReadonlySet<Call['state']> = new Set(['no_show', 'cancelled', 'unserved']);

/** The newest call whose citizen came: the one that stands where nobody is called now. */
function lastAnswered(calls: readonly Call[]): Call | undefined {
  return calls.find(({ state }) => !NEVER_CAME.has(state));
}

/** The stage of a screen that has just come: the newest call, without any ado. */
export function openingStage(calls: readonly Call[], now: number): Stage {
  const first = calls.find(isLive) ?? lastAnswered(calls);
  return {
    shown: first ? [first.key] : [],
    since: first && isLive(first) ? now : now - SHOWN_AT_LEAST_MS,
    pending: [],
    seen: calls[0]?.seq ?? 0,
  };
}

/**
 * Take notice of new calls, and let go of those that nobody has to come for any more. A recall of
 * a number that stands on the stage renews it there.
 */
export function noticed(stage: Stage, calls: readonly Call[], now: number): Stage {
  const keys = new Set(calls.filter(({ state }) => !NEVER_CAME.has(state)).map(({ key }) => key));
  const live = new Map(calls.filter(isLive).map((call) => [call.key, call]));
  const liveKeyOfLeg = new Map([...live.values()].map((call) => [legOf(call.key), call.key]));
  const stay = stage.shown
    .map((key) => (keys.has(key) ? key : (liveKeyOfLeg.get(legOf(key)) ?? '')))
    .filter((key) => key !== '');
  const renewed = stay.some((key) => !stage.shown.includes(key));
  const awaited = stay.some((key) => live.has(key));
  const fresh = [...live.values()]
    .filter((call) => call.seq > stage.seen && !stay.includes(call.key))
    .sort((one, other) => one.seq - other.seq)
    .map((call) => call.key);
  const pending = [...stage.pending.filter((key) => live.has(key)), ...fresh];
  const last = stay.length || pending.length ? undefined : lastAnswered(calls);
  return {
    shown: last ? [last.key] : stay,
    since: renewed ? now : awaited ? stage.since : now - SHOWN_AT_LEAST_MS,
    pending: pending.slice(-PENDING_LIMIT),
    seen: Math.max(stage.seen, ...calls.map((call) => call.seq)),
  };
}

function legOf(key: string): string {
  return key.slice(0, key.indexOf('-'));
}

/** Let the next ones on when the present ones have had their time; `room` is how many fit. */
export function advanced(stage: Stage, now: number, room: number): Stage {
  const waited = now - stage.since >= SHOWN_AT_LEAST_MS || stage.shown.length === 0;
  if (!waited || stage.pending.length === 0) return stage;
  const next = stage.pending.slice(0, room);
  return {
    ...stage,
    shown: [...next].reverse(),
    since: now,
    pending: stage.pending.slice(next.length),
  };
}

/** Milliseconds until `advanced` may change something; infinite when nothing waits. */
export function waitMs(stage: Stage, now: number): number {
  if (stage.pending.length === 0) return Infinity;
  return Math.max(0, stage.since + SHOWN_AT_LEAST_MS - now);
}
