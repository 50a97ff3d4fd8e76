import { afterEach, expect, test } from 'vitest';
import { fill, language, named, sentence, useWords } from '@shared/words';
import { en } from '@shared/words/en';
import { zh } from '@shared/words/zh';

afterEach(() => {
  language.value = 'zh';
});

test('every text has the same placeholders in both languages', () => {
  const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    expect(`${key} ${holes(en[key])}`).toBe(`${key} ${holes(zh[key])}`);
    expect(en[key]).not.toBe('');
  }
});

test('placeholders are filled, and a count chooses the form', () => {
  expect(fill('{name} at {time}', { name: 'Li', time: '9:00' })).toBe('Li at 9:00');
  expect(fill('one person|{n} people', { n: 1 })).toBe('one person');
  expect(fill('one person|{n} people', { n: 0 })).toBe('0 people');
});

test("a page's words come beside the shared ones, in the language of now", () => {
  const say = useWords({ zh: { next: '呼叫下一位' }, en: { next: 'Call next' } });
  expect([say('next'), say('word.yes')]).toEqual(['呼叫下一位', '是']);
  language.value = 'en';
  expect([say('next'), say('word.yes')]).toEqual(['Call next', 'Yes']);
});

test('facts and refusals are said in the language of now, Chinese where English lacks', () => {
  const refused = { code: 'x', zh: '请稍候', en: 'Wait', field: '' };
  expect([named({ zh: '社保', en: 'Social' }), sentence(refused)]).toEqual(['社保', '请稍候']);
  language.value = 'en';
  expect([named({ zh: '社保', en: 'Social' }), named({ zh: '社保', en: '' })]).toEqual([
    'Social',
    '社保',
  ]);
  expect(sentence(refused)).toBe('Wait');
});
