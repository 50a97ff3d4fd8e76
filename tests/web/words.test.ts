// Every page's own texts: English complete, with the same placeholders as the Chinese.
import { expect, test } from 'vitest';
import { consoleWords } from '../../hall_server/web/console/words';
import { followWords } from '../../hall_server/web/follow/words';
import { exportWords } from '../../monitor/web/export_words';
import { findingWords } from '../../monitor/web/finding_words';
import { monitorWords } from '../../monitor/web/words';
import { referenceWords } from '../../monitor/web/reference_words';
import { evidenceWords } from '@shared/evidence/words';
import { signInWords } from '@shared/words/sign_in';

const pages = {
  consoleWords,
  evidenceWords,
  exportWords,
  findingWords,
  followWords,
  monitorWords,
  referenceWords,
  signInWords,
};

test.each(Object.entries(pages))('%s', (_, { zh, en }) => {
  const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
  const english = en as Record<string, string>;
  for (const [key, text] of Object.entries(zh)) {
    expect(`${key} ${holes(english[key]!)}`).toBe(`${key} ${holes(text)}`);
    expect(english[key], key).not.toMatch(/[一-鿿]/);
  }
});
