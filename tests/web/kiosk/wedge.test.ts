import { expect, test } from 'vitest';
import { Wedge } from '../../../kiosk/web/wedge';

function typed(text: string, apart: number, end = 'Enter', from = 1_000) {
  const wedge = new Wedge();
  const keys = [...text, end];
  return keys.map((key, n) => wedge.take({ key, timeStamp: from + n * apart }));
}
const codeOf = (taken: { code?: string }[]) => taken.map(({ code }) => code).find(Boolean);

test('keys as fast as a scanner types are a code', () => {
  const url = 'http://hall.example/t/AbCdEfGhIjKlMnOp#x';
  expect(codeOf(typed(url, 5))).toBe(url);
  expect(codeOf(typed(url, 29))).toBe(url);
  expect(codeOf(typed('预约码ABCDEF', 5, 'Tab'))).toBe('预约码ABCDEF');
});

test('keys as fast as a hand types are none', () => {
  expect(codeOf(typed('AbCdEfGhIjKl', 30))).toBeUndefined();
  expect(typed('AbCdEfGhIjKl', 60).some(({ isScanner }) => isScanner)).toBe(false);
});

test('a scanner touches no button: neither its Enter nor a space within', () => {
  const taken = typed('abc def ghi', 5);
  expect(taken.slice(1).every(({ isScanner }) => isScanner)).toBe(true);
});

test('a few keys struck together are no code, and Enter alone is a person', () => {
  expect(codeOf(typed('abc', 5))).toBeUndefined();
  expect(typed('', 5)).toEqual([{ isScanner: false }]);
});

test('Shift between the letters belongs to the scanner', () => {
  const wedge = new Wedge();
  const keys = ['h', 'Shift', 'A', 'l', 'l', 'Shift', '0', '1', '2', 'Enter'];
  const taken = keys.map((key, n) => wedge.take({ key, timeStamp: n * 6 }));
  expect(codeOf(taken)).toBe('hAll012');
});

test('a code begun and left does not join the next', () => {
  const wedge = new Wedge();
  for (const [n, key] of [...'abcdef'].entries()) wedge.take({ key, timeStamp: n * 5 });
  const taken = [...'uvwxyz', 'Enter'].map((key, n) =>
    wedge.take({ key, timeStamp: 10_000 + n * 5 }),
  );
  expect(codeOf(taken)).toBe('uvwxyz');
});
