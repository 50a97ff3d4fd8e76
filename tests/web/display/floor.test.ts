// What the floor's screens read out of the hall's state and their own address.
import { describe, expect, it } from 'vitest';
import type { DisplayFact, LegView, OpeningFact } from '@shared/contract';
import { callsOf, waitingOf } from '../../../display/web/floor/calls';
import { hallTime } from '../../../display/web/floor/clock';
import { hoursOf, openingLines } from '../../../display/web/floor/opening';
import { canvasOf, formOf, placed } from '../../../display/web/wall/canvas';
import { canvasFor, readOptions, wallOf } from '../../../display/web/wall/options';
import { placeOf } from '../../../display/web/floor/window_of';
import { facts, NINE } from '../shared/fixtures';

function hall() {
  const plain = facts();
  return {
    ...plain,
    items: [],
    queues: [
      { ...plain.queues[0]!, zone: 'east' },
      { ...plain.queues[1]!, zone: 'west' },
      { ...plain.queues[2]!, zone: '' },
    ],
    windows: [
      { ...plain.windows[0]!, zone: 'east' },
      { ...plain.windows[1]!, zone: 'west' },
    ],
    displays: [
      { id: 'wall-1', kind: 'wall', zones: [], width: 1920, height: 1080 },
      { id: 'led-1', kind: 'wall', zones: ['west'], width: 512, height: 256 },
      { id: 'screen-2', kind: 'window', window: 'w2', zones: [] },
    ] as unknown as DisplayFact[],
  };
}

function leg(id: number, more: Partial<LegView>): LegView {
  return { leg_id: id, ticket_id: id, label: `A00${id}`, item_id: '', ...more } as LegView;
}

describe('calls', () => {
  const called = (id: number, window: string, queue: string, seq: number) =>
    leg(id, { state: 'called', window_id: window, queue_id: queue, called_seq: seq });

  it('stand newest first, each ticket once', () => {
    const legs = [called(1, 'w1', 'social', 5), called(2, 'w2', 'land', 9)];
    const sentOn = { ...called(3, 'w2', 'land', 12), ticket_id: 1 };
    expect(callsOf(hall(), [...legs, sentOn], []).map(({ key }) => key)).toEqual(['3-12', '2-9']);
  });

  it('belong to the zone of their window, and to where their citizens wait', () => {
    const legs = [called(1, 'w1', 'social', 5), called(2, 'w2', 'land', 9)];
    const waitsWest = called(3, 'w1', 'tax', 11);
    const shown = (zone: string) =>
      callsOf(hall(), [...legs, waitsWest], [zone]).map(({ legId }) => legId);
    expect(shown('west')).toEqual([3, 2]);
    expect(shown('east')).toEqual([3, 1]);
  });

  it('are no calls before somebody has called', () => {
    expect(
      callsOf(hall(), [leg(1, { state: 'waiting', window_id: '', called_seq: 0 })], []),
    ).toEqual([]);
  });
});

it('counts who waits, for the queues of a zone or served there', () => {
  const waits = (id: number, queue: string) => leg(id, { state: 'waiting', queue_id: queue });
  const legs = [waits(1, 'social'), waits(2, 'tax'), waits(3, 'tax'), leg(4, { state: 'served' })];
  expect(waitingOf(hall(), legs, []).map(({ waiting }) => waiting)).toEqual([1, 2, 0]);
  expect(waitingOf(hall(), legs, ['west']).map(({ queueId }) => queueId)).toEqual(['tax', 'land']);
});

describe('opening hours in words', () => {
  const week = (weekdays: number[], start: string, end: string) => ({ weekdays, start, end });
  const opening = (...spans: ReturnType<typeof week>[]) =>
    ({ id: 'hall', spans, always_open: false }) as unknown as OpeningFact;

  it('join days that share their hours', () => {
    const hours = opening(
      week([1, 2, 3, 4, 5], '13:30', '17:30'),
      week([1, 2, 3, 4, 5], '09:00', '12:00'),
      week([6], '09:00', '12:00'),
    );
    expect(openingLines(hours)).toEqual([
      { days: '周一至周五', hours: ['9:00–12:00', '13:30–17:30'] },
      { days: '周六', hours: ['9:00–12:00'] },
    ]);
  });

  it('name broken rows of days one by one', () => {
    expect(openingLines(opening(week([1, 3], '08:00', '12:00')))[0]?.days).toBe('周一、周三');
    const always = opening(week([1, 2, 3, 4, 5, 6, 7], '08:00', '20:00'));
    expect(openingLines(always)[0]?.days).toBe('每天');
  });

  it('say nothing where the hall is always open', () => {
    expect(openingLines({ ...opening(week([1], '08:00', '12:00')), always_open: true })).toEqual(
      [],
    );
    expect(hoursOf([], 1)).toEqual([]);
  });
});

