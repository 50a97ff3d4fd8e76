import { expect, test } from 'vitest';
import { supersedes } from '@shared/witness';

const note = (origin: string, size: number) => `${origin}\n${size}\nroot=\n\n— ${origin} sig\n`;

test.each([
  ['the first ever seen', note('hall', 5), null, true],
  ['a longer one', note('hall', 6), note('hall', 5), true],
  ['the same again', note('hall', 5), note('hall', 5), true],
  ['a shorter one of the same ledger', note('hall', 4), note('hall', 5), false],
  ['a new epoch, however short', note('hall/2', 1), note('hall', 5), true],
])('%s', (_, seen, kept, replaces) => {
  expect(supersedes(seen, kept)).toBe(replaces);
});
