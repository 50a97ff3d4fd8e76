import { describe, expect, it } from 'vitest';
import { fill, fit, GAP } from '../../../monitor/web/fit';

const WALL = { width: 1386, height: 505 };
const DESK = { width: 954, height: 324 };

describe('cards', () => {
  it.each([1, 2, 3, 5, 8, 11, 19, 25, 37])('%i all stand in sight on a wall', (count) => {
    const { columns, scale, roomy } = fit(count, WALL);
    const rows = Math.ceil(count / columns);
    const wide = columns * 132 * scale + (columns - 1) * GAP;
    const high = rows * (roomy ? 116 : 92) * scale + (rows - 1) * GAP;
    expect(wide).toBeLessThan(WALL.width + 0.5);
    expect(high).toBeLessThan(WALL.height + 0.5);
  });

  it('grow where they are few, so that they can be read from afar', () => {
    expect(fit(11, WALL)).toMatchObject({ columns: 6, roomy: true });
    expect(fit(11, WALL).scale).toBeGreaterThan(1.6);
  });

  it('do without a line where they are many', () => {
    expect(fit(37, WALL)).toMatchObject({ columns: 8, roomy: false });
  });

  it('are never smaller than can be read: then they are scrolled', () => {
    expect(fit(37, DESK)).toEqual({ columns: 6, scale: 1, roomy: true });
    expect(fit(3, { width: 100, height: 50 })).toEqual({ columns: 1, scale: 1, roomy: true });
  });
});

describe('pictures of cameras', () => {
  const PLACE = { width: 1308, height: 625 };

  it.each([1, 2, 3, 4, 6, 9, 12, 16, 25, 36])('%i are all in sight, whole and large', (count) => {
    const { columns, width } = fill(count, PLACE);
    const rows = Math.ceil(count / columns);
    const wide = columns * width + (columns - 1) * GAP;
    const high = (rows * width * 9) / 16 + (rows - 1) * GAP;
    expect(wide).toBeLessThanOrEqual(PLACE.width);
    expect(high).toBeLessThanOrEqual(PLACE.height);
    expect((count * width * width * 9) / 16).toBeGreaterThan(PLACE.width * PLACE.height * 0.55);
  });

  it('have no width before there is a place for them', () => {
    expect(fill(4, { width: 0, height: 0 })).toEqual({ columns: 1, width: 0 });
  });
});
