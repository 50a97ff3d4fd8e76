import { describe, expect, test } from 'vitest';
import type { HallEvent, StationView } from '@shared/contract';
import { apply, begin, type HallState } from '@shared/state';
import { alertsNow, type Alert, type Help } from '../../../monitor/web/alerts';
import { courseOfDay, hallNow, queuesNow, windowsNow } from '../../../monitor/web/waits';
import { day, MINUTE, NINE, snapshot } from '../shared/fixtures';

const after = (...events: HallEvent[]): HallState => events.reduce(apply, begin(snapshot()));
const at = (minutes: number) => NINE + minutes * MINUTE;
const short = ({ kind, tone }: Alert) => `${tone} ${kind}`;
const told = (
  state: HallState,
  minutes: number,
  stations: StationView[] = [],
  helps: Help[] = [],
) => alertsNow(state, at(minutes), stations, helps).map(short);

const li = { window_id: 'w1', staff_id: 'li' };
const open = (next: ReturnType<typeof day>['next']) => next('window.opened', li);

describe('queues', () => {
  test('a line that nobody serves is red at once', () => {
    const { take } = day();
    expect(told(after(take(1)), 1)).toEqual(['red queue_unserved']);
  });

  test('a wait is amber from 15 and red from 30 minutes', () => {
    const { next, take, happen } = day();
    const state = after(
      open(next),
      take(1),
      take(2),
      happen('ticket.called', 1, { ...li, call_count: 1 }),
    );
    // Number 2 came at minute 3; the call of number 1 goes unanswered meanwhile.
    const waits = (minutes: number) => told(state, minutes).filter((word) => word.includes('wait'));
    expect(waits(17)).toEqual([]);
    expect(waits(18)).toEqual(['amber queue_wait']);
    expect(waits(34)).toEqual(['red queue_wait']);
  });
});

describe('windows', () => {
  test('a pause is amber from 5 and red from 15 minutes', () => {
    const { next } = day();
    const state = after(open(next), next('window.paused', { ...li, reason_id: 'meal', note: '' }));
    expect(told(state, 6.9)).toEqual([]);
    expect(told(state, 7)).toEqual(['amber window_paused']);
    expect(told(state, 17.1)).toEqual(['red window_paused']);
  });

  test('a free window is only worth a word while people wait for it', () => {
    const { next, take } = day();
    const idle = after(open(next));
    expect(told(idle, 60)).toEqual([]);
    const waited = apply(idle, take(1));
    expect(told(waited, 4)).toEqual(['amber window_idle']);
  });

  test('a call that nobody answers, and a service without end', () => {
    const { next, take, happen } = day();
    const called = after(open(next), take(1), happen('ticket.called', 1, { ...li, call_count: 1 }));
    expect(told(called, 5)).toEqual([]);
    expect(told(called, 6)).toEqual(['amber call_unanswered']);
    const serving = apply(called, happen('ticket.started', 1, li));
    expect(told(serving, 6)).toEqual([]);
    expect(told(serving, 49)).toEqual(['amber service_long']);
  });
});

test('devices, stations and calls for help; the worst first', () => {
  const { next } = day();
  const device = (device_id: string, health: string) =>
    next('device.changed', { device_id, health, codes: [], detail: '' });
  const state = after(device('a', 'degraded'), device('b', 'fault'), device('c', 'ok'));
  const lost = {
    station_id: 'kiosk-1',
    enrolled: true,
    revoked: false,
    online: false,
    since: at(9),
  };
  const other = { ...lost, station_id: 'kiosk-2', enrolled: false };
  const helps = [{ stationId: 'kiosk-1', at: at(1) }];
  const stations = [lost, other] as StationView[];
  expect(told(state, 10, stations, helps)).toEqual(['red device', 'red station', 'amber help']);
  expect(told(state, 12, [], helps)).toEqual(['red device']);
});

