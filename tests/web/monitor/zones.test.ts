import { describe, expect, it } from 'vitest';
import { useDrawing } from '../../../monitor/web/drawing';
import {
  CORNERS_MOST,
  fresh,
  moved,
  slipOf,
  unfits,
  withCorner,
  withNewCorner,
  withoutCorner,
  type DrawnZone,
  type Point,
} from '../../../monitor/web/zones';

const SEAT = fresh('seat', 'window-1', 0);
const MASK = fresh('mask', 'window-1', 1);

const SQUARE: Point[] = [
  [0.1, 0.1],
  [0.5, 0.1],
  [0.5, 0.5],
  [0.1, 0.5],
];
/** A star in one stroke: filled even-odd, its middle would stay bare. */
const STAR: Point[] = [0, 2, 4, 1, 3].map((n) => {
  const turn = (2 * Math.PI * n) / 5;
  return [0.5 + 0.4 * Math.sin(turn), 0.5 - 0.4 * Math.cos(turn)];
});
/** The cases of `tests/monitor/test_camera.py`. */
const POLYGONS: [string, Point[], 'small' | 'crossed' | undefined][] = [
  ['a square', SQUARE, undefined],
  ['closed by its first corner', [...SQUARE, SQUARE[0]!], undefined],
  ['a corner amid an edge', [[0.1, 0.1], [0.3, 0.1], ...SQUARE.slice(1)], undefined],
  ['a corner pushed in', [...SQUARE.slice(0, 3), [0.3, 0.4], SQUARE[3]!], undefined],
  ['a speck', [[0.1, 0.1], [0.11, 0.1], [0.11, 0.11]], 'small'], // prettier-ignore
  ['a star', STAR, 'crossed'],
  ['crossed, with much area left', [[0, 0], [0.9, 0], [0.1, 0.9], [0.5, 0.9], [0, 0.1]], 'crossed'], // prettier-ignore
  ['twice round', [...SQUARE, ...SQUARE], 'crossed'],
  ['a loop from a corner', [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.1], [0.6, 0.2], [0.8, 0.7]], 'crossed'], // prettier-ignore
  ['a spike', [[0.1, 0.1], [0.9, 0.1], [0.5, 0.1], [0.5, 0.5]], 'crossed'], // prettier-ignore
  ['without breadth', [[0.1, 0.1], [0.9, 0.1], [0.5, 0.1]], 'crossed'], // prettier-ignore
];

describe('a zone', () => {
  it('stays within the picture, by its corners and as a whole', () => {
    expect(withCorner(SEAT, 0, [-3, 1.5]).polygon[0]).toEqual([0, 1]);
    const far = moved(SEAT, [9, -9]);
    expect(Math.max(...far.polygon.map(([x]) => x))).toBe(1);
    expect(Math.min(...far.polygon.map(([, y]) => y))).toBe(0);
    const size = ({ polygon: [a, , c] }: DrawnZone) => [c![0] - a![0], c![1] - a![1]];
    size(far).forEach((side, n) => expect(side).toBeCloseTo(size(SEAT)[n]!));
  });

  it('has from three corners to as many as the file may state', () => {
    let zone = SEAT;
    for (let n = 0; n < 2 * CORNERS_MOST; n += 1) zone = withNewCorner(zone, n % 3);
    expect(zone.polygon).toHaveLength(CORNERS_MOST);
    for (let n = 0; n < 2 * CORNERS_MOST; n += 1) zone = withoutCorner(zone, 0);
    expect(zone.polygon).toHaveLength(3);
    expect(withNewCorner(SEAT, 3).polygon[4]).toEqual([0.3, 0.36]);
  });

  it('of no window is nobody’s', () => {
    expect([SEAT.window, MASK.window]).toEqual(['window-1', '']);
  });

  it.each(POLYGONS)('is no slip, or one that is named: %s', (_, polygon, slip) => {
    expect(slipOf({ ...MASK, polygon })).toBe(slip);
    expect(slipOf({ ...MASK, polygon: [...polygon].reverse() })).toBe(slip);
    expect(slipOf({ ...MASK, polygon: [...polygon.slice(1), polygon[0]!] })).toBe(slip);
  });

  it('fits its reference while nothing but the counter, its window or the order changes', () => {
    const counter = fresh('counter', '', 2);
    expect(unfits([SEAT, MASK, counter], [MASK, { ...SEAT, window: '' }])).toBe(false);
    expect(unfits([SEAT, MASK], [SEAT, withCorner(MASK, 0, [0, 0])])).toBe(true);
    expect(unfits([SEAT], [])).toBe(true);
  });
});

describe('drawing', () => {
  it('goes back step by step to where it began, and a drag is one step', () => {
    const drawing = useDrawing(() => [SEAT]);
    drawing.add('mask', '');
    drawing.mark();
    for (const x of [0.1, 0.2, 0.3]) drawing.moveCorner(1, 0, [x, 0]);
    drawing.drop(0);
    expect(drawing.isChanged.value).toBe(true);
    drawing.undo();
    expect(drawing.zones.value[1]!.polygon[0]).toEqual([0.3, 0]);
    drawing.undo();
    expect(drawing.zones.value[1]).toEqual(fresh('mask', '', 1));
    drawing.undo();
    expect(drawing.isChanged.value).toBe(false);
    expect(drawing.canUndo.value).toBe(false);
  });
});
