import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { language, useWords } from '@shared/words';
import { thresholdText, thresholdWords } from '../../../monitor/web/threshold_words';

const say = useWords(thresholdWords);
const told = (name: string, value: number): string[] =>
  (['zh', 'en'] as const).map((one) => {
    language.value = one;
    return thresholdText({ name, value }, say);
  });

test.each([
  ['grace_s', 300, '座位无人达 5 分钟', 'Seat empty for 5 minutes'],
  ['grace_s', 60, '座位无人达 1 分钟', 'Seat empty for 1 minute'],
  ['stay_s', 90, '有人停留达 90 秒', 'Somebody there for 90 seconds'],
  ['doubtful_permille', 205, '无法判断或有人路过的画面至多 20.5%', 'Looks unknown or with a passer-by: 20.5% at most'], // prettier-ignore
  ['patience_ms', 10_000, '异常持续 10 秒', 'Unwell for 10 seconds'],
  ['crowd_people', 12, '等候区数得 12 人', 'People counted in the waiting zone: 12'],
  ['of_tomorrow_s', 7, 'of_tomorrow_s = 7', 'of_tomorrow_s = 7'],
])('%s = %d is said in words', (name, value, zh, en) => {
  expect(told(name, value)).toEqual([zh, en]);
});

test('every threshold that a rule goes by has words', () => {
  const rules = ['rules', 'cameras'].map((one) =>
    readFileSync(`monitor/findings/${one}.py`, 'utf8'),
  );
  const names = [...rules.join().matchAll(/\("([a-z_]+)", /g)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !(name in thresholdWords.zh))).toEqual([]);
});
