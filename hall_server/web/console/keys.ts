// The keyboard of the console: which key does what, shown on the buttons and bound here once.
import { onBeforeUnmount, onMounted } from 'vue';
import type { KeypadAct } from './keypad';

export const KEYS = {
  help: 'F1',
  next: 'F2',
  recall: 'F3',
  transfer: 'F4',
  refresh: 'F5',
  hold: 'F6',
  start: 'F7',
  finish: 'F8',
  pause: 'F9',
  miss: 'F10',
  search: '/',
} as const;

export type KeyAct = keyof typeof KEYS;

const ACTS = new Map(Object.entries(KEYS).map(([act, key]) => [key as string, act as KeyAct]));

/**
 * Function keys work wherever the focus is; `/` and the numeric keypad only outside fields. All of
 * them are ours, also while nothing may be done: F5 must never reload the page under a clerk's
 * hands. `keypad` tells what a key of the numeric keypad does at this window.
 */
export function useKeys(
  press: (act: KeypadAct) => void,
  keypad: (code: string) => KeypadAct | undefined,
): void {
  const heard = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const isBusy = document.querySelector('dialog[open]') !== null;
    const padded = isBusy || isField(event.target) ? undefined : keypad(event.code);
    const act = padded ?? ACTS.get(event.key);
    if (!act || (act === 'search' && isField(event.target))) return;
    event.preventDefault();
    // A key held down presses once; an open dialog keeps the acts behind it still.
    if (!event.repeat && !isBusy) press(act);
  };
  onMounted(() => window.addEventListener('keydown', heard));
  onBeforeUnmount(() => window.removeEventListener('keydown', heard));
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select');
}
