// Which window a screen belongs to: by its address, or by the display the hall's facts name. Pure.
import type { DisplayFact, HallFacts, WindowFact } from '@shared/contract';

export interface Place {
  readonly window: WindowFact | undefined;
  /** The display that reports what was shown; undefined where the facts name none. */
  readonly display: DisplayFact | undefined;
}

/** `?window=` takes an id or a number as it stands over the window; `?display=` a display's id. */
export function placeOf(facts: HallFacts, search: string): Place {
  const asked = new URLSearchParams(search);
  const screens = facts.displays.filter((display) => display.kind === 'window');
  const named = screens.find((screen) => screen.id === asked.get('display'));
  const window = windowOf(facts.windows, asked.get('window') ?? named?.window ?? '');
  const display = named ?? screens.find((screen) => window && screen.window === window.id);
  return { window, display };
}

function windowOf(windows: readonly WindowFact[], wanted: string): WindowFact | undefined {
  const number = Number(/^\D*(\d+)$/.exec(wanted)?.[1] ?? 0);
  return (
    windows.find((window) => window.id === wanted) ??
    windows.find((window) => window.number === number)
  );
}
