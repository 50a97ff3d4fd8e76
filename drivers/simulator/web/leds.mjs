/** A window bar as a matrix of lamps: text is drawn small, and each of its dots becomes a lamp. */

const PANEL_WIDTH = 192;
const PANEL_HEIGHT = 16;
const CELL = 16;
const SCROLL_DOTS_PER_SECOND = 40;
const LIT = { red: '#ff3b2f', green: '#36f06b', yellow: '#ffc531' };
const DARK = '#1d0f0e';
const CHINESE =
  '"WenQuanYi Bitmap Song","SimSun","Noto Sans CJK SC","Microsoft YaHei","WenQuanYi Micro Hei",sans-serif';

/** The dots of one area: rows of booleans, as wide as its text needs. */
function dotsOf(area) {
  const widthOf = (character) => (character.codePointAt(0) < 0x80 ? CELL / 2 : CELL);
  const lines = [[]];
  let used = 0;
  for (const character of area.text) {
    const wide = widthOf(character);
    if (
      !area.is_scrolling &&
      used + wide > area.width &&
      area.height >= CELL * (lines.length + 1)
    ) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1).push(character);
    used += wide;
  }
  const long = Math.max(...lines.map((line) => line.reduce((sum, c) => sum + widthOf(c), 0)), 1);
  const canvas = document.createElement('canvas');
  canvas.width = long;
  canvas.height = area.height;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.textAlign = 'center';
  pen.textBaseline = 'alphabetic';
  const top = Math.max(0, Math.floor((area.height - lines.length * CELL) / 2));
  lines.forEach((line, row) => {
    let left = 0;
    for (const character of line) {
      const wide = widthOf(character);
      pen.font = wide === CELL ? `16px ${CHINESE}` : `bold 15px "DejaVu Sans Mono",monospace`;
      pen.fillText(character, left + wide / 2, top + row * CELL + 13.5, wide);
      left += wide;
    }
  });
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
  return { long, lit: (x, y) => pixels.data[(y * canvas.width + x) * 4 + 3] > 92 };
}

/** One lamp, drawn once and stamped many times. */
function lamp(size, colour) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size * 2;
  const pen = canvas.getContext('2d');
  const middle = size;
  if (colour !== DARK) {
    const glow = pen.createRadialGradient(middle, middle, 0, middle, middle, size);
    glow.addColorStop(0, `${colour}aa`);
    glow.addColorStop(1, `${colour}00`);
    pen.fillStyle = glow;
    pen.fillRect(0, 0, size * 2, size * 2);
  }
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(middle, middle, size * 0.42, 0, Math.PI * 2);
  pen.fill();
  return canvas;
}

export class Panel {
  constructor(canvas) {
    this.canvas = canvas;
    this.areas = [];
    this.began = 0;
    this.size = 0;
    new ResizeObserver(() => this.fit()).observe(canvas);
  }

  show(areas) {
    const told = JSON.stringify(areas.map(({ seconds_left: _, ...area }) => area));
    if (told === this.told) return;
    this.told = told;
    this.areas = areas.map((area) => ({ ...area, dots: dotsOf(area) }));
    this.began = performance.now();
    this.draw();
  }

  fit() {
    const size = Math.max(
      2,
      Math.floor((this.canvas.clientWidth * devicePixelRatio) / PANEL_WIDTH),
    );
    if (size === this.size) return;
    this.size = size;
    this.canvas.width = size * PANEL_WIDTH;
    this.canvas.height = size * PANEL_HEIGHT;
    this.lamps = new Map(
      [DARK, ...Object.values(LIT)].map((colour) => [colour, lamp(size, colour)]),
    );
    this.draw();
  }

  draw() {
    if (!this.size) return;
    const pen = this.canvas.getContext('2d');
    pen.fillStyle = '#060303';
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const passed = ((performance.now() - this.began) / 1000) * SCROLL_DOTS_PER_SECOND;
    for (let y = 0; y < PANEL_HEIGHT; y += 1) {
      for (let x = 0; x < PANEL_WIDTH; x += 1) this.stamp(pen, x, y, this.colourAt(x, y, passed));
    }
    cancelAnimationFrame(this.frame);
    if (this.areas.some((area) => area.is_scrolling)) {
      this.frame = requestAnimationFrame(() => this.draw());
    }
  }

  colourAt(x, y, passed) {
    for (const area of this.areas) {
      const inside =
        x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
      if (!inside) continue;
      const { long, lit } = area.dots;
      let column = x - area.x;
      if (area.is_scrolling)
        column = ((column + Math.floor(passed)) % (long + area.width)) - area.width;
      else column -= Math.max(0, Math.floor((area.width - long) / 2));
      if (column >= 0 && column < long && lit(column, y - area.y)) return LIT[area.colour];
    }
    return DARK;
  }

  stamp(pen, x, y, colour) {
    pen.drawImage(this.lamps.get(colour), (x - 0.5) * this.size, (y - 0.5) * this.size);
  }
}
