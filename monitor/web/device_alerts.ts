// What devices want a person for: the alerts their stations told, many equal ones as one. Pure.
import type { AlertKind, AlertView } from '@shared/contract';
import { findById } from '@shared/picture';
import type { HallState } from '@shared/state';
import type { Alert, Tone } from './alerts';

/** So many of a sort with the same trouble have one cause, and are one line that unfolds. */
const MANY = 3;

const SORTS = {
  escpos: 'printer',
  'bx-k': 'bar',
  'bx-e': 'bar',
  'modbus-text': 'bar',
  'frame-bar': 'bar',
  'call-pad': 'pad',
  'rating-pad': 'rating_pad',
} as const;
export type DeviceSort = (typeof SORTS)[keyof typeof SORTS] | 'camera' | 'other';

const AMBER: ReadonlySet<AlertKind> = new Set([
  ...(['paper_low', 'not_taken', 'checksum_errors'] as const),
  ...(['defocused', 'moved', 'clock_skew', 'disk_short'] as const),
]);
/** Alerts of cameras, and of the monitor's own programs: neither stand in the facts. */
export const OF_CAMERAS: ReadonlySet<AlertKind> = new Set([
  ...(['camera_offline', 'frozen', 'covered', 'defocused', 'moved', 'dark'] as const),
  'clock_skew',
]);
export const OF_MACHINES: ReadonlySet<AlertKind> = new Set([
  ...(['recorder_stopped', 'analyser_stopped', 'disk_short', 'recording_stopped'] as const),
]);

export function deviceAlerts(state: HallState): Alert[] {
  const known = [...state.alerts.values()].filter(
    ({ device_id: id, alert }) =>
      OF_CAMERAS.has(alert) || OF_MACHINES.has(alert) || findById(state.facts.devices, id),
  );
  const groups = new Map<string, AlertView[]>();
  for (const one of known) {
    const group = `${one.alert} ${sortOf(state, one)}`;
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  const told = [...groups.values()].flatMap((group) =>
    group.length < MANY ? group.map((one) => single(one)) : [many(state, group)],
  );
  return [...told, ...unnamed(state, new Set(known.map(({ device_id }) => device_id)))];
}

function sortOf(state: HallState, { alert, device_id: deviceId }: AlertView): DeviceSort {
  if (OF_CAMERAS.has(alert)) return 'camera';
  const kind = findById(state.facts.devices, deviceId)?.kind ?? '';
  return SORTS[kind as keyof typeof SORTS] ?? 'other';
}

function toneOf(alert: AlertKind): Tone {
  return AMBER.has(alert) ? 'amber' : 'red';
}

function single({ device_id: deviceId, alert, since }: AlertView): Alert {
  const id = `device ${deviceId} ${alert} ${since}`;
  return { id, kind: 'device', tone: toneOf(alert), since, deviceId, alert };
}

function many(state: HallState, group: AlertView[]): Alert {
  const { alert } = group[0]!;
  const sort = sortOf(state, group[0]!);
  const since = Math.min(...group.map((one) => one.since));
  const devices = group.map((one) => ({ deviceId: one.device_id, since: one.since }));
  const id = `devices ${alert} ${sort} ${since}`;
  return { id, kind: 'devices', tone: toneOf(alert), since, n: group.length, alert, sort, devices };
}

/** A fault that is none of the named ones. Out of reach is told by its alert, after a minute. */
function unnamed(state: HallState, told: ReadonlySet<string>): Alert[] {
  return [...state.devices.values()]
    .filter(({ device_id: id, health }) => health === 'fault' && !told.has(id))
    .map(({ device_id: deviceId, since }) => {
      return { id: `device ${deviceId} fault`, kind: 'device', tone: 'red', since, deviceId };
    });
}
