// How many cards stand side by side, so that all are in sight and as large as their place allows. Pure.

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Fit {
  readonly columns: number;
  /** How much larger than the least card each may be; 1 where they must be scrolled. */
  readonly scale: number;
  /** Whether a card has room for all of its lines; if not, it does without the clerk's name. */
  readonly roomy: boolean;
}

export const GAP = 8;
const ROOMY: Size = { width: 132, height: 116 };
const DENSE: Size = { width: 132, height: 92 };
const SCALE_MOST = 1.9;
/** Between arrangements as good as this the one with fewer empty places is taken. */
const AS_GOOD = 0.97;

export function fit(count: number, place: Size): Fit {
  for (const least of [ROOMY, DENSE]) {
    const { columns, scale } = largest(count, place, least);
    if (scale >= 1) return { columns, scale, roomy: least === ROOMY };
  }
  const columns = Math.floor((place.width + GAP) / (ROOMY.width + GAP));
  return { columns: Math.max(1, columns), scale: 1, roomy: true };
}

/** How many pictures of 16:9 stand side by side so that all are in sight and none is cut, and how wide. */
export function fill(count: number, place: Size) {
  let best = { columns: 1, width: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const wide = (place.width - GAP * (columns - 1)) / columns;
    const high = (place.height - GAP * (rows - 1)) / rows;
    const width = Math.floor(Math.max(0, Math.min(wide, (high * 16) / 9)));
    if (width > best.width) best = { columns, width };
  }
  return best;
}

function largest(count: number, place: Size, least: Size) {
  let best = { columns: 0, scale: 0, empty: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const width = (place.width - GAP * (columns - 1)) / columns;
    const height = (place.height - GAP * (rows - 1)) / rows;
    const scale = Math.min(width / least.width, height / least.height, SCALE_MOST);
    const empty = rows * columns - count;
    const isBetter =
      scale * AS_GOOD > best.scale || (scale > best.scale * AS_GOOD && empty < best.empty);
    if (isBetter) best = { columns, scale, empty };
  }
  return best;
}
