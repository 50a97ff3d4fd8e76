// The rectangle a wall is drawn on. A television is filled by scaling; the sender of an LED wall takes
// its pixels one to one from a place of the screen, so there nothing may be scaled.
import { shiftAt } from '../floor/shift';

export type Form = 'tv' | 'portrait' | 'strip' | 'small';

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Whether the rectangle is scaled to fill the screen it is on. */
  readonly fits: boolean;
  /** Where on the screen it begins when it is not. */
  readonly corner: readonly [left: number, top: number];
  readonly form: Form;
  /** Pixels of one hundredth of the form's own height: every size on the wall is so many of these. */
  readonly unit: number;
}

const LEAST = 96;
const MOST = 7680;
/** The proportions each form was drawn for: unit 1 % of this height at this width. */
const DRAWN_FOR: Record<Form, readonly [number, number]> = {
  tv: [1920, 1080],
  portrait: [1080, 1920],
  strip: [1280, 320],
  small: [512, 256],
};

export function formOf(width: number, height: number): Form {
  if (height > width) return 'portrait';
  if (width / height > 2.6) return 'strip';
  return height < 400 ? 'small' : 'tv';
}

export function canvasOf(
  width: number,
  height: number,
  fits: boolean,
  corner: Canvas['corner'] = [0, 0],
): Canvas {
  const w = clamped(width || 1920);
  const h = clamped(height || 1080);
  const form = formOf(w, h);
  const [drawnWidth, drawnHeight] = DRAWN_FOR[form];
  return {
    width: w,
    height: h,
    fits,
    corner,
    form,
    unit: Math.min(h, (w * drawnHeight) / drawnWidth) / 100,
  };
}

function clamped(size: number): number {
  return Math.min(MOST, Math.max(LEAST, Math.round(size)));
}

/** `transform` that brings the rectangle onto the screen, moved a little each minute. */
export function placed(canvas: Canvas, screenWidth: number, screenHeight: number, minute: number) {
  if (!canvas.fits) {
    const [left, top] = canvas.corner;
    return left || top ? `translate(${left}px, ${top}px)` : 'none';
  }
  const scale = Math.min(screenWidth / canvas.width, screenHeight / canvas.height);
  const left = (screenWidth - canvas.width * scale) / 2;
  const top = (screenHeight - canvas.height * scale) / 2;
  const [dx, dy] = shiftAt(minute);
  return `translate(${left + dx}px, ${top + dy}px) scale(${scale})`;
}
