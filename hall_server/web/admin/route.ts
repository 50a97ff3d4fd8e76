// Where the person is: `#/windows/window-1`. The address can be kept and sent to a colleague.
import { computed, readonly, ref } from 'vue';
import type { ViewName } from './kinds';

const hash = ref(location.hash);
window.addEventListener('hashchange', () => (hash.value = location.hash));

const parts = computed(() => hash.value.replace(/^#\/?/, '').split('/').map(decodeURIComponent));

export const view = computed(() => (parts.value[0] ?? '') as ViewName | '');
export const recordId = computed(() => parts.value[1] ?? '');
/** A form holds changes that have not been saved. */
export const unsaved = ref(false);
export const present = readonly(hash);

export function addressOf(view: ViewName, id = ''): string {
  return `#/${view}${id ? `/${encodeURIComponent(id)}` : ''}`;
}

export function go(view: ViewName, id = ''): void {
  location.hash = addressOf(view, id);
}
