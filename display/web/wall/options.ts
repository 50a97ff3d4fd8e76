// What the address of a wall says: `?display=wall-1`, or `?w=512&h=256&zones=a,b`, `fit=0` or
// the corner `x=0&y=0` for the sender of an LED wall, `voice=` for the page that speaks.
import type { DisplayFact, HallFacts } from '@shared/contract';
import { readPlace, type Place } from '../floor/place';
import { canvasOf, type Canvas } from './canvas';

export interface WallOptions extends Place {
  readonly display: string;
  readonly fits: boolean | null;
  readonly zones: readonly string[] | null;
  /** Zone or loudspeaker this page speaks for; empty: it is silent. */
  readonly voice: string;
}

export function readOptions(search: string): WallOptions {
  const asked = new URLSearchParams(search);
  const fit = asked.get('fit');
  return {
    ...readPlace(search),
    display: asked.get('display') ?? '',
    fits: fit === null ? null : fit !== '0',
    zones: asked.get('zones')?.split(',').filter(Boolean) ?? null,
    voice: asked.get('voice') ?? '',
  };
}

/** The wall this page is: the one it names, else the first, else none that the hall knows. */
export function wallOf(facts: HallFacts, options: WallOptions): DisplayFact | undefined {
  const walls = facts.displays.filter((display) => display.kind === 'wall');
  if (options.display) return walls.find((wall) => wall.id === options.display);
  return walls[0];
}

/** The address first, then the hall's facts, then a television. LED rectangles are not scaled. */
export function canvasFor(options: WallOptions, wall: DisplayFact | undefined): Canvas {
  const asked = options.width > 0 && options.height > 0;
  const width = asked ? options.width : (wall?.width ?? 0);
  const height = asked ? options.height : (wall?.height ?? 0);
  const led = height > 0 && height < 540;
  const fits = options.fits ?? !(led || options.isFixed);
  return canvasOf(width, height, fits, [options.left, options.top]);
}
