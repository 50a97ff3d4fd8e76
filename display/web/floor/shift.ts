// A walk of eight steps round the middle, one a minute, so that no pixel glows for the same edge all
// year.
const PATH = [
  [0, 0],
  [2, 0],
  [3, 1],
  [3, 3],
  [1, 3],
  [-1, 2],
  [-2, 1],
  [-2, -1],
] as const;

export function shiftAt(minute: number): readonly [number, number] {
  return PATH[((minute % PATH.length) + PATH.length) % PATH.length] ?? PATH[0];
}
