// Where on the screen an LED wall's sender takes its pixels, as the address says: `?x=&y=&w=&h=`.

export interface Place {
  readonly left: number;
  readonly top: number;
  /** 0 where the address does not say. */
  readonly width: number;
  readonly height: number;
  /** Whether a corner is named: then nothing may be moved or scaled. */
  readonly isFixed: boolean;
}

export function readPlace(search: string): Place {
  const asked = new URLSearchParams(search);
  return {
    left: whole(asked.get('x')),
    top: whole(asked.get('y')),
    width: whole(asked.get('w')),
    height: whole(asked.get('h')),
    isFixed: asked.has('x') || asked.has('y'),
  };
}

function whole(text: string | null): number {
  return text && /^\d{1,4}$/.test(text) ? Number(text) : 0;
}
