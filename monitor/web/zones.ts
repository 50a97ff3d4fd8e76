// Zones of a camera's picture as they are drawn: polygons in shares of its width and height. Pure.

export type ZoneKind = 'seat' | 'citizen' | 'counter' | 'waiting' | 'mask';
export type Point = [number, number];

export interface DrawnZone {
  kind: ZoneKind;
  /** Whose it is, where a camera shows several windows; empty: of all. */
  window: string;
  polygon: Point[];
}

export const KINDS: readonly ZoneKind[] = ['seat', 'citizen', 'counter', 'waiting', 'mask'];
export const CORNERS_LEAST = 3;
export const CORNERS_MOST = 64;
/** What an arrow key moves a corner by, and with Shift. */
export const STEP = 0.005;
export const LEAP = 0.05;
/** As the camera file has it: less is a slip of the hand, or a border that crosses itself. */
const SHARE_LEAST = 0.001;
/** A new zone's edges, and how far the next one lies beside it. */
const BEGINS = 0.3;
const WIDE = 0.22;
const BESIDE = 0.06;

const DIGITS = 1e4;
const within = (share: number): number =>
  Math.round(Math.min(1, Math.max(0, share)) * DIGITS) / DIGITS;

export const at = ([x, y]: Point): Point => [within(x), within(y)];

export function withCorner(zone: DrawnZone, place: number, to: Point): DrawnZone {
  return { ...zone, polygon: zone.polygon.map((one, n) => (n === place ? at(to) : one)) };
}

/** The whole zone moved, as far as the picture goes. */
export function moved(zone: DrawnZone, [across, down]: Point): DrawnZone {
  const xs = zone.polygon.map(([x]) => x);
  const ys = zone.polygon.map(([, y]) => y);
  const x = Math.min(1 - Math.max(...xs), Math.max(-Math.min(...xs), across));
  const y = Math.min(1 - Math.max(...ys), Math.max(-Math.min(...ys), down));
  return { ...zone, polygon: zone.polygon.map((one) => at([one[0] + x, one[1] + y])) };
}

/** The middle of the edge that begins at a corner. */
export function middle({ polygon }: DrawnZone, place: number): Point {
  const [one, next] = [polygon[place]!, polygon[(place + 1) % polygon.length]!];
  return at([(one[0] + next[0]) / 2, (one[1] + next[1]) / 2]);
}

export function withNewCorner(zone: DrawnZone, after: number): DrawnZone {
  if (zone.polygon.length >= CORNERS_MOST) return zone;
  const [before, rest] = [zone.polygon.slice(0, after + 1), zone.polygon.slice(after + 1)];
  return { ...zone, polygon: [...before, middle(zone, after), ...rest] };
}

export function withoutCorner(zone: DrawnZone, place: number): DrawnZone {
  if (zone.polygon.length <= CORNERS_LEAST) return zone;
  return { ...zone, polygon: zone.polygon.filter((_, n) => n !== place) };
}

/** A new zone, beside those that there are. */
export function fresh(kind: ZoneKind, window: string, many: number): DrawnZone {
  const left = BEGINS + (many % 5) * BESIDE;
  const [right, top, under] = [left + WIDE, left - 0.1, left + WIDE];
  const polygon: Point[] = [
    [left, top],
    [right, top],
    [right, under],
    [left, under],
  ];
  return { kind, window: hasWindow(kind) ? window : '', polygon: polygon.map(at) };
}

/** Waiting and masked places are nobody's. */
export const hasWindow = (kind: ZoneKind): boolean => kind !== 'waiting' && kind !== 'mask';

/** Too small to mean anything. */
export function isSlip({ polygon }: DrawnZone): boolean {
  const twice = polygon.reduce((sum, [x, y], n) => {
    const [across, down] = polygon[(n + 1) % polygon.length]!;
    return sum + x * down - across * y;
  }, 0);
  return Math.abs(twice) / 2 < SHARE_LEAST;
}

export const isSame = (one: readonly DrawnZone[], other: readonly DrawnZone[]): boolean =>
  JSON.stringify(one.map(told)) === JSON.stringify(other.map(told));

/** Whether references that were taken for the ones no longer fit the others: as the analyser has it. */
export function unfits(before: readonly DrawnZone[], now: readonly DrawnZone[]): boolean {
  const compared = (zones: readonly DrawnZone[]): string =>
    zones
      .filter(({ kind }) => kind !== 'counter')
      .map(({ kind, polygon }) => JSON.stringify([kind, polygon]))
      .sort()
      .join();
  return compared(before) !== compared(now);
}

const told = ({ kind, window, polygon }: DrawnZone) => [kind, window, polygon];
