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
export const ZONES_MOST = 64;
/** What an arrow key moves a corner by, and with Shift. */
export const STEP = 0.005;
export const LEAP = 0.05;
/** As the camera file has it: less is a slip of the hand. */
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

export type Slip = 'small' | 'crossed';

/** What is wrong with a zone, as `monitor/cameras/polygon.py` has it: such a file is refused. */
export function slipOf({ polygon }: DrawnZone): Slip | undefined {
  if (crossesItself(polygon)) return 'crossed';
  const twice = edgesOf(polygon).reduce((sum, [[x, y], [across, down]]) => {
    return sum + x * down - across * y;
  }, 0);
  return Math.abs(twice) / 2 < SHARE_LEAST ? 'small' : undefined;
}

type Edge = [Point, Point];

const edgesOf = (polygon: readonly Point[]): Edge[] =>
  polygon.map((one, n) => [one, polygon[(n + 1) % polygon.length]!]);

/** Whether the border meets itself: what lies inside twice would be filled by nobody. */
function crossesItself(polygon: readonly Point[]): boolean {
  const edges = edgesOf(polygon).filter(([one, other]) => String(one) !== String(other));
  return edges.some(
    (edge, n) =>
      turnsBack(edge, edges[(n + 1) % edges.length]!) ||
      edges.slice(n + 2, n ? undefined : -1).some((other) => meet(edge, other)),
  );
}

/** Whether the second edge lies on the first, which ends where it begins. */
function turnsBack([begins, corner]: Edge, [, ends]: Edge): boolean {
  const ahead =
    (corner[0] - begins[0]) * (ends[0] - corner[0]) +
    (corner[1] - begins[1]) * (ends[1] - corner[1]);
  return side([begins, corner], ends) === 0 && ahead < 0;
}

const meet = (one: Edge, other: Edge): boolean =>
  side(one, other[0]) * side(one, other[1]) <= 0 &&
  side(other, one[0]) * side(other, one[1]) <= 0 &&
  overlap(one, other, 0) &&
  overlap(one, other, 1);

/** On which side of a line a point lies: 1, -1, or 0 on it. */
const side = ([[x, y], [across, down]]: Edge, point: Point): number =>
  Math.sign((across - x) * (point[1] - y) - (down - y) * (point[0] - x));

/** Edges on one line meet only where they lie beside each other on both axes. */
function overlap(one: Edge, other: Edge, axis: 0 | 1): boolean {
  const [a, b, c, d] = [...one, ...other].map((point) => point[axis]) as [
    number,
    number,
    number,
    number,
  ];
  return Math.min(a, b) <= Math.max(c, d) && Math.max(a, b) >= Math.min(c, d);
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
