// A USB numeric keypad in a clerk's hand: which key does what at this window. The administrator may
// state other keys for a window; then those count and no others. Pure.
import type { KeypadKey, PadKey, WindowFact } from '@shared/contract';
import type { KeyAct } from './keys';
import type { ConsoleKey } from './words/zh';

export type KeypadAct = KeyAct | 'resume';

const USUAL: readonly KeypadKey[] = [
  { key: '+', means: 'call_next' },
  { key: '*', means: 'recall' },
  { key: 'Enter', means: 'start' },
  { key: '.', means: 'finish' },
  { key: '-', means: 'miss' },
  { key: '/', means: 'pause' },
];
const ACTS: Record<PadKey, KeypadAct> = {
  call_next: 'next',
  recall: 'recall',
  start: 'start',
  finish: 'finish',
  miss: 'miss',
  pause: 'pause',
  resume: 'resume',
};
const TEXTS: Record<PadKey, ConsoleKey> = {
  call_next: 'act.next',
  recall: 'act.recall',
  start: 'act.start',
  finish: 'act.finish',
  miss: 'act.miss',
  pause: 'help.pause',
  resume: 'act.resume',
};
const CODES: Record<string, string> = {
  '+': 'NumpadAdd',
  '-': 'NumpadSubtract',
  '*': 'NumpadMultiply',
  '/': 'NumpadDivide',
  '.': 'NumpadDecimal',
  Enter: 'NumpadEnter',
};

function keysOf(window: WindowFact | null): readonly KeypadKey[] {
  return window?.keypad.length ? window.keypad : USUAL;
}

/** What a key does by its place on the keypad, whatever NumLock says; undefined for none of ours. */
export function keypadAct(window: WindowFact | null, code: string): KeypadAct | undefined {
  const found = keysOf(window).find(({ key }) => (CODES[key] ?? `Numpad${key}`) === code);
  return found && ACTS[found.means];
}

/** The rows of the help sheet. */
export function keypadRows(window: WindowFact | null): [key: string, text: ConsoleKey][] {
  return keysOf(window).map(({ key, means }) => [key, TEXTS[means]]);
}
