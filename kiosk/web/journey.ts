// Where a citizen stands on the way from home to a number, and what is forgotten when they leave.
import { computed, reactive, readonly } from 'vue';
import { language, speak } from '@shared/words';

export type Screen =
  | { name: 'home' }
  | { name: 'departments'; reading: boolean }
  | { name: 'items'; department: string; reading: boolean }
  | { name: 'item'; item: string; reading: boolean }
  | { name: 'categories' }
  | { name: 'category'; category: string }
  | { name: 'article'; category: string; place: number }
  | { name: 'result' }
  | { name: 'place' };

const HOME: Screen = { name: 'home' };

interface Journey {
  path: Screen[];
  priority: string;
  elder: boolean;
  low: boolean;
}

const journey = reactive<Journey>({ path: [HOME], priority: '', elder: false, low: false });

export const session = readonly(journey);
export const screen = computed<Screen>(() => journey.path[journey.path.length - 1] ?? HOME);

/** Something was chosen or changed that the next citizen must not meet. */
export const isTouched = computed(
  () =>
    journey.path.length > 1 ||
    journey.elder ||
    journey.low ||
    journey.priority !== '' ||
    language.value !== 'zh',
);

export function go(next: Screen): void {
  journey.path.push(next);
}

export function back(): void {
  if (journey.path.length > 1) journey.path.pop();
}

/** To the first screen, in the same language and view. */
export function home(): void {
  journey.path = [HOME];
  journey.priority = '';
}

/** The citizen has gone: nothing of theirs stays. */
export function forget(): void {
  home();
  setElder(false);
  setLow(false);
  speak('zh');
}

export function choosePriority(id: string): void {
  journey.priority = id;
}

export function setElder(elder: boolean): void {
  journey.elder = elder;
  document.documentElement.dataset['view'] = elder ? 'elder' : 'standard';
}

export function setLow(low: boolean): void {
  journey.low = low;
}

export function otherLanguage(): void {
  speak(language.value === 'zh' ? 'en' : 'zh');
}
