// Texts of a page in the person's language. Chinese is written first; a page whose English lacks a
// key does not compile.
import { computed, ref, type ComputedRef } from 'vue';
import type { Refused, Words } from './contract';
import { en } from './words/en';
import { zh, type SharedKey } from './words/zh';

export type Language = 'zh' | 'en';

/** Values that fill `{placeholders}`; `n` also chooses between `one person|{n} people`. */
export type Values = Record<string, string | number>;

export type Dictionary<K extends string> = Record<Language, Record<K, string>>;

const STORED = 'hall.language';

/** The language of this page. `startLanguage()` sets it before the page is made. */
export const language = ref<Language>('zh');

/** Begin in the language of the address (`?lang=en`), or of last time, or in Chinese. */
export function startLanguage(remember = true): void {
  const wished = new URLSearchParams(location.search).get('lang');
  speak(wished ?? (remember ? localStorage.getItem(STORED) : null));
}

export function speak(wished: string | null, remember = false): void {
  language.value = wished === 'en' ? 'en' : 'zh';
  // zh-CN, or a browser draws Chinese characters in their Japanese form.
  document.documentElement.lang = language.value === 'en' ? 'en' : 'zh-CN';
  if (remember) localStorage.setItem(STORED, language.value);
}

export function fill(template: string, values: Values = {}): string {
  const [one, many] = template.split('|');
  const chosen = (many !== undefined && values['n'] !== 1 ? many : one) ?? '';
  return chosen.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

export type Say<K extends string> = (key: K, values?: Values) => string;

/** The page's own texts and the shared ones, as one function for templates. */
export function useWords<K extends string>(own: Dictionary<K>): Say<K | SharedKey> {
  const texts = computed(() => ({
    ...(language.value === 'en' ? en : zh),
    ...own[language.value],
  })) as ComputedRef<Record<string, string>>;
  return (key, values) => fill(texts.value[key] ?? key, values);
}

/** A text of the hall's facts; English falls back to Chinese where none is given. */
export function named(words: Words | undefined): string {
  if (!words) return '';
  return language.value === 'en' ? words.en || words.zh : words.zh;
}

/** Why the hall refused, as a sentence. */
export function sentence(refused: Refused): string {
  return language.value === 'en' ? refused.en : refused.zh;
}
