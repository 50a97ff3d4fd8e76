// Where a reader stands: a path of screens, walked forward by touch and back by one button.
import { computed, reactive } from 'vue';
import { language, speak } from '@shared/words';

export type Screen =
  | { name: 'home' }
  | { name: 'departments' }
  | { name: 'items'; department: string }
  | { name: 'item'; item: string }
  | { name: 'category'; category: string }
  | { name: 'article'; category: string; place: number };

const HOME: Screen = { name: 'home' };
const walk = reactive<{ path: Screen[]; large: boolean }>({ path: [HOME], large: false });

export const screen = computed<Screen>(() => walk.path[walk.path.length - 1] ?? HOME);
export const isLarge = computed(() => walk.large);
/** Whether the next reader would meet something that this one chose. */
export const isTouched = computed(
  () => walk.path.length > 1 || walk.large || language.value !== 'zh',
);

export function go(next: Screen): void {
  walk.path.push(next);
}

export function back(): void {
  if (walk.path.length > 1) walk.path.pop();
}

export function home(): void {
  walk.path = [HOME];
}

export function setLarge(large: boolean): void {
  walk.large = large;
  document.documentElement.dataset['view'] = large ? 'elder' : 'standard';
}

export function otherLanguage(): void {
  speak(language.value === 'zh' ? 'en' : 'zh');
}

/** The reader has gone: home, in Chinese, in the usual size. */
export function forget(): void {
  home();
  setLarge(false);
  speak('zh');
}