describe('alerts of devices', () => {
  const facts = {
    ...snapshot().facts,
    devices: ['bar-1', 'bar-2', 'bar-3', 'k1'].map((id) => ({
      ...{ id, kind: id === 'k1' ? 'escpos' : 'bx-k', station: 's', url: 'tcp://x:1' },
      window: '',
      options: {},
    })),
  };
  const hear = (...events: HallEvent[]) => events.reduce(apply, begin(snapshot({ facts })));

  test('raised, told once beside the fault it names, and cleared', () => {
    const { next } = day();
    const alerted = next('device.alerted', { device_id: 'k1', alert: 'paper_out' });
    const fault = next('device.changed', { device_id: 'k1', health: 'fault', codes: [] });
    const open = hear(alerted, fault);
    expect(told(open, 5)).toEqual(['red device']);
    expect(alertsNow(open, at(5), [], [])[0]).toMatchObject({ alert: 'paper_out', deviceId: 'k1' });
    const well = next('device.changed', { device_id: 'k1', health: 'ok', codes: [] });
    const cleared = next('device.cleared', { device_id: 'k1', alert: 'paper_out', since: at(0) });
    expect(told([well, cleared].reduce(apply, open), 6)).toEqual([]);
  });

  test('of devices that are no longer stated nobody is told', () => {
    const { next } = day();
    expect(told(hear(next('device.alerted', { device_id: 'x', alert: 'offline' })), 5)).toEqual([]);
  });

  test('many equal ones are one line that knows them all', () => {
    const { next } = day();
    const lost = (device_id: string) => next('device.alerted', { device_id, alert: 'offline' });
    const two = hear(lost('bar-1'), lost('k1'), lost('bar-2'));
    expect(told(two, 5)).toEqual(['red device', 'red device', 'red device']);
    const three = apply(two, lost('bar-3'));
    expect(told(three, 5)).toEqual(['red devices', 'red device']);
    const [group] = alertsNow(three, at(5), [], []);
    expect(group).toMatchObject({ n: 3, alert: 'offline', sort: 'bar' });
    expect(group!.devices!.map(({ deviceId }) => deviceId)).toEqual(['bar-1', 'bar-2', 'bar-3']);
  });
});

test('figures of queues and windows, and the course of the day', () => {
  const { next, take, happen } = day();
  const state = after(
    open(next),
    take(1),
    take(2),
    take(3, 'land'),
    happen('ticket.called', 1, { ...li, call_count: 1 }),
    happen('ticket.started', 1, li),
    happen('ticket.finished', 1, { note: '' }),
  );
  expect(hallNow(state, at(10))).toEqual({
    waiting: 2,
    longestMs: 7 * MINUTE,
    serving: 0,
    open: 1,
    paused: 0,
  });
  const [worst, next_] = queuesNow(state, at(10));
  expect([worst?.queue.id, worst?.windowsOpen, worst?.meanMs]).toEqual(['social', 1, 7 * MINUTE]);
  expect([next_?.queue.id, next_?.windowsOpen]).toEqual(['land', 0]);
  // Free again since number 1 was finished, at minute 7.
  expect(windowsNow(state, at(10))[0]).toMatchObject({ doing: 'free', since: at(7), waiting: 1 });
  expect(courseOfDay(state, 15)).toEqual([{ from: NINE, taken: 3, waitMs: 3 * MINUTE }]);
});

describe('alerts of cameras and of the programs behind them', () => {
  const facts = { ...snapshot().facts, devices: [] };
  const hear = (...events: HallEvent[]) => events.reduce(apply, begin(snapshot({ facts })));

  test('they stand in no facts, and many of a kind are one line', () => {
    const { next } = day();
    const lost = (device_id: string) =>
      next('device.alerted', { device_id, alert: 'camera_offline' });
    const two = hear(lost('window-1'), lost('window-2'));
    expect(told(two, 5)).toEqual(['red device', 'red device']);
    const [many] = alertsNow(apply(two, lost('window-3')), at(5), [], []);
    expect(many).toMatchObject({ kind: 'devices', sort: 'camera', n: 3 });
    const dim = next('device.alerted', { device_id: 'monitor-1', alert: 'disk_short' });
    expect(told(hear(dim), 5)).toEqual(['amber device']);
  });

  test('an analyser that does not run is told once, though its station is lost too', () => {
    const { next } = day();
    const station = { station_id: 'analyser-1', role: 'monitor', version: '', since: at(1) };
    const silent = [{ ...station, enrolled: true, revoked: false, online: false }];
    expect(told(hear(), 5, silent)).toEqual(['red station']);
    const alerted = next('device.alerted', { device_id: 'analyser-1', alert: 'analyser_stopped' });
    expect(told(hear(alerted), 5, silent)).toEqual(['red device']);
  });
});
