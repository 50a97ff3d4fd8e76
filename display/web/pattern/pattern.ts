// What a technician looks for on an LED wall, drawn dot for dot: is the rectangle whole (a border of
// one dot, a mark of its own colour in each corner), are the colours in order, does nothing blur
// (lines and a chessboard of single dots), can the smallest Chinese be read.

/** Clockwise from the top left: turned or mirrored, the order is another one. */
export const CORNERS = ['#ff0000', '#00ff00', '#0000ff', '#ffff00'] as const;
export const BARS = [
  ...['#ffffff', '#ffff00', '#00ffff', '#00ff00'],
  ...['#ff00ff', '#ff0000', '#0000ff', '#000000'],
] as const;
const SAMPLE = '请A001号到12号窗口办理 繁體 羅盤 0OQ8B';
const SMALLEST = 12;
const SIZES = [48, 32, 24, 16, SMALLEST];
const GREYS = 16;
const EDGE = 2;

export interface Layout {
  /** Side of a corner's mark; they stand two dots inside the edge. */
  readonly corner: number;
  readonly texts: readonly [top: number, bottom: number];
  readonly bars: readonly [top: number, bottom: number];
  readonly greys: readonly [top: number, bottom: number];
  /** Between the two lower corners: lines on the left, the chessboard on the right. */
  readonly dots: readonly [top: number, bottom: number];
}

export function layoutOf(width: number, height: number): Layout {
  const corner = Math.min(32, Math.max(3, Math.floor(Math.min(width, height) / 8)));
  const bottom = height - EDGE - corner;
  const bars = Math.floor(bottom * 0.55);
  const greys = Math.floor(bottom * 0.82);
  return {
    corner,
    texts: [EDGE + corner + 1, bars - 1],
    bars: [bars, greys],
    greys: [greys, bottom - 2],
    dots: [bottom, height - EDGE],
  };
}

export function draw(
  brush: CanvasRenderingContext2D,
  width: number,
  height: number,
  font: string,
): void {
  const layout = layoutOf(width, height);
  const fill = (colour: string, x: number, y: number, w: number, h: number): void => {
    brush.fillStyle = colour;
    brush.fillRect(x, y, w, h);
  };
  fill('#ffffff', 0, 0, width, height);
  fill('#000000', 1, 1, width - 2, height - 2);
  const inner = width - 2 * EDGE;
  const slices = (colours: readonly string[], [top, bottom]: readonly [number, number]): void => {
    colours.forEach((colour, place) => {
      const left = EDGE + Math.round((place * inner) / colours.length);
      const right = EDGE + Math.round(((place + 1) * inner) / colours.length);
      fill(colour, left, top, right - left, bottom - top);
    });
  };
  slices(BARS, layout.bars);
  slices(
    Array.from({ length: GREYS }, (_, place) => grey(Math.round((place * 255) / (GREYS - 1)))),
    layout.greys,
  );
  drawCorners(fill, layout.corner, width, height);
  drawDots(fill, layout, width);
  drawTexts(brush, layout, width, height, font);
}

function grey(level: number): string {
  return `rgb(${level}, ${level}, ${level})`;
}

type Fill = (colour: string, x: number, y: number, w: number, h: number) => void;

function drawCorners(fill: Fill, size: number, width: number, height: number): void {
  const right = width - EDGE - size;
  const bottom = height - EDGE - size;
  fill(CORNERS[0], EDGE, EDGE, size, size);
  fill(CORNERS[1], right, EDGE, size, size);
  fill(CORNERS[2], right, bottom, size, size);
  fill(CORNERS[3], EDGE, bottom, size, size);
}

/** Every other column lit, then every other dot. */
function drawDots(fill: Fill, layout: Layout, width: number): void {
  const [top, bottom] = layout.dots;
  const left = EDGE + layout.corner + 2;
  const right = width - left;
  const middle = Math.floor((left + right) / 2);
  for (let x = left; x < right; x += 1) {
    if (x < middle && x % 2 === 0) fill('#ffffff', x, top, 1, bottom - top);
    if (x < middle) continue;
    for (let y = top + ((x + top) % 2); y < bottom; y += 2) fill('#ffffff', x, y, 1, 1);
  }
}

/** The size between the upper corners and no higher than they; under it the sample in many sizes. */
function drawTexts(
  brush: CanvasRenderingContext2D,
  layout: Layout,
  width: number,
  height: number,
  font: string,
): void {
  brush.fillStyle = '#ffffff';
  brush.textBaseline = 'top';
  brush.textAlign = 'center';
  const size = `${width}×${height}`;
  const room = width - 2 * (EDGE + layout.corner + 2);
  const [first, bottom] = layout.texts;
  let top = EDGE;
  for (const dots of SIZES) {
    brush.font = `${dots}px ${font}`;
    if (dots > Math.max(layout.corner, SMALLEST) || brush.measureText(size).width > room) continue;
    brush.fillText(size, width / 2, top);
    top = Math.max(first, top + dots + 2);
    break;
  }
  brush.textAlign = 'left';
  for (const dots of [...SIZES].reverse()) {
    brush.font = `${dots}px ${font}`;
    if (top + dots > bottom) break;
    brush.fillText(SAMPLE, EDGE + 2, top);
    top += dots + 2;
  }
  // What is too long for the wall must not run over its border.
  brush.fillRect(width - 1, 0, 1, height);
}