it('tells the time of the hall, whatever zone the PC believes in', () => {
  expect(hallTime(NINE, 480)).toMatchObject({ time: '09:00', date: '11月23日', weekday: '星期一' });
  expect(hallTime(NINE, 0).time).toBe('01:00');
});

describe('the rectangle of a wall', () => {
  it.each([
    [1920, 1080, 'tv'],
    [3840, 2160, 'tv'],
    [1280, 720, 'tv'],
    [1080, 1920, 'portrait'],
    [1280, 320, 'strip'],
    [3840, 1080, 'strip'],
    [512, 256, 'small'],
    [384, 192, 'small'],
  ])('%i×%i is drawn as %s', (width, height, form) => {
    expect(formOf(width, height)).toBe(form);
  });

  it('keeps within bounds whatever the address says', () => {
    expect(canvasOf(1, 99_999, true)).toMatchObject({ width: 96, height: 7680 });
    expect(canvasOf(0, 0, true)).toMatchObject({ width: 1920, height: 1080, unit: 10.8 });
  });

  it('fills a television and leaves the pixels of an LED wall alone', () => {
    expect(placed(canvasOf(1920, 1080, true), 1280, 720, 0)).toMatch(/scale\(0\.66/);
    expect(placed(canvasOf(512, 256, false), 1920, 1080, 3)).toBe('none');
  });

  it('stands where the address puts it, and is not scaled there', () => {
    const asked = readOptions('?w=512&h=256&x=40&y=8');
    expect(asked).toMatchObject({ left: 40, top: 8, isFixed: true });
    const canvas = canvasFor(asked, undefined);
    expect(placed(canvas, 1920, 1080, 3)).toBe('translate(40px, 8px)');
    const large = canvasFor(readOptions('?w=1920&h=1080&x=0'), undefined);
    expect(placed(large, 1280, 720, 3)).toBe('none');
    expect(readOptions('?x=-4&y=12345')).toMatchObject({ left: 0, top: 0 });
  });

  it('comes from the address, else from the facts of its display', () => {
    const asked = readOptions('?w=1280&h=320&zones=a,b&voice=1');
    expect(asked).toMatchObject({ width: 1280, height: 320, zones: ['a', 'b'], voice: '1' });
    expect(canvasFor(asked, undefined)).toMatchObject({ form: 'strip', fits: false });
    const named = readOptions('?display=led-1');
    expect(canvasFor(named, wallOf(hall(), named))).toMatchObject({ width: 512, fits: false });
    const first = readOptions('');
    expect(canvasFor(first, wallOf(hall(), first))).toMatchObject({ width: 1920, fits: true });
    expect(canvasFor(first, wallOf(hall(), first), [768, 1366]).form).toBe('portrait');
    expect(canvasFor(first, wallOf(hall(), first), [3840, 1080]).form).toBe('strip');
    expect(canvasFor(first, wallOf(hall(), first), [1280, 720])).toMatchObject({ height: 1080 });
    expect(readOptions('?w=9e9&h=-3&fit=0')).toMatchObject({ width: 0, height: 0, fits: false });
  });
});

it.each([
  ['?window=w2', 'w2', 'screen-2'],
  ['?window=2', 'w2', 'screen-2'],
  ['?window=window-2', 'w2', 'screen-2'],
  ['?display=screen-2', 'w2', 'screen-2'],
  ['?window=1', 'w1', undefined],
  ['?window=9', undefined, undefined],
  ['', undefined, undefined],
])('a window screen at %s belongs to window %s', (search, window, display) => {
  const place = placeOf(hall(), search);
  expect([place.window?.id, place.display?.id]).toEqual([window, display]);
});
