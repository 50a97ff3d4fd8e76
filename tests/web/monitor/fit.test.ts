import { describe, expect, it } from 'vitest';
import { fit, GAP } from '../../../monitor/web/fit';

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
