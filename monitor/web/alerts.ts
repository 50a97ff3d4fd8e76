// What deserves a supervisor's attention now. Pure; the thresholds stand here, in one place.
import type { AlertKind as DeviceAlertKind, StationView } from '@shared/contract';
import { LATE_WAIT_MINUTES, LONG_WAIT_MINUTES } from '@shared/picture';
import type { HallState } from '@shared/state';
import { deviceAlerts, type DeviceSort } from './device_alerts';
import { queuesNow, windowsNow, type QueueNow, type WindowNow } from './waits';

const MINUTE_MS = 60_000;
const PAUSED_LONG_MINUTES = 5;
const PAUSED_LATE_MINUTES = 15;
/** A free window while people wait for it. */
const IDLE_LONG_MINUTES = 2;
const IDLE_LATE_MINUTES = 10;
const UNANSWERED_CALL_MINUTES = 3;
const LONG_SERVICE_MINUTES = 45;
/** A line of more people than this with nobody serving it is red at once. */
const UNSERVED_PEOPLE = 1;
/** A call for help stays this long. */
export const HELP_MINUTES = 10;

export type Tone = 'red' | 'amber';

export type AlertKind =
  | 'queue_wait'
  | 'queue_unserved'
  | 'window_paused'
  | 'window_idle'
  | 'call_unanswered'
  | 'service_long'
  | 'device'
  | 'devices'
  | 'station'
  | 'help';

export interface Alert {
  /** The same trouble has the same id, so that it can be noted as seen. */
  id: string;
  kind: AlertKind;
  tone: Tone;
  since: number;
  /** What it is about: ids and counts that the page turns into words. */
  queueId?: string;
  windowId?: string;
  label?: string;
  n?: number;
  deviceId?: string;
  stationId?: string;
  alert?: DeviceAlertKind;
  /** Of many devices with the same trouble: their sort, and each with its own time. */
  sort?: DeviceSort;
  devices?: { deviceId: string; since: number }[];
}

export interface Help {
  stationId: string;
  at: number;
}

export function alertsNow(
  state: HallState,
  nowMs: number,
  stations: readonly StationView[],
  helps: readonly Help[],
): Alert[] {
  const alerts = [
    ...queuesNow(state, nowMs).flatMap((queue) => ofQueue(queue, nowMs)),
    ...windowsNow(state, nowMs).flatMap((window) => ofWindow(window, nowMs)),
    ...deviceAlerts(state),
    ...stations.filter((one) => isLost(one) && !isTold(state, one)).map(ofStation),
    ...helps.filter(({ at }) => nowMs - at < HELP_MINUTES * MINUTE_MS).map(ofHelp),
  ];
  const rank = ({ tone }: Alert) => (tone === 'red' ? 0 : 1);
  return alerts.sort((a, b) => rank(a) - rank(b) || a.since - b.since);
}

/** Amber after `long`, red after `late` minutes; null before. */
function graded(since: number, nowMs: number, long: number, late: number): Tone | null {
  const minutes = (nowMs - since) / MINUTE_MS;
  if (minutes > late) return 'red';
  return minutes >= long ? 'amber' : null;
}

function ofQueue({ queue, waiting, windowsOpen }: QueueNow, nowMs: number): Alert[] {
  const first = waiting.reduce(
    (oldest, leg) => (leg.waiting_since < oldest.waiting_since ? leg : oldest),
    waiting[0]!,
  );
  if (!waiting.length) return [];
  const about = { queueId: queue.id, n: waiting.length, since: first.waiting_since };
  if (windowsOpen === 0 && waiting.length >= UNSERVED_PEOPLE) {
    return [{ id: `unserved ${queue.id}`, kind: 'queue_unserved', tone: 'red', ...about }];
  }
  const tone = graded(about.since, nowMs, LONG_WAIT_MINUTES, LATE_WAIT_MINUTES);
  const label = first.label;
  return tone ? [{ id: `wait ${queue.id}`, kind: 'queue_wait', tone, ...about, label }] : [];
}

function ofWindow(now: WindowNow, nowMs: number): Alert[] {
  const found = windowTrouble(now, nowMs);
  if (!found) return [];
  const { window, since } = now;
  const id = `${found.kind} ${window.id} ${since}`;
  return [{ id, windowId: window.id, since, ...found }];
}

function windowTrouble(
  { doing, leg, since, waiting }: WindowNow,
  nowMs: number,
): Pick<Alert, 'kind' | 'tone' | 'label' | 'n'> | null {
  const label = leg?.label ?? '';
  switch (doing) {
    case 'paused': {
      const tone = graded(since, nowMs, PAUSED_LONG_MINUTES, PAUSED_LATE_MINUTES);
      return tone && { kind: 'window_paused', tone };
    }
    case 'free': {
      const tone = waiting ? graded(since, nowMs, IDLE_LONG_MINUTES, IDLE_LATE_MINUTES) : null;
      return tone && { kind: 'window_idle', tone, n: waiting };
    }
    case 'called': {
      const tone = graded(since, nowMs, UNANSWERED_CALL_MINUTES, Infinity);
      return tone && { kind: 'call_unanswered', tone, label };
    }
    case 'serving': {
      const tone = graded(since, nowMs, LONG_SERVICE_MINUTES, Infinity);
      return tone && { kind: 'service_long', tone, label };
    }
    case 'closed':
      return null;
  }
}

function isLost({ enrolled, revoked, online }: StationView): boolean {
  return enrolled && !revoked && !online;
}

/** That an analyser does not run is told by its own alert, sooner than by its silence. */
function isTold(state: HallState, { station_id: id }: StationView): boolean {
  return state.alerts.has(`${id} analyser_stopped`);
}

function ofStation({ station_id: stationId, since }: StationView): Alert {
  return { id: `station ${stationId}`, kind: 'station', tone: 'red', since, stationId };
}

function ofHelp({ stationId, at }: Help): Alert {
  return { id: `help ${stationId} ${at}`, kind: 'help', tone: 'amber', since: at, stationId };
}
