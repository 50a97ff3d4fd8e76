// The test pattern's rectangles: in order and inside, at every size of wall.
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../display/web/pattern/pattern';

describe('the test pattern', () => {
  it.each([
    [96, 48],
    [128, 64],
    [192, 96],
    [512, 256],
    [1280, 320],
    [1920, 1080],
    [320, 1280],
  ])('of %i×%i has room for everything, one above the other', (width, height) => {
    const { corner, texts, bars, greys, dots } = layoutOf(width, height);
    const edges = [2, 2 + corner, ...texts, ...bars, ...greys, ...dots];
    expect([...edges].sort((a, b) => a - b)).toEqual(edges);
    expect(dots[1]).toBe(height - 2);
    expect(corner).toBeGreaterThanOrEqual(3);
    expect(greys[1] - greys[0]).toBeGreaterThan(1);
  });
});
