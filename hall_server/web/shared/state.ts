// The hall as a page knows it: a snapshot carried on by events. Pure: the same events always give
// the same state, and an event already taken in changes nothing.
import type {
  AlertView,
  DeviceState,
  HallEvent,
  HallFacts,
  LegView,
  PaperView,
  Snapshot,
  WindowState,
  WindowView,
} from './contract';
import { legsAfter } from './legs';

export interface HallState {
  readonly seq: number;
  readonly at: number;
  readonly version: string;
  /** Open service day, empty when closed. */
  readonly day: string;
  readonly factsVersion: number;
  readonly facts: HallFacts;
  readonly legs: ReadonlyMap<number, LegView>;
  readonly windows: ReadonlyMap<string, WindowView>;
  readonly devices: ReadonlyMap<string, DeviceState>;
  /** Alerts of devices that are open, by device and alert; told to staff alone. */
  readonly alerts: ReadonlyMap<string, AlertView>;
  /** Papers that somebody ordered lately from another's printer, by job. */
  readonly papers: ReadonlyMap<number, PaperView>;
}

export function begin(snapshot: Snapshot): HallState {
  return {
    seq: snapshot.seq,
    at: snapshot.at,
    version: snapshot.version,
    day: snapshot.day,
    factsVersion: snapshot.facts_version,
    facts: snapshot.facts,
    legs: new Map(snapshot.legs.map((leg) => [leg.leg_id, leg])),
    windows: new Map(snapshot.windows.map((window) => [window.window_id, window])),
    devices: new Map(snapshot.devices.map((device) => [device.device_id, device])),
    alerts: new Map(snapshot.alerts.map((one) => [`${one.device_id} ${one.alert}`, one])),
    papers: new Map(snapshot.papers.map((paper) => [paper.job_id, paper])),
  };
}

export function apply(state: HallState, event: HallEvent): HallState {
  if (event.seq <= state.seq) return state;
  return { ...state, ...changed(state, event), seq: event.seq, at: event.at };
}

/** Events that say that something changed but not to what: the page must read again. */
export function mustReread(event: HallEvent): boolean {
  switch (event.type) {
    case 'fact.saved':
    case 'fact.removed':
    case 'facts.imported':
    case 'ledger.epoch_begun':
      return true;
    case 'day.opened':
      return event.again;
    default:
      return false;
  }
}

function changed(state: HallState, event: HallEvent): Partial<HallState> {
  switch (event.type) {
    case 'day.opened':
      return { day: event.day, legs: new Map() };
    case 'day.closed':
      return { day: '' };
    case 'window.opened':
    case 'window.resumed':
      return window(state, event, 'open');
    case 'window.paused':
      return window(state, event, 'paused');
    case 'window.closed':
      return window(state, event, 'closed');
    case 'device.changed': {
      const { device_id, health, codes, at } = event;
      const devices = new Map(state.devices);
      return { devices: devices.set(device_id, { device_id, health, codes, since: at }) };
    }
    case 'device.alerted': {
      const { device_id, alert, at } = event;
      const alerts = new Map(state.alerts);
      return { alerts: alerts.set(`${device_id} ${alert}`, { device_id, alert, since: at }) };
    }
    case 'device.cleared': {
      const alerts = new Map(state.alerts);
      alerts.delete(`${event.device_id} ${event.alert}`);
      return { alerts };
    }
    case 'print.queued': {
      if (!event.expires_at) return {};
      const { job_id, ticket_id, label, station_id, copy } = event;
      return paper(state, {
        job_id,
        ticket_id,
        label,
        station_id,
        copy,
        state: 'queued',
        reason: '',
      });
    }
    case 'print.reported': {
      const known = state.papers.get(event.job_id);
      return known ? paper(state, { ...known, state: event.state, reason: event.reason }) : {};
    }
    case 'rating.given': // names a leg and leaves it as it is
      return {};
    default:
      return 'leg_id' in event ? { legs: legsAfter(state.legs, event) } : {};
  }
}

function window(
  state: HallState,
  event: { window_id: string; staff_id: string; at: number; reason_id?: string },
  is: WindowState,
): Partial<HallState> {
  const windows = new Map(state.windows);
  windows.set(event.window_id, {
    window_id: event.window_id,
    state: is,
    staff_id: is === 'closed' ? '' : event.staff_id,
    since: event.at,
    reason_id: event.reason_id ?? '',
  });
  return { windows };
}

function paper(state: HallState, view: PaperView): Partial<HallState> {
  return { papers: new Map(state.papers).set(view.job_id, view) };
}
