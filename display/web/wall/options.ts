// What the address of a wall says: `?display=wall-1`, or `?w=512&h=256&zones=a,b`, `fit=0` or
// the corner `x=0&y=0` for the sender of an LED wall, `voice=` for the page that speaks.
import type { DisplayFact, HallFacts } from '@shared/contract';
import { readPlace, type Place } from '../floor/place';
import { canvasOf, type Canvas } from './canvas';

export type Size = readonly [width: number, height: number];

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

/** The proportions of a screen at the height of a television; few pixels do not make it an LED. */
function shaped([width, height]: Size): Size {
  const scale = Math.max(PLAIN[1] / Math.min(width, height), 1);
  return [Math.round(width * scale), Math.round(height * scale)];
}

/** The wall this page is: the one it names, else the first, else none that the hall knows. */
export function wallOf(facts: HallFacts, options: WallOptions): DisplayFact | undefined {
  const walls = facts.displays.filter((display) => display.kind === 'wall');
  if (options.display) return walls.find((wall) => wall.id === options.display);
  return walls[0];
}

/** What the facts say of a wall that nobody has described. */
const PLAIN: Size = [1920, 1080];

/**
 * The address first, then the hall's facts. A plain television takes the shape of the screen it is
 * on: hung upright, or several in a row. LED rectangles are not scaled.
 */
export function canvasFor(
  options: WallOptions,
  wall: DisplayFact | undefined,
  screen: Size = PLAIN,
): Canvas {
  const asked = options.width > 0 && options.height > 0;
  const told: Size = wall ? [wall.width, wall.height] : PLAIN;
  const isPlain = !options.isFixed && told[0] === PLAIN[0] && told[1] === PLAIN[1];
  const [width, height] = asked ? [options.width, options.height] : isPlain ? shaped(screen) : told;
  const led = height > 0 && height < 540;
  const fits = options.fits ?? !(led || options.isFixed);
  return canvasOf(width, height, fits, [options.left, options.top]);
}
