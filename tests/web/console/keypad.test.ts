import { expect, test } from 'vitest';
import type { WindowFact } from '../../../hall_server/web/shared/contract';
import { keypadAct, keypadRows } from '../../../hall_server/web/console/keypad';
import { zh } from '../../../hall_server/web/console/words/zh';

const usual = { keypad: [] } as unknown as WindowFact;
const own = {
  keypad: [
    { key: '1', means: 'call_next' },
    { key: 'Enter', means: 'resume' },
  ],
} as unknown as WindowFact;

test('the usual keys work where the facts state none', () => {
  const codes = ['Add', 'Multiply', 'Enter', 'Decimal', 'Subtract', 'Divide', '1'];
  expect(codes.map((code) => keypadAct(usual, `Numpad${code}`))).toEqual([
    'next',
    'recall',
    'start',
    'finish',
    'miss',
    'pause',
    undefined,
  ]);
  expect(keypadAct(null, 'NumpadAdd')).toBe('next');
});

test('the keys of a window are those and no others', () => {
  expect(keypadAct(own, 'Numpad1')).toBe('next');
  expect(keypadAct(own, 'NumpadEnter')).toBe('resume');
  expect(keypadAct(own, 'NumpadAdd')).toBeUndefined();
});

test('keys of the big keyboard are none of ours', () => {
  for (const code of ['Digit1', 'Enter', 'Slash', 'Minus', 'F2', '']) {
    expect(keypadAct(own, code)).toBeUndefined();
    expect(keypadAct(usual, code)).toBeUndefined();
  }
});

test('the help sheet tells the very keys that work', () => {
  for (const window of [usual, own]) {
    const rows = keypadRows(window);
    expect(rows.length).toBe(window.keypad.length || 6);
    for (const [key, text] of rows) {
      expect(zh[text]).toBeTruthy();
      expect(key).toMatch(/^([0-9.+*/-]|Enter)$/);
    }
  }
});
