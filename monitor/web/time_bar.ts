// Where moments stand on a bar, and how it is zoomed. Pure.

export interface View {
  from: number;
  to: number;
}

const LEAST_MS = 20_000;
const TICKS_MOST = 9;
const STEPS_S = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200];

/** In percent of the bar; beyond its ends where it is out of sight. */
export function placeOf(view: View, at: number): number {
  return ((at - view.from) / (view.to - view.from)) * 100;
}

export function momentAt(view: View, share: number): number {
  return view.from + Math.min(1, Math.max(0, share)) * (view.to - view.from);
}

/** Larger (`factor` < 1) or smaller, a moment staying where it is; never more than the whole. */
export function zoomed(view: View, whole: View, factor: number, around: number): View {
  const least = Math.min(LEAST_MS, whole.to - whole.from);
  const wide = Math.min(whole.to - whole.from, Math.max(least, (view.to - view.from) * factor));
  const share = (around - view.from) / (view.to - view.from);
  return inside({ from: around - share * wide, to: around + (1 - share) * wide }, whole);
}

/** The same width, moved so that a moment is in sight. */
export function following(view: View, whole: View, at: number): View {
  if (at >= view.from && at <= view.to) return view;
  const half = (view.to - view.from) / 2;
  return inside({ from: at - half, to: at + half }, whole);
}

function inside(view: View, whole: View): View {
  const later = Math.max(0, whole.from - view.from) - Math.max(0, view.to - whole.to);
  return { from: view.from + later, to: view.to + later };
}

export interface Tick {
  at: number;
  /** Whether seconds are to be told. */
  toTheSecond: boolean;
}

/** Round times of the hall's clock, a few of them. */
export function ticksOf(view: View, offsetMinutes: number): Tick[] {
  const wide = view.to - view.from;
  const stepS = STEPS_S.find((one) => wide / (one * 1000) <= TICKS_MOST) ?? 14_400;
  const step = stepS * 1000;
  const offset = offsetMinutes * 60_000;
  const ticks: Tick[] = [];
  let at = Math.ceil((view.from + offset) / step) * step - offset;
  for (; at <= view.to; at += step) ticks.push({ at, toTheSecond: stepS < 60 });
  return ticks;
}
